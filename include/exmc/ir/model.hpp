#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/coordinate.hpp"
#include "exmc/core/difference.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::ir {

/// What becomes of values that are missing (NaN) from what is observed.
enum class Missing {
  refused,
  imputed,  ///< they are parameters: the node that follows, an Imputed
  dropped   ///< they add nothing to the log density
};

/// `{"dist": ...}`: a free random variable, with `observed` a likelihood term, with `value` a term of the density that
/// is no variable. Within another one only distribution, parameters, bounds and components.
struct RandomVariable {
  std::string distribution;
  std::string key;  ///< within another one: "components[1]", "components", "emissions[1]", "emissions" or "base"
  std::vector<RandomVariable> components;  ///< of a mixture or an hmm; for "components" as a single object one that
                                           ///< stands for all; what is censored has its base here
  std::map<std::string, ExpressionPtr> parameters;  ///< every key that is not one of the fields below
  std::optional<std::vector<ExpressionPtr>> shape;  ///< batch and event dimensions; absent: from the parameters
  ExpressionPtr observed, lower, upper;             ///< null where absent
  ExpressionPtr value;                              ///< what the density is taken of; null where absent
  Missing missing = Missing::refused;               ///< of what is observed
  std::optional<std::string> support;
  bool as_written = false;  ///< "coordinates": "model": sampled as the model says, nothing learned

  /// Whether it is a parameter: its values are sampled.
  [[nodiscard]] bool is_free() const { return !observed && !value; }
};

/// `{"expr": ...}`: a derived quantity.
struct Derived {
  ExpressionPtr value;
  bool save = true;
};

/// `{"potential": ...}`: added to the log density, whatever its shape the sum of its elements.
struct Potential {
  ExpressionPtr value;
};

/// What computes arrays element by element, each from the one before. In the expressions of a step the names of `carry`
/// stand for values before the step, those of `over` for the step's elements, those of `step` that are no carries for
/// what this step computes; they hide the model's.
struct Scan {
  using Expressions = std::map<std::string, ExpressionPtr>;
  Expressions carry;                 ///< what goes from step to step: the values before the first one
  Expressions over;                  ///< arrays that the steps go through along the first axis
  Expressions step;                  ///< what a step computes, for carries their next values
  ExpressionPtr length;              ///< how many steps; null where `over` tells
  std::vector<std::string> outputs;  ///< at least one, names of `step`
  bool initial = false;              ///< whether outputs, carries all, begin with the value before the first step

  [[nodiscard]] bool is_local(const std::string& name) const {
    return carry.contains(name) || over.contains(name) || step.contains(name);
  }
};

/// `{"scan": ...}`: a recurrence. With one output it is that array, with several they are called `node.output`.
struct Recurrence {
  Scan scan;
  bool save = true;
};

/// The initial value problem dy/dt = f(t, y), y(start) = y0, and its solution at given times. In the expressions of the
/// right-hand side names of `initial` stand for the states, `time` for the time, and those of `rhs` that are no states
/// for what they are there; they hide the model's.
struct Ode {
  using Expressions = std::map<std::string, ExpressionPtr>;
  enum class Method { automatic, adams, bdf };

  Expressions initial;               ///< the states: their values at `start`
  Expressions rhs;                   ///< of each state its derivative, and what these share
  std::string time;                  ///< what the time is called in the right-hand side; empty: it does not occur
  ExpressionPtr start;               ///< a number; null: 0
  ExpressionPtr times;               ///< a vector, ascending from `start`
  std::vector<std::string> outputs;  ///< at least one, states
  Method method = Method::automatic;
  double rtol = 1e-6, atol = 1e-6;  ///< of a step's error: relative to the state, and in its own units
  std::uint64_t max_steps = 10000;  ///< from `start` to the last time

  [[nodiscard]] bool is_local(const std::string& name) const {
    return initial.contains(name) || rhs.contains(name) || (!time.empty() && name == time);
  }
};

