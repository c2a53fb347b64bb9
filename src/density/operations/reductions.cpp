#include "reductions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "../functions/functions.hpp"
#include "../kernels/reduction_kernels.hpp"
#include "cumulative_sum.hpp"

namespace exmc::density {
namespace {

struct Sum {
  static Pack value(const auto& row) {
    return row.sum([](Pack x) { return x; });
  }
  static void gradient(const auto& row, Pack, Pack adjoint) {
    row.add(adjoint, [&](Pack) { return adjoint; });
  }
  static Interval range(const Interval& x, std::size_t count) {
    const auto times = static_cast<double>(count);
    return x * closed_interval(times, times);
  }
};

/// A mean and then the sum of squared deviations from it, in two passes; a derivative in the mean would be zero.
struct SquaredDeviations {
  static Pack mean(const auto& row) {
    return row.sum([](Pack x) { return x; }) / row.sum([](Pack) { return splat(1); });
  }
  static Pack value(const auto& row) {
    const Pack centre = mean(row);
    return row.sum([&](Pack x) { return (x - centre) * (x - centre); });
  }
  static void gradient(const auto& row, Pack, Pack adjoint) {
    const Pack centre = mean(row);
    row.add(adjoint, [&](Pack x) { return 2.0 * adjoint * (x - centre); });
  }
  static Interval range(const Interval&, std::size_t) { return kNonNegativeNumbers; }
};

/// The derivative is the product of the others, also where factors are zero.
struct Product {
  static Pack value(const auto& row) {
    return row.product([](Pack x) { return x; });
  }
  static void gradient(const auto& row, Pack, Pack adjoint) {
    const Pack zeros = row.sum([](Pack x) { return select(x == 0.0, splat(1), Pack{}); });
    const Pack others = adjoint * row.product([](Pack x) { return select(x == 0.0, splat(1), x); });
    row.add(adjoint, [&](Pack x) {
      const Pack of_zero = select((zeros == 1.0) & (x == 0.0), others, Pack{});
      return select(zeros == 0.0, others / x, of_zero);
    });
  }
  static Interval range(const Interval& x, std::size_t) {
    if (kPositiveNumbers.includes(x)) return kPositiveNumbers;
    return kNonNegativeNumbers.includes(x) ? kNonNegativeNumbers : Interval{};
  }
};

/// The derivative is shared evenly between elements that are equally extreme.
template <bool smallest>
struct Extreme {
  static Pack value(const auto& row) {
    const double worst = smallest ? detail::kInfinity : -detail::kInfinity;
    return row.best(splat(worst), [](auto a, auto b) { return smallest ? a < b : a > b; });
  }
  static void gradient(const auto& row, Pack value, Pack adjoint) {
    const Pack share = adjoint / row.sum([&](Pack x) { return select(x == value, splat(1), Pack{}); });
    row.add(adjoint, [&](Pack x) { return select(x == value, share, Pack{}); });
  }
  static Interval range(const Interval& x, std::size_t) { return x; }
};

struct LogSumExp {
  static Pack value(const auto& row) {
    const Pack greatest = Extreme<false>::value(row);
    const Pack shift = select(abs(greatest) < detail::kInfinity, greatest, Pack{});
    return shift + log(row.sum([&](Pack x) { return exp(x - shift); }));
  }
  static void gradient(const auto& row, Pack value, Pack adjoint) {
    constexpr double large = 1e6;  // beyond, the value's rounding shows in the sum of the shares
    const auto weight = [&](Pack x) { return select(x == -detail::kInfinity, Pack{}, exp(x - value)); };
    if (any((abs(value) > large) & (abs(value) < detail::kInfinity))) adjoint /= row.sum(weight);
    row.add(adjoint, [&](Pack x) { return adjoint * weight(x); });
  }
};

/// Whether neighbours of the output are neighbours in the operand, and packs of them the better way: not where rows lie
/// contiguous, nor where there are few.
bool lie_abreast(const Instruction& instruction) {
  const std::size_t kept = detail::kept_axes(instruction);
  const auto& strides = instruction.operands[0].strides;
  return kept > 0 && strides[kept - 1] == 1 && strides[instruction.loop.rank - 1] != 1 &&
         instruction.loop.extents[kept - 1] >= kLanes / 2;
}

bool contains(std::span<const std::size_t> axes, std::size_t axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

/// An array and the axes it is reduced over.
struct Reduction {
  View sorted;  ///< with the axes that stay first, then those that go, the smallest steps last
  Shape shape;  ///< of the result
  std::size_t count;

  Reduction(const View& x, std::span<const std::size_t> axes) {
    std::vector<std::size_t> order(x.rank());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (contains(axes, a) != contains(axes, b)) return contains(axes, b);
      return contains(axes, a) && std::abs(x.strides[a]) > std::abs(x.strides[b]);
    });
    sorted = permuted(x, order);
    const auto first = sorted.shape.begin() + static_cast<std::ptrdiff_t>(x.rank() - axes.size());
    shape.assign(sorted.shape.begin(), first);
    count = element_count({first, sorted.shape.end()});
  }

