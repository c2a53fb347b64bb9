#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "../kernels/instruction.hpp"
#include "../numbers/interval.hpp"
#include "view.hpp"

namespace exmc::density {

/// What a linear predictor is made of: a product over rows, and what is added to it, of a shape that broadcasts to it.
struct LinearPredictor {
  View design, vector;  ///< operands of a design product
  View offset;
};

/// Functions that rise from 0 to 1: 1 / (1 + e^-a), the normal distribution function, and 1 - e^a for a up to 0, which
/// falls. And e^a, which has no other end.
enum class Curve { logistic, normal, complement_of_exponential, exponential };

/// What lies between two ends: lower + width curve(argument), or lower + width (1 - curve(argument)). So the distance
/// to either end and its logarithm are known to the last digit, however near the end. On the exponential, lower +
/// curve(argument) with an infinite upper end, or, reversed, upper - curve(argument) with an infinite lower one.
struct Between {
  Curve curve;
  bool reversed;  ///< whether it is 1 - curve
  View argument;
  View lower, upper, width;
};

/// What is known of arrays of a program that is being written, so that it need not be computed.
class Facts {
 public:
  /// Remembers that `value` is e^argument. Ignored where `argument` is not dense.
  void remember_exponential(const View& value, const View& argument);
  /// The argument of which `x`, or the array it is a view of, is known to be the exponential.
  [[nodiscard]] std::optional<View> known_logarithm(const View& x) const;

  /// Remembers where the elements of a variable array are.
  void remember_range(const View& value, const Interval& range);
  /// Where those of a variable view are known to be, as part of an array.
  [[nodiscard]] Interval known_range(const View& x) const;

  /// Remembers that the vectors or matrices, `own` axes, of a variable array are what a kernel asks of them.
  void remember_events(const View& value, std::size_t own, ForwardKernel holds);
  [[nodiscard]] bool known_events(const View& x, std::size_t own, ForwardKernel holds) const;

  /// Remembers of `value`, which consists of elements or whole events of `source`, what is known of that one.
  void remember_taken(const View& value, const View& source);
  /// Remembers where the elements of `value`, a dense array, lie.
  void remember_between(const View& value, const Between& between);
  /// Of `x`, or of the array that it is a view of, where the ends are the same for all its elements.
  [[nodiscard]] std::optional<Between> known_between(const View& x) const;

  /// Remembers that `value` is -argument.
  void remember_negation(const View& value, const View& argument);
  [[nodiscard]] std::optional<View> known_negation(const View& x) const;

  /// Remembers that the matrices of one view are L L' of the lower triangles of another.
  void remember_factor(const View& matrices, const View& factor) { factors_.emplace_back(matrices, factor); }
  [[nodiscard]] std::optional<View> known_factor(const View& matrices) const;

  /// Remembers that `value`, a dense vector, is a linear predictor: terms that take it alone compute it on the way.
  void remember_predictor(const View& value, const LinearPredictor& predictor);
  [[nodiscard]] const LinearPredictor* known_predictor(const View& value) const;

 private:
  struct Events {
    View value;
    std::size_t own;
    ForwardKernel holds;
  };

  std::map<std::ptrdiff_t, std::pair<View, View>> exponentials_;           ///< offset of value -> value, argument
  std::map<std::ptrdiff_t, std::pair<View, View>> negations_;              ///< the same
  std::map<std::ptrdiff_t, std::pair<View, Between>> between_;             ///< offset of value -> value, where it lies
  std::map<std::ptrdiff_t, std::pair<View, LinearPredictor>> predictors_;  ///< offset of value -> value, its parts
  std::map<std::ptrdiff_t, std::pair<View, Interval>> ranges_;             ///< offset of value -> value, range
  std::map<std::ptrdiff_t, Events> events_;                                ///< offset of value -> value, kernel
  std::vector<std::pair<View, View>> factors_;                             ///< matrices, factor
};

}  // namespace exmc::density