/// `{"ode": ...}`: a differential equation. Called as recurrences are.
struct DifferentialEquation {
  Ode ode;
  bool save = true;
};

/// `{"generated": ...}`: computed once a saved draw, and without influence on the draws: a distribution to draw from
/// (with neither `observed` nor `support`), an expression, a recurrence or a differential equation.
struct Generated {
  std::variant<RandomVariable, ExpressionPtr, Scan, Ode> value;
  bool save = true;
};

/// The values that are missing from an observed node, as a vector: a parameter whose density is that node's. The parser
/// makes one for `"missing": "impute"`, right after the node.
struct Imputed {
  std::string of;
};

/// The name of the parameter that missing values of a node are.
[[nodiscard]] inline std::string imputed_name(const std::string& node) { return node + "_missing"; }

/// One entry of `nodes`. A new node kind is a new alternative here, a parser in src/ir and a lowering in src/density.
struct Node {
  std::string name;
  std::variant<RandomVariable, Derived, Potential, Generated, Recurrence, DifferentialEquation, Imputed> kind;
  std::vector<std::string> dims{};  ///< what its axes are called in the output, all of them; empty: by their numbers
  std::string label{};              ///< what it is called in the output; empty: by its name

  [[nodiscard]] const std::string& output_name() const { return label.empty() ? name : label; }
};

/// The outputs of the recurrence or the differential equation that a node is or generates; null where it is neither.
[[nodiscard]] const std::vector<std::string>* outputs_of(const Node& node);

/// The names of the arrays that a node is: its own, or those of a recurrence or a differential equation with several
/// outputs, "node.output".
[[nodiscard]] std::vector<std::string> value_names(const Node& node);
/// The node that one of them belongs to: what is before the point.
[[nodiscard]] std::string node_of_value(const std::string& name);

/// A parsed model with its data in memory: all that the log density depends on. Node order is that of the text; the
/// density sorts by dependency. Checked here: JSON, keys that no node kind has, names, duplicates, syntax of
/// expressions, data. Checked by the density: distributions, functions, references, shapes, cycles.
struct Model {
  std::string source;  ///< where messages say it came from, e.g. "eight_schools.json"
  std::string name;
  std::string text;  ///< the canonical IR as JSON text, data entries excluded; equal models, equal texts
  std::map<std::string, Array> data;
  std::map<std::string, std::vector<std::string>> levels;  ///< of factors among the data, by dimension
  /// What the axes of data are called in the output, by entry. The density refuses entries that are not there.
  std::map<std::string, std::vector<std::string>> data_dims;
  std::vector<Node> nodes;
  std::map<std::string, Coordinate> coords;  ///< by dimension; a dimension without counts from 0
};

/// The node that an array of this name belongs to. @throws std::out_of_range where there is none.
[[nodiscard]] const Node& node_of(const Model& model, const std::string& value_name);
/// What such an array is called in the output: by its node's label where that has one.
[[nodiscard]] std::string output_name(const Model& model, const std::string& value_name);

/// Reads the data set `dataset` of the HDF5 file `path`, of at most `most_bytes` of doubles; injected, so that HDF5
/// stays in io. @throws InputError (message only; the caller adds where).
using DatasetReader =
    std::function<Array(const std::string& path, const std::string& dataset, std::uint64_t most_bytes)>;

/// Encodes everything a rank needs to rebuild the model (the source label too): no file is opened to decode it.
[[nodiscard]] std::string encode(const Model& model);
/// @throws std::logic_error when the bytes are not what encode() made.
[[nodiscard]] Model decode(const std::string& bytes);

/// Where the texts of two models differ first; nothing where they describe the same one.
[[nodiscard]] std::optional<Difference> text_difference(const std::string& was, const std::string& is);

/// 64-bit hashes over (text) and over (data names, shapes, values), for comparing models across ranks and files.
[[nodiscard]] std::uint64_t text_hash(const Model& model);
[[nodiscard]] std::uint64_t data_hash(const Model& model);

}  // namespace exmc::ir
