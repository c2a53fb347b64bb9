#include "factors.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <variant>

#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"

namespace exmc::ir {
namespace {

std::optional<double> number_of(const std::string& word) {
  const ParsedNumber parsed = parse_number(word);
  return parsed.fault == NumberFault::none ? std::optional(parsed.value) : std::nullopt;
}

/// All different words, in order.
std::vector<std::string> levels_of(const std::set<std::string>& words) {
  std::vector<std::string> levels(words.begin(), words.end());
  if (std::ranges::all_of(levels, [](const std::string& word) { return number_of(word).has_value(); })) {
    std::ranges::stable_sort(levels, {}, [](const std::string& word) { return *number_of(word); });
  }
  return levels;
}

Array codes_of(const Factor& factor, const std::vector<std::string>& levels) {
  std::map<std::string_view, double> codes;
  for (const std::string& level : levels) codes.emplace(level, static_cast<double>(codes.size()));
  Array array{{factor.words.size()}, {}};
  array.values.reserve(factor.words.size());
  for (std::size_t row = 0; row < factor.words.size(); ++row) {
    const auto code = codes.find(factor.words[row]);
    if (code == codes.end()) {
      throw InputError(factor.where, "row " + std::to_string(row + 1) + ": found " + in_quotes(factor.words[row]) +
                                         did_you_mean(factor.words[row], levels) +
                                         ", which is not among the \"coords\" of " + in_quotes(factor.dimension));
    }
    array.values.push_back(code->second);
  }
  return array;
}

}  // namespace

void code_factors(const std::vector<Factor>& factors, Model& model) {
  std::map<std::string, std::set<std::string>> words;
  for (const Factor& factor : factors) words[factor.dimension].insert(factor.words.begin(), factor.words.end());
  for (const auto& [dimension, different] : words) {
    const auto listed = model.coords.find(dimension);
    if (listed == model.coords.end()) {
      model.levels[dimension] = levels_of(different);
    } else if (!std::holds_alternative<std::vector<std::string>>(listed->second)) {
      throw InputError(model.source + ": coords." + dimension, "found numbers, expected the words of the factor");
    }
  }
  for (const Factor& factor : factors) {
    const auto found = model.levels.find(factor.dimension);
    const auto& levels = found != model.levels.end()
                             ? found->second
                             : std::get<std::vector<std::string>>(model.coords.at(factor.dimension));
    model.data.emplace(factor.name, codes_of(factor, levels));
  }
}

void label_with_levels(Model& model) {
  std::set<std::string> used;
  for (const Node& node : model.nodes) used.insert(node.dims.begin(), node.dims.end());
  for (const auto& [data, names] : model.data_dims) used.insert(names.begin(), names.end());
  for (const auto& [dimension, levels] : model.levels) {
    if (used.contains(dimension)) model.coords.emplace(dimension, levels);
  }
}

}  // namespace exmc::ir
