#include "file_sink.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "exmc/core/process.hpp"
#include "log.hpp"
#include "nuts_task.hpp"

namespace exmc::app {
namespace {

io::Event row(const runtime::RunEvent& event) {
  io::Event row;
  row.time = event.time;
  row.kind = name(event.kind);
  row.rank = event.rank.value;
  row.host = event.host.empty() ? this_process().host : event.host;  // where there are no hosts, all is in this process
  if (event.chain) {
    row.chain = event.chain->value;
    row.iteration = static_cast<std::int64_t>(event.iteration);
  }
  row.action = event.text;
  return row;
}

std::vector<runtime::RunEvent> events_of(const io::DrawFile& file) {
  std::vector<runtime::RunEvent> events;
  for (const io::Event& row : file.events()) {
    const auto kind = runtime::kind_of(row.kind);
    if (!kind) continue;
    runtime::RunEvent& event = events.emplace_back();
    event = {*kind, row.time, RankId{static_cast<std::int32_t>(row.rank)}, row.host, std::nullopt, 0, row.action};
    if (row.chain < 0) continue;
    event.chain = ChainId{static_cast<std::uint32_t>(row.chain)};
    event.iteration = static_cast<std::uint64_t>(row.iteration);
  }
  return events;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Rows of /run/events that are given to what was learned.
constexpr std::size_t kMostSentences = 64;

}  // namespace

FileSink::FileSink(io::DrawFile file, std::uint32_t chains, const sampler::Settings& settings, Describe describe,
                   const std::optional<diagnostics::Goal>& goal)
    : file_(std::move(file)),
      judge_(goal ? std::make_unique<GoalJudge>(*goal) : nullptr),
      describe_(std::move(describe)),
      shared_(file_.saved_shared_tuning()),
      chains_(chains),
      settings_(settings) {}

void FileSink::record(const runtime::RunEvent& event) {
  using Kind = runtime::RunEvent::Kind;
  const io::Event added = row(event);
  if (event.chain && (event.kind == Kind::started || event.kind == Kind::reassigned)) {
    file_.begin_chain(*event.chain, {added.rank, added.host, added.time});
  }
  if (event.chain && event.kind == Kind::failed) {
    file_.fail_chain(*event.chain, added.time, event.text.substr(event.text.find(": ") + 2));
  }
  if (event.chain && (event.kind == Kind::completed || event.kind == Kind::failed)) ended_.insert(*event.chain);
  if (event.chain && event.kind == Kind::completed) file_.end_chain(*event.chain, added.time);
  if (file_.add_event(added) || events_missed_) return;
  events_missed_ = true;
  log_warning("/run/events is full: it keeps the events up to now and counts the others");
}

void FileSink::record(runtime::RunEvent::Kind kind, const std::string& text) {
  record({kind, seconds_now(), RankId{-1}, this_process().host, std::nullopt, 0, text});
}

std::uint64_t FileSink::finish(bool complete) {
  judge_.reset();  // it reads the file
  record(runtime::RunEvent::Kind::ended, complete ? "all draws are in the file" : "not all draws are in the file yet");
  if (enough_) {
    file_ = std::move(file_).cut(enough_->draws, enough_->text);
  } else if (complete) {
    file_.set_looked(file_.draws());
  }
  return file_.finish();
}

void FileSink::judge(const std::vector<ChainId>& chains, std::uint64_t draws) {
  std::vector<std::uint64_t> numbers;
  for (const ChainId chain : chains) numbers.push_back(chain.value);
  judge_->begin(file_.draws_so_far(std::move(numbers), draws), chains.size(), draws);
}

std::optional<runtime::Verdict> FileSink::verdict() {
  std::optional<runtime::Verdict> verdict = judge_->verdict();
  if (verdict && !verdict->enough) file_.set_looked(verdict->draws + 1);
  return verdict;
}

void FileSink::keep(const runtime::Verdict& enough) {
  enough_ = enough;
  for (std::uint32_t chain = 0; chain < chains_; ++chain) {
    if (!ended_.contains(ChainId{chain})) file_.end_chain(ChainId{chain}, seconds_now());
  }
}

/// It came with the block that ended a warm-up.
void FileSink::tuned(const std::string& tuning) {
  file_.keep_shared_tuning({last_warm_.value, tuning});
  file_.flush();
}

void FileSink::append(const runtime::Block& block) {
  const StateFacts facts = facts_of(block.state, block.tuning, settings_);
  if (block.rows > 0) file_.append(block.chain, block.warmup, block.first, block.values);
  if (block.rows > 0 && !block.warmup && block.first == 0) file_.set_settled(block.chain, facts.settled);
  if (!block.tuning.empty()) {
    note_learned(block.chain, block.end, block.tuning);
    last_warm_ = block.chain;
    file_.keep_tuning(block.chain, block.tuning);
  }
  if (facts.own_warmup) {
    file_.keep_warmup(block.chain, block.state);
  } else {
    file_.keep_state(block.chain, block.state);
  }
}

void FileSink::note_learned(std::optional<ChainId> chain, std::uint64_t iterations, const std::string& tuning) {
  if (learned_noted_) return;
  learned_noted_ = true;
  const auto is_that = [](const io::Event& event) { return event.kind == name(runtime::RunEvent::Kind::learned); };
  if (std::ranges::any_of(file_.events(), is_that)) return;
  const std::vector<std::string> sentences = describe_(tuning);
  for (std::size_t i = 0; i < std::min(sentences.size(), kMostSentences); ++i) {
    record({runtime::RunEvent::Kind::learned, seconds_now(), RankId{-1}, this_process().host, chain, iterations,
            sentences[i]});
  }
  if (learned_) return learned_(chain, sentences);
  untold_ = sentences;
}

runtime::RecoveredChain FileSink::recovered(ChainId chain) const {
  runtime::RecoveredChain found;
  if (!goal().empty()) {
    found.complete = true;
    found.draws = file_.draws();
    return found;
  }
  const auto warmup = file_.saved_warmup(chain);
  if (const auto state = file_.saved_state(chain)) {
    found.state = state->bytes;
    found.draws = state->draws;
    found.tuning = file_.saved_tuning(chain);
  } else if (warmup) {
    found.state = warmup->bytes;
  }
  if (found.state.empty()) return found;
  StateFacts facts = facts_of(found.state, found.tuning, settings_);
  if (!facts.failure.empty() && retries_) {
    found.state = begun_anew(found.state);
    facts = facts_of(found.state, {}, settings_);
  }
  if (!facts.begun) found.draws = 0;
  if (warmup && facts.failure.empty()) {
    const StateFacts since = facts_of(warmup->bytes, {}, settings_);
    // Its warm-up since it failed, or since it did not settle.
    if (since.failures == facts.failures && since.iterations > facts.iterations) {
      found.state = warmup->bytes;
      facts = since;
    }
  }
  found.failure = facts.failure;
  found.iterations = facts.iterations;
  found.complete = facts.complete;
  found.progress = facts.progress;
  return found;
}

void FileSink::on_learned(Learned learned) {
  learned_ = std::move(learned);
  if (!untold_.empty()) learned_(std::nullopt, std::exchange(untold_, {}));
}

void FileSink::begin_with(const std::string& tuning) {
  shared_ = io::SharedTuning{io::SharedTuning::kElsewhere, tuning};
  note_learned(std::nullopt, 0, tuning);
  file_.keep_shared_tuning(*shared_);
  file_.flush();
}

void FileSink::retry_failed() {
  bool any = false;
  for (std::uint32_t index = 0; index < chains_; ++index) {
    const auto state = file_.saved_state(ChainId{index});
    if (!state || facts_of(state->bytes, {}, settings_).failure.empty()) continue;
    file_.keep_state(ChainId{index}, begun_anew(state->bytes));
    any = true;
  }
  retries_ = any;
  if (any) file_.flush();
}

runtime::Recovered FileSink::recovered() const {
  runtime::Recovered found;
  for (std::uint32_t chain = 0; chain < chains_; ++chain) found.chains.push_back(recovered(ChainId{chain}));
  if (shared_) {
    found.warmed_by = static_cast<std::uint32_t>(shared_->warmed_by);
    found.tuning = shared_->bytes;
  }
  found.events = events_of(file_);
  // Where a goal was reached there is no further look; the file is shorter than what was asked for then.
  found.looked = goal().empty() ? file_.looked() : settings_.draws;
  return found;
}

}  // namespace exmc::app
