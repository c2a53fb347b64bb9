#include "truncated_generator.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../operations/join.hpp"
#include "../operations/reshape.hpp"
#include "inverse_search.hpp"
#include "tail_program.hpp"

namespace exmc::density {
namespace {

constexpr std::size_t kBlock = TailProgram::kBlock;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The operands of the kernel: an array whose rows are what the elements need, one after the other, and the number of
/// the distribution function.
enum Place { kRows, kProgram };
enum Row { kTried, kUniform, kLower, kUpper, kFirstParameter };

/// Offsets as they stand in the room of doubles.
using StoredInteger = std::int32_t __attribute__((may_alias));

/// Elements [first, first + count) of the rows.
class Block {
 public:
  Block(const TailProgram& tails, const double* rows, std::size_t length, std::size_t first, std::size_t count)
      : tails_(tails), rows_(rows), length_(length), first_(first), count_(count) {
    for (std::size_t k = 0; k < tails.parameters(); ++k) {
      const std::size_t row = kFirstParameter + k;
      std::generate_n(tails.parameter(room_.data(), k), kBlock,
                      [&, i = std::size_t{0}]() mutable { return at(row, i++); });
    }
  }

  void draw(double* output) {
    const bool all_tried = std::all_of(rows_ + first_, rows_ + first_ + count_, [](double x) { return x == x; });
    if (all_tried) {
      std::copy_n(rows_ + first_, count_, output + first_);
      return;
    }
    begin();
    while (!std::all_of(searches_.begin(), searches_.end(), [](const auto& search) { return search.over(); })) {
      evaluate([&](std::size_t i) { return searches_[i].point(); });
      for (std::size_t i = 0; i < kBlock; ++i) {
        if (!searches_[i].over()) searches_[i].learn(tails_.tails(room_.data(), i));
      }
    }
    for (std::size_t i = 0; i < count_; ++i) output[first_ + i] = searches_[i].result();
  }

 private:
  /// What is behind the last element repeats it.
  [[nodiscard]] double at(std::size_t row, std::size_t i) const {
    return rows_[row * length_ + first_ + std::min(i, count_ - 1)];
  }

  template <class Point>
  void evaluate(Point&& point) {
    for (std::size_t i = 0; i < kBlock; ++i) tails_.points(room_.data())[i] = point(i);
    tails_.run(room_.data());
  }

  void begin() {
    std::array<LogTails, kBlock> before{};
    const double one_before = tails_.discrete() ? 1 : 0;
    evaluate([&](std::size_t i) { return at(kLower, i) - one_before; });
    for (std::size_t i = 0; i < kBlock; ++i) {
      before[i] = at(kLower, i) > -kInfinity ? tails_.tails(room_.data(), i) : LogTails{-kInfinity, 0};
    }
    evaluate([&](std::size_t i) { return at(kUpper, i); });
    for (std::size_t i = 0; i < kBlock; ++i) {
      if (const double tried = at(kTried, i); tried == tried) {
        searches_[i] = InverseSearch(tried);
        continue;
      }
      const LogTails up_to = at(kUpper, i) < kInfinity ? tails_.tails(room_.data(), i) : LogTails{0, -kInfinity};
      searches_[i] = InverseSearch(at(kLower, i), at(kUpper, i), before[i], up_to, at(kUniform, i), tails_.discrete());
    }
  }

  const TailProgram& tails_;
  const double* rows_;
  std::size_t length_, first_, count_;
  std::array<InverseSearch, kBlock> searches_;
  alignas(64) std::array<double, TailProgram::kRoom> room_;
};

double invert_where_not_drawn(const Instruction& instruction, const Arena& arena) {
  const Operand& program = instruction.operands[kProgram];
  const auto number = *reinterpret_cast<const StoredInteger*>(arena.constants + program.offset);
  const TailProgram& tails = tail_program(static_cast<std::size_t>(number));
  const double* const rows = arena.read(instruction.operands[kRows]);
  const std::size_t length = instruction.loop.extents[0];
  for (std::size_t first = 0; first < length; first += kBlock) {
    Block(tails, rows, length, first, std::min(kBlock, length - first)).draw(arena.values + instruction.output.offset);
  }
  return 0;
}

}  // namespace

View draw_between(Builder& builder, const Distribution& distribution, const Variable& variable,
                  const DrawBounds& bounds, const Shape& shape) {
  const Generator& generator = distribution.generator;
  const auto uniform = [](const double*, RandomStream& random) { return random.uniform(); };
  std::vector<View> rows(kFirstParameter);
  rows[kTried] = builder.draw_between(generator.element, generator.operands(builder, variable),
                                      {bounds.lower, bounds.upper, bounds.log_probability}, shape);
  rows[kUniform] = builder.draw(uniform, {}, shape);
  rows[kLower] = bounds.lower;
  rows[kUpper] = bounds.upper;
  for (const auto& [name, view] : variable.parameters) rows.push_back(view);
  for (View& row : rows) row = broadcast_to(row, shape);
  if (element_count(shape) == 0) return rows[kTried];

  const auto number = static_cast<std::int32_t>(tail_program_number(distribution, variable));
  Loop loop;
  loop.rank = 1;
  loop.extents[0] = element_count(shape);
  std::vector<View> flat;
  for (const View& row : rows) flat.push_back(reshaped(builder, row, {element_count(shape)}));
  const View drawn = builder.emit({.forward = invert_where_not_drawn,
                                   .reverse = nullptr,
                                   .loop = loop,
                                   .operands = {stacked(builder, flat, 0), builder.integers(std::span(&number, 1))},
                                   .shape = {element_count(shape)},
                                   .strides = {1}});
  return reshaped(builder, drawn, shape);
}

}  // namespace exmc::density
