#include "json/difference.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "exmc/core/text.hpp"
#include "json/value.hpp"

namespace exmc::json {
namespace {

std::string describe_or_missing(const Json* json) {
  if (!json) return "missing";
  return json->is_array() ? "a list of " + std::to_string(json->size()) : describe(*json);
}

const Json* member(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string keys_in_order(const Json& object) {
  std::string keys;
  for (const auto& [key, value] : object.items()) keys += (keys.empty() ? "" : ", ") + key;
  return "an object with the keys " + printable(keys);
}

std::optional<Difference> difference(const Json* was, const Json* is, const std::string& path);

std::optional<Difference> difference_of_objects(const Json& was, const Json& is, const std::string& path) {
  for (const auto& [key, value] : is.items()) {
    if (auto found = difference(member(was, key), &value, child_path(path, key))) return found;
  }
  for (const auto& [key, value] : was.items()) {
    if (!is.contains(key)) return difference(&value, nullptr, child_path(path, key));
  }
  const bool same_order = std::equal(was.items().begin(), was.items().end(), is.items().begin(),
                                     [](const auto& one, const auto& other) { return one.key() == other.key(); });
  if (same_order) return std::nullopt;
  return Difference{path, keys_in_order(was), keys_in_order(is)};
}

std::optional<Difference> difference(const Json* was, const Json* is, const std::string& path) {
  if (was && is && was->is_object() && is->is_object()) return difference_of_objects(*was, *is, path);
  if (was && is && was->is_array() && is->is_array() && was->size() == is->size()) {
    for (std::size_t i = 0; i < is->size(); ++i) {
      if (auto found = difference(&(*was)[i], &(*is)[i], path + "[" + std::to_string(i) + "]")) return found;
    }
    return std::nullopt;
  }
  if (was && is && *was == *is) return std::nullopt;
  return Difference{path, describe_or_missing(was), describe_or_missing(is)};
}

}  // namespace

std::optional<Difference> first_difference(const Json& was, const Json& is) { return difference(&was, &is, ""); }

}  // namespace exmc::json
