#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "placement.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// Elements of columns over the draws of some chains. Going through a column's elements in order reads the file as few
/// times as a cache of 16 MiB allows.
class ElementReader {
 public:
  ElementReader() = default;
  /// @param chains  their numbers; each has at least `draws` draws
  ElementReader(std::vector<std::uint64_t> chains, std::uint64_t draws) : chains_(std::move(chains)), draws_(draws) {}

  /// chains x draws, chain by chain; missing integers are NaN.
  [[nodiscard]] std::vector<double> read(const PosixFile& file, const Placement& column, std::size_t element);

 private:
  void fill_cache(const PosixFile& file, const Placement& column, std::size_t element);

  std::vector<std::uint64_t> chains_;
  std::uint64_t draws_ = 0;
  std::vector<double> cache_;  ///< elements x chains x draws
  const Placement* cached_ = nullptr;
  std::size_t first_ = 0;  ///< element in the cache
};

}  // namespace exmc::io
