#include "row_group.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace exmc::io {

RowGroup::RowGroup(std::vector<const Placement*> columns, std::uint64_t chains, std::uint64_t rows)
    : columns_(std::move(columns)), rows_(rows), appended_(chains), durable_(chains), pending_(chains) {
  for (const Placement* column : columns_) width_ += column->elements;
  pending_values_ = std::min(kPendingBytes, kPendingBytesInAll / chains) / sizeof(double);
}

void RowGroup::append(PosixFile& file, ChainId chain, std::uint64_t first, std::span<const double> values) {
  const std::uint64_t rows = values.size() / std::max<std::size_t>(1, width_);
  if (chain.value >= appended_.size() || width_ == 0 || values.size() != rows * width_ ||
      first > appended_[chain.value] || first + rows > rows_) {
    throw std::logic_error("rows that have no place in " + file.label());
  }
  PendingRows& pending = pending_[chain.value];
  const bool follows = first == pending.first + pending.values.size() / width_;
  if (!follows || pending.values.size() + values.size() > pending_values_) {
    write_pending(file, chain.value, chain.value + 1);
    pending.first = first;
  }
  pending.values.insert(pending.values.end(), values.begin(), values.end());
  appended_[chain.value] = std::max(appended_[chain.value], first + rows);
}

void RowGroup::write_pending(PosixFile& file) { write_pending(file, 0, pending_.size()); }

void RowGroup::write_pending(PosixFile& file, std::size_t first, std::size_t last) {
  std::vector<std::size_t> chains;
  for (std::size_t chain = first; chain < last; ++chain) {
    if (!pending_[chain].values.empty()) chains.push_back(chain);
  }
  GatheredWrites writes(file);
  std::size_t begin = 0;  // of the column, in a row
  for (const Placement* column : columns_) {
    for (const std::size_t chain : chains) {
      const PendingRows& pending = pending_[chain];
      write_rows(writes, *column, chain,
                 {pending.values.data(), width_, begin, pending.first, pending.values.size() / width_});
    }
    begin += column->elements;
  }
  writes.write();
  for (const std::size_t chain : chains) {
    pending_[chain].first += pending_[chain].values.size() / width_;
    pending_[chain].values.clear();
  }
}

void RowGroup::read_durable(const PosixFile& file, std::uint64_t offset) {
  file.read_at(offset, durable_.data(), durable_.size() * sizeof(std::uint64_t));
}

void RowGroup::go_on_after(ChainId chain, std::uint64_t rows) {
  appended_.at(chain.value) = rows;
  // Counts and states are written between the same two syncs: a state may have outlived a count, and its draws are on
  // the disk all the same.
  durable_.at(chain.value) = std::max(durable_.at(chain.value), rows);
}

void RowGroup::record_durable(PosixFile& file, std::uint64_t offset) {
  for (std::size_t chain = 0; chain < durable_.size(); ++chain) {
    durable_[chain] = std::max(durable_[chain], appended_[chain]);
  }
  file.write_at(offset, durable_.data(), durable_.size() * sizeof(std::uint64_t));
}

}  // namespace exmc::io
