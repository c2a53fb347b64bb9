#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../program/builder.hpp"

namespace exmc::density {

/// Whether all elements of a vector or matrix are where they have to be (require_kernel.hpp).
double all_within(const Instruction& instruction, const Arena& arena);

/// A set of numbers that data or parameters of distributions must come from.
struct Domain {
  std::string_view description;  ///< as a message completes "expected ..."
  bool (*contains)(double);
  /// For vectors and matrices: what is wrong with one whose elements are all in the domain, as "expected ..., found
  /// ..."; empty when nothing is. `length` is that of the last axis.
  std::string (*violation)(std::span<const double> event, std::size_t length) = nullptr;
  /// The same, but for integers, of what depends on parameters: where its elements are, and the kernel that asks which
  /// vectors or matrices are in the domain (require_kernel.hpp). Matrices need not be positive definite for it: where
  /// they are not, their factor is NaN.
  Interval range{};
  ForwardKernel events = all_within;
};
extern const Domain kReal, kPositive, kNonNegative, kUnitInterval, kOpenUnitInterval, kAngle, kBinary, kInteger, kCount,
    kPositiveCount;
/// Parameters at whose ends a distribution still is one: shares above 0, logarithms of what may be 0, log-odds of what
/// may be 0 or 1.
extern const Domain kPositiveShare, kLogarithm, kExtendedReal;
/// Of vectors: shares of a whole, the same without 0 and 1, increasing numbers, the same above 0, numbers of sum 0, and
/// those of length 1.
extern const Domain kSimplex, kOpenSimplex, kIncreasing, kPositiveIncreasing, kSumToZero, kUnitVector;
/// Of matrices: symmetric positive definite ones, lower triangles with positive diagonal, and what each of these is for
/// correlations.
extern const Domain kPositiveDefinite, kLowerTriangle, kCorrelation, kCorrelationFactor;

/// The index (row-major) of the first value outside, if any.
[[nodiscard]] std::optional<std::size_t> first_outside(const Domain& domain, const Array& array);
/// "[2, 0]" for the element with that row-major index; "" for a scalar.
[[nodiscard]] std::string element_name(const Shape& shape, std::size_t index);

/// Where a free parameter lives, and the transform that takes it there from an unconstrained space.
struct Support {
  std::string_view name;
  /// Constrains unconstrained values to an array of `shape` and adds the log-Jacobian to the density.
  View (*constrain)(Builder& builder, const View& unconstrained, const Shape& shape);
  /// Its points, and its inverse: from one of them (row-major; `length` is that of the last axis) the unconstrained
  /// values of that point. Infinite at an edge that belongs to the domain, but not to the support.
  const Domain* domain;
  void (*unconstrain)(std::span<const double> point, std::size_t length, std::span<double> unconstrained);
  /// Trailing axes that one point takes; where there are two, it is a square matrix.
  std::size_t event_rank = 0;
  /// Unconstrained elements behind a point of so many elements, or rows; null: one for each element.
  std::size_t (*free_elements)(std::size_t length) = nullptr;
  std::size_t least_length = 1;
  /// For the reference (docs/ir.md): the points, how many numbers are sampled for each, and how u, what is sampled, is
  /// taken there.
  std::string_view points{}, sampled{}, transform{};
};
extern const Support kRealSupport, kPositiveSupport, kUnitIntervalSupport, kAngleSupport, kOrderedSupport,
    kPositiveOrderedSupport, kSimplexSupport, kSumToZeroSupport, kUnitVectorSupport, kCholeskyCorrSupport, kCorrSupport,
    kCholeskyCovSupport, kCovSupport;

/// The support that a model means by a name; null when there is none.
[[nodiscard]] const Support* find_support(std::string_view name);
[[nodiscard]] std::vector<std::string> support_names();

/// The shape of what is sampled for a variable of `shape`: its batch, then the elements behind one point.
/// @throws InputError with `where` for a shape that the support cannot have.
[[nodiscard]] Shape unconstrained_shape(const Support& support, const Shape& shape, const std::string& where);

/// What a variable lies between. Either may be absent.
struct Bounds {
  std::optional<View> lower, upper;

  [[nodiscard]] bool any() const { return lower || upper; }
  /// As a free parameter's support is called: "lower", "upper" or "interval".
  [[nodiscard]] std::string_view name() const;
};
/// The inverse of constrain_between() for one number between bounds, which are infinite where there is none.
[[nodiscard]] double unconstrain_between(double x, double lower, double upper);
/// Constrains unconstrained values to what lies between bounds that broadcast to their shape, and adds the
/// log-Jacobian. Half-lines are shifted or reflected exponentials, intervals are scaled logistic functions.
[[nodiscard]] View constrain_between(Builder& builder, const View& unconstrained, const Bounds& bounds);

}  // namespace exmc::density
