#include <fmt/core.h>

#include <chrono>
#include <numeric>
#include <optional>
#include <utility>

#include "activity.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/long_work.hpp"
#include "launcher.hpp"
#include "log.hpp"
#include "predict_task.hpp"
#include "predicted_job.hpp"
#include "undertaking.hpp"

/// --predict: groups of quantities are made of a finished file's draws.
namespace exmc::app {
namespace {

class PredictSink final : public runtime::DrawSink {
 public:
  PredictSink(io::QuantityFile file, std::vector<std::uint64_t> draws)
      : file_(std::move(file)), draws_(std::move(draws)) {}

  [[nodiscard]] runtime::Recovered recovered() const override {
    runtime::Recovered found;
    for (std::size_t chain = 0; chain < draws_.size(); ++chain) {
      found.chains.push_back(predicted_chain(file_.durable()[chain], draws_[chain]));
    }
    return found;
  }
  void tuned(const std::string&) override {}
  void append(const runtime::Block& block) override {
    if (block.rows > 0) file_.append(block.chain, block.first, block.values);
  }
  std::uint64_t flush() override { return file_.flush(); }
  void judge(const std::vector<ChainId>&, std::uint64_t) override {}
  std::optional<runtime::Verdict> verdict() override { return std::nullopt; }
  void keep(const runtime::Verdict&) override {}
  void record(const runtime::RunEvent&) override {}  // the run's events are told in the file, not these
  std::uint64_t finish(bool) override { return file_.finish(); }

  [[nodiscard]] std::uint64_t rows() const {
    return std::accumulate(file_.durable().begin(), file_.durable().end(), std::uint64_t{0});
  }
  [[nodiscard]] bool is_complete() const { return file_.durable() == draws_; }

 private:
  io::QuantityFile file_;
  std::vector<std::uint64_t> draws_;
};

/// Tells the user how far it is.
class PredictReport final : public runtime::RunObserver {
 public:
  PredictReport(const Job& job, Voice voice)
      : file_(job.config.output.file.string()), groups_(predicted_groups(job)), voice_(std::move(voice)) {}

  void begin(std::uint64_t rows, std::uint64_t planned) {
    written_ = rows;
    planned_ = planned;
    if (rows > 0)
      log_info(fmt::format("going on with {} of {}: {} of {} draws are there", groups_, file_, rows, planned));
    activity_.emplace("making " + groups_ + " of " + file_, voice_, runtime::InterruptSource());
  }

  void progress(std::span<const runtime::ChainRecord> chains) override {
    std::uint64_t rows = 0;
    for (const runtime::ChainRecord& chain : chains) rows += chain.received;
    if (planned_ > 0) tell_of_work(std::min(rows, planned_), planned_);
  }
  void written(std::uint64_t rows) override { written_ = rows; }
  void happened(const runtime::RunEvent& event) override {
    if (!is_routine(event.kind)) log_warning(event.text);
  }
  void judged(const runtime::Verdict&) override {}
  void ended(const runtime::Ending& ending) override {
    activity_.reset();
    if (ending.code != ExitCode::done) {
      return say_error(fmt::format("{}; {} of {} draws have {} in {}, and --predict goes on from there", ending.message,
                                   written_, planned_, groups_, file_));
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    log_info(fmt::format("{} of {} draws written to {} in {:.1f} s", groups_, written_, file_, seconds));
  }
  void abandoned(const runtime::Ending& ending) override { say_once_per_host(ending.message); }

 private:
  using Clock = std::chrono::steady_clock;

  std::string file_, groups_;
  Voice voice_;
  std::uint64_t written_ = 0, planned_ = 0;
  std::optional<Activity> activity_;
  Clock::time_point start_ = Clock::now();
};

class Predicting final : public Undertaking {
 public:
  Predicting(const Job& job, const Programs& programs, Telling telling)
      : job_(job),
        programs_(programs),
        telling_(std::move(telling)),
        factory_({job.config.output.file.string(), programs.quantities, columns_of_parameters(job, programs),
                  *job.config.seed, job.config.output.thin}),
        report_(job, telling_.voice) {}

  [[nodiscard]] runtime::RunPlan plan() const override {
    runtime::RunPlan plan = run_plan(job_);
    plan.share_tuning = false;
    plan.looks_below = 0;
    return plan;
  }
  [[nodiscard]] runtime::ChainFactory& factory() override { return factory_; }
  [[nodiscard]] runtime::RunObserver& observer() override { return report_; }
  [[nodiscard]] std::unique_ptr<runtime::DrawSink> open(const std::vector<RankCard>& cards,
                                                        io::Existing existing) override;
  [[nodiscard]] std::unique_ptr<runtime::DrawSink> reopen(const std::vector<Process>&) override {
    return begun(io::QuantityFile::go_on(job_.config.output.file));
  }
  void announce(std::int32_t places, const std::string& called) override {
    log_info(fmt::format("making {} of {} on {} {}{}", predicted_groups(job_), job_.config.output.file.string(), places,
                         called, places == 1 ? "" : "s"));
  }

 private:
  std::unique_ptr<PredictSink> begun(io::QuantityFile file);

  const Job& job_;
  const Programs& programs_;
  Telling telling_;
  PredictFactory factory_;
  PredictReport report_;
};

std::unique_ptr<PredictSink> Predicting::begun(io::QuantityFile file) {
  const io::PredictedDraws written(job_.config.output.file);
  auto sink = std::make_unique<PredictSink>(std::move(file), written.draws());
  report_.begin(sink->rows(), std::accumulate(written.draws().begin(), written.draws().end(), std::uint64_t{0}));
  return sink;
}

std::unique_ptr<runtime::DrawSink> Predicting::open(const std::vector<RankCard>&, io::Existing) {
  const std::string groups = predicted_groups(job_), path = job_.config.output.file.string();
  if (groups.empty() && job_.config.output.prior == 0) {
    log_info(path + ": nothing to do");
    return nullptr;
  }
  std::optional<io::QuantityFile> file;
  {
    const Activity activity("making room in " + path, telling_.voice, telling_.interrupt);
    const io::PredictedDraws draws(path);
    file.emplace(io::QuantityFile::open(path, predicted_layout(job_, programs_, draws), groups));
  }
  if (groups.empty()) {
    static_cast<void>(file->finish());
    log_info(fmt::format("{} draws from the prior written to {}", job_.config.output.prior, path));
    return nullptr;
  }
  return begun(std::move(*file));
}

}  // namespace

std::unique_ptr<Undertaking> make_predicting(const Options&, const Job& job, const Programs& programs,
                                             Telling telling) {
  return std::make_unique<Predicting>(job, programs, std::move(telling));
}

}  // namespace exmc::app
