#include "components.hpp"

#include <algorithm>
#include <optional>

#include "../functions/functions.hpp"
#include "../kernels/selection.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"

namespace exmc::density {

void take_from_components(Law& whole, const std::vector<Law>& components, const std::string& where) {
  whole.event_rank = components.front().event_rank;
  whole.discrete = components.front().discrete;
  whole.support = components.front().support;
  whole.never_free = components.front().never_free;
  for (const Law& component : components) {
    if (component.event_rank != whole.event_rank) {
      throw InputError(where, "the components are numbers, vectors and matrices: all must be the same");
    }
    if (component.discrete != whole.discrete) {
      throw InputError(where, "some components are discrete, others are not");
    }
    if (!component.draw && whole.never_drawn.empty()) whole.never_drawn = component.never_drawn;
    if (component.support == whole.support && !component.bounds.any()) continue;
    whole.never_free = "a mixture that is not observed needs components that live on the same support, without bounds";
  }
}

std::vector<bool> possible_for_any(const std::vector<Law>& components, const Array& data) {
  std::vector<bool> possible(data.values.size());
  for (const Law& component : components) {
    const std::vector<bool> of_component = component.possible(data);
    for (std::size_t i = 0; i < possible.size(); ++i) possible[i] = possible[i] || of_component[i];
  }
  return possible;
}

void require_possible_for_any(const std::vector<Law>& components, const Array& data, const std::string& where,
                              const std::string& what) {
  if (components.front().event_rank > 0) {
    for (const Law& component : components) component.require_possible(data, where);
    return;
  }
  const std::vector<bool> each = possible_for_any(components, data);
  const auto found = std::find(each.begin(), each.end(), false);
  if (found == each.end()) return;
  const auto index = static_cast<std::size_t>(found - each.begin());
  const std::string element = element_name(data.shape, index);
  throw InputError(where, "no " + what + " can be " + shortest(data.values[index]) +
                              (element.empty() ? "" : ", found at " + element));
}

View draw_chosen(Builder& builder, const std::vector<Law>& components, View chosen, std::size_t event_rank) {
  for (std::size_t axis = 0; axis < event_rank; ++axis) chosen = with_new_axis(chosen, chosen.rank());
  View drawn = components.front().draw();
  for (std::size_t k = 1; k < components.size(); ++k) {
    const View is_this =
        builder.apply<Comparison<ir::BinaryOperator::equal>>({chosen, builder.constant(static_cast<double>(k))});
    drawn = builder.apply<Where>({is_this, components[k].draw(), drawn});
  }
  return drawn;
}

std::vector<Law> LawCompiler::compile_components(const ir::RandomVariable& variable, const Alternatives& alternatives,
                                                 const ShapeRequest& request, const std::string& where) {
  std::vector<Law> laws;
  if (is_list(variable)) {
    for (const ir::RandomVariable& component : variable.components) {
      laws.push_back(compile_part(component, request, where + "." + component.key));
    }
    return laws;
  }
  const ir::RandomVariable& all = variable.components.front();
  if (selection_) throw InputError(where + "." + all.key, "components within components must be a list");
  for (std::size_t k = 0; k < alternatives.count; ++k) {
    selection_ = Selection{k, alternatives};
    laws.push_back(compile_part(all, request, where + "." + all.key));
  }
  selection_.reset();
  return laws;
}

}  // namespace exmc::density
