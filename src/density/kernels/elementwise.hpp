#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "../numbers/simd.hpp"
#include "instruction.hpp"
#include "predictor_operands.hpp"
#include "rows.hpp"

/// The drivers that turn a formula for one element into kernels over whole strided arrays.
///
/// A *function* has `kOperands`, `value(p)` and `partials(p, value, d)`, or `kFlat` where its derivatives are all zero.
/// What an element with adjoint zero says of its operands is zero, even where a partial derivative is infinite or NaN
/// (`kFinitePartials` says that it never is): so the branch that `where` does not take stays without effect. If a
/// function also has `log_jacobian(p, value)` and `log_jacobian_slope(p, value)` it is a parameter transform: the first
/// is added to the log density. A *term* has `kOperands` and `evaluate(p, d)`, which returns its value and writes its
/// partial derivatives. A term with a part `weight(p) * log1p(w)`, w >= 0, may leave that to the driver, which needs
/// far fewer logarithms: it has `kWeightOperands` (the bits of the operands that the weight depends on), `evaluate(p,
/// d, w)` for the rest, and `weight_partials(d)`. A term that says in `kPredictor` in which operand linear predictors
/// come has kernels that compute them on the way. All are templates over the number type (Pack, or double where there
/// is one element) and must compute lanes independently of each other.
///
/// Kernels exist in variants: bit k of the compile-time mask `Varying` says that operand k is stepped through along the
/// innermost axis. The others are read once a row, and their adjoints are summed in a register. A kernel whose mask has
/// more bits than necessary is still right, so a formula may limit its variants with `kVariants`.
///
/// Kernels are flattened: all that they call is inlined into them. Left to itself the compiler stops inlining where a
/// file has grown by some percentage, and a kernel of a few instructions becomes a chain of calls with packs in memory,
/// two to four times slower. (Attributes on the helpers instead, or besides, do worse: GCC 12 then inlines some of them
/// before what they call is ready.)
namespace exmc::density {

inline constexpr unsigned kScalar = ~0U;  ///< in place of a mask: one element

namespace detail {

template <class F>
inline constexpr bool has_finite_partials = requires {
  requires F::kFinitePartials;
};

template <class F>
inline constexpr bool has_jacobian = requires(const Pack* p, Pack v) {
  F::log_jacobian(p, v);
};

}  // namespace detail

template <class F, unsigned Varying>
[[gnu::flatten]] double function_forward(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = F::kOperands;
  double* const output = arena.values + instruction.output.offset;
  if constexpr (Varying == kScalar) {
    double p[N];
    detail::unroll<N>([&](auto k) { p[k] = *arena.read(instruction.operands[k]); });
    *output = F::value(p);
    if constexpr (detail::has_jacobian<F>) return F::log_jacobian(p, *output);
    return 0;
  } else {
    const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
    Pack log_jacobian{};
    detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t out) {
      const RowOperands<N, Varying> operands(instruction, arena, at);
      detail::for_each_pack(length, [&](std::size_t start, auto count) {
        Pack p[N];
        operands.read(start, count, p);
        const Pack value = F::value(p);
        store(output + out + start,
              value);  // what a tail writes too much is padding, or the next row's and comes later
        if constexpr (detail::has_jacobian<F>) {
          const Pack term = F::log_jacobian(p, value);
          log_jacobian += detail::is_full<decltype(count)> ? term : select(first_lanes(count), term, Pack{});
        }
      });
    });
    return sum(log_jacobian);
  }
}

template <class F, unsigned Varying>
[[gnu::flatten]] void function_reverse(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = F::kOperands;
  const double* const values = arena.values + instruction.output.offset;
  const double* const adjoints = arena.adjoints + instruction.output.offset;
  if constexpr (Varying == kScalar) {
    double p[N], d[N];
    detail::unroll<N>([&](auto k) { p[k] = *arena.read(instruction.operands[k]); });
    F::partials(p, *values, d);
    detail::unroll<N>([&](auto k) {
      double gradient = *adjoints == 0.0 ? 0.0 : *adjoints * d[k];
      if constexpr (detail::has_jacobian<F>) gradient += F::log_jacobian_slope(p, *values);
      const Operand& operand = instruction.operands[k];
      if (operand.variable) arena.adjoints[operand.offset] += gradient;
    });
  } else {
    const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
    detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t out) {
      RowOperands<N, Varying> operands(instruction, arena, at);
      detail::for_each_pack(length, [&](std::size_t start, auto count) {
        Pack p[N], d[N];
        operands.read(start, count, p);
        const Pack value = load(values + out + start), adjoint = load(adjoints + out + start);
        F::partials(p, value, d);
        for (Pack& partial : d) {
          partial *= adjoint;
          if constexpr (!detail::has_finite_partials<F>) partial = select(adjoint == 0.0, Pack{}, partial);
          if constexpr (detail::has_jacobian<F>) partial += F::log_jacobian_slope(p, value);
          if constexpr (!detail::is_full<decltype(count)>) partial = select(first_lanes(count), partial, Pack{});
        }
        operands.add(start, count, d);
      });
      operands.finish();
    });
  }
}

