#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "exmc/io/draw_file.hpp"
#include "exmc/runtime/chain_task.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::app {

/// The output file as the runtime's sink.
class FileSink final : public runtime::DrawSink {
 public:
  /// `file` is new, or one to go on with.
  FileSink(io::DrawFile file, std::uint32_t chains, const sampler::Settings& settings)
      : file_(std::move(file)), chains_(chains), settings_(settings) {}

  /// Takes over a file whose writer is gone. @throws IoError, also where it is not gone.
  [[nodiscard]] static FileSink reopen(const std::filesystem::path& path, std::uint32_t chains,
                                       const sampler::Settings& settings) {
    return {io::DrawFile::resume(path), chains, settings};
  }

  [[nodiscard]] runtime::Recovered recovered() const override;
  /// The tuning came with the block that ended the warm-up.
  void tuned(const std::string&) override { file_.flush(); }
  void append(const runtime::Block& block) override;
  std::uint64_t flush() override { return file_.flush(); }
  void record(const runtime::RunEvent&) override {}  // the file has no table of events yet
  void finish(bool) override { file_.finish(); }

 private:
  [[nodiscard]] runtime::RecoveredChain recovered(ChainId chain) const;

  io::DrawFile file_;
  std::uint32_t chains_;
  sampler::Settings settings_;
};

}  // namespace exmc::app
