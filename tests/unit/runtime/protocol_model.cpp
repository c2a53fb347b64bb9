#include "unit/runtime/protocol_model.hpp"

#include <algorithm>

#include "exmc/runtime/wire.hpp"

namespace exmc::runtime::testing {
namespace {

using Kind = World::Event::Kind;

}  // namespace

World::World(const Scope& scope) : scope_(scope) {
  disk_.chains.resize(scope.chains);
  channels_.resize(index(scope.ranks) * index(scope.ranks));
  for (std::int32_t rank = 0; rank < scope.ranks; ++rank) ranks_.emplace_back(Membership(RankId{rank}, scope.ranks));
  for (std::int32_t rank = 0; rank < scope.ranks; ++rank) {
    if (rank == 0) begin(0);
    follow(rank);
    settle(rank);
  }
}

std::deque<Message>& World::channel(std::int32_t from, std::int32_t to) {
  return channels_[index(from * scope_.ranks + to)];
}
const std::deque<Message>& World::channel(std::int32_t from, std::int32_t to) const {
  return channels_[index(from * scope_.ranks + to)];
}

std::uint64_t World::iterations_of(std::uint32_t chain) const { return scope_.draws + (warms_up(chain) ? 1 : 0); }

std::vector<World::Event> World::possible() const {
  std::vector<Event> events;
  for (std::int32_t self = 0; self < scope_.ranks; ++self) {
    if (gone(self)) continue;
    const Rank& rank = ranks_[index(self)];
    const auto others = std::ranges::count_if(ranks_, [](const Rank& r) { return r.alive; });
    if (deaths_ < scope_.deaths && others > 1) events.push_back({Kind::die, self});
    if (rank.in_broadcast) {
      if (broadcast_can_come()) events.push_back({Kind::broadcast_comes, self});
      if (deaths_ > 0) events.push_back({Kind::broadcast_fails, self});
      continue;  // it waits for that, and does nothing else
    }
    for (std::int32_t other = 0; other < scope_.ranks; ++other) {
      const bool known_dead = !rank.members.alive(RankId{other});
      if (!channel(other, self).empty()) events.push_back({Kind::deliver, self, other});
      if (!channel(other, self).empty() && gone(other)) events.push_back({Kind::lose, self, other});
      if (gone(other) && !known_dead) events.push_back({Kind::notice, self, other});
    }
    if (!rank.tasks.empty()) {
      const Task& task = rank.tasks.front();
      const bool over = task.done || rank.stopping;
      if (over) events.push_back({Kind::idle, self});
      if (!over && rank.worker.state().copies.size() < scope_.most_held) events.push_back({Kind::produce, self});
    }
    if (std::ranges::any_of(rank.buffers, [](const Buffer& buffer) { return buffer.dirty; })) {
      events.push_back({Kind::flush, self});
    }
    if (rank.asked > 0) events.push_back({Kind::judge, self});
    if (scope_.may_be_stopped && !signalled_) events.push_back({Kind::stop, self});
  }
  return events;
}

/// MPI may hand on a broadcast when it has it, or when all have joined. A rank joins where its run has ended, too.
bool World::broadcast_can_come() const {
  const auto joined = [](const Rank& rank) { return rank.joined || (rank.alive && rank.ending); };
  return broadcast_begun_ && (!scope_.broadcast_waits || std::ranges::all_of(ranks_, joined));
}

bool World::moves(const Event& event) {
  return event.kind != Kind::die && event.kind != Kind::stop && event.kind != Kind::lose;
}

int World::happen(const Event& event) {
  effects_ = 0;
  effects_allowed_ = event.effects;
  try {
    react(event.rank, event);
    settle(event.rank);
  } catch (const Died&) {
    die(event.rank);
  }
  return effects_;
}

/// Counts what a rank does to others or to the disk, and lets it die in between.
void World::effect() {
  if (effects_allowed_ > 0 && effects_ == effects_allowed_) throw Died();
  ++effects_;
}

void World::react(std::int32_t self, const Event& event) {
  Rank& rank = ranks_[index(self)];
  switch (event.kind) {
    case Kind::deliver: {
      Message message = std::move(channel(event.other, self).front());
      channel(event.other, self).pop_front();
      dispatch(self, std::move(message));
      break;
    }
    case Kind::notice: {
      const RankId dead{event.other};
      const bool changed = rank.members.died(dead);
      if (rank.coordinator) perform(self, rank.coordinator->died(dead));
      if (!changed) break;
      if (rank.members.coordinates()) begin(self);
      follow(self);
      break;
    }
    case Kind::produce:
      produce(self);
      break;
    case Kind::idle:
      rank.tasks.pop_front();
      perform(self, rank.worker.sampling_idle());
      break;
    case Kind::flush:
      flush(self);
      break;
    case Kind::judge:
      answer(self);
      break;
    case Kind::broadcast_comes:
      rank.in_broadcast = false;
      perform(self, rank.worker.broadcast_over(kTuning));
      break;
    case Kind::broadcast_fails:
      rank.in_broadcast = false;
      perform(self, rank.worker.broadcast_over(std::nullopt));
      break;
    case Kind::stop:
      signalled_ = rank.was_signalled = true;
      send(self, rank.members.coordinator(), MessageKind::interrupt, "signal");
      break;
    case Kind::die:
      throw Died();
    case Kind::lose:
      channel(event.other, self).clear();
      break;
  }
}

/// A rank handles what it sends to itself before it looks at anything else.
void World::settle(std::int32_t self) {
  Rank& rank = ranks_[index(self)];
  while (!rank.to_self.empty() && !rank.ending) {
    Message message = std::move(rank.to_self.front());
    rank.to_self.pop_front();
    dispatch(self, std::move(message));
  }
}

void World::dispatch(std::int32_t self, Message message) {
  Rank& rank = ranks_[index(self)];
  switch (rank.members.route(message.peer, message.kind)) {
    case Membership::Route::coordinator:
      coordinate(self, message);
      break;
    case Membership::Route::worker:
      obey(self, message);
      break;
    case Membership::Route::later:
      rank.held_back.push_back(std::move(message));
      break;
    case Membership::Route::never:
      break;
  }
}

void World::coordinate(std::int32_t self, const Message& message) {
  Coordinator& coordinator = *ranks_[index(self)].coordinator;
  switch (message.kind) {
    case MessageKind::standing:
      return perform(self, coordinator.joined(message.peer, decode_standing(message.bytes)));
    case MessageKind::tuning_outcome:
      return perform(self, coordinator.tuning_outcome(message.peer, decode_tuning_outcome(message.bytes)));
    case MessageKind::block:
      return perform(self, coordinator.delivered(message.peer, decode_delivery(message.bytes)));
    case MessageKind::interrupt:
      return perform(self, coordinator.interrupted(message.bytes));
    case MessageKind::stopped:
      return perform(self, coordinator.stopped(message.peer));
    case MessageKind::finish:
      return perform(self, coordinator.finished(decode_ending(message.bytes)));
    default:
      throw Broken("a message that no coordinator expects");
  }
}

void World::obey(std::int32_t self, const Message& message) {
  Rank& rank = ranks_[index(self)];
  const bool keeps_copies = !rank.members.coordinates();
  switch (message.kind) {
    case MessageKind::assign:
      return perform(self, rank.worker.assigned(decode_assignment(message.bytes)));
    case MessageKind::share:
      if (!rank.members.dead().empty()) return perform(self, rank.worker.broadcast_over(std::nullopt));
      rank.in_broadcast = rank.joined = true;
      return;
    case MessageKind::tuning:
      return perform(self, rank.worker.tuning_sent(message.bytes));
    case MessageKind::received:
      return perform(self, keeps_copies ? rank.worker.received(decode_acknowledgement(message.bytes))
                                        : rank.worker.durable(decode_acknowledgement(message.bytes)));
    case MessageKind::durable: {
      const Acknowledgement durable = decode_acknowledgement(message.bytes);
      const Disk::Chain& there = disk_.chains.at(durable.chain.value);
      const std::uint64_t end = there.iterations + (there.state.ends_with(kFailed) ? kOfFailure : 0);
      if (end < durable.end) throw Broken("called durable and is not");
      return perform(self, rank.worker.durable(durable));
    }
    case MessageKind::stop:
      return perform(self, rank.worker.stop(message.bytes));
    case MessageKind::finish: {
      const auto neighbour = rank.members.neighbour();
      if (neighbour) send(self, *neighbour, MessageKind::finish, message.bytes);
      rank.ending = decode_ending(message.bytes);
      return;
    }
    default:
      throw Broken("a message that no worker expects");
  }
}

/// As a new coordinator, with what is on the disk.
void World::begin(std::int32_t self) {
  for (const Rank& other : ranks_) {
    if (other.alive && !other.ending && other.coordinator) throw Broken("two coordinators have the output");
  }
  Rank& rank = ranks_[index(self)];
  Recovered recovered;
  if (scope_.share_tuning) recovered.tuning = disk_.chains[warmer()].tuning;
  recovered.warmed_by = warmer();
  rank.buffers.resize(scope_.chains);
  for (std::uint32_t chain = 0; chain < scope_.chains; ++chain) {
    const Disk::Chain& found = disk_.chains[chain];
    RecoveredChain& chain_found = recovered.chains.emplace_back();
    chain_found.iterations = found.iterations;
    chain_found.state = found.state;
    chain_found.tuning = found.tuning;
    chain_found.complete = found.iterations == iterations_of(chain);
    chain_found.draws = found.iterations - (warms_up(chain) && found.iterations > 0 ? 1 : 0);
    if (found.state.ends_with(kFailed)) chain_found.failure = "no more points";
    if (disk_.cut > 0 && scope_.mistake != Mistake::forgets_what_was_cut) {
      chain_found.complete = true;
      chain_found.draws = disk_.cut;
    }
    rank.buffers[chain].iterations = found.iterations;
  }
  if (scope_.mistake != Mistake::forgets_what_was_told) recovered.events = disk_.events;
  const bool ended = disk_.cut > 0 && scope_.mistake != Mistake::forgets_what_was_cut;
  recovered.looked = ended ? scope_.draws : disk_.looked;
  RunPlan plan{scope_.chains, scope_.share_tuning, 1};
  plan.first_look = 1;
  if (scope_.enough_at > 0) plan.looks_below = scope_.draws;
  rank.coordinator.emplace(plan, rank.members, std::vector<Process>{}, std::move(recovered));
  perform(self, rank.coordinator->start(std::nullopt));
}

void World::follow(std::int32_t self) {
  Rank& rank = ranks_[index(self)];
  if (rank.ending) return;
  Worker::Actions actions = rank.worker.coordinator_changed();
  if (scope_.mistake == Mistake::forgets_to_send_again) {
    std::erase_if(actions, [](const WorkerAction& action) {
      const auto* message = std::get_if<SendToCoordinator>(&action);
      return message && message->kind == MessageKind::block;
    });
  }
  if (scope_.mistake == Mistake::forgets_failures) {
    std::erase_if(actions, [](const WorkerAction& action) {
      const auto* message = std::get_if<SendToCoordinator>(&action);
      return message && message->kind == MessageKind::block && !decode_delivery(message->bytes).failure.empty();
    });
  }
  if (rank.was_signalled) {
    send(self, rank.members.coordinator(), MessageKind::interrupt, "signal");
  }
  perform(self, std::move(actions));
  for (Message& message : std::exchange(rank.held_back, {})) dispatch(self, std::move(message));
}

void World::die(std::int32_t self) {
  const Rank nothing(Membership(RankId{self}, scope_.ranks));
  ranks_[index(self)] = nothing;  // nobody can see what it had
  ranks_[index(self)].alive = false;
  for (std::int32_t other = 0; other < scope_.ranks; ++other) channel(other, self).clear();
  ++deaths_;
}

}  // namespace exmc::runtime::testing
