#include "gather.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "../kernels/elementwise.hpp"
#include "../numbers/simd.hpp"

namespace exmc::density {
namespace {

/// Operands are the source, whose stride along the table's axis is 0, and the table, whose strides along the others
/// are.
enum Place { kSource, kTable };

/// Offsets as they stand in the room of doubles.
using StoredInteger = std::int32_t __attribute__((may_alias));

/// Before the offsets stands how many elements of the source they span.
constexpr std::ptrdiff_t kHeader = 2;

/// Up to this span each lane sums for itself, in memory of its own: the same few elements are added to again and
/// again, and each addition would wait for the one before.
constexpr std::size_t kWidestSpan = 256;
/// Elements for each of the span that make this worth while.
constexpr std::size_t kElementsPerSlot = 4;

const StoredInteger* stored(const Instruction& instruction, const Arena& arena) {
  return reinterpret_cast<const StoredInteger*>(arena.constants + instruction.operands[kTable].offset);
}

std::size_t row_length(const Instruction& instruction) {
  return instruction.loop.rank == 0 ? 1 : instruction.loop.extents[instruction.loop.rank - 1];
}

/// The table's axis is the innermost.
double take_elements(const Instruction& instruction, const Arena& arena) {
  const StoredInteger* const table = stored(instruction, arena) + kHeader;
  const double* const source = arena.read(instruction.operands[kSource]);
  double* const output = arena.values + instruction.output.offset;
  const std::size_t length = row_length(instruction);
  detail::for_each_row<2>(instruction, [&](const detail::Offsets<2>& at, std::ptrdiff_t out) {
    const double* const from = source + at[kSource];
    double* const to = output + out;
    for (std::size_t i = 0; i < length; ++i) to[i] = from[table[i]];
  });
  return 0;
}

/// Eight parts of the row take turns, so that equal neighbours do not wait for each other.
void add_in_turns(double* to, const StoredInteger* table, const double* from, std::size_t length) {
  const std::size_t part = length / kLanes;
  for (std::size_t i = 0; i < part; ++i) {
    for (std::size_t turn = 0; turn < kLanes; ++turn) to[table[turn * part + i]] += from[turn * part + i];
  }
  for (std::size_t i = part * kLanes; i < length; ++i) to[table[i]] += from[i];
}

void add_by_lanes(double* to, std::size_t span, const StoredInteger* table, const double* from, std::size_t length) {
  alignas(64) std::array<double, kWidestSpan * kLanes> sums;
  std::fill_n(sums.begin(), span * kLanes, 0.0);
  detail::for_each_pack(length, [&](std::size_t start, auto count) {
    for (std::size_t lane = 0; lane < count; ++lane) {
      sums[static_cast<std::size_t>(table[start + lane]) * kLanes + lane] += from[start + lane];
    }
  });
  for (std::size_t slot = 0; slot < span; ++slot) to[slot] += sum(load(sums.data() + slot * kLanes));
}

void add_elements(const Instruction& instruction, const Arena& arena) {
  if (!instruction.operands[kSource].variable) return;
  const StoredInteger* const header = stored(instruction, arena);
  const auto span = static_cast<std::size_t>(*header);
  const std::size_t length = row_length(instruction);
  double* const source = arena.adjoints + instruction.operands[kSource].offset;
  const double* const output = arena.adjoints + instruction.output.offset;
  detail::for_each_row<2>(instruction, [&](const detail::Offsets<2>& at, std::ptrdiff_t out) {
    if (span <= kWidestSpan && length >= kElementsPerSlot * span) {
      add_by_lanes(source + at[kSource], span, header + kHeader, output + out, length);
    } else {
      add_in_turns(source + at[kSource], header + kHeader, output + out, length);
    }
  });
}

/// An axis of the source is the innermost.
double take_rows(const Instruction& instruction, const Arena& arena) {
  const StoredInteger* const table = stored(instruction, arena) + kHeader;
  const double* const source = arena.read(instruction.operands[kSource]);
  double* const output = arena.values + instruction.output.offset;
  const auto length = static_cast<std::ptrdiff_t>(row_length(instruction));
  const std::ptrdiff_t stride = instruction.operands[kSource].strides[instruction.loop.rank - 1];
  detail::for_each_row<2>(instruction, [&](const detail::Offsets<2>& at, std::ptrdiff_t out) {
    const double* const from = source + at[kSource] + table[at[kTable]];
    for (std::ptrdiff_t i = 0; i < length; ++i) output[out + i] = from[i * stride];
  });
  return 0;
}

void add_rows(const Instruction& instruction, const Arena& arena) {
  if (!instruction.operands[kSource].variable) return;
  const StoredInteger* const table = stored(instruction, arena) + kHeader;
  double* const source = arena.adjoints + instruction.operands[kSource].offset;
  const double* const output = arena.adjoints + instruction.output.offset;
  const auto length = static_cast<std::ptrdiff_t>(row_length(instruction));
  const std::ptrdiff_t stride = instruction.operands[kSource].strides[instruction.loop.rank - 1];
  detail::for_each_row<2>(instruction, [&](const detail::Offsets<2>& at, std::ptrdiff_t out) {
    double* const to = source + at[kSource] + table[at[kTable]];
    for (std::ptrdiff_t i = 0; i < length; ++i) to[i * stride] += output[out + i];
  });
}

/// The step between offsets, where it is one and the same.
std::optional<std::ptrdiff_t> common_step(const std::vector<std::int32_t>& offsets) {
  if (offsets.size() < 2) return 0;
  const std::ptrdiff_t step = offsets[1] - offsets[0];
  for (std::size_t i = 2; i < offsets.size(); ++i) {
    if (offsets[i] - offsets[i - 1] != step) return std::nullopt;
  }
  return step;
}

Shape inserted(Shape shape, std::size_t position, const Shape& more) {
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(position), more.begin(), more.end());
  return shape;
}

View equally_spaced(View source, std::size_t position, const GatherTable& table, std::ptrdiff_t step) {
  source.offset += table.offsets.front();
  View axes = dense_view(source.space, 0, table.shape);
  for (std::ptrdiff_t& stride : axes.strides) stride *= step;
  source.shape = inserted(source.shape, position, table.shape);
  source.strides.insert(source.strides.begin() + static_cast<std::ptrdiff_t>(position), axes.strides.begin(),
                        axes.strides.end());
  return source;
}

/// Makes the least offset zero, and puts the header before the offsets.
std::vector<std::int32_t> rebase(View& source, std::vector<std::int32_t> offsets) {
  const auto [least, most] = std::minmax_element(offsets.begin(), offsets.end());
  const std::int32_t base = *least, span = *most - base + 1;
  source.offset += base;
  for (std::int32_t& offset : offsets) offset -= base;
  offsets.insert(offsets.begin(), {span, 0});
  return offsets;
}

View take(Builder& builder, const View& source, const View& offsets, const Shape& shape) {
  const std::vector<std::ptrdiff_t> strides = dense_view(Space::constant, 0, offsets.shape).strides;
  return builder.emit(Builder::Looped{
      {source, offsets}, strides, shape, [](const Instruction& instruction) {
        const bool innermost = instruction.operands[kTable].strides[instruction.loop.rank - 1] == 1;
        return innermost ? Builder::Kernels{take_elements, add_elements} : Builder::Kernels{take_rows, add_rows};
      }});
}

}  // namespace

