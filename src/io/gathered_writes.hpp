#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "posix_file.hpp"

namespace exmc::io {

/// Many small writes, in the order of their places, as few large ones: those that are less than a page apart become
/// one, which writes what lies between them once more as it is. Its pages were to be written anyway, and a sector that
/// is written with what it holds has that before, after and without the write.
class GatheredWrites {
 public:
  explicit GatheredWrites(PosixFile& file) : file_(file) {}
  GatheredWrites(const GatheredWrites&) = delete;
  GatheredWrites& operator=(const GatheredWrites&) = delete;

  /// Room for `count` bytes that are to stand at `offset`, valid until the next call.
  [[nodiscard]] std::span<char> add(std::uint64_t offset, std::size_t count);
  /// Writes what is left. To be called at the end.
  void write();

 private:
  static constexpr std::uint64_t kGap = 4096;
  static constexpr std::size_t kLongest = std::size_t{1} << 18;

  PosixFile& file_;
  std::uint64_t begin_ = 0;                                ///< of the run, in the file
  std::vector<char> bytes_;                                ///< of the run
  std::vector<std::pair<std::size_t, std::size_t>> gaps_;  ///< within it: where, how long
  std::vector<char> under_;                                ///< what the file has there
};

}  // namespace exmc::io
