#pragma once

#include <string>
#include <vector>

#include "json/parse.hpp"

/// Parts that the schema of a model is put together from.
namespace exmc::reference {

[[nodiscard]] inline json::Json reference_to(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

/// An expression as text.
[[nodiscard]] json::Json expression_text();

/// Definitions of numbers, lists of them and expressions, also of those in a domain.
[[nodiscard]] json::Json value_definitions();

/// "dist" and what stands with it, as definitions: "distribution" has the parameters of all, "component" and "base" are
/// those within another one.
[[nodiscard]] json::Json distribution_definitions();
/// What else a random variable of its own has to have: a shape that its parameters do not tell; of an observed one
/// values that can be; of a free one no discrete distribution.
[[nodiscard]] json::Json variable_rules();
/// A shape where the parameters do not tell it.
[[nodiscard]] json::Json shape_rules();
/// Names of all distributions that can be drawn from.
[[nodiscard]] json::Json drawable_names();

}  // namespace exmc::reference