namespace detail {

/// The logarithm of a product of factors that are at least 1, lane by lane: one multiplication each, and a logarithm
/// only at the end or before the product would overflow.
class LogProduct {
 public:
  void multiply(Pack factor) {
    constexpr double limit = 0x1p1000;
    const Pack next = product_ * factor;
    if (any(~(next <= limit))) [[unlikely]] {
      logarithms_ += log(product_) + log(factor);
      product_ = splat(1);
    } else {
      product_ = next;
    }
  }
  [[nodiscard]] Pack logarithm() const { return logarithms_ + log(product_); }

 private:
  Pack product_ = splat(1), logarithms_{};
};

/// Beyond this weight the rounding of a product of (1 + w) would be felt, which log1p(w) does not have.
inline constexpr double kMaxProductWeight = 128;

template <class T>
inline constexpr bool has_logarithm = requires {
  T::kWeightOperands;
};

/// Whether the weight is one number for a row.
template <class T, unsigned Varying>
inline constexpr bool has_product = false;
template <class T, unsigned Varying>
requires has_logarithm<T>
inline constexpr bool has_product<T, Varying> = (Varying & T::kWeightOperands) == 0;

/// Value and partial derivatives of one element, its logarithm included.
template <class T, class Number>
inline Number evaluate(const Number* p, Number* d) {
  if constexpr (has_logarithm<T>) {
    Number w, of_weight[T::kOperands];
    const Number rest = T::evaluate(p, d, w), logarithm = log1p(w);
    T::weight_partials(of_weight);
    unroll<T::kOperands>([&](auto k) {
      if constexpr ((T::kWeightOperands >> k & 1U) != 0) d[k] += of_weight[k] * logarithm;
    });
    return rest + T::weight(p) * logarithm;
  } else {
    return T::evaluate(p, d);
  }
}

template <class Count, std::size_t N>
inline void clear_tail(Count count, Pack& value, Pack (&partials)[N]) {
  if constexpr (!is_full<Count>) {
    const Mask inside = first_lanes(count);
    value = select(inside, value, Pack{});
    for (Pack& partial : partials) partial = select(inside, partial, Pack{});
  }
}

/// The sum of a term along a row; gradients go to the operands.
template <class T, class Operands>
inline Pack add_row(Operands& operands, std::size_t length) {
  constexpr std::size_t N = T::kOperands;
  Pack total{};
  for_each_pack(length, [&](std::size_t start, auto count) {
    Pack p[N], d[N];
    operands.read(start, count, p);
    Pack value = evaluate<T>(p, d);
    clear_tail(count, value, d);
    total += value;
    operands.add(start, count, d);
  });
  return total;
}

/// The same for a term with a logarithm whose weight is one number for the row.
template <class T, class Operands>
inline Pack add_row_by_product(Operands& operands, std::size_t length) {
  constexpr std::size_t N = T::kOperands;
  Pack total{};
  LogProduct product;
  for_each_pack(length, [&](std::size_t start, auto count) {
    Pack p[N], d[N], w;
    operands.read(start, count, p);
    Pack value = T::evaluate(p, d, w);
    clear_tail(count, value, d);
    if constexpr (!is_full<decltype(count)>) w = select(first_lanes(count), w, Pack{});
    total += value;
    product.multiply(1.0 + w);
    operands.add(start, count, d);
  });
  const Pack logarithm = product.logarithm();
  Pack of_weight[N];
  T::weight_partials(of_weight);
  unroll<N>([&](auto k) {
    if constexpr ((T::kWeightOperands >> k & 1U) != 0) operands.add_held(k, of_weight[k] * logarithm);
  });
  return total + T::weight(operands.held()) * logarithm;
}

/// The better of the two.
template <class T, unsigned Varying, class Operands>
inline Pack add_term_row(Operands& operands, std::size_t length) {
  Pack total{};
  if constexpr (has_product<T, Varying>) {
    if (abs(T::weight(operands.held()))[0] <= kMaxProductWeight) {
      total = add_row_by_product<T>(operands, length);
    } else {
      total = add_row<T>(operands, length);
    }
  } else {
    total = add_row<T>(operands, length);
  }
  operands.finish();
  return total;
}

}  // namespace detail

template <class T, unsigned Varying>
[[gnu::flatten]] double term_forward(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = T::kOperands;
  if constexpr (Varying == kScalar) {
    double p[N], d[N];
    detail::unroll<N>([&](auto k) { p[k] = *arena.read(instruction.operands[k]); });
    const double value = detail::evaluate<T>(p, d);
    detail::unroll<N>([&](auto k) {
      const Operand& operand = instruction.operands[k];
      if (operand.variable) arena.adjoints[operand.offset] += d[k];
    });
    return value;
  } else {
    const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
    Pack total{};
    detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t) {
      RowOperands<N, Varying> operands(instruction, arena, at);
      total += detail::add_term_row<T, Varying>(operands, length);
    });
    return sum(total);
  }
}

