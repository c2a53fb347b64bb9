#pragma once

#include <array>
#include <cstddef>

#include "../numbers/interval.hpp"
#include "function_kernels.hpp"
#include "instruction.hpp"
#include "rows.hpp"
#include "term_kernels.hpp"

/// Kernels over whole strided arrays made from a formula for one element: a function (function_kernels.hpp) or a term
/// of the log density (term_kernels.hpp). Formulas are templates over the number type (Pack, or double where there is
/// one element) and must compute lanes independently of each other.
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

/// The kernels of a function. `mask` is kScalar or has a bit for each operand that varies along the inner axis.
struct ElementwiseKernels {
  ForwardKernel (*forward)(unsigned mask) = nullptr;
  ReverseKernel (*reverse)(unsigned mask) = nullptr;      ///< null where it is flat
  bool adds_to_density = false;                           ///< a parameter transform
  Interval (*range)(const Interval* operands) = nullptr;  ///< of the values, given those of the operands; null: any
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
  if constexpr (requires(const Interval* operands) { F::range(operands); }) kernels.range = F::range;
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
