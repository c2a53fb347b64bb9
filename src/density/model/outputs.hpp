#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../laws/law.hpp"
#include "../program/builder.hpp"
#include "exmc/density/model_density.hpp"

namespace exmc::density {

/// An observed or free node as the density has it, for what is computed of it once a draw.
struct NodeLaw {
  /// Elements, by a vector of their row-major numbers, of what another node has.
  struct Elements {
    std::string node;
    View numbers;
  };
  std::string name;
  Law law;
  std::optional<Elements> only{};  ///< absent: all of its own
};

/// What is saved with a draw, in the order of a row.
class Outputs {
 public:
  /// Shape and offset follow from the view and from what was added before.
  void add(SavedVariable variable, const View& view) {
    variable.shape = view.shape;
    variable.offset = size_;
    size_ += element_count(view.shape);
    variables_.push_back(std::move(variable));
    views_.push_back(view);
  }

  [[nodiscard]] const std::vector<SavedVariable>& variables() const { return variables_; }
  [[nodiscard]] const std::vector<View>& views() const { return views_; }

 private:
  std::vector<SavedVariable> variables_;
  std::vector<View> views_;
  std::size_t size_ = 0;
};

}  // namespace exmc::density