  [[nodiscard]] View repeat(Builder& builder, double value) const {
    return broadcast_to(builder.constant(value), shape);
  }
};

/// @param of_one the result where there is one element to reduce: the element, or a number.
template <class R>
View reduce(Builder& builder, const Reduction& reduction, double of_none, std::optional<double> of_one = {}) {
  if (reduction.count == 0 || element_count(reduction.shape) == 0) return reduction.repeat(builder, of_none);
  if (reduction.count == 1) {
    if (of_one) return reduction.repeat(builder, *of_one);
    View first = reduction.sorted;
    while (first.rank() > reduction.shape.size()) first = at(first, first.rank() - 1, 0);
    return first;
  }
  std::vector<std::ptrdiff_t> strides = dense_view(Space::constant, 0, reduction.shape).strides;
  strides.resize(reduction.sorted.rank(), 0);
  const View result =
      builder.emit(Builder::Looped{{reduction.sorted}, strides, reduction.shape, [](const Instruction& instruction) {
                                     return lie_abreast(instruction)
                                                ? Builder::Kernels{reduce_abreast<R>, reverse_abreast<R>}
                                                : Builder::Kernels{reduce_rows<R>, reverse_rows<R>};
                                   }});
  if constexpr (requires { R::range(Interval{}, 0); }) {
    builder.facts().remember_range(result, R::range(builder.range(reduction.sorted), reduction.count));
  }
  return result;
}

View squared_deviations(Builder& builder, const Reduction& reduction) {
  return reduce<SquaredDeviations>(builder, reduction, 0, 0);
}

View quotient(Builder& builder, const View& x, std::size_t divisor) {
  return builder.apply<Divide>({x, builder.constant(static_cast<double>(divisor))});
}

std::vector<std::size_t> axes_of(const Arguments& given) {
  return given.has(1) ? given.axes(1, given[0].rank()) : all_axes(given[0]);
}

Reduction reduction_of(const Arguments& given) { return {given[0], axes_of(given)}; }

/// For what is not defined of fewer.
Reduction reduction_of_at_least(std::size_t least, const Arguments& given) {
  Reduction reduction = reduction_of(given);
  if (reduction.count < least) {
    given.refuse("needs at least " + std::to_string(least) + " element" + (least == 1 ? "" : "s") + ", found " +
                 std::to_string(reduction.count) + " in shape " + to_string(given[0].shape));
  }
  return reduction;
}

View sum(Builder& builder, const Arguments& given) { return reduce<Sum>(builder, reduction_of(given), 0); }
View product(Builder& builder, const Arguments& given) { return reduce<Product>(builder, reduction_of(given), 1); }
template <bool smallest>
View extreme(Builder& builder, const Arguments& given) {
  return reduce<Extreme<smallest>>(builder, reduction_of_at_least(1, given), 0);
}
View logsumexp(Builder& builder, const Arguments& given) {
  return reduce<LogSumExp>(builder, reduction_of(given), -detail::kInfinity);
}

View mean(Builder& builder, const Arguments& given) {
  const Reduction reduction = reduction_of_at_least(1, given);
  return quotient(builder, reduce<Sum>(builder, reduction, 0), reduction.count);
}
View variance(Builder& builder, const Arguments& given) {
  const Reduction reduction = reduction_of_at_least(1, given);
  return quotient(builder, squared_deviations(builder, reduction), reduction.count);
}
View standard_deviation(Builder& builder, const Arguments& given) {
  return builder.apply<Sqrt>({variance(builder, given)});
}
View sample_deviation(Builder& builder, const Arguments& given) {
  const Reduction reduction = reduction_of_at_least(2, given);
  return builder.apply<Sqrt>({quotient(builder, squared_deviations(builder, reduction), reduction.count - 1)});
}

View log_softmax_of(Builder& builder, const Arguments& given) { return log_softmax(builder, given[0], axes_of(given)); }
View softmax_of(Builder& builder, const Arguments& given) {
  return exponential(builder, log_softmax_of(builder, given));
}

const std::vector<Argument> kOverAxes = {{"x"}, {"axis", Argument::Kind::optional}};

const std::vector<Function> kFunctions = {
    {"sum", kOverAxes, sum},
    {"mean", kOverAxes, mean},
    {"var", kOverAxes, variance, "divided by n"},
    {"std", kOverAxes, standard_deviation, "divided by n"},
    {"sd", kOverAxes, sample_deviation, "the standard deviation divided by n - 1"},
    {"prod", kOverAxes, product},
    {"min", kOverAxes, extreme<true>, "the derivative is shared evenly between elements that are equally extreme"},
    {"max", kOverAxes, extreme<false>, "the derivative is shared evenly between elements that are equally extreme"},
    {"logsumexp", kOverAxes, logsumexp},
    {"cumsum", kOverAxes, cumulative_sum, "without an axis of all elements one after the other"},
    {"softmax", kOverAxes, softmax_of},
    {"log_softmax", kOverAxes, log_softmax_of},
};

}  // namespace

std::span<const Function> reduction_functions() { return kFunctions; }

std::vector<std::size_t> all_axes(const View& x) {
  std::vector<std::size_t> axes(x.rank());
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  return axes;
}

View log_softmax(Builder& builder, const View& x, std::span<const std::size_t> axes) {
  View total = reduce<LogSumExp>(builder, {x, axes}, -detail::kInfinity);
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    if (contains(axes, axis)) total = with_new_axis(total, axis);
  }
  return builder.apply<Subtract>({x, total});
}

View reduce_sum(Builder& builder, const View& x, std::span<const std::size_t> axes) {
  return reduce<Sum>(builder, {x, axes}, 0);
}

}  // namespace exmc::density
