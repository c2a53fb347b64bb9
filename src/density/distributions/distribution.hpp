#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../program/builder.hpp"
#include "../supports/support.hpp"

namespace exmc::density {

/// One parameter of a distribution. Without a default it must be given.
struct Parameter {
  std::string_view name;
  const Domain* domain;
  std::optional<double> default_value{};
  bool data = false;  ///< no derivative exists: it must not depend on parameters of the model
  /// A letter for each trailing axis that is the parameter's own: "k" for a vector, "kk" for a square matrix, none for
  /// a number. Equal letters of one distribution stand for equal lengths.
  std::string_view axes{};
  char gives_axis = '\0';  ///< the axis whose length the parameter is
};

/// What a distribution turns into terms: the variable (free or observed) and its parameters by name. What a parameter
/// has beyond its own axes broadcasts to the variable's batch shape.
struct Variable {
  View value;
  std::map<std::string, View, std::less<>> parameters;

  [[nodiscard]] bool has(std::string_view name) const { return parameters.contains(name); }
  [[nodiscard]] const View& operator[](std::string_view name) const { return parameters.find(name)->second; }
};

/// How random numbers of a distribution are made.
struct Generator {
  /// What `element` is given, whatever parameters the model has: arrays that broadcast to the variable. The variable
  /// has no value here.
  std::vector<View> (*operands)(Builder& builder, const Variable& variable) = nullptr;
  /// A random number. Outside the parameters' domains NaN or any other, but always soon.
  ElementDraw element = nullptr;
  /// In place of both, for distributions over vectors and matrices: an array of `shape`.
  View (*array)(Builder& builder, const Variable& variable, const Shape& shape) = nullptr;

  explicit operator bool() const { return element != nullptr || array != nullptr; }
};

/// Which probability: that of being up to a point, or above it.
enum class Tail { lower, upper };

/// How the probabilities of counts follow each other: P(k + 1) / P(k) is e^log_odds (size + step (k - first)) /
/// (k - first + 1), from `first` on; size is data.
struct CountRatio {
  View log_odds, size;
  double step = 0, first = 0;
};

/// A distribution function. For counts, points are whole numbers.
struct Cdf {
  /// The logarithm of the probability of a tail, of the shape that point and parameters broadcast to. The variable is
  /// the point, which may be any number; where the probability is 0 or 1 it counts as constant.
  View (*log_probability)(Builder& builder, const Variable& variable, Tail tail) = nullptr;
  /// Parameters in which no derivative of it is known: where it is used they must be data.
  std::vector<std::string_view> data{};
  /// Of counts, without added zeros: by it probabilities between bounds are summed as multiples of one of them, which
  /// keeps the digits that density and distribution function lose to each other.
  CountRatio (*ratio)(Builder& builder, const Variable& variable) = nullptr;
};

/// Of a distribution whose variable, less its location and divided by its scale, has the same distribution with
/// location 0 and scale 1: its coordinates can be learned (docs/decisions/0013).
struct LocationScale {
  enum class Of {
    value,      ///< x
    logarithm,  ///< ln x, which is normal
    multiple    ///< x > 0 is the scale times something: ln x has location ln scale and scale 1
  };
  std::string_view location{}, scale{};  ///< parameters
  std::string_view precision{};          ///< in place of the scale: scale^-2
  double information = 1;                ///< the Fisher information about the location, where the scale is 1
  bool normal = false;
  Of of = Of::value;
  bool walk = false;  ///< along its last axis each element's location is the one before plus "mu"
};

/// What two parameters must be to each other besides being in their domains, where both are given: that the first is up
/// to the second, or what `holds` says.
struct Relation {
  std::string_view text;  ///< as a message completes "expected ..."
  std::string_view first, second;
  View (*holds)(Builder& builder, const Variable& variable) = nullptr;  ///< 1 where it holds, else 0
};

/// All that the program knows of a distribution. An entry in one of the families is the only place that names it.
struct Distribution {
  std::string_view name;
  /// For the reference (docs/ir.md): what a reader cannot tell from the names of parameters, and where the variable
  /// lives, unless that is its support. A discrete one always says the latter.
  std::string_view about{}, points{};
  /// Alternative sets of parameters; those a model gives must all come from one of them.
  std::vector<std::vector<Parameter>> parametrisations;
  std::vector<Relation> relations{};
  Generator generator{};   ///< none where there is nothing to draw from
  const Support* support;  ///< of a free variable
  const Domain* data;      ///< of an observed one
  bool discrete = false;
  std::string_view axes{};                        ///< letters of the trailing axes of a variable that make one draw
  std::string_view lower_bound{}, upper_bound{};  ///< parameters that the variable lies between, where given
  bool any_support = false;                       ///< a model may say where the variable lives
  void (*lower)(Builder& builder, const Variable& variable);
  std::optional<Cdf> cdf{};
  std::optional<LocationScale> location_scale{};

  [[nodiscard]] std::size_t event_rank() const { return axes.size(); }
};

/// The families, each in a file of its own under distributions/.
[[nodiscard]] std::span<const Distribution> normal_family();
[[nodiscard]] std::span<const Distribution> positive_family();
[[nodiscard]] std::span<const Distribution> student_t_family();
[[nodiscard]] std::span<const Distribution> location_scale_family();
[[nodiscard]] std::span<const Distribution> gamma_family();
[[nodiscard]] std::span<const Distribution> beta_family();
[[nodiscard]] std::span<const Distribution> bounded_family();
[[nodiscard]] std::span<const Distribution> von_mises_family();
[[nodiscard]] std::span<const Distribution> bernoulli_family();
[[nodiscard]] std::span<const Distribution> skewed_family();
[[nodiscard]] std::span<const Distribution> unbounded_count_family();
[[nodiscard]] std::span<const Distribution> bounded_count_family();
[[nodiscard]] std::span<const Distribution> zero_inflated_family();
[[nodiscard]] std::span<const Distribution> random_walk_family();
[[nodiscard]] std::span<const Distribution> autoregression_family();
[[nodiscard]] std::span<const Distribution> multivariate_family();
[[nodiscard]] std::span<const Distribution> composition_family();
[[nodiscard]] std::span<const Distribution> category_family();
[[nodiscard]] std::span<const Distribution> lkj_family();

/// A random variable of `shape`, given its parameters; its value is not looked at. The distribution has a generator.
[[nodiscard]] View draw(Builder& builder, const Distribution& distribution, const Variable& variable,
                        const Shape& shape);

/// Null when there is none of that name.
[[nodiscard]] const Distribution* find_distribution(std::string_view name);
[[nodiscard]] std::vector<std::string> distribution_names();
/// What a message about the name of a distribution that does not exist says: the nearest known one, or that it is to
/// come.
[[nodiscard]] std::string advise_distribution(std::string_view name);

}  // namespace exmc::density
