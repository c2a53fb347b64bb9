#include "state_slots.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "exmc/core/hash.hpp"

namespace exmc::io {
namespace {

/// What stands before the state's bytes in a slot.
struct Header {
  std::uint64_t checksum = 0;  ///< over the rest of the header and the state
  std::uint64_t sequence = 0;
  std::uint64_t warmup_rows = 0, draws = 0;
  std::uint64_t bytes = 0;
};
static_assert(sizeof(Header) == 40);

/// Against torn writes.
std::uint64_t checksum_of(const Header& header, std::string_view state) {
  std::array<char, sizeof(Header)> bytes{};
  std::memcpy(bytes.data(), &header, sizeof header);
  constexpr std::size_t own = sizeof header.checksum;
  return fnv1a(state, fnv1a({bytes.data() + own, bytes.size() - own}));
}

}  // namespace

std::uint64_t StateSlots::slot_bytes(std::uint64_t capacity) { return sizeof(Header) + (capacity + 7) / 8 * 8; }

std::uint64_t StateSlots::capacity() const { return slot_bytes_ == 0 ? 0 : slot_bytes_ - sizeof(Header); }

StateSlots::Slot StateSlots::read_slot(const PosixFile& file, std::uint64_t record, std::uint64_t number) const {
  Header header;
  file.read_at(position(record, number), &header, sizeof header);
  if (header.sequence == 0 || header.bytes > capacity()) return {};
  Slot slot{header.sequence, {header.warmup_rows, header.draws, std::string(header.bytes, '\0')}};
  file.read_at(position(record, number) + sizeof header, slot.state.bytes.data(), header.bytes);
  return checksum_of(header, slot.state.bytes) == header.checksum ? slot : Slot{};
}

std::optional<SavedState> StateSlots::read(const PosixFile& file, std::uint64_t record, Newest& newest) const {
  Slot first = read_slot(file, record, 0), second = read_slot(file, record, 1);
  const bool is_first = first.sequence > second.sequence;
  Slot& newer = is_first ? first : second;
  newest = {newer.sequence, is_first ? std::uint64_t{0} : std::uint64_t{1}};
  if (newer.sequence == 0) return std::nullopt;
  return std::move(newer.state);
}

void StateSlots::write(GatheredWrites& writes, std::uint64_t record, const SavedState& state, Newest& newest) const {
  if (state.bytes.size() > capacity()) {
    throw std::logic_error("a state of " + std::to_string(state.bytes.size()) + " bytes where the file has room for " +
                           std::to_string(capacity()));
  }
  newest = {newest.sequence + 1, 1 - newest.slot};
  Header header{0, newest.sequence, state.warmup_rows, state.draws, state.bytes.size()};
  header.checksum = checksum_of(header, state.bytes);
  char* const slot = writes.add(position(record, newest.slot), sizeof header + state.bytes.size()).data();
  std::memcpy(slot, &header, sizeof header);
  std::memcpy(slot + sizeof header, state.bytes.data(), state.bytes.size());
}

}  // namespace exmc::io
