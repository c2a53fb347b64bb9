#include <algorithm>
#include <bit>
#include <numeric>

#include "event_table.hpp"
#include "exmc/io/draw_file.hpp"
#include "layout.hpp"
#include "state_slots.hpp"

namespace exmc::io {
namespace {

/// What HDF5 needs of its own, measured: a dataset, a group that not every file has with the dimensions of its draws,
/// and each chunk's place in the index.
constexpr std::uint64_t kDatasetBytes = 1200, kGroupBytes = 3600, kFileBytes = 20480, kChunkBytes = 100;

/// Every axis has a dataset that counts its elements.
std::uint64_t dimension_bytes(const Shape& shape) {
  std::uint64_t bytes = 0;
  for (const std::size_t length : shape) bytes += kDatasetBytes + length * sizeof(std::int64_t);
  return bytes;
}

std::uint64_t width_of(const Column& column) {
  return std::max<std::size_t>(1, element_count(column.shape)) * stored_bytes(column.storage);
}

std::uint64_t chunk_count(const Column& column, std::uint64_t chains, std::uint64_t draws) {
  const std::uint64_t length = chunk_draws(draws, width_of(column));
  return chains * ((draws + length - 1) / length);
}

std::uint64_t column_bytes(const Column& column, std::uint64_t chains, std::uint64_t draws) {
  const std::uint64_t width = width_of(column);
  const std::uint64_t chunk = chunk_draws(draws, width) * width;
  return kDatasetBytes + dimension_bytes(column.shape) + chunk_count(column, chains, draws) * (chunk + kChunkBytes);
}

/// A group of columns; the draws are counted in a dimension of its own.
std::uint64_t group_bytes(const std::vector<Column>& columns, std::uint64_t chains, std::uint64_t draws) {
  if (columns.empty()) return 0;
  std::uint64_t bytes = draws * sizeof(std::int64_t);
  for (const Column& column : columns) bytes += column_bytes(column, chains, draws);
  return bytes;
}

std::uint64_t slots_bytes(std::uint64_t records, std::uint64_t longest) {
  return 2 * records * StateSlots::slot_bytes(longest);
}

}  // namespace

std::uint64_t chunk_draws(std::uint64_t draws, std::uint64_t draw_bytes) {
  constexpr std::uint64_t least = 65536, page = 4096;
  const std::uint64_t chunks = std::max<std::uint64_t>(1, draws * draw_bytes / least);
  std::uint64_t length = (draws + chunks - 1) / chunks;
  const std::uint64_t step = page / std::gcd(page, draw_bytes);
  // A divisor of the page is at most the page, so that the step is not zero.
  if (step <= length / 8) length = (length + step - 1) / step * step;  // NOLINT(clang-analyzer-core.DivideZero)
  return std::max<std::uint64_t>(1, std::min(length, draws));
}

std::uint64_t index_bytes(const FileLayout& layout) {
  std::uint64_t chunks = 0;
  const auto add = [&](const std::vector<Column>& columns, std::uint64_t chains, std::uint64_t draws) {
    for (const Column& column : columns) chunks += chunk_count(column, chains, draws);
  };
  for (const std::uint64_t rows : {layout.draws, layout.warmup}) {
    if (rows > 0) add(layout.variables, layout.chains, rows);
    if (rows > 0) add(layout.statistics, layout.chains, rows);
  }
  for (const auto& [group, columns] : layout.quantities) add(columns, layout.chains, layout.draws);
  return chunks * kChunkBytes;
}

std::uint64_t expected_bytes(const FileLayout& layout) {
  std::uint64_t bytes = kFileBytes;
  for (const std::uint64_t rows : {layout.draws, layout.warmup}) {
    if (rows == 0) continue;
    for (const auto* columns : {&layout.variables, &layout.statistics}) {
      bytes += group_bytes(*columns, layout.chains, rows);
    }
  }
  for (const auto& [group, columns] : layout.quantities) {
    bytes += kGroupBytes + group_bytes(columns, layout.chains, layout.draws);
  }
  if (layout.prior.draws > 0) {
    for (const auto* columns : {&layout.prior.prior, &layout.prior.predictive}) {
      bytes += kGroupBytes + group_bytes(*columns, 1, layout.prior.draws);
    }
  }
  for (const auto* arrays : {&layout.observed, &layout.constant}) {
    for (const NamedArray& array : *arrays) {
      bytes += kDatasetBytes + dimension_bytes(array.value.shape) + array.value.values.size() * sizeof(double);
    }
  }
  for (const auto* texts : {&layout.model, &layout.run}) {
    for (const auto& [name, text] : *texts) bytes += kDatasetBytes + text.size();
  }
  if (layout.state_bytes > 0) bytes += slots_bytes(layout.chains, layout.state_bytes);
  if (layout.warmup_state_bytes > 0) bytes += slots_bytes(layout.warmed_chains, layout.warmup_state_bytes);
  if (layout.tuning_bytes > 0) bytes += slots_bytes(layout.warmed_chains + 1, layout.tuning_bytes);
  constexpr std::uint64_t chain_datasets = 6;
  bytes += chain_datasets * kDatasetBytes;
  bytes += layout.chains * (kEventHostBytes + kFailureBytes + 4 * sizeof(std::int64_t));
  const std::uint64_t event = kKindBytes + kEventHostBytes + kActionBytes + 5 * sizeof(std::int64_t);
  return bytes + EventTable::capacity_for(layout.chains) * event;
}

}  // namespace exmc::io
