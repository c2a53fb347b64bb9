#pragma once

#include <filesystem>

#include "exmc/io/draw_file.hpp"
#include "exmc/runtime/chain_task.hpp"

namespace exmc::app {

/// The output file as the runtime's sink.
class FileSink final : public runtime::DrawSink {
 public:
  explicit FileSink(io::DrawFile file) : file_(std::move(file)) {}

  /// The file has no place for the tuning: it is in every chain's step sizes, and a run that ends before it was shared
  /// has no draws. So only what came before is made durable.
  void tuned(const std::string&) override { file_.flush(); }
  void append(const runtime::Block& block) override;
  std::uint64_t flush() override { return file_.flush(); }
  void record(const runtime::RunEvent&) override {}  // the file has no table of events yet
  void finish(bool) override { file_.finish(); }

 private:
  io::DrawFile file_;
};

}  // namespace exmc::app
