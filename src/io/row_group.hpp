#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "exmc/core/ids.hpp"
#include "placement.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// The draws of all chains, or their warm-up iterations: how many rows of each chain there are and are durable, and
/// those that wait to be written together, since a few large writes cost far less than many small ones.
class RowGroup {
 public:
  /// @param columns  in the order of a row; they outlive this
  /// @param rows     that there is room for, per chain
  RowGroup(std::vector<const Placement*> columns, std::uint64_t chains, std::uint64_t rows);

  /// Takes rows [first, first + values.size() / width of a row) of a chain. Rows may come again.
  /// @throws std::logic_error where there is no place for them, or they leave a gap.
  void append(PosixFile& file, ChainId chain, std::uint64_t first, std::span<const double> values);
  /// Writes what waits.
  void write_pending(PosixFile& file);

  [[nodiscard]] std::uint64_t appended(ChainId chain) const { return appended_.at(chain.value); }
  [[nodiscard]] const std::vector<std::uint64_t>& durable() const { return durable_; }

  /// Goes on after the counts in the file, at `offset`.
  void read_durable(const PosixFile& file, std::uint64_t offset);
  /// A chain goes on after `rows` that its saved state tells of.
  void go_on_after(ChainId chain, std::uint64_t rows);
  /// Counts what was appended as durable. A resumed chain may stand behind what is durable already: that stays true.
  void record_durable(PosixFile& file, std::uint64_t offset);

 private:
  static constexpr std::size_t kPendingBytes = 1 << 20, kPendingBytesInAll = 16 << 20;

  struct PendingRows {
    std::uint64_t first = 0;
    std::vector<double> values;
  };
  /// Of chains [first, last), column by column: what a column has of them may stand close together.
  void write_pending(PosixFile& file, std::size_t first, std::size_t last);

  std::vector<const Placement*> columns_;
  std::size_t width_ = 0;           ///< doubles in a row
  std::uint64_t rows_;              ///< room in the file, per chain
  std::size_t pending_values_ = 0;  ///< doubles of one chain that may wait
  std::vector<std::uint64_t> appended_, durable_;
  std::vector<PendingRows> pending_;
};

}  // namespace exmc::io
