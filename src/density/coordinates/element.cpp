#include "element.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "../kernels/log_product.hpp"
#include "../kernels/reduction_kernels.hpp"
#include "strided_row.hpp"

/// One instruction for all that is said of a variable: it goes through the elements once in each direction, and takes
/// one logarithm for the sum of all ln c = -ln(1 + K u^2) / 2. What is cheap to compute again is not stored.
namespace exmc::density {
namespace {

/// Where c comes from: there is no message and it is 1, it is an operand, or it is computed and is a row of the output.
enum class Shrinking { none, given, computed };

enum Place { kEta, kLocation, kScale, kK, kH, kC };

constexpr std::size_t operands_of(Shrinking from) {
  return from == Shrinking::none ? 3 : from == Shrinking::given ? 6 : 5;
}

/// What is one instruction's own, in the loop's extents behind those of its axes.
enum Flag : std::size_t { kNormal = 1, kKeepsZ = 2, kSlots = 4, kModelsZ = 8 };

/// The rows of an output, x and then those of z and of c that there are, each as long as the elements are.
struct Rows {
  std::size_t flags;
  std::ptrdiff_t z, c;

  explicit Rows(const Instruction& instruction) : flags(instruction.loop.extents[instruction.loop.rank]) {
    std::size_t elements = 1;
    for (std::size_t axis = 0; axis < instruction.loop.rank; ++axis) elements *= instruction.loop.extents[axis];
    z = static_cast<std::ptrdiff_t>(row_length(elements));
    c = has(kKeepsZ) ? 2 * z : z;
  }
  [[nodiscard]] bool has(Flag flag) const { return (flags & flag) != 0; }
};

template <std::size_t N>
Pack inverse_square(const Pack (&p)[N]) {
  return 1.0 + p[kK] * p[kScale] * p[kScale];
}

template <std::size_t N>
Pack standardised(const Pack (&p)[N], Pack c) {
  return c * (p[kEta] + c * p[kScale] * (p[kH] - p[kK] * p[kLocation]));
}

template <Shrinking From>
[[gnu::flatten]] double element_forward(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = operands_of(From);
  const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
  const Rows rows(instruction);
  Pack squares{};
  LogProduct product;
  detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& offsets, std::ptrdiff_t out) {
    const StridedRow<N> operands(instruction, arena, offsets);
    double* const output = arena.values + instruction.output.offset + out;
    detail::for_each_pack(length, [&](std::size_t start, auto count) {
      Pack p[N], z;
      operands.read(start, count, p);
      if constexpr (From == Shrinking::none) {
        z = p[kEta];
      } else {
        const Pack square = inverse_square(p);
        Pack c;
        if constexpr (From == Shrinking::given) {
          c = p[kC];
        } else {
          c = 1.0 / density::sqrt(square);
          store(output + rows.c + start, c);
        }
        z = standardised(p, c);
        product.multiply(detail::inside(count, square, splat(1)));
      }
      // what a tail writes too much is padding, or the next row's and comes later
      store(output + start, p[kLocation] + p[kScale] * z);
      if (rows.has(kKeepsZ)) store(output + rows.z + start, z);
      squares += detail::inside(count, z * z, Pack{});
    });
  });
  return -0.5 * ((rows.has(kNormal) ? sum(squares) : 0) + (From == Shrinking::none ? 0 : product.total()));
}

/// Partial derivatives, given the adjoints of x and of z with all that comes of x.
template <Shrinking From, std::size_t N>
void partials(const Pack (&p)[N], Pack c, Pack z, Pack of_x, Pack of_z, Pack (&d)[N]) {
  if constexpr (From == Shrinking::none) {
    d[kEta] = of_z;
    d[kLocation] = of_x;
    d[kScale] = of_x * z;
  } else {
    const Pack rest = p[kH] - p[kK] * p[kLocation], cu = c * p[kScale], weight = c * cu;
    const Pack of_c = of_z * (p[kEta] + 2.0 * cu * rest);
    const Pack of_log_c = From == Shrinking::given ? splat(1.0) : 1.0 + of_c * c;
    d[kEta] = of_z * c;
    d[kLocation] = of_x - of_z * weight * p[kK];
    d[kScale] = of_x * z + of_z * c * c * rest - of_log_c * weight * p[kK];
    d[kK] = -of_z * weight * p[kLocation] - 0.5 * of_log_c * cu * cu;
    d[kH] = of_z * weight;
    if constexpr (From == Shrinking::given) d[kC] = of_c;
  }
}

