#pragma once

#include "distribution.hpp"

/// Distribution functions of counts; bernoulli is binomial with one trial.
namespace exmc::density {

[[nodiscard]] View poisson_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View negative_binomial_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View binomial_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View geometric_tail(Builder& builder, const Variable& v, Tail tail);
[[nodiscard]] View discrete_uniform_tail(Builder& builder, const Variable& v, Tail tail);

}  // namespace exmc::density
