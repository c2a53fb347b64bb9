#pragma once

#include <string>

#include "exmc/ir/model.hpp"
#include "json/value.hpp"

/// What nodes are called in the output, where that is not their name.
namespace exmc::ir {

/// A label: UTF-8 in composed form (NFC), up to 240 bytes, that can be a link of an HDF5 file. @throws InputError
[[nodiscard]] std::string read_label(const json::Value& value);

/// @param nodes  where they stand; @throws InputError for labels that two nodes have, that another node has as its
/// name, or a dimension
void check_labels(const Model& model, const std::string& nodes);

}  // namespace exmc::ir
