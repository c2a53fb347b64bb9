#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/io/event.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// Bytes of the texts in /run/events and /run/chains, filled up with zeros.
inline constexpr std::size_t kKindBytes = 16, kEventHostBytes = 64, kActionBytes = 160, kFailureBytes = 256;

/// Where /run/events stands in a file: a column a dataset, of a fixed number of rows, and how many of them are events.
class EventTable {
 public:
  /// How many events a run of so many chains has room for.
  [[nodiscard]] static std::uint64_t capacity_for(std::uint64_t chains) { return 256 + 4 * chains; }

  EventTable() = default;
  /// @throws h5::Failure
  explicit EventTable(hid_t run_group);

  [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
  /// @param row below capacity()
  void write(PosixFile& file, std::uint64_t row, const Event& event) const;
  [[nodiscard]] std::vector<Event> read(const PosixFile& file, std::uint64_t rows) const;

  /// How many rows are whole, counted or not, where they were written by a process that was killed on a host that runs.
  [[nodiscard]] std::uint64_t whole_rows(const PosixFile& file, std::uint64_t counted) const;
  /// Makes sure that rows that were not counted are never taken for whole.
  void forget_behind(PosixFile& file, std::uint64_t counted) const;

  struct Counts {
    std::uint64_t events = 0;  ///< rows written
    std::uint64_t missed = 0;  ///< events that found no room
  };
  void write_counts(PosixFile& file, const Counts& counts) const;
  [[nodiscard]] Counts read_counts(const PosixFile& file) const;

  /// Copies rows and counts into the table of another file that has at least as much room.
  void copy(const PosixFile& from, PosixFile& to, const EventTable& target) const;

 private:
  std::uint64_t capacity_ = 0;
  std::uint64_t time_ = 0, kind_ = 0, rank_ = 0, host_ = 0, chain_ = 0, iteration_ = 0, action_ = 0;
  std::uint64_t count_ = 0, missed_ = 0;
};

/// Where /run/chains stands: which rank ran a chain last, from when to when, and why it cannot go on.
class ChainTable {
 public:
  ChainTable() = default;
  /// @throws h5::Failure
  explicit ChainTable(hid_t run_group);

  void begin(PosixFile& file, ChainId chain, const ChainPlace& place) const;
  void end(PosixFile& file, ChainId chain, double time) const;
  void fail(PosixFile& file, ChainId chain, double time, const std::string& reason) const;
  /// Of so many chains; empty for one that did not fail.
  [[nodiscard]] std::vector<std::string> failures(const PosixFile& file, std::uint64_t chains) const;
  /// Copies the rows of these chains to the first ones of another table.
  void copy(const PosixFile& from, PosixFile& to, const ChainTable& target,
            const std::vector<std::uint64_t>& chains) const;

 private:
  std::uint64_t rank_ = 0, host_ = 0, began_ = 0, ended_ = 0;
  std::uint64_t failure_ = 0;  ///< 0 in a file of before there was that column
};

}  // namespace exmc::io
