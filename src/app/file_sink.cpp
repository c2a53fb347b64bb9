#include "file_sink.hpp"

#include "nuts_task.hpp"

namespace exmc::app {

void FileSink::append(const runtime::Block& block) {
  const StateFacts facts = facts_of(block.state, block.tuning, settings_);
  if (block.rows > 0) file_.append(block.chain, block.warmup, block.first, block.values);
  if (block.rows > 0 && !block.warmup && block.first == 0) file_.set_settled(block.chain, facts.settled);
  if (!block.tuning.empty()) file_.keep_tuning(block.chain, block.tuning);
  if (facts.own_warmup) {
    file_.keep_warmup(block.chain, block.state);
  } else {
    file_.keep_state(block.chain, block.state);
  }
}

runtime::RecoveredChain FileSink::recovered(ChainId chain) const {
  runtime::RecoveredChain found;
  if (const auto state = file_.saved_state(chain)) {
    found.state = state->bytes;
    found.tuning = file_.saved_tuning(chain);
  } else if (const auto warmup = file_.saved_warmup(chain)) {
    found.state = warmup->bytes;
  }
  if (found.state.empty()) return found;
  const StateFacts facts = facts_of(found.state, found.tuning, settings_);
  found.iterations = facts.iterations;
  found.complete = facts.complete;
  found.progress = facts.progress;
  return found;
}

runtime::Recovered FileSink::recovered() const {
  runtime::Recovered found;
  for (std::uint32_t chain = 0; chain < chains_; ++chain) found.chains.push_back(recovered(ChainId{chain}));
  found.tuning = file_.saved_tuning(ChainId{0});
  return found;
}

}  // namespace exmc::app
