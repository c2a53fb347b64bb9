#include "rank_card.hpp"

#include <stdexcept>

#include "exmc/runtime/wire.hpp"
#include "version.hpp"

namespace exmc::app {
namespace {

std::string name_of(RankId rank) { return "rank " + std::to_string(rank.value); }
std::string name_of(const RankCard& card) { return name_of(card.rank) + " (" + card.process.host + ")"; }

}  // namespace

RankCard own_card(RankId rank, std::uint64_t job_hash) {
  return {rank, this_process(), build_id(), job_hash, std::nullopt};
}

std::string encode(const RankCard& card) {
  runtime::Encoder out;
  out.put(card.rank)
      .put(card.process.host)
      .put(card.process.pid)
      .put(card.process.start)
      .put(card.build)
      .put(card.job_hash);
  out.put(card.failure.has_value()).put(card.failure ? encode(*card.failure) : std::string());
  return out.take();
}

RankCard decode_card(const std::string& bytes) {
  runtime::Decoder in(bytes);
  RankCard card;
  card.rank = in.get<RankId>();
  card.process.host = in.get_text();
  card.process.pid = in.get<std::int64_t>();
  card.process.start = in.get<std::int64_t>();
  card.build = in.get_text();
  card.job_hash = in.get<std::uint64_t>();
  const bool failed = in.get<bool>();
  const std::string failure = in.get_text();
  if (failed) card.failure = runtime::decode_ending(failure);
  return card;
}

void require_same_job(const std::vector<RankCard>& cards) {
  for (const RankCard& card : cards) {
    if (card.failure) throw Error(card.failure->code, name_of(card) + ": " + card.failure->message);
    if (card.job_hash != cards.front().job_hash) {
      throw Error(ExitCode::cannot_sample, name_of(card) + " rebuilt another model than " +
                                               name_of(cards.front().rank) +
                                               " from the same bytes: nothing was sampled; are all hosts running the "
                                               "same exmc_mpi?");
    }
  }
}

std::vector<std::string> differences(const std::vector<RankCard>& cards) {
  std::vector<std::string> lines;
  for (const RankCard& card : cards) {
    const RankCard& first = cards.front();
    if (card.build == first.build) continue;
    lines.push_back(name_of(card) + " has another build or maths library (" + card.build + ", not " + first.build +
                    ") than " + name_of(first.rank) +
                    ": draws may differ in the last digits from those of another distribution of chains");
  }
  return lines;
}

std::string describe(const std::vector<RankCard>& cards) {
  std::string text;
  for (const RankCard& card : cards) {
    text += std::to_string(card.rank.value) + " " + card.process.host + " " + std::to_string(card.process.pid) + "\n";
  }
  return text;
}

}  // namespace exmc::app
