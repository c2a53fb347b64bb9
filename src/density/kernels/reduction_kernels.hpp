#pragma once

#include <cstddef>

#include "../numbers/simd.hpp"
#include "elementwise.hpp"
#include "instruction.hpp"

/// The drivers that turn a formula for many numbers into kernels that reduce some axes of an array.
///
/// A *reduction* has `value(row)` and `gradient(row, value, adjoint)`, templates over what a row is: one row of packs
/// whose lanes are put together at the end, or eight rows side by side, one a lane. The loop has the axes that stay
/// before those that go; the output has stride 0 along the latter. Kernels are flattened, see elementwise.hpp.
namespace exmc::density {

namespace detail {

/// Lanes of a row beyond its end never count; nor does an element whose adjoint is zero, see elementwise.hpp.
template <class Count>
inline Pack inside(Count count, Pack x, Pack otherwise) {
  if constexpr (is_full<Count>) return x;
  return select(first_lanes(count), x, otherwise);
}

/// The number of axes that stay.
[[nodiscard]] inline std::size_t kept_axes(const Instruction& instruction) {
  std::size_t axis = 0;
  while (axis < instruction.loop.rank && instruction.output.strides[axis] != 0) ++axis;
  return axis;
}

}  // namespace detail

/// The elements that go into one element of the output, packed along the innermost axis.
class AlongRow {
 public:
  AlongRow(const Instruction& instruction, const Arena& arena, std::size_t kept, std::ptrdiff_t start)
      : instruction_(instruction), arena_(arena), kept_(kept), start_(start) {}

  [[nodiscard]] Pack sum(auto f) const {
    Pack total{};
    for_each([&](Pack x, auto count) { total += detail::inside(count, f(x), Pack{}); });
    return splat(density::sum(total));
  }
  [[nodiscard]] Pack product(auto f) const {
    Pack lanes = splat(1);
    for_each([&](Pack x, auto count) { lanes *= detail::inside(count, f(x), splat(1)); });
    return fold(lanes, [](double a, double b) { return a * b; });
  }
  /// The best element, where better(a, b) says whether a goes before b; NaN where there is one.
  [[nodiscard]] Pack best(Pack worst, auto better) const {
    Pack lanes = worst;
    for_each([&](Pack x, auto count) {
      const Pack valid = detail::inside(count, x, worst);
      lanes = select(better(valid, lanes) | (valid != valid), valid, lanes);
    });
    return fold(lanes, [&](double a, double b) { return better(b, a) || b != b ? b : a; });
  }
  /// Adds f(x) to the adjoint of each x.
  void add(Pack adjoint, auto f) const {
    if (adjoint[0] == 0) return;
    const Operand& operand = instruction_.operands[0];
    walk([&](std::ptrdiff_t at, std::ptrdiff_t stride, auto count) {
      const Pack x = detail::load_strided(arena_.read(operand) + at, stride, count);
      detail::add_strided(arena_.adjoints + operand.offset + at, stride, count, detail::inside(count, f(x), Pack{}));
    });
  }

 private:
  /// Calls body(offset, stride, number of elements) for all packs.
  void walk(auto body) const {
    const Loop& loop = instruction_.loop;
    const std::ptrdiff_t stride = instruction_.operands[0].strides[loop.rank - 1];
    detail::for_each_index<1>(instruction_, kept_, loop.rank - 1, {start_}, 0,
                              [&](const detail::Offsets<1>& at, std::ptrdiff_t) {
                                detail::for_each_pack(loop.extents[loop.rank - 1], [&](std::size_t i, auto count) {
                                  body(at[0] + static_cast<std::ptrdiff_t>(i) * stride, stride, count);
                                });
                              });
  }
  void for_each(auto body) const {
    walk([&](std::ptrdiff_t at, std::ptrdiff_t stride, auto count) {
      body(detail::load_strided(arena_.read(instruction_.operands[0]) + at, stride, count), count);
    });
  }
  static Pack fold(Pack lanes, auto f) {
    double result = lanes[0];
    for (std::size_t lane = 1; lane < kLanes; ++lane) result = f(result, lanes[lane]);
    return splat(result);
  }