template <Shrinking From>
[[gnu::flatten]] void element_reverse(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = operands_of(From);
  const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
  const Rows rows(instruction);
  const Pack normal = splat(rows.has(kNormal) ? 1 : 0);
  detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& offsets, std::ptrdiff_t out) {
    StridedRow<N> operands(instruction, arena, offsets);
    if constexpr (From != Shrinking::none) {
      if (rows.has(kSlots)) operands.drop(kK), operands.drop(kH);
    }
    const double* const values = arena.values + instruction.output.offset + out;
    const double* const adjoints = arena.adjoints + instruction.output.offset + out;
    detail::for_each_pack(length, [&](std::size_t start, auto count) {
      Pack p[N], d[N], c{}, z;
      operands.read(start, count, p);
      if constexpr (From == Shrinking::none) {
        z = p[kEta];
      } else {
        c = From == Shrinking::given ? p[N - 1] : load(values + rows.c + start);
        z = standardised(p, c);
      }
      const Pack of_x = load(adjoints + start);
      Pack of_z = p[kScale] * of_x - normal * z;
      if (rows.has(kKeepsZ)) of_z += load(adjoints + rows.z + start);
      partials<From>(p, c, z, of_x, of_z, d);
      for (Pack& partial : d) partial = detail::inside(count, partial, Pack{});
      operands.add(start, count, d);
    });
    operands.finish();
  });
}

template <Shrinking From>
double element_inverse(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = operands_of(From);
  const Rows rows(instruction);
  detail::for_each_index<N>(
      instruction, 0, instruction.loop.rank, {}, 0, [&](const detail::Offsets<N>& at, std::ptrdiff_t out) {
        double p[N];
        for (std::size_t k = 1; k < N; ++k) p[k] = arena.read(instruction.operands[k])[at[k]];
        double& eta = arena.values[instruction.operands[kEta].offset + at[kEta]];
        double* const output = arena.values + instruction.output.offset + out;
        const double given = eta, z = rows.has(kModelsZ) ? given : (given - p[kLocation]) / p[kScale];
        *output = rows.has(kModelsZ) ? p[kLocation] + p[kScale] * z : given;
        if (rows.has(kKeepsZ)) output[rows.z] = z;
        eta = z;
        if constexpr (From != Shrinking::none) {
          const double c = From == Shrinking::given ? p[N - 1] : 1 / std::sqrt(1 + p[kK] * p[kScale] * p[kScale]);
          if constexpr (From == Shrinking::computed) output[rows.c] = c;
          eta = z / c - c * p[kScale] * (p[kH] - p[kK] * p[kLocation]);
        }
      });
  return 0;
}

struct Kernels {
  ForwardKernel forward, inverse;
  ReverseKernel reverse;
};

template <Shrinking From>
Kernels kernels_from() {
  return {element_forward<From>, element_inverse<From>, element_reverse<From>};
}

Kernels kernels_of(const Element& element) {
  if (!element.message) return kernels_from<Shrinking::none>();
  return element.c ? kernels_from<Shrinking::given>() : kernels_from<Shrinking::computed>();
}

}  // namespace

ElementViews emit_element(Builder& builder, const Element& element) {
  const Shape& shape = element.eta.shape;
  std::vector<View> views{element.eta, element.location, element.scale};
  if (element.message) views.insert(views.end(), {element.message->k, element.message->h});
  if (element.message && element.c) views.push_back(*element.c);
  for (View& view : views) view = broadcast_to(view, shape);
  const View dense = dense_view(Space::variable, 0, shape);
  views.push_back(dense);
  Axes axes = collapse(shape, views);
  if (axes.extents.empty()) {  // a number
    axes.extents = {1};
    for (std::vector<std::ptrdiff_t>& strides : axes.strides) strides = {0};
  }
  builder.require_axes(axes.extents.size() + 1);
  const bool models_z = element.models == ModelsElement::z, keeps_z = models_z || !element.normal;
  Loop loop;
  loop.rank = axes.extents.size();
  std::copy(axes.extents.begin(), axes.extents.end(), loop.extents.begin());
  const auto flag = [](bool is, Flag bit) { return is ? std::size_t{bit} : 0; };
  loop.extents[loop.rank] =
      flag(element.normal, kNormal) | flag(keeps_z, kKeepsZ) | flag(element.slots, kSlots) | flag(models_z, kModelsZ);
  std::vector<View> operands;
  for (std::size_t k = 0; k + 1 < views.size(); ++k) {
    operands.push_back({views[k].space, views[k].offset, axes.extents, axes.strides[k]});
  }
  const bool keeps_c = element.message && !element.c;
  const std::size_t row = row_length(element_count(shape)), rows = 1U + (keeps_z ? 1U : 0U) + (keeps_c ? 1U : 0U);
  const Kernels kernels = kernels_of(element);
  const View output = builder.emit(
      Builder::Structural{kernels.forward, kernels.reverse, loop, operands, {rows, row}, axes.strides.back(), true});
  builder.set_inverse(output, kernels.inverse);
  const auto view_of = [&](std::size_t number) {
    View view = dense;
    view.offset = output.offset + static_cast<std::ptrdiff_t>(number * row);
    return view;
  };
  ElementViews made{view_of(0), std::nullopt, element.c};
  if (keeps_z) made.z = view_of(1);
  if (keeps_c) made.c = view_of(rows - 1);
  return made;
}

}  // namespace exmc::density
