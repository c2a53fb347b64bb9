#include "share_job.hpp"

#include "exmc/runtime/run_rank.hpp"
#include "exmc/runtime/wire.hpp"

namespace exmc::app {
namespace {

/// Rank 0's part: reads, compiles, and encodes the outcome for the others.
std::string prepare(SharedJob& shared, const Options& options, std::uint32_t default_chains) {
  runtime::Encoder out;
  try {
    shared.job = load_job(options, default_chains);
    shared.program = density::compile(shared.job.model);
    out.put(true).put(encode(shared.job));
  } catch (...) {
    shared.failure = runtime::ending_of_current_exception();
    out = runtime::Encoder();
    out.put(false).put(encode(*shared.failure));
  }
  return out.take();
}

/// Any other rank's part.
void rebuild(SharedJob& shared, const std::string& bytes) {
  try {
    runtime::Decoder in(bytes);
    const bool usable = in.get<bool>();
    const std::string text = in.get_text();
    if (!usable) {
      shared.failure = runtime::decode_ending(text);
      return;
    }
    shared.job = decode_job(text);
    shared.program = density::compile(shared.job.model);
  } catch (...) {
    shared.own_failure = runtime::ending_of_current_exception();
  }
}

}  // namespace

SharedJob share_job(runtime::Communicator& ranks, const Options& options) {
  SharedJob shared;
  const bool reads = ranks.rank() == runtime::kFirstCoordinator;
  std::string bytes = reads ? prepare(shared, options, static_cast<std::uint32_t>(ranks.size())) : std::string();
  const runtime::Broadcast broadcast = runtime::broadcast_and_wait(ranks, runtime::kFirstCoordinator, std::move(bytes));
  if (!broadcast.everywhere) {
    shared.failure = runtime::Ending{ExitCode::stopped, "a rank died before the run began", false};
  } else if (!reads) {
    rebuild(shared, broadcast.bytes);
  }
  return shared;
}

std::vector<RankCard> gather_cards(runtime::Communicator& ranks, const SharedJob& shared) {
  RankCard card = own_card(shared.own_failure ? 0 : job_hash(shared.job));
  card.failure = shared.own_failure;
  std::vector<RankCard> cards;
  for (const std::string& text : runtime::gather_ready(ranks, encode(card))) cards.push_back(decode_card(text));
  return cards;
}

}  // namespace exmc::app
