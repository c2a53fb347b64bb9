#include "overrides.hpp"

#include <cstddef>
#include <regex>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "json/value.hpp"

namespace exmc::config {
namespace {

using json::Json;

std::vector<std::string> split_keys(const std::string& path, const std::string& label) {
  std::vector<std::string> keys;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    if (end == begin) throw InputError(label, "found an empty key, expected --set KEY=VALUE or --set KEY.KEY=VALUE");
    keys.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  if (keys.size() > json::kDeepest) throw InputError(label, "found too many keys within each other");
  return keys;
}

/// JSON for a number that people write otherwise: `.8`, `1.`, `+1`. Anything else as it is.
std::string number_as_json(const std::string& text) {
  static const std::regex number(R"(([+-]?)(\d*)(\.?)(\d*)((?:[eE][+-]?\d+)?))");
  std::smatch part;
  if (!std::regex_match(text, part, number) || part.length(2) + part.length(4) == 0) return text;
  const std::string whole = part.length(2) == 0 ? "0" : part.str(2), fraction = part.length(4) == 0 ? "0" : part.str(4);
  return (part.str(1) == "-" ? "-" : "") + whole + (part.length(3) == 0 ? "" : "." + fraction) + part.str(5);
}

Json parse_value(const std::string& text, const std::string& label) {
  const bool must_be_json = text.starts_with('{') || text.starts_with('[') || text.starts_with('"');
  try {
    return json::parse(number_as_json(text), label);
  } catch (const InputError&) {
    if (must_be_json || find_invalid_utf8(text)) throw;
    return text;
  }
}

}  // namespace

Override parse_override(const std::string& text) {
  const std::string label = "--set " + printable(text);
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) throw InputError(label, "found no \"=\", expected --set KEY=VALUE");
  if (find_invalid_utf8(text)) throw InputError(label, "is not UTF-8");
  return {label, split_keys(text.substr(0, equals), label), parse_value(text.substr(equals + 1), label)};
}

Json Override::nested() const {
  Json result = value;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    Json outer = Json::object();
    outer[*key] = std::move(result);
    result = std::move(outer);
  }
  return result;
}

void Override::apply(Json& config) const {
  Json* place = &config;
  std::string path;
  for (const std::string& key : keys) {
    if (!place->is_object()) throw InputError(label, path + " is " + json::describe(*place) + ", expected an object");
    path = json::child_path(path, key);
    const bool is_last = &key == &keys.back();
    if (!is_last && !place->contains(key)) (*place)[key] = Json::object();
    place = &(*place)[key];
  }
  *place = value;
}

}  // namespace exmc::config
