#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "density/functions/functions.hpp"
#include "exmc/ir/load.hpp"
#include "schema.hpp"

/// What regular patterns can see of an expression: its characters, names of functions, arguments of calls that have no
/// brackets within, and neighbours that never stand side by side. Brackets and what names stand for they cannot.
namespace exmc::reference {
namespace {

using json::Json;

/// "a|b|c" as one alternative.
std::string one_of(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "(?:" : "|") + word;
  return all + ")";
}

std::vector<std::string> callable_names() {
  std::vector<std::string> names = ir::reserved_function_names();
  for (const density::Function* function : density::all_functions()) names.emplace_back(function->name);
  for (const std::string& distribution : density::distribution_names()) names.push_back(distribution);
  names.insert(names.end(), {"mixture", "censored"});
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Json never(const std::string& pattern, const std::string& why) {
  return {{"not", {{"pattern", pattern}}}, {"description", why}};
}

/// Calls without brackets within that have too many arguments, or too few.
void append_calls(Json& rules) {
  std::map<std::size_t, std::vector<std::string>> most, least;
  for (const density::Function* function : density::all_functions()) {
    const auto required =
        std::count_if(function->arguments.begin(), function->arguments.end(),
                      [](const auto& argument) { return argument.kind != density::Argument::Kind::optional; });
    most[function->arguments.size()].emplace_back(function->name);
    least[static_cast<std::size_t>(required)].emplace_back(function->name);
  }
  const std::string plain = R"([^()\[\],]*)";
  for (const auto& [count, names] : most) {
    rules.push_back(
        never(R"(\b)" + one_of(names) + R"(\s*\()" + plain + "(?:," + plain + "){" + std::to_string(count) + R"(,}\))",
              "at most " + std::to_string(count) + " arguments"));
  }
  for (const auto& [count, names] : least) {
    if (count < 2) continue;
    rules.push_back(never(
        R"(\b)" + one_of(names) + R"(\s*\((?:)" + plain + ",){0," + std::to_string(count - 2) + "}" + plain + R"(\))",
        "at least " + std::to_string(count) + " arguments"));
  }
}

std::vector<std::string> keywords() {
  std::vector<std::string> names;
  for (const density::Function* function : density::all_functions()) {
    for (const density::Argument& argument : function->arguments) names.emplace_back(argument.name);
  }
  for (const std::string& distribution : density::distribution_names()) {
    for (const auto& parameters : density::find_distribution(distribution)->parametrisations) {
      for (const density::Parameter& parameter : parameters) names.emplace_back(parameter.name);
    }
  }
  names.insert(names.end(), {"w", "components", "base", "lower", "upper"});
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

Json expression_text() {
  Json rules = Json::array({
      never(R"([^A-Za-z0-9_.+\-*/@()\[\],:=<>! \t\r\n])", "a character that no expression has"),
      never("!(?!=)", "! without ="),
      never(R"(\b(?!)" + one_of(callable_names()) + R"(\b)[A-Za-z_]\w*\s*\()", "an unknown function"),
      never(R"(\b)" + one_of(ir::reserved_function_names()) + R"(\b(?!\s*(?:\(|=(?!=))))", "a function without a call"),
      never(R"(\(\s*\))", "a call without arguments"),
      never(R"([(,]\s*(?!)" + one_of(keywords()) + R"(\b)[A-Za-z_]\w*\s*=(?!=))", "an unknown keyword"),
      never(R"(^[^()]*[^=<>!()]=(?!=))", "= outside of a call; == compares"),
      never(R"((?:[<>]=?|[=!]=)[^()\[\],<>=!]+(?:[<>]=?|[=!]=))", "comparisons do not chain"),
      never(R"((?:^|[^A-Za-z0-9_.])[0-9][0-9.]*(?![eE][+\-]?[0-9])[A-Za-z_])", "neither number nor name"),
      never(R"([A-Za-z0-9_.)\]]\s+[A-Za-z0-9_.])", "two values without an operator between them"),
      never(R"([+\-*/@<>=,(\[]\s*$|^\s*[*/@<>=,)\]:]|[+\-*/@<>=(\[]\s*[)/@]|[\[,]\s*,|[+\-*/@<>=(\[]\s*\])",
            "an operator without a value"),
      never(R"(^[^(]*\)|\([^)]*$|^[^\[]*\]|\[[^\]]*$)", "a bracket without its other half"),
      never(R"([(,]\s*[A-Za-z_]\w*\s*=(?!=)[^()\[\],]*,\s*(?![A-Za-z_]\w*\s*=(?!=))[^\s])", "keyword=value goes last"),
      never(R"((?:^|[+\-*/@<>=(\[,:])\s*\([^()\[\]]*,)", "a list is written [a, b]"),
      never(R"(:[^,\[\]:]*:\s*0+\s*[,\]])", "a step of 0"),
      never(R"((?:^|[^\[,\s])\s*\bNone\b|\bNone\b\s*(?:[^\],\s]|$))", "None outside of a subscript"),
  });
  append_calls(rules);
  return {{"type", "string"}, {"minLength", 1}, {"allOf", rules}};
}

}  // namespace exmc::reference
