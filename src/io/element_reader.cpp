#include "element_reader.hpp"

#include <algorithm>
#include <stdexcept>

namespace exmc::io {
namespace {

constexpr std::size_t kCacheBytes = 16777216;

}  // namespace

std::vector<double> ElementReader::read(const PosixFile& file, const Placement& column, std::size_t element) {
  if (element >= column.elements) throw std::logic_error("no such element of " + column.column.name);
  const std::size_t size = chains_.size() * draws_;
  if (&column != cached_ || element < first_ || element >= first_ + cache_.size() / std::max<std::size_t>(1, size)) {
    fill_cache(file, column, element);
  }
  const auto begin = cache_.begin() + static_cast<std::ptrdiff_t>((element - first_) * size);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

void ElementReader::fill_cache(const PosixFile& file, const Placement& column, std::size_t element) {
  const std::size_t size = chains_.size() * draws_;
  const std::size_t fitting = kCacheBytes / sizeof(double) / std::max<std::size_t>(1, size);
  const std::size_t count = std::clamp<std::size_t>(fitting, 1, column.elements - element);
  cache_.assign(count * size, 0);
  for (std::size_t at = 0; at < chains_.size(); ++at) {
    read_elements(file, column, chains_[at], draws_, {element, count}, cache_.data() + at * draws_, size);
  }
  cached_ = &column;
  first_ = element;
}

}  // namespace exmc::io
