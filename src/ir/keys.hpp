#pragma once

#include <algorithm>
#include <array>
#include <string_view>

/// The keys of the IR, for the parser, the schema and the reference (docs/ir.md).
namespace exmc::ir {

struct KeyEntry {
  std::string_view name;
  std::string_view meaning;  ///< for the reference
};

/// Of a model.
inline constexpr std::array<KeyEntry, 7> kModelKeys{{
    {"exmc_ir", "version of the language: 1. Another one is refused by name"},
    {"name", "the model's name; default: that of its file"},
    {"data", "numbers that the model is about, by name"},
    {"nodes",
     "random variables and derived quantities, by name. Their order does not matter to the model; it is that of the "
     "parameters in the output"},
    {"dims", "names of the axes of data in the output, by entry of `data`, see [dimensions](#dimensions)"},
    {"coords", "values along [dimensions](#dimensions) of the output, by name"},
    {"$schema", "for editors; ignored"},
}};

/// What a node is, is told by the one key of these that it has.
inline constexpr std::array<std::string_view, 6> kNodeKinds{"dist", "expr", "potential", "generated", "scan", "ode"};

/// Of a random variable, whatever its distribution; all others are parameters.
inline constexpr std::array<KeyEntry, 12> kVariableKeys{{
    {"dist", "the distribution"},
    {"shape",
     "list of lengths, whole numbers or expressions of data (`\"K - 1\"`), which may be 0: then the variable has "
     "no elements. Absent: the broadcast of the parameters, and where these are those of a single draw the shape of "
     "what is observed, or else of the labels (`coords`) along the node's `dims`; present: the parameters must "
     "broadcast "
     "to it"},
    {"observed",
     "data, or an expression of data alone such as `\"log(earn)\"`; makes the node a likelihood term. Its shape must "
     "be "
     "the variable's"},
    {"value",
     "an expression that the density is taken of, see [densities of expressions](#densities-of-expressions): the node "
     "is a term of the density and no variable"},
    {"missing",
     "what becomes of missing values in `observed`: `\"impute\"`, they are parameters, or `\"drop\"`, see "
     "[missing values](#missing-values). Absent: they are refused"},
    {"lower", "truncates from below, see below. Of `uniform`, `triangular`, `discrete_uniform` and `flat` a parameter"},
    {"upper", "the same from above"},
    {"support", "where the variable lives, if not where its distribution does, see [supports](#supports)"},
    {"dims", "names of its axes in the output, see [dimensions](#dimensions)"},
    {"label", "what it is called in the output, if not by its name, see [labels](#labels)"},
    {"coordinates",
     "`\"model\"`: this variable is sampled as the model writes it, whatever coordinates the run would learn for it; "
     "`\"auto\"`, the default: as the run says"},
    {"save", "of a free variable: false leaves it out of the output (`output.save` of a config counts over it)"},
}};

/// Of a recurrence.
inline constexpr std::array<KeyEntry, 6> kScanKeys{{
    {"carry",
     "what goes from step to step, by name: its value before the first one. Its shape is that of all its values"},
    {"over", "arrays that the steps go through along their first axis, by name; all equally long"},
    {"step",
     "what a step computes, by name. For each name of `carry` the next value; other names are for the step itself, and "
     "stand in for what they are anywhere in it"},
    {"length", "the number of steps, a whole number or an expression of data; absent: that of the arrays of `over`"},
    {"output", "the name of `step` whose values are the result, or a list of such; default: all names of `carry`"},
    {"initial", "`true`: the result begins with the value before the first step; of names of `carry`"},
}};

/// Of a differential equation.
inline constexpr std::array<KeyEntry, 10> kOdeKeys{{
    {"initial", "the states, by name: their values at `start`. A state has the shape of its initial value"},
    {"rhs",
     "the right-hand side, by name. For each state its derivative with respect to time; other names are for the "
     "right-hand side itself, and stand in for what they are anywhere in it"},
    {"times",
     "when the solution is wanted: a vector, ascending, none before `start`; equal ones may follow each other"},
    {"start", "the time of the initial values, a number; default: 0"},
    {"time", "what the right-hand side calls the time; absent: it does not depend on it"},
    {"output", "the state that is the result, or a list of such; default: all"},
    {"method",
     "`\"adams\"`: Adams-Moulton formulas, for equations that are not stiff; `\"bdf\"`: backward differentiation, for "
     "stiff ones; `\"auto\"`, the default: Adams, and all over again by backward differentiation where that meets "
     "stiffness"},
    {"rtol", "how large the error of a step may be, relative to the state; default: 1e-6"},
    {"atol", "the same in the state's own units, which counts where the state is near 0; default: 1e-6"},
    {"max_steps", "how many steps the solution may take from `start` to the last time; default: 10000"},
}};
inline constexpr std::array<std::string_view, 3> kOdeMethods{"auto", "adams", "bdf"};

/// What a message adds that refuses a missing value in data.
inline constexpr std::string_view kMissingAdvice =
    " (\"missing\": \"impute\" or \"drop\" in the node that observes it allows missing values)";

/// Of an entry of `data` that is read from a file, beside "file".
inline constexpr std::array<std::string_view, 4> kFileSelections{"column", "columns", "factor", "dataset"};

[[nodiscard]] constexpr bool has_key(const auto& keys, std::string_view name) {
  return std::any_of(keys.begin(), keys.end(), [&](const KeyEntry& key) { return key.name == name; });
}

}  // namespace exmc::ir
