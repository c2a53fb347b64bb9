#pragma once

#include <string>
#include <vector>

#include "law.hpp"

/// What laws that are made of several others, of which one holds at a time, have in common.
namespace exmc::density {

/// Whether the parts are written one by one, or one stands for all.
[[nodiscard]] inline bool is_list(const ir::RandomVariable& variable) {
  return variable.components.front().key.back() == ']';
}

/// What all components have in common, and what none may lack. @throws InputError with `where` of the components.
void take_from_components(Law& whole, const std::vector<Law>& components, const std::string& where);

/// For each element of data whether some component can be it.
[[nodiscard]] std::vector<bool> possible_for_any(const std::vector<Law>& components, const Array& data);
/// @param what the components are, as in "no ... can be 3"; @throws InputError with `where`
void require_possible_for_any(const std::vector<Law>& components, const Array& data, const std::string& where,
                              const std::string& what);

/// A draw of the component whose number is `chosen`, for each element of the batch.
[[nodiscard]] View draw_chosen(Builder& builder, const std::vector<Law>& components, View chosen,
                               std::size_t event_rank);

}  // namespace exmc::density
