#include <algorithm>
#include <filesystem>
#include <utility>

#include "activity.hpp"
#include "draw_row.hpp"
#include "exmc/core/error.hpp"
#include "exmc/ir/load.hpp"
#include "file_sink.hpp"
#include "log.hpp"
#include "nuts_task.hpp"
#include "open_output.hpp"
#include "quantities.hpp"
#include "run_report.hpp"
#include "starts.hpp"
#include "summary.hpp"
#include "undertaking.hpp"

/// A run: chains of the No-U-Turn sampler, and the file that their draws go to.
namespace exmc::app {
namespace {

NutsPlan nuts_plan(const Job& job, const Programs& programs) {
  return {programs.density,
          DrawRow(job, programs),
          sampler_settings(job),
          *job.config.seed,
          job.config.output.save_warmup,
          job.config.output.thin,
          ir::node_names(job.model.text),
          [starts = Starts(job)](ChainId chain) { return starts.of(chain); }};
}

/// Says so where a resume has nothing to do. @throws Error where --strict has something against what is there.
bool is_complete(const FileSink& sink, const Job& job, const Options& options) {
  const std::vector<runtime::RecoveredChain> chains = sink.recovered().chains;
  if (!std::ranges::all_of(chains, [](const runtime::RecoveredChain& chain) { return chain.complete; })) return false;
  if (sink.looks()) return false;
  log_info(job.config.output.file.string() + " is complete" +
           (sink.goal().empty() ? "" : ", for the goal was reached (" + sink.goal() + ")") + ": nothing to do");
  if (options.strict) require_usable(read_summary(job.config.output.file, {}));
  return true;
}

class Sampling final : public Undertaking {
 public:
  Sampling(const Options& options, const Job& job, const Programs& programs, Telling telling)
      : options_(options),
        job_(job),
        programs_(programs),
        telling_(telling),
        factory_(nuts_plan(job, programs)),
        report_(job, telling.voice, telling.places, telling.interrupt) {}

  [[nodiscard]] runtime::RunPlan plan() const override { return run_plan(job_); }
  [[nodiscard]] runtime::ChainFactory& factory() override { return factory_; }
  [[nodiscard]] runtime::RunObserver& observer() override { return report_; }
  [[nodiscard]] std::unique_ptr<runtime::DrawSink> open(const std::vector<RankCard>& cards,
                                                        io::Existing existing) override;
  [[nodiscard]] std::unique_ptr<runtime::DrawSink> reopen(const std::vector<Process>& places) override;
  void announce(std::int32_t places, const std::string& called) override;

 private:
  const Options& options_;
  const Job& job_;
  const Programs& programs_;
  Telling telling_;
  NutsFactory factory_;
  RunReport report_;
  FileSink* opened_ = nullptr;  ///< of which nothing was told yet
};

std::unique_ptr<runtime::DrawSink> Sampling::open(const std::vector<RankCard>& cards, io::Existing existing) {
  std::unique_ptr<FileSink> sink;
  {
    const Activity activity("making " + job_.config.output.file.string(), telling_.voice, telling_.interrupt);
    sink = open_output(options_, job_, programs_, cards, existing);
  }
  if (is_complete(*sink, job_, options_)) return nullptr;
  opened_ = sink.get();
  return sink;
}

std::unique_ptr<runtime::DrawSink> Sampling::reopen(const std::vector<Process>& places) {
  const std::filesystem::path& path = job_.config.output.file;
  const auto require = [&path](bool ours) {
    if (!ours) throw IoError(path.string() + ": is not the file that the run was writing: can this host reach it?");
  };
  require(std::filesystem::exists(path));
  io::DrawFile file = io::DrawFile::take_over(
      path, [&](const Process& writer) { require(std::ranges::find(places, writer) != places.end()); });
  auto sink = make_sink(std::move(file), job_, programs_.density);
  report_.follow(*sink);
  return sink;
}

void Sampling::announce(std::int32_t places, const std::string& called) {
  for (const std::string& line : left_out(job_, density::ModelDensity(programs_.density))) log_info(line);
  const auto counted = [](auto count, const std::string& what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
  };
  log_info("sampling " + job_.model.source + ": " + counted(*job_.config.chains, "chain") + " on " +
           counted(places, called) + ", seed " + std::to_string(*job_.config.seed) +
           (job_.seed_drawn ? " (drawn)" : "") + ", output " + job_.config.output.file.string());
  if (opened_ != nullptr) report_.follow(*std::exchange(opened_, nullptr));
}

}  // namespace

std::unique_ptr<Undertaking> make_sampling(const Options& options, const Job& job, const Programs& programs,
                                           Telling telling) {
  return std::make_unique<Sampling>(options, job, programs, std::move(telling));
}

}  // namespace exmc::app
