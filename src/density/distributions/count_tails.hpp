#pragma once

#include "distribution.hpp"

/// Distribution functions of counts, and how their probabilities follow each other; bernoulli is binomial with one
/// trial.
namespace exmc::density {

[[nodiscard]] View poisson_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View negative_binomial_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View binomial_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View geometric_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View discrete_uniform_tail(Builder& builder, const Variable& v, Tail tail);

[[nodiscard]] CountRatio poisson_ratio(Builder& builder, const Variable& v);
[[nodiscard]] CountRatio negative_binomial_ratio(Builder& builder, const Variable& v);
[[nodiscard]] CountRatio binomial_ratio(Builder& builder, const Variable& v);
[[nodiscard]] CountRatio geometric_ratio(Builder& builder, const Variable& v);

}  // namespace exmc::density
