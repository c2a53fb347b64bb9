#include "event_table.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "hdf5.hpp"
#include "placement.hpp"

namespace exmc::io {
namespace {

/// An element of a column of fixed texts, cut where it is too long.
void write_text(PosixFile& file, std::uint64_t column, std::uint64_t row, std::size_t bytes, const std::string& text) {
  std::vector<char> place(bytes, '\0');
  text.copy(place.data(), bytes - 1);
  file.write_at(column + row * bytes, place.data(), bytes);
}

std::string text_at(const std::vector<char>& column, std::uint64_t row, std::size_t bytes) {
  const char* begin = column.data() + row * bytes;
  return {begin, strnlen(begin, bytes)};
}

template <class Value>
std::vector<Value> read_rows(const PosixFile& file, std::uint64_t column, std::uint64_t count) {
  std::vector<Value> values(count);
  file.read_at(column, values.data(), values.size() * sizeof(Value));
  return values;
}

template <class Number>
void write_number(PosixFile& file, std::uint64_t column, std::uint64_t row, Number value) {
  static_assert(sizeof value == 8);
  file.write_at(column + row * sizeof value, &value, sizeof value);
}

void copy_bytes(const PosixFile& from, std::uint64_t source, PosixFile& to, std::uint64_t target, std::uint64_t count) {
  std::vector<char> bytes(count);
  from.read_at(source, bytes.data(), bytes.size());
  to.write_at(target, bytes.data(), bytes.size());
}

}  // namespace

EventTable::EventTable(hid_t run_group) {
  const h5::Handle events = h5::open_group(run_group, "events");
  capacity_ = h5::extent_of(h5::open_dataset(events, "time")).at(0);
  time_ = locate_contiguous(events, "time");
  kind_ = locate_contiguous(events, "kind");
  rank_ = locate_contiguous(events, "rank");
  host_ = locate_contiguous(events, "host");
  chain_ = locate_contiguous(events, "chain");
  iteration_ = locate_contiguous(events, "iteration");
  action_ = locate_contiguous(events, "action");
  count_ = locate_contiguous(events, "count");
  missed_ = locate_contiguous(events, "missed");
}

void EventTable::write(PosixFile& file, std::uint64_t row, const Event& event) const {
  write_number(file, time_, row, event.time);
  write_number(file, rank_, row, event.rank);
  write_text(file, host_, row, kEventHostBytes, event.host);
  write_number(file, chain_, row, event.chain);
  write_number(file, iteration_, row, event.iteration);
  write_text(file, action_, row, kActionBytes, event.action);
  write_text(file, kind_, row, kKindBytes, event.kind);  // last: where there is a kind, the row is whole
}

std::vector<Event> EventTable::read(const PosixFile& file, std::uint64_t rows) const {
  const auto times = read_rows<double>(file, time_, rows);
  const auto ranks = read_rows<std::int64_t>(file, rank_, rows);
  const auto chains = read_rows<std::int64_t>(file, chain_, rows);
  const auto iterations = read_rows<std::int64_t>(file, iteration_, rows);
  const auto kinds = read_rows<char>(file, kind_, rows * kKindBytes);
  const auto hosts = read_rows<char>(file, host_, rows * kEventHostBytes);
  const auto actions = read_rows<char>(file, action_, rows * kActionBytes);
  std::vector<Event> events;
  for (std::uint64_t row = 0; row < rows; ++row) {
    events.push_back({times[row], text_at(kinds, row, kKindBytes), ranks[row], text_at(hosts, row, kEventHostBytes),
                      chains[row], iterations[row], text_at(actions, row, kActionBytes)});
  }
  return events;
}

std::uint64_t EventTable::whole_rows(const PosixFile& file, std::uint64_t counted) const {
  const auto kinds = read_rows<char>(file, kind_, capacity_ * kKindBytes);
  std::uint64_t rows = counted;
  while (rows < capacity_ && kinds[rows * kKindBytes] != 0) ++rows;
  return rows;
}

void EventTable::forget_behind(PosixFile& file, std::uint64_t counted) const {
  const std::vector<char> nothing((capacity_ - counted) * kKindBytes, '\0');
  file.write_at(kind_ + counted * kKindBytes, nothing.data(), nothing.size());
}

void EventTable::write_counts(PosixFile& file, const Counts& counts) const {
  write_number(file, count_, 0, counts.events);
  write_number(file, missed_, 0, counts.missed);
}

EventTable::Counts EventTable::read_counts(const PosixFile& file) const {
  Counts counts;
  file.read_at(count_, &counts.events, sizeof counts.events);
  file.read_at(missed_, &counts.missed, sizeof counts.missed);
  counts.events = std::min(counts.events, capacity_);
  return counts;
}

void EventTable::copy(const PosixFile& from, PosixFile& to, const EventTable& target) const {
  const Counts counts = read_counts(from);
  const std::uint64_t rows = std::min(counts.events, target.capacity_);
  for (const auto column : {&EventTable::time_, &EventTable::rank_, &EventTable::chain_, &EventTable::iteration_}) {
    copy_bytes(from, this->*column, to, target.*column, rows * 8);
  }
  copy_bytes(from, kind_, to, target.kind_, rows * kKindBytes);
  copy_bytes(from, host_, to, target.host_, rows * kEventHostBytes);
  copy_bytes(from, action_, to, target.action_, rows * kActionBytes);
  target.write_counts(to, {rows, counts.missed + counts.events - rows});
}

ChainTable::ChainTable(hid_t run_group) {
  const h5::Handle chains = h5::open_group(run_group, "chains");
  rank_ = locate_contiguous(chains, "rank");
  host_ = locate_contiguous(chains, "host");
  began_ = locate_contiguous(chains, "began");
  ended_ = locate_contiguous(chains, "ended");
  if (H5Lexists(chains, "failure", H5P_DEFAULT) > 0) failure_ = locate_contiguous(chains, "failure");
}

void ChainTable::begin(PosixFile& file, ChainId chain, const ChainPlace& place) const {
  write_number(file, rank_, chain.value, place.rank);
  write_text(file, host_, chain.value, kEventHostBytes, place.host);
  write_number(file, began_, chain.value, place.began);
  write_number(file, ended_, chain.value, std::numeric_limits<double>::quiet_NaN());
  if (failure_ != 0) write_text(file, failure_, chain.value, kFailureBytes, "");
}

void ChainTable::end(PosixFile& file, ChainId chain, double time) const {
  write_number(file, ended_, chain.value, time);
}

void ChainTable::fail(PosixFile& file, ChainId chain, double time, const std::string& reason) const {
  end(file, chain, time);
  if (failure_ != 0) write_text(file, failure_, chain.value, kFailureBytes, reason);
}

std::vector<std::string> ChainTable::failures(const PosixFile& file, std::uint64_t chains) const {
  std::vector<std::string> texts(chains);
  if (failure_ == 0) return texts;
  const auto column = read_rows<char>(file, failure_, chains * kFailureBytes);
  for (std::uint64_t chain = 0; chain < chains; ++chain) texts[chain] = text_at(column, chain, kFailureBytes);
  return texts;
}

void ChainTable::copy(const PosixFile& from, PosixFile& to, const ChainTable& target,
                      const std::vector<std::uint64_t>& chains) const {
  const auto copy_column = [&](std::uint64_t ChainTable::*column, std::size_t bytes) {
    if (this->*column == 0) return;
    for (std::uint64_t row = 0; row < chains.size(); ++row) {
      copy_bytes(from, this->*column + chains[row] * bytes, to, target.*column + row * bytes, bytes);
    }
  };
  for (const auto column : {&ChainTable::rank_, &ChainTable::began_, &ChainTable::ended_}) copy_column(column, 8);
  copy_column(&ChainTable::host_, kEventHostBytes);
  copy_column(&ChainTable::failure_, kFailureBytes);
}

}  // namespace exmc::io
