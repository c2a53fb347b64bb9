#pragma once

#include <string>

#include "json/parse.hpp"

/// What is generated from the program's registries.
namespace exmc::reference {

/// JSON Schemas (2020-12) of a config and of a model. What they cannot see is left to the program.
[[nodiscard]] json::Json config_schema();
[[nodiscard]] json::Json model_schema();

/// A table of docs/ in Markdown, by the name that its marker has there.
/// @throws std::invalid_argument when there is none of that name.
[[nodiscard]] std::string table(const std::string& name);

}  // namespace exmc::reference
