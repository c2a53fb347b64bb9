#include "gathered_writes.hpp"

#include <algorithm>

namespace exmc::io {

std::span<char> GatheredWrites::add(std::uint64_t offset, std::size_t count) {
  const std::uint64_t end = begin_ + bytes_.size();
  const bool follows =
      !bytes_.empty() && offset >= end && offset - end < kGap && bytes_.size() + (offset - end) + count <= kLongest;
  if (!follows) {
    write();
    begin_ = offset;
  } else if (offset > end) {
    gaps_.emplace_back(bytes_.size(), offset - end);
    bytes_.resize(bytes_.size() + (offset - end));
  }
  const std::size_t at = bytes_.size();
  bytes_.resize(at + count);
  return std::span(bytes_).subspan(at);
}

void GatheredWrites::write() {
  if (bytes_.empty()) return;
  if (!gaps_.empty()) {
    under_.resize(bytes_.size());
    file_.read_at(begin_, under_.data(), under_.size());
    for (const auto& [at, length] : gaps_) std::copy_n(under_.data() + at, length, bytes_.data() + at);
    gaps_.clear();
  }
  file_.write_at(begin_, bytes_.data(), bytes_.size());
  bytes_.clear();
}

}  // namespace exmc::io
