// What ranks do to each other, to the disk and to their sampling threads.

#include <algorithm>

#include "unit/runtime/protocol_model.hpp"

namespace exmc::runtime::testing {
namespace {

std::string label(ChainId chain, char what, std::uint64_t number, const std::string& tuning) {
  std::string text = std::to_string(chain.value);
  text += what;
  text += std::to_string(number);
  return text += tuning;
}

std::string state_of(ChainId chain, std::uint64_t iterations, const std::string& tuning) {
  return label(chain, '@', iterations, tuning);
}

std::string row_of(ChainId chain, std::uint64_t iteration, const std::string& tuning) {
  return label(chain, '#', iteration, tuning);
}

}  // namespace

void World::send(std::int32_t from, RankId to, MessageKind kind, std::string bytes) {
  if (to.value == from) {
    ranks_[index(from)].to_self.push_back({kind, to, std::move(bytes)});
    return;
  }
  effect();
  if (kind == MessageKind::durable && scope_.mistake == Mistake::durable_is_not_told) return;
  if (kind == MessageKind::received && scope_.mistake == Mistake::durable_is_told_early) kind = MessageKind::durable;
  if (gone(to.value)) return;
  if (kind == MessageKind::received) {
    // All it does is to let the worker send more than 1 MiB, which blocks this small never are: no order of it matters.
    Rank& receiver = ranks_[index(to.value)];
    if (receiver.members.coordinator().value != from) return;
    return perform(to.value, receiver.worker.received(decode_acknowledgement(bytes)));
  }
  channel(from, to.value).push_back({kind, RankId{from}, std::move(bytes)});
}

void World::perform(std::int32_t self, Worker::Actions actions) {
  Rank& rank = ranks_[index(self)];
  for (WorkerAction& action : actions) {
    if (auto* start = std::get_if<StartChain>(&action)) {
      const Assignment& given = start->assignment;
      const std::string& state = given.state;
      Task task{given.chain, 0, given.until, given.tuning};
      if (state.ends_with(kFailed)) throw Broken("a chain that failed goes on");
      if (!state.empty()) task.iteration = std::stoull(state.substr(state.find('@') + 1));
      if (!state.empty() && state != state_of(given.chain, task.iteration, given.tuning)) {
        throw Broken("a chain goes on from a state that it never had");
      }
      task.done = task.iteration == iterations_of(given.chain.value);
      rank.tasks.push_back(std::move(task));
    } else if (std::get_if<StopSampling>(&action)) {
      rank.stopping = true;
    } else if (auto* message = std::get_if<SendToCoordinator>(&action)) {
      send(self, rank.members.coordinator(), message->kind, std::move(message->bytes));
    }
  }
}

void World::perform(std::int32_t self, Coordinator::Actions actions) {
  Rank& rank = ranks_[index(self)];
  for (CoordinatorAction& action : actions) {
    if (auto* message = std::get_if<SendMessage>(&action)) {
      send(self, message->to, message->kind, std::move(message->bytes));
    } else if (std::get_if<StoreTuning>(&action)) {
      write(self);
    } else if (auto* share = std::get_if<ShareTuning>(&action)) {
      for (std::int32_t other = 0; other < scope_.ranks; ++other) {
        if (other != self) send(self, RankId{other}, MessageKind::share, {});
      }
      effect();
      broadcast_begun_ = rank.joined = true;
      send(self, RankId{self}, MessageKind::tuning, std::move(share->tuning));
      perform(self, rank.coordinator->tuning_outcome(RankId{self}, {.arrived = true}));
    } else if (auto* event = std::get_if<RecordEvent>(&action)) {
      record(event->event);
    } else if (auto* append = std::get_if<AppendBlock>(&action)) {
      this->append(self, append->block);
    } else if (auto* judge = std::get_if<JudgeDraws>(&action)) {
      ask(self, *judge);
    } else if (auto* keep = std::get_if<KeepDraws>(&action)) {
      rank.kept = keep->enough.draws;
    } else if (std::get_if<FlushSink>(&action)) {
      if (scope_.mistake == Mistake::hands_on_undurable && !rank.coordinator->ledger().flushing) {
        perform(self, rank.coordinator->flushed());
      } else {
        flush(self);
      }
    } else if (auto* end = std::get_if<EndRun>(&action)) {
      finish(self, end->ending);
      return;
    }
  }
}

void World::produce(std::int32_t self) {
  Rank& rank = ranks_[index(self)];
  Task& task = rank.tasks.front();
  const bool warmup = warms_up(task.chain.value) && task.iteration == 0;
  Delivery delivery;
  Block& block = delivery.block;
  block.chain = task.chain;
  block.begin = task.iteration;
  if (fails(task.chain.value) && task.iteration == scope_.failure->iteration) {
    task.done = true;
    block.end = task.iteration;
    block.state = state_of(task.chain, task.iteration, task.tuning) + kFailed;
    delivery.failure = "no more points";
    return perform(self, rank.worker.produced(block.chain, block.end + kOfFailure, encode(delivery), true));
  }
  if (!warmup) block.first = task.iteration - (warms_up(task.chain.value) ? 1 : 0);
  block.end = ++task.iteration;
  block.warmup = warmup;
  if (warmup) {
    task.tuning = block.tuning = kTuning;
  } else {
    block.rows = 1;
    if (task.tuning != kTuning) throw Broken("a chain samples without its tuning");
  }
  block.state = state_of(task.chain, task.iteration, task.tuning);
  task.done = task.iteration == iterations_of(task.chain.value);
  delivery.complete = task.done;
  delivery.yields = !warmup && !task.done && task.until > 0 && block.first + block.rows >= task.until;
  task.done = task.done || delivery.yields;
  perform(self, rank.worker.produced(block.chain, block.end, encode(delivery), task.done));
}

/// Events are written at once; a death of the process, unlike one of its host, does not lose them.
void World::record(const RunEvent& event) {
  effect();
  const Told told = told_by(disk_.events);
  const auto repeated = [&](const RunEvent& before) {
    return before.kind == event.kind && before.rank == event.rank && before.chain == event.chain;
  };
  const bool lasting = event.kind == RunEvent::Kind::death || event.kind == RunEvent::Kind::takeover;
  if (lasting && std::ranges::any_of(disk_.events, repeated)) throw Broken("an event is told twice");
  if (event.kind == RunEvent::Kind::enough && told.enough) throw Broken("that draws are enough is told twice");
  if (event.kind == RunEvent::Kind::stopping && told.stopping) throw Broken("that the run stops is told twice");
  if (event.chain) {
    const auto found = told.chains.find(*event.chain);
    const Told::Chain before = found == told.chains.end() ? Told::Chain{} : found->second;
    if (event.kind == RunEvent::Kind::failed && before.failed) throw Broken("a failure is told twice");
    if (event.kind == RunEvent::Kind::completed && before.complete) throw Broken("an end is told twice");
    if (event.kind == RunEvent::Kind::resumed && !before.awaited) throw Broken("a chain went on that was not awaited");
    if (event.kind == RunEvent::Kind::started && before.given) throw Broken("a chain began twice");
  }
  disk_.events.push_back(event);
}

void World::append(std::int32_t self, const Block& block) {
  Buffer& buffer = ranks_[index(self)].buffers[block.chain.value];
  if (block.begin > buffer.iterations) throw Broken("a gap in the output");
  for (std::uint64_t iteration = block.begin; iteration < block.end; ++iteration) {
    if (!block.warmup) buffer.rows[iteration] = row_of(block.chain, iteration, kTuning);
  }
  buffer.iterations = std::max(buffer.iterations, block.end);
  buffer.state = block.state;
  if (!block.tuning.empty()) buffer.tuning = block.tuning;
  buffer.dirty = true;
}

void World::ask(std::int32_t self, const JudgeDraws& judge) {
  Rank& rank = ranks_[index(self)];
  if (rank.asked > 0) throw Broken("two questions at a time");
  for (const ChainId chain : judge.chains) {
    const std::uint64_t warmup = warms_up(chain.value) ? 1 : 0;
    if (rank.buffers[chain.value].iterations < judge.draws + warmup) throw Broken("draws are judged that are missing");
  }
  rank.asked = judge.draws;
}

void World::answer(std::int32_t self) {
  Rank& rank = ranks_[index(self)];
  std::uint64_t judged = std::exchange(rank.asked, 0);
  if (scope_.mistake == Mistake::judges_what_is_there) judged = rank.coordinator->ledger().common_draws();
  const bool enough = judged >= scope_.enough_at;
  if (!enough) {
    effect();
    disk_.looked = judged + 1;
  }
  perform(self, rank.coordinator->judged({judged, enough, ""}));
}

/// A copy takes the place of the output, in one step.
void World::cut(std::uint64_t draws) {
  effect();
  disk_.cut = draws;
  for (std::uint32_t chain = 0; chain < scope_.chains; ++chain) {
    if (fails(chain)) continue;
    Disk::Chain& there = disk_.chains[chain];
    const std::uint64_t end = draws + (warms_up(chain) ? 1 : 0);
    std::erase_if(there.rows, [end](const auto& row) { return row.first >= end; });
  }
}

void World::write(std::int32_t self) {
  if (scope_.mistake == Mistake::state_before_its_draws) write_states(self);
  write_rows(self);
  if (scope_.mistake == Mistake::state_before_its_tuning) write_states(self);
  write_tunings(self);
  write_states(self);
  for (Buffer& buffer : ranks_[index(self)].buffers) buffer.dirty = false;
}

void World::flush(std::int32_t self) {
  write(self);
  Rank& rank = ranks_[index(self)];
  perform(self, rank.coordinator->flushed());
}

void World::write_rows(std::int32_t self) {
  for (std::uint32_t chain = 0; chain < scope_.chains; ++chain) {
    Buffer& buffer = ranks_[index(self)].buffers[chain];
    if (buffer.rows.empty()) continue;
    effect();
    for (const auto& [iteration, row] : buffer.rows) {
      const auto [there, is_new] = disk_.chains[chain].rows.emplace(iteration, row);
      if (!is_new && there->second != row) throw Broken("a row was written twice and differs");
    }
    buffer.rows.clear();
  }
}

void World::write_states(std::int32_t self) {
  for (std::uint32_t chain = 0; chain < scope_.chains; ++chain) {
    const Buffer& buffer = ranks_[index(self)].buffers[chain];
    if (!buffer.dirty) continue;
    effect();
    Disk::Chain& there = disk_.chains[chain];
    if (buffer.iterations < there.iterations) throw Broken("the output forgets what it had");
    there.iterations = buffer.iterations;
    there.state = buffer.state;
  }
}

void World::write_tunings(std::int32_t self) {
  for (std::uint32_t chain = 0; chain < scope_.chains; ++chain) {
    Buffer& buffer = ranks_[index(self)].buffers[chain];
    if (buffer.tuning.empty()) continue;
    effect();
    disk_.chains[chain].tuning = std::exchange(buffer.tuning, {});
  }
}

void World::finish(std::int32_t self, Ending ending) {
  const Told told = told_by(disk_.events);
  for (const RankId dead : ranks_[index(self)].members.dead()) {
    if (!told.deaths.contains(dead)) throw Broken("a death is not told");
  }
  const auto end_told = [&](std::uint32_t chain) {
    const auto found = told.chains.find(ChainId{chain});
    return found != told.chains.end() && (fails(chain) ? found->second.failed : found->second.complete);
  };
  for (std::uint32_t chain = 0; chain < scope_.chains; ++chain) {
    const bool kept = ranks_[index(self)].kept > 0 || disk_.cut > 0;
    if (ending.code == finished_code() && !kept && !end_told(chain)) throw Broken("the end of a chain is not told");
  }
  if (const std::uint64_t draws = ranks_[index(self)].kept; draws > 0) cut(draws);
  for (std::int32_t other = 0; other < scope_.ranks; ++other) {
    if (other != self) send(self, RankId{other}, MessageKind::finish, encode(ending));
  }
  ranks_[index(self)].ending = std::move(ending);
}

}  // namespace exmc::runtime::testing
