#include "upward.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "../kernels/reduction_kernels.hpp"
#include "flat.hpp"
#include "strided_row.hpp"

namespace exmc::density {
namespace {

enum Place { kK, kH, kScale, kCount, kTable = kCount };

using StoredInteger = std::int32_t __attribute__((may_alias));

/// The loop's extents are the numbers of elements of the child and of its parent. Rows of the output are c, and the
/// sums of K c^2 and H c^2.
struct Layout {
  std::size_t children, parents;
  bool one_c;
  std::ptrdiff_t k, h;  ///< from the output's beginning, where c stands
  const StoredInteger* to;

  Layout(const Instruction& instruction, const Arena& arena, const StridedRow<kCount>& row)
      : children(instruction.loop.extents[0]),
        parents(instruction.loop.extents[1]),
        one_c(!row.varies(kK) && !row.varies(kScale)),
        k(static_cast<std::ptrdiff_t>(row_length(one_c ? 1 : children))),
        h(k + static_cast<std::ptrdiff_t>(row_length(parents))),
        to(reinterpret_cast<const StoredInteger*>(arena.constants + instruction.operands[kTable].offset)) {}
};

Pack shrinkage(const Pack (&p)[kCount]) { return 1.0 / density::sqrt(1.0 + p[kK] * p[kScale] * p[kScale]); }

[[gnu::flatten]] double upward_forward(const Instruction& instruction, const Arena& arena) {
  const StridedRow<kCount> row(instruction, arena, {});
  const Layout layout(instruction, arena, row);
  double* const c = arena.values + instruction.output.offset;
  double *const up_k = c + layout.k, *const up_h = c + layout.h;
  Pack p[kCount], sum_k{}, sum_h{};
  row.read(0, std::size_t{1}, p);
  Pack of_c = shrinkage(p);
  if (layout.one_c) *c = of_c[0];
  std::fill_n(up_k, layout.parents, 0.0);
  std::fill_n(up_h, layout.parents, 0.0);
  detail::for_each_pack(layout.children, [&](std::size_t start, auto count) {
    row.read(start, count, p);
    if (!layout.one_c) {
      of_c = shrinkage(p);
      store(c + start, of_c);  // what a tail writes too much is padding
    }
    const Pack square = of_c * of_c, k = p[kK] * square, h = p[kH] * square;
    if (layout.parents == 1) {
      sum_k += detail::inside(count, k, Pack{});
      sum_h += detail::inside(count, h, Pack{});
      return;
    }
    for (std::size_t lane = 0; lane < count; ++lane) {
      up_k[layout.to[start + lane]] += k[lane];
      up_h[layout.to[start + lane]] += h[lane];
    }
  });
  if (layout.parents == 1) {
    *up_k = sum(sum_k);
    *up_h = sum(sum_h);
  }
  return 0;
}

/// Where c is one number and nobody wants the gradient of K and H, the sums that went up say all there is to say.
void reverse_sums(const Instruction& instruction, const Arena& arena, const Layout& layout) {
  const double* const values = arena.values + instruction.output.offset;
  const double* const adjoints = arena.adjoints + instruction.output.offset;
  double with_adjoints = 0;
  for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(layout.parents); ++i) {
    with_adjoints += values[layout.k + i] * adjoints[layout.k + i] + values[layout.h + i] * adjoints[layout.h + i];
  }
  const Operand& scale = instruction.operands[kScale];
  const double c = *values, k = *arena.read(instruction.operands[kK]), u = *arena.read(scale);
  const double of_c = *adjoints + 2 * with_adjoints / c;
  if (scale.variable) arena.adjoints[scale.offset] -= of_c * c * c * c * k * u;
}

template <bool Slots>
[[gnu::flatten]] void upward_reverse(const Instruction& instruction, const Arena& arena) {
  StridedRow<kCount> row(instruction, arena, {});
  const Layout layout(instruction, arena, row);
  if (Slots && layout.one_c) return reverse_sums(instruction, arena, layout);
  if constexpr (Slots) row.drop(kK), row.drop(kH);
  const double* const c = arena.values + instruction.output.offset;
  const double* const of_c = arena.adjoints + instruction.output.offset;
  const double *const of_k = of_c + layout.k, *const of_h = of_c + layout.h;
  Pack p[kCount], d[kCount], k = splat(*of_k), h = splat(*of_h);
  row.read(0, std::size_t{1}, p);
  const auto slope_of_c = [&](Pack own) {
    const Pack cubed = own * own * own;
    return std::array{-0.5 * cubed * p[kScale] * p[kScale], -cubed * p[kK] * p[kScale]};
  };
  detail::for_each_pack(layout.children, [&](std::size_t start, auto count) {
    row.read(start, count, p);
    if (layout.parents != 1) {
      for (std::size_t lane = 0; lane < count; ++lane) {
        k[lane] = of_k[layout.to[start + lane]];
        h[lane] = of_h[layout.to[start + lane]];
      }
    }
    const Pack own = layout.one_c ? splat(*c) : load(c + start), square = own * own;
    Pack slope = 2.0 * own * (k * p[kK] + h * p[kH]);
    if (!layout.one_c) slope += load(of_c + start);
    const auto [by_k, by_scale] = slope_of_c(own);
    d[kK] = detail::inside(count, k * square + slope * by_k, Pack{});
    d[kH] = detail::inside(count, h * square, Pack{});
    d[kScale] = detail::inside(count, slope * by_scale, Pack{});
    row.add(start, count, d);
  });
  if (layout.one_c) {  // what says so itself, once
    const auto [by_k, by_scale] = slope_of_c(splat(*c));
    d[kK] = detail::inside(std::size_t{1}, *of_c * by_k, Pack{});
    d[kH] = Pack{};
    d[kScale] = detail::inside(std::size_t{1}, *of_c * by_scale, Pack{});
    row.add(0, std::size_t{1}, d);
  }
  row.finish();
}

}  // namespace

Upward emit_upward(Builder& builder, const Child& child, const Shape& parent) {
  std::vector<View> operands;
  for (const View& view : {child.message.k, child.message.h, child.scale}) {
    operands.push_back(flattened(builder, view, child.shape));
  }
  const bool one_c = operands[kK].strides[0] == 0 && operands[kScale].strides[0] == 0;
  View table = builder.integers(child.parents);
  table.shape = {child.parents.size()};
  table.strides = {0};
  operands.push_back(table);
  Loop loop;
  loop.rank = 1;
  loop.extents = {child.parents.size(), element_count(parent)};
  const std::size_t k = row_length(one_c ? 1 : child.parents.size()), h = k + row_length(element_count(parent));
  const View output = builder.emit(Builder::Structural{upward_forward,
                                                       child.slots ? upward_reverse<true> : upward_reverse<false>,
                                                       loop,
                                                       operands,
                                                       {h + row_length(element_count(parent))},
                                                       {1},
                                                       false});
  const auto row = [&](std::size_t offset, const Shape& shape) {
    return dense_view(output.space, static_cast<std::size_t>(output.offset) + offset, shape);
  };
  return {row(0, one_c ? Shape{} : child.shape), {row(k, parent), row(h, parent)}};
}

}  // namespace exmc::density
