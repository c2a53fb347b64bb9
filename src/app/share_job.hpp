#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exmc/core/process.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/runtime/muster.hpp"
#include "job.hpp"
#include "rank_card.hpp"

namespace exmc::app {

/// What a rank is at until it has the job.
inline constexpr const char* kReading = "reading the model and its data";

/// The job as one rank has it: read by one rank, compiled by each from the same bytes.
class SharedJob final : public runtime::JobSource {
 public:
  SharedJob(const Options& options, RankId rank, std::int32_t ranks)
      : options_(options), rank_(rank), default_chains_(static_cast<std::uint32_t>(ranks)) {}

  std::string load() override;
  std::optional<runtime::Ending> accept(const std::string& bytes) override;
  void share(const std::function<void()>& send, std::size_t bytes) override;
  std::string card() override;

  [[nodiscard]] const Job& job() const { return job_; }
  /// Nothing where this rank could not compile the model, which its card says.
  [[nodiscard]] const Programs& programs() const { return programs_; }
  /// The process that read the job.
  [[nodiscard]] const Process& reader() const { return reader_; }

 private:
  void rebuild(const std::string& bytes);

  const Options& options_;
  RankId rank_;
  std::uint32_t default_chains_;
  Process reader_;
  Job job_;
  Programs programs_;
  std::optional<runtime::Ending> own_failure_;
  std::string loaded_;  ///< what load() made, of which this rank has job and programs already
};

}  // namespace exmc::app
