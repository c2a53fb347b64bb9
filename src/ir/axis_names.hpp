#pragma once

#include <map>
#include <string>
#include <vector>

#include "exmc/core/coordinate.hpp"
#include "exmc/ir/model.hpp"
#include "json/value.hpp"

/// The names of axes ("dims") and the coordinates along them ("coords"). All of these throw InputError.
namespace exmc::ir {

/// "dims" of a node.
[[nodiscard]] std::vector<std::string> read_axis_names(const json::Value& value);
/// "dims" of a model, which are those of its data, by entry.
[[nodiscard]] std::map<std::string, std::vector<std::string>> read_data_axis_names(const json::Value& value);

/// Dimensions must not be called like what has them.
void check_axis_names(const Model& model, const std::vector<std::string>& dims, const std::string& where);

/// The names of an observed node's axes are those of its data, where it has none of its own.
void inherit_axis_names(Model& model);

/// "coords" of a model whose axes have their names.
[[nodiscard]] std::map<std::string, Coordinate> read_coords(const json::Value& value, const Model& model);

}  // namespace exmc::ir
