#pragma once

#include <string>
#include <vector>

#include "json/parse.hpp"

namespace exmc::config {

/// One `--set KEY=VALUE`.
struct Override {
  std::string label;              ///< "--set sampler.draws=10", as messages show it
  std::vector<std::string> keys;  ///< {"sampler", "draws"}
  json::Json value;               ///< JSON, else a string

  /// `{"sampler": {"draws": 10}}`
  [[nodiscard]] json::Json nested() const;
  /// Replaces or adds the key in a config.
  /// @throws InputError where a key on the way is no object.
  void apply(json::Json& config) const;
};

/// @throws InputError for what is not KEY=VALUE, and for a list, an object or a quoted string that is not JSON.
[[nodiscard]] Override parse_override(const std::string& text);

}  // namespace exmc::config
