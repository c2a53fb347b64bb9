#include "open_output.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "exmc/io/draw_file.hpp"
#include "learned.hpp"
#include "log.hpp"
#include "output_layout.hpp"
#include "recorded_run.hpp"

namespace exmc::app {
namespace {

/// The file to go on with, and in which way that differs from how it was begun.
struct Resumed {
  io::DrawFile file;
  std::string changes;
};

Resumed resume(const Job& job, const io::FileLayout& layout) {
  const std::filesystem::path& path = job.config.output.file;
  std::string changes;
  std::uint64_t was = 0;  // the draws that it was begun for
  io::DrawFile file = io::DrawFile::resume(path, [&] {
    const RecordedRun recorded = read_recorded_run(path);
    was = recorded.keys.sampler.draws;
    require_same_run(recorded, job, layout);
    if (const auto difference = difference_of_build(recorded)) {
      log_warning(*difference);
      changes += "; another build or maths library";
    }
  });
  const std::uint64_t is = job.config.sampler.draws;
  if (is == was || !file.goal().empty()) return {std::move(file), changes};
  log_info(path.string() + ": making room for " + std::to_string(is) + " draws in each chain instead of " +
           std::to_string(was));
  changes += "; " + std::to_string(is) + " draws instead of " + std::to_string(was);
  return {std::move(file).extended(layout), changes};
}

std::string ranks_text(const std::vector<RankCard>& cards) {
  return std::to_string(cards.size()) + (cards.size() == 1 ? " process" : " processes");
}

}  // namespace

std::unique_ptr<FileSink> make_sink(io::DrawFile file, const Job& job,
                                    std::shared_ptr<const density::Program> program) {
  return std::make_unique<FileSink>(
      std::move(file), *job.config.chains, sampler_settings(job),
      [program = std::move(program)](const std::string& tuning) { return describe_learned(program, tuning); },
      goal_of(job.config));
}

std::unique_ptr<FileSink> open_output(const Options& options, const Job& job, const Programs& programs,
                                      const std::vector<RankCard>& cards, io::Existing existing) {
  const density::ModelDensity density(programs.density);
  if (density.dimension() == 0) log_info("the model has no parameters: nothing but generated quantities is drawn");
  const io::FileLayout layout = output_layout(job, programs, describe(cards));
  const std::filesystem::path& path = job.config.output.file;
  const auto sink = [&](io::DrawFile file, runtime::RunEvent::Kind kind, const std::string& changes) {
    auto opened = make_sink(std::move(file), job, programs.density);
    opened->retry_failed();
    opened->record(kind, ranks_text(cards) + changes);
    return opened;
  };
  if (options.resume) {
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown)) {
      Resumed resumed = resume(job, layout);
      return sink(std::move(resumed.file), runtime::RunEvent::Kind::continued, resumed.changes);
    }
    log_info("there is no " + path.string() + " to go on with: starting from nothing");
  }
  auto begun = sink(io::DrawFile::create(path, layout, existing), runtime::RunEvent::Kind::begun, {});
  if (!job.tuning.empty()) begun->begin_with(job.tuning);
  return begun;
}

}  // namespace exmc::app
