#include "broadcast.hpp"

#include <utility>

#include "exmc/runtime/wire.hpp"

namespace exmc::runtime::mpi {
namespace {

struct Header {
  std::uint64_t number;
  RankId root;
};
constexpr std::size_t kHeaderBytes = sizeof(std::uint64_t) + sizeof(RankId);

Header header_of(const std::string& message) {
  Decoder in(message);
  const auto number = in.get<std::uint64_t>();
  return {number, in.get<RankId>()};
}

}  // namespace

// Numbered from the root on, the parent of a rank is that number without its lowest bit.
std::vector<RankId> children(RankId rank, RankId root, std::int32_t size) {
  const std::int32_t number = (rank.value - root.value + size) % size;
  std::vector<RankId> found;
  for (std::int32_t bit = 1; number + bit < size && (number & bit) == 0; bit *= 2) {
    found.push_back({(number + bit + root.value) % size});
  }
  return found;
}

RankId parent(RankId rank, RankId root, std::int32_t size) {
  const std::int32_t number = (rank.value - root.value + size) % size;
  return {((number & (number - 1)) + root.value) % size};
}

std::string Broadcasts::encode(std::uint64_t number, RankId root, const std::string& bytes) {
  return Encoder().put(number).put(root).take() + bytes;
}

RankId Broadcasts::root_of(const std::string& message) { return header_of(message).root; }

std::uint64_t Broadcasts::begin() {
  under_way_ = true;
  return ++begun_;
}

void Broadcasts::arrived(const std::string& message) {
  const std::uint64_t number = header_of(message).number;
  if (number > begun_ || (number == begun_ && under_way_)) arrived_[number] = message.substr(kHeaderBytes);
}

std::optional<std::string> Broadcasts::take() {
  const auto found = arrived_.find(begun_);
  if (!under_way_ || found == arrived_.end()) return std::nullopt;
  under_way_ = false;
  std::string bytes = std::move(found->second);
  arrived_.erase(found);
  return bytes;
}

}  // namespace exmc::runtime::mpi