/// A term of which operand kPredictor is a linear predictor: in its place stands what is added to the product of
/// operand kOperands, a DesignMatrix, and operand kOperands + 1. The loop has one axis, the rows; extents[1] is the
/// number of columns. Everything that varies does so with stride 1.
template <class T, unsigned Varying>
[[gnu::flatten]] double predictor_term_forward(const Instruction& instruction, const Arena& arena) {
  static_assert(T::kOperands + 2 <= kMaxOperands);
  const detail::Offsets<T::kOperands> at{};
  detail::PredictorOperands<T::kOperands, T::kPredictor, Varying> operands(instruction, arena, at);
  return sum(detail::add_term_row<T, Varying>(operands, instruction.loop.extents[0]));
}

/// Whether all derivatives of a function are zero.
template <class F>
inline constexpr bool is_flat = requires {
  requires F::kFlat;
};

/// The kernels of a function. `mask` is kScalar or has a bit for each operand that varies along the inner axis.
struct ElementwiseKernels {
  ForwardKernel (*forward)(unsigned mask) = nullptr;
  ReverseKernel (*reverse)(unsigned mask) = nullptr;  ///< null where it is flat
  bool adds_to_density = false;                       ///< a parameter transform
};

/// The kernels of a term, and of the same formula as a function: one value for each element, `constant` included.
struct TermKernels {
  ForwardKernel (*forward)(unsigned mask) = nullptr;
  double constant = 0;  ///< to be added for each element
  ElementwiseKernels value;
  ForwardKernel (*with_predictor)(unsigned mask) = nullptr;  ///< null where no operand is one
  std::size_t predictor = 0;                                 ///< which operand
};

namespace detail {

/// The masks that kernels of F are made for, from the fewest bits to all.
template <class F>
constexpr auto variants() {
  if constexpr (requires { F::kVariants; }) {
    return F::kVariants;
  } else {
    std::array<unsigned, 1U << F::kOperands> all{};
    for (unsigned mask = 0; mask < all.size(); ++mask) all[mask] = mask;
    return all;
  }
}

/// The first variant that has all bits of `mask`.
template <class F, class Kernel, template <unsigned> class Make>
Kernel pick(unsigned mask) {
  if (mask == kScalar) {
    if constexpr (requires { Make<kScalar>::kernel; }) return Make<kScalar>::kernel;
    return nullptr;
  }
  constexpr auto masks = variants<F>();
  Kernel found = nullptr;
  unroll<masks.size()>([&](auto i) {
    constexpr unsigned candidate = masks[i];
    if (found == nullptr && (mask & ~candidate) == 0) found = Make<candidate>::kernel;
  });
  return found;
}

template <class F>
struct FunctionVariants {
  template <unsigned Varying>
  struct Forward {
    static constexpr ForwardKernel kernel = function_forward<F, Varying>;
  };
  template <unsigned Varying>
  struct Reverse {
    static constexpr ReverseKernel kernel = function_reverse<F, Varying>;
  };
};

template <class T>
struct TermVariants {
  template <unsigned Varying>
  struct Forward {
    static constexpr ForwardKernel kernel = term_forward<T, Varying>;
  };
  template <unsigned Varying>
  requires(Varying != kScalar) struct WithPredictor {
    static constexpr ForwardKernel kernel = predictor_term_forward<T, Varying>;
  };
};

/// A term as a function of its operands. There are two variants only: the term's smallest where its first operand, by
/// custom the data, is stepped through, and that of all operands.
template <class Term>
struct TermValue {
  static constexpr std::size_t kOperands = Term::kOperands;
  static constexpr std::array kVariants = [] {
    constexpr auto masks = variants<Term>();
    unsigned first = masks.back();
    for (std::size_t i = masks.size(); i-- > 0;) first = (masks[i] & 1U) != 0 ? masks[i] : first;
    return std::array{first, masks.back()};
  }();
  template <class T>
  static T value(const T* p) {
    T d[kOperands];
    return evaluate<Term>(p, d) + Term::kConstant;
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    evaluate<Term>(p, d);
  }
};

}  // namespace detail

template <class F>
constexpr ElementwiseKernels function_kernels() {
  using Variants = detail::FunctionVariants<F>;
  ElementwiseKernels kernels{detail::pick<F, ForwardKernel, Variants::template Forward>, nullptr,
                             detail::has_jacobian<F>};
  if constexpr (!is_flat<F>) kernels.reverse = detail::pick<F, ReverseKernel, Variants::template Reverse>;
  return kernels;
}

template <class T>
constexpr TermKernels term_kernels() {
  TermKernels kernels{detail::pick<T, ForwardKernel, detail::TermVariants<T>::template Forward>, T::kConstant,
                      function_kernels<detail::TermValue<T>>()};
  if constexpr (requires { T::kPredictor; }) {
    kernels.with_predictor = detail::pick<T, ForwardKernel, detail::TermVariants<T>::template WithPredictor>;
    kernels.predictor = T::kPredictor;
  }
  return kernels;
}

}  // namespace exmc::density
