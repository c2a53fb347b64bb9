#include "rank_card.hpp"

#include <unistd.h>

#include <stdexcept>

#include "exmc/runtime/wire.hpp"
#include "version.hpp"

namespace exmc::app {
namespace {

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string name_of(std::size_t rank, const RankCard& card) {
  return "rank " + std::to_string(rank) + " (" + card.host + ")";
}

}  // namespace

RankCard own_card(std::uint64_t job_hash) {
  return {host_name(), getpid(), build_id(), processor(), job_hash, std::nullopt};
}

std::string encode(const RankCard& card) {
  runtime::Encoder out;
  out.put(card.host).put(card.pid).put(card.build).put(card.processor).put(card.job_hash);
  out.put(card.failure.has_value()).put(card.failure ? encode(*card.failure) : std::string());
  return out.take();
}

RankCard decode_card(const std::string& bytes) {
  runtime::Decoder in(bytes);
  RankCard card;
  card.host = in.get_text();
  card.pid = in.get<std::int64_t>();
  card.build = in.get_text();
  card.processor = in.get_text();
  card.job_hash = in.get<std::uint64_t>();
  const bool failed = in.get<bool>();
  const std::string failure = in.get_text();
  if (failed) card.failure = runtime::decode_ending(failure);
  return card;
}

void require_same_job(const std::vector<RankCard>& cards) {
  for (std::size_t rank = 0; rank < cards.size(); ++rank) {
    const RankCard& card = cards[rank];
    if (card.failure) throw Error(card.failure->code, name_of(rank, card) + ": " + card.failure->message);
    if (card.job_hash != cards.front().job_hash) {
      throw Error(ExitCode::cannot_sample, name_of(rank, card) +
                                               " rebuilt another model than rank 0 from the same bytes: nothing was "
                                               "sampled; are all hosts running the same exmc_mpi?");
    }
  }
}

std::vector<std::string> differences(const std::vector<RankCard>& cards) {
  std::vector<std::string> lines;
  for (std::size_t rank = 1; rank < cards.size(); ++rank) {
    const RankCard& card = cards[rank];
    const RankCard& first = cards.front();
    const bool other_build = card.build != first.build;
    if (!other_build && card.processor == first.processor) continue;
    const std::string what = other_build ? "build (" + card.build + ", not " + first.build + ")"
                                         : "processor (" + card.processor + ", not " + first.processor + ")";
    lines.push_back(name_of(rank, card) + " has another " + what +
                    " than rank 0: draws may differ in the last digits from those of another distribution of chains");
  }
  return lines;
}

std::string describe(const std::vector<RankCard>& cards) {
  std::string text;
  for (std::size_t rank = 0; rank < cards.size(); ++rank) {
    text += std::to_string(rank) + " " + cards[rank].host + " " + std::to_string(cards[rank].pid) + "\n";
  }
  return text;
}

}  // namespace exmc::app
