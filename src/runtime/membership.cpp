#include "exmc/runtime/membership.hpp"

namespace exmc::runtime {
namespace {

bool for_coordinators(MessageKind kind) {
  switch (kind) {
    case MessageKind::ready:
    case MessageKind::standing:
    case MessageKind::tuning_outcome:
    case MessageKind::block:
    case MessageKind::alive:
    case MessageKind::failed:
    case MessageKind::interrupt:
    case MessageKind::stopped:
      return true;
    default:
      return false;
  }
}

}  // namespace

Membership::Route Membership::route(RankId peer, MessageKind kind) const {
  if (for_coordinators(kind)) return coordinates() ? Route::coordinator : Route::later;
  if (kind == MessageKind::finish) return coordinates() ? Route::coordinator : Route::worker;  // whoever passes it on
  if (peer == coordinator_) return Route::worker;
  return peer > coordinator_ ? Route::later : Route::never;
}

bool Membership::died(RankId rank) {
  alive_.at(static_cast<std::size_t>(rank.value)) = false;
  const RankId before = coordinator_;
  while (!alive(coordinator_)) ++coordinator_.value;  // this rank lives
  return coordinator_ != before;
}

std::optional<RankId> Membership::neighbour() const {
  for (std::int32_t step = 1; step < size(); ++step) {
    const RankId next{(self_.value + step) % size()};
    if (alive(next)) return next;
  }
  return std::nullopt;
}

std::vector<RankId> Membership::dead() const {
  std::vector<RankId> found;
  for (std::int32_t rank = 0; rank < size(); ++rank) {
    if (!alive(RankId{rank})) found.push_back(RankId{rank});
  }
  return found;
}

}  // namespace exmc::runtime