  const Instruction& instruction_;
  const Arena& arena_;
  std::size_t kept_;
  std::ptrdiff_t start_;
};

/// The elements that go into eight neighbours of the output, which are neighbours in the operand too.
template <class Count>
class Abreast {
 public:
  Abreast(const Instruction& instruction, const Arena& arena, std::size_t kept, std::ptrdiff_t start, Count count)
      : instruction_(instruction), arena_(arena), kept_(kept), start_(start), count_(count) {}

  [[nodiscard]] Pack sum(auto f) const {
    Pack total{};
    for_each([&](Pack x) { total += f(x); });
    return total;
  }
  [[nodiscard]] Pack product(auto f) const {
    Pack total = splat(1);
    for_each([&](Pack x) { total *= f(x); });
    return total;
  }
  [[nodiscard]] Pack best(Pack worst, auto better) const {
    Pack found = worst;
    for_each([&](Pack x) { found = select(better(x, found) | (x != x), x, found); });
    return found;
  }
  void add(Pack adjoint, auto f) const {
    const Mask used = detail::is_full<Count> ? adjoint != 0.0 : (adjoint != 0.0) & first_lanes(count_);
    walk([&](std::ptrdiff_t at) {
      double* const to = arena_.adjoints + instruction_.operands[0].offset + at;
      const Pack x = load(arena_.read(instruction_.operands[0]) + at);
      store(to, load(to) + select(used, f(x), Pack{}));
    });
  }

 private:
  void walk(auto body) const {
    detail::for_each_index<1>(instruction_, kept_, instruction_.loop.rank, {start_}, 0,
                              [&](const detail::Offsets<1>& at, std::ptrdiff_t) { body(at[0]); });
  }
  void for_each(auto body) const {
    walk([&](std::ptrdiff_t at) { body(load(arena_.read(instruction_.operands[0]) + at)); });
  }

  const Instruction& instruction_;
  const Arena& arena_;
  std::size_t kept_;
  std::ptrdiff_t start_;
  Count count_;
};

template <class R>
[[gnu::flatten]] double reduce_rows(const Instruction& instruction, const Arena& arena) {
  const std::size_t kept = detail::kept_axes(instruction);
  double* const output = arena.values + instruction.output.offset;
  detail::for_each_index<1>(instruction, 0, kept, {}, 0, [&](const detail::Offsets<1>& at, std::ptrdiff_t out) {
    output[out] = R::value(AlongRow(instruction, arena, kept, at[0]))[0];
  });
  return 0;
}

template <class R>
[[gnu::flatten]] void reverse_rows(const Instruction& instruction, const Arena& arena) {
  const std::size_t kept = detail::kept_axes(instruction);
  detail::for_each_index<1>(instruction, 0, kept, {}, 0, [&](const detail::Offsets<1>& at, std::ptrdiff_t out) {
    const std::ptrdiff_t element = instruction.output.offset + out;
    const AlongRow row(instruction, arena, kept, at[0]);
    R::gradient(row, splat(arena.values[element]), splat(arena.adjoints[element]));
  });
}

namespace detail {
/// Calls body(rows side by side, offset of their outputs) along the last axis that stays, which all step through one by
/// one.
template <class Body>
inline void for_each_eight(const Instruction& instruction, const Arena& arena, Body&& body) {
  const std::size_t kept = kept_axes(instruction);
  for_each_index<1>(instruction, 0, kept - 1, {}, 0, [&](const Offsets<1>& at, std::ptrdiff_t out) {
    for_each_pack(instruction.loop.extents[kept - 1], [&](std::size_t start, auto count) {
      const auto offset = static_cast<std::ptrdiff_t>(start);
      body(Abreast(instruction, arena, kept, at[0] + offset, count), instruction.output.offset + out + offset);
    });
  });
}
}  // namespace detail

template <class R>
[[gnu::flatten]] double reduce_abreast(const Instruction& instruction, const Arena& arena) {
  detail::for_each_eight(instruction, arena, [&](const auto& rows, std::ptrdiff_t out) {
    store(arena.values + out, R::value(rows));  // what a tail writes too much is padding, or comes later
  });
  return 0;
}

template <class R>
[[gnu::flatten]] void reverse_abreast(const Instruction& instruction, const Arena& arena) {
  detail::for_each_eight(instruction, arena, [&](const auto& rows, std::ptrdiff_t out) {
    R::gradient(rows, load(arena.values + out), load(arena.adjoints + out));
  });
}

}  // namespace exmc::density
