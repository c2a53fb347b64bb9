#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace exmc::json {

/// Keys keep their order: that of `nodes` is the order of the position vector.
using Json = nlohmann::ordered_json;

/// Levels of lists and objects within each other that a text may have.
inline constexpr std::size_t kDeepest = 100;

/// Parses JSON (RFC 8259) in UTF-8, with or without byte order mark; comments of both C++ kinds are skipped. Refused:
/// duplicate keys, numbers beyond a double's range, more than kDeepest levels, and whatever is not JSON.
/// @throws InputError with `source`, line and column (or, for a duplicate key, its path), what was found and expected.
[[nodiscard]] Json parse(std::string_view text, const std::string& source);

/// `path.key`, or `path["odd key"]` where the key is not a plain word; just the key for an empty path.
[[nodiscard]] std::string child_path(const std::string& path, std::string_view key);

}  // namespace exmc::json
