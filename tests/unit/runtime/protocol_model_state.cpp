// What a state of the model is: whether a run may end in it, and the bytes that tell it from others.
#include <algorithm>

#include "exmc/runtime/wire.hpp"
#include "unit/runtime/protocol_model.hpp"

namespace exmc::runtime::testing {

void World::check_end() const {
  for (const Rank& rank : ranks_) {
    if (rank.alive && !rank.ending) throw Broken("a rank waits for ever");
  }
  const auto told = [this](const Rank& rank) { return rank.alive && rank.ending->code == finished_code(); };
  if (!signalled_ && std::ranges::none_of(ranks_, told)) throw Broken("the run ended before it was done");
  if (std::ranges::none_of(ranks_, told)) return;
  for (std::uint32_t chain = 0; chain < scope_.chains; ++chain) {
    const Disk::Chain& found = disk_.chains[chain];
    const std::uint64_t iterations = fails(chain) ? scope_.failure->iteration : iterations_of(chain);
    const bool cut = draws_in_the_end() < scope_.draws;
    if (cut && !fails(chain)) {
      if (found.rows.size() != scope_.enough_at) throw Broken("other draws are kept than those that are enough");
      continue;
    }
    if (cut) continue;  // nobody may have waited for its failure
    if (found.iterations != iterations) throw Broken("the output is not complete");
    if (fails(chain) != found.state.ends_with(kFailed)) throw Broken("the output does not tell which chain failed");
    const std::uint64_t warmup = warms_up(chain) && iterations > 0 ? 1 : 0;
    if (found.rows.size() != iterations - warmup) throw Broken("a row is missing in the output");
  }
}

std::string World::bytes() const {
  Encoder out;
  const auto put_message = [&](const Message& message) { out.put(message.kind).put(message.peer).put(message.bytes); };
  for (const Rank& rank : ranks_) {
    out.put(rank.alive).put(rank.ending.has_value());
    if (!rank.alive) continue;
    if (rank.ending) {
      out.put(rank.ending->code);
      continue;
    }
    for (const RankId dead : rank.members.dead()) out.put(dead);
    out.put('|').put(rank.stopping).put(rank.in_broadcast).put(rank.joined).put(rank.was_signalled);
    const Worker::State& worker = rank.worker.state();
    out.put(worker.shared_tuning.has_value())
        .put(worker.stop_reason)
        .put(worker.said_stopped)
        .put(worker.first_is_over);
    for (const Worker::Copy& copy : worker.copies) {
      out.put(copy.chain).put(copy.end).put(copy.sent).put(copy.received);
    }
    out.put('|');
    for (const Turn& turn : worker.running) out.put(turn.chain).put(turn.until);
    out.put('|');
    for (const Task& task : rank.tasks) out.put(task.chain).put(task.iteration).put(task.until).put(task.done);
    out.put('|');
    for (const Message& message : rank.held_back) put_message(message);
    out.put(rank.coordinator.has_value());
    if (!rank.coordinator) continue;
    const Ledger& ledger = rank.coordinator->ledger();
    out.put(ledger.tuning)
        .put(ledger.warmer)
        .put(ledger.broadcast)
        .put(ledger.clean)
        .put(ledger.begun)
        .put(ledger.flushing)
        .put(ledger.stop_reason)
        .put(ledger.next_look())
        .put(ledger.looking)
        .put(ledger.enough)
        .put(rank.asked)
        .put(rank.kept);
    for (const ChainRecord& chain : ledger.chains()) {
      out.put(chain.status).put(chain.rank).put(chain.held).put(chain.received).put(chain.durable).put(chain.state);
      out.put(chain.until).put(chain.tuning).put(chain.given).put(chain.orphaned).put(chain.complete_told);
      out.put(chain.failure_told).put(chain.failure_durable);
    }
    for (const RankRecord& record : ledger.ranks()) {
      out.put(record.alive).put(record.joined).put(record.stopped).put(record.has_tuning).put(record.held.size());
    }
    for (const Buffer& buffer : rank.buffers) out.put(buffer.dirty).put(buffer.iterations).put(buffer.rows.size());
  }
  for (const std::deque<Message>& channel : channels_) {
    out.put(channel.size());
    for (const Message& message : channel) put_message(message);
  }
  for (const Disk::Chain& chain : disk_.chains) {
    out.put(chain.iterations).put(chain.state).put(chain.tuning).put(chain.rows.size());
  }
  const Told told = told_by(disk_.events);
  for (const RankId dead : told.deaths) out.put(dead);
  for (const auto& [chain, of_chain] : told.chains) {
    out.put(chain).put(of_chain.given).put(of_chain.awaited).put(of_chain.complete).put(of_chain.failed);
  }
  out.put(disk_.looked)
      .put(disk_.cut)
      .put(told.enough)
      .put(told.stopping)
      .put(broadcast_begun_)
      .put(signalled_)
      .put(deaths_);
  return out.take();
}

}  // namespace exmc::runtime::testing
