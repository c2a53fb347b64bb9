#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "../program/dependency.hpp"
#include "exmc/core/array.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// Normal observations of elements of a variable, one or several of each: what they say is K = n / sigma^2,
/// H = sum (y - rest) / sigma^2.
struct ObservedElements {
  std::size_t node;                       ///< the observed one
  Shape shape;                            ///< of it
  bool known_scale = false;               ///< sigma is data
  std::vector<double> counts, sums;       ///< by element: n and sum y; where sigma is data, K and H
  std::vector<std::int32_t> one_of_each;  ///< by element: an observation of it, whose sigma is that of all of it
  ir::ExpressionPtr rest{};               ///< what is added to the element in each location; null: nothing, else also
  std::vector<double> data{}, weights{};  ///< by observation: y, and 1 / sigma^2 or 1 where that is not data
  std::vector<std::int32_t> elements{};   ///< by observation
};

/// A derived x = shift + scale z of a standard normal z: what the model's author wrote to sample x by z. Of vectors,
/// whose scale is a matrix, there is but the node.
struct Standardised {
  std::size_t derived = 0;         ///< the node of x
  ir::ExpressionPtr shift, scale;  ///< shift: null where there is none
  bool cumulated = false;          ///< x = shift + scale cumsum(z): a walk, of which z are the innovations
};

/// What stands beside elements of a variable in a sum that observations depend on: a message is learned of the sums.
struct BesideElements {
  std::size_t node;                    ///< the observed one
  std::string key;                     ///< its parameter
  Shape shape;                         ///< of it
  ir::ExpressionPtr rest;              ///< of the sum
  std::vector<std::int32_t> elements;  ///< by observation
};

/// What is to be emitted for a variable whose coordinates are learned.
struct PlannedVariable {
  struct Parent {
    std::size_t node;
    std::vector<std::int32_t> elements;
  };
  Shape shape;
  bool walk = false;     ///< along the last axis, with one precision for all elements
  bool vectors = false;  ///< of elements that are correlated
  bool learned = false;  ///< has slots: something below it is not known as a message
  std::optional<Parent> parent;
  std::vector<std::size_t> children;  ///< nodes that send their messages up to this one
  std::vector<ObservedElements> observed;
  std::optional<BesideElements> beside;
  std::optional<Standardised> standardised;  ///< the model's variable is z

  /// Whether one learned precision serves all elements. A square root and a logarithm for each of many cost more than
  /// precisions of their own are worth: messages move with the scale in either case.
  [[nodiscard]] bool one_precision() const {
    constexpr std::size_t many = 500;
    return walk || (!vectors && children.empty() && observed.empty() && element_count(shape) >= many);
  }
  [[nodiscard]] bool has_message() const { return learned || !children.empty() || !observed.empty(); }
};

/// Which variables of a model are sampled in learned coordinates, by node.
struct CoordinatePlan {
  std::map<std::size_t, PlannedVariable> variables;
  std::set<std::size_t> scales;                        ///< positive ones
  std::map<std::size_t, std::set<std::size_t>> needs;  ///< what must be compiled before a node, besides what it names

  [[nodiscard]] bool empty() const { return variables.empty(); }
};

/// A random variable as the model has it: values of location and scale at two positions.
struct SurveyedVariable {
  std::size_t node = 0;
  Shape shape;  ///< of x
  bool observed = false;
  bool walk = false;                                       ///< whose locations are its own elements
  bool vectors = false;                                    ///< x = location + matrix z; its scale here is 1
  bool normal = false;                                     ///< else another family of location and scale
  bool constant_location = false, constant_scale = false;  ///< of vectors also the matrix
  std::vector<double> location[2], scale[2];               ///< row-major over `shape`
  std::vector<double> value[2];                            ///< of a free one: itself, or its logarithm
  std::vector<double> data;                                ///< of an observed one
  std::string key;                           ///< of an observed one: the parameter that `location` is or is a term of
  ir::ExpressionPtr rest;                    ///< of an observed one: what is added to `location`; null: nothing
  std::set<std::size_t> scale_needs;         ///< nodes that the scale names, and the rest
  std::optional<Standardised> standardised;  ///< then all this is about x
  std::set<std::size_t> shift_needs;         ///< nodes that its shift names
};

/// What a plan is made from.
struct Survey {
  std::vector<SurveyedVariable> variables;
  std::set<std::size_t> positive;  ///< free nodes that are sampled as a logarithm
  Dependencies needs;              ///< by node, as named by the model
  std::vector<bool> random;        ///< by node: adds to the density
};

/// What is located where is told by values, not by how it is written: an element of a location that equals the same
/// number of a variable at two random positions is that number. A wrong guess costs efficiency and nothing else.
[[nodiscard]] CoordinatePlan plan_coordinates(const Survey& survey);

}  // namespace exmc::density
