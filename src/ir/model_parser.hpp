#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exmc/ir/model.hpp"
#include "json/value.hpp"

namespace exmc::ir {

/// An entry of `data` that has not been read yet.
using DataEntry = std::pair<std::string, json::Value>;

/// Parses all of a model but its data: fills name, text and nodes of `model` and returns the entries of `data`, names
/// checked. Data names that only a config gives are checked by check_data_names().
/// @throws InputError
[[nodiscard]] std::vector<DataEntry> parse_model(const json::Value& root, const std::string& default_name,
                                                 Model& model);

/// Refuses names that no data entry may have, those of nodes among them.
/// @throws InputError
void check_data_names(const std::vector<DataEntry>& entries, const Model& model);

}  // namespace exmc::ir
