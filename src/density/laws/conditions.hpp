#pragma once

#include <functional>
#include <string>
#include <vector>

#include "../distributions/distribution.hpp"
#include "../program/builder.hpp"

namespace exmc::density {

/// What parameters of a random variable must be for it to have a density, where nothing says that they always are: all
/// numbers of `value`, which broadcasts to the batch of the variable, in a range. The same for every form of a law
/// (LawCompiler::compile()): of a mixture, the conditions of all components count, whatever their weights are.
struct Condition {
  std::string place;  ///< "model.json: nodes.lik.sigma"
  View value;
  Interval range;
  /// Whether the density has to be told: else it is NaN by itself where this does not hold, and random numbers alone
  /// are not.
  bool of_density = true;
};
using Conditions = std::vector<Condition>;

/// A condition on each vector or matrix, the last `own` axes of its value, as a whole.
[[nodiscard]] Condition of_events(Builder& builder, const Condition& condition, std::size_t own);

/// That a parameter is in its domain; its last `own` axes are one vector or matrix. Nothing for data, which is checked
/// at load. Of what is known to be inside, and where the domain is all numbers, random numbers alone ask whether it is
/// NaN, and the density where the parameter is a bound, which NaN passes.
void require_parameter(Builder& builder, const Domain& domain, const View& parameter, std::size_t own, bool is_bound,
                       const std::string& place, Conditions& conditions);

/// What the relations of a distribution ask of parameters together. @throws InputError with `where`
/// naming the first element of data that they do not hold for.
void require_relations(Builder& builder, const Distribution& distribution, const Variable& variable,
                       const std::string& where, Conditions& conditions);

/// That the lower bound is below the upper one, of counts not above. @throws InputError as require_order().
void require_ordered(Builder& builder, const Bounds& bounds, bool discrete, const std::string& where,
                     Conditions& conditions);

/// That what a density is taken of, and depends on parameters, is in a domain and between bounds.
void require_value(Builder& builder, const Domain& domain, const Bounds& bounds, const View& value, std::size_t own,
                   const std::string& place, Conditions& conditions);

/// Adds what `lower` adds to the log density, which makes one number for each element of `batch`, or -inf where the
/// conditions do not hold.
void add_where_met(Builder& builder, const Conditions& conditions, const Shape& batch,
                   const std::function<void()>& lower);

/// Random numbers, the last `event_rank` axes one vector or matrix, or NaN where the conditions do not hold.
[[nodiscard]] View drawn_where_met(Builder& builder, const Conditions& conditions, const View& drawn,
                                   std::size_t event_rank);

}  // namespace exmc::density