View gather(Builder& builder, View source, std::size_t position, GatherTable table) {
  const Shape shape = inserted(source.shape, position, table.shape);
  builder.require_room(shape);
  if (element_count(shape) == 0) return broadcast_to(builder.constant(0.0), shape);
  if (const auto step = common_step(table.offsets)) return equally_spaced(source, position, table, *step);
  const std::size_t count = table.offsets.size();
  View offsets = builder.integers(rebase(source, std::move(table.offsets)));
  offsets.shape = inserted(source.shape, position, {count});
  offsets.strides.assign(offsets.shape.size(), 0);
  offsets.strides[position] = 1;
  source.shape = offsets.shape;
  source.strides.insert(source.strides.begin() + static_cast<std::ptrdiff_t>(position), 0);
  const View taken = take(builder, source, offsets, shape);
  builder.facts().remember_taken(taken, source);
  // The logarithms of a few, taken many times, are cheaper than many logarithms; if nobody asks they are not taken.
  if (const auto logarithm = builder.facts().known_logarithm(source)) {
    builder.facts().remember_exponential(taken, take(builder, *logarithm, offsets, shape));
  }
  if (auto between = builder.facts().known_between(source)) {
    between->argument = take(builder, between->argument, offsets, shape);
    builder.facts().remember_between(taken, *between);
  }
  return taken;
}

}  // namespace exmc::density
