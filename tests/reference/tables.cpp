#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include "config/keys.hpp"
#include "density/distributions/distribution.hpp"
#include "density/functions/families.hpp"
#include "ir/keys.hpp"
#include "reference.hpp"

namespace exmc::reference {
namespace {

using density::Distribution;
using density::Parameter;
using Parametrisation = std::vector<Parameter>;
using Row = std::vector<std::string>;

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

std::string join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string line(const Row& cells) { return "| " + join(cells, " | ") + " |\n"; }

std::string markdown(const Row& header, const std::vector<Row>& rows) {
  std::string text = line(header) + "|";
  for (std::size_t i = 0; i < header.size(); ++i) text += "---|";
  text += "\n";
  for (const Row& row : rows) text += line(row);
  return text;
}

/// "`rho`: a vector", "`n` (data)", "`mu` (0)"
std::string parameter_text(const Parameter& parameter) {
  std::vector<std::string> notes;
  if (parameter.axes.size() == 1) notes.emplace_back("a vector");
  if (parameter.axes.size() == 2) notes.emplace_back("a matrix");
  if (parameter.data) notes.emplace_back("data");
  if (parameter.default_value) {
    notes.push_back("default " + std::to_string(static_cast<long>(*parameter.default_value)));
  }
  return code(parameter.name) + (notes.empty() ? "" : " (" + join(notes, ", ") + ")");
}

bool is_in_all(const Distribution& distribution, const Parameter& parameter) {
  return std::ranges::all_of(distribution.parametrisations, [&](const Parametrisation& way) {
    return std::ranges::any_of(way, [&](const Parameter& other) { return other.name == parameter.name; });
  });
}

/// "`mu` with `sigma` or `tau`" where all but the last are common to all ways, else "`alpha`, `beta`, or `mu`,
/// `sigma`".
std::string parameters_text(const Distribution& distribution) {
  std::vector<std::string> common, alternatives, ways;
  bool one_differs = true;
  for (const Parametrisation& way : distribution.parametrisations) {
    std::vector<std::string> names, own;
    for (const Parameter& parameter : way) {
      names.push_back(parameter_text(parameter));
      if (!is_in_all(distribution, parameter)) own.push_back(names.back());
      if (is_in_all(distribution, parameter) && ways.empty()) common.push_back(names.back());
    }
    one_differs = one_differs && own.size() == 1;
    ways.push_back(names.empty() ? "none" : join(names, ", "));
    alternatives.push_back(join(own, ", "));
  }
  if (ways.size() == 1 || !one_differs) return join(ways, ", or ");
  return (common.empty() ? "" : join(common, ", ") + " with ") + join(alternatives, " or ");
}

std::string points_text(const Distribution& distribution) {
  if (!distribution.points.empty()) return std::string(distribution.points);
  if (distribution.discrete) throw std::logic_error(std::string(distribution.name) + " does not say its points");
  return std::string(distribution.support->name);
}

std::string truncation_text(const Distribution& distribution) {
  if (!distribution.cdf) return "–";
  std::vector<std::string> data;
  for (const std::string_view name : distribution.cdf->data) data.push_back(code(name));
  return data.empty() ? "yes" : "with " + join(data, ", ") + " data";
}

std::string distributions(bool discrete) {
  std::vector<Row> rows;
  for (const std::string& name : density::distribution_names()) {
    const Distribution& distribution = *density::find_distribution(name);
    if (distribution.discrete != discrete) continue;
    std::string about(distribution.about);
    for (const density::Relation& relation : distribution.relations) {
      about += (about.empty() ? "" : "; ") + std::string(relation.text);
    }
    rows.push_back({code(name), parameters_text(distribution) + (about.empty() ? "" : "; " + about),
                    points_text(distribution), truncation_text(distribution), distribution.generator ? "yes" : "–"});
  }
  return markdown({"distribution", "parameters", "support", "truncated, censored", "drawn"}, rows);
}

/// Functions that stand together and have the same to be said of them share a row.
std::string functions(const std::string& title, std::span<const density::Function> family) {
  std::vector<Row> rows;
  for (const density::Function& function : family) {
    const std::string about(function.about);
    if (!rows.empty() && rows.back()[1] == about) {
      rows.back()[0] += fmt::format(" `{}`", density::signature(function));
    } else {
      rows.push_back({code(density::signature(function)), about});
    }
  }
  return markdown({title, ""}, rows);
}

std::string supports() {
  std::vector<Row> rows;
  for (const std::string& name : density::support_names()) {
    const density::Support& support = *density::find_support(name);
    rows.push_back(
        {code(name), std::string(support.points), std::string(support.sampled), std::string(support.transform)});
    if (name == "unit_interval") {
      rows.push_back({"bounds", "lower < x < upper", "1", "that, scaled; with one bound e^u, shifted or reflected"});
    }
  }
  return markdown({"support", "points", "sampled for each", "transform of what is sampled, u"}, rows);
}

template <class Keys>
std::string keys_table(const Keys& keys) {
  std::vector<Row> rows;
  for (const ir::KeyEntry& key : keys) rows.push_back({code(key.name), std::string(key.meaning)});
  return markdown({"key", "meaning"}, rows);
}

/// Round powers of ten and 2^64 - 1 as people write them.
std::string number_text(std::uint64_t number) {
  if (number == ~std::uint64_t{0}) return "2^64 - 1";
  std::string digits = std::to_string(number);
  const bool is_power = digits.size() > 6 && digits.find_first_not_of('0', 1) == std::string::npos && digits[0] == '1';
  return is_power ? "10^" + std::to_string(digits.size() - 1) : digits;
}

/// What a value of a kind is, as the reference says it.
struct KindText {
  std::string operator()(const config::IntegerRange& range) const {
    if (range.least == range.most) return number_text(range.least);
    return "integer, " + number_text(range.least) + " to " + number_text(range.most);
  }
  std::string operator()(const config::Seconds& range) const {
    return "number, " + number_text(static_cast<std::uint64_t>(range.least)) + " to " +
           number_text(static_cast<std::uint64_t>(range.most));
  }
  std::string operator()(const config::NumberAbove& range) const {
    return "number, above " + number_text(static_cast<std::uint64_t>(range.bound));
  }
  std::string operator()(const config::AutomaticInteger& range) const { return "`\"auto\"`, " + (*this)(range.range); }
  std::string operator()(config::AutomaticUnitInterval) const { return "`\"auto\"`, number, above 0 and below 1"; }
  std::string operator()(const config::OneOf& choice) const {
    std::vector<std::string> words;
    for (const std::string& word : choice.words) words.push_back(code("\"" + word + "\""));
    return join(words, ", ");
  }
  std::string operator()(config::Flag) const { return "boolean"; }
  std::string operator()(config::AutomaticFlag) const { return "`\"auto\"`, boolean"; }
  std::string operator()(config::FilePath) const { return "path"; }
  std::string operator()(config::ModelOrPath) const { return "path, or an object"; }
  std::string operator()(config::DataEntries) const { return "object of [data entries](ir.md#data)"; }
  std::string operator()(config::MemorySize) const { return "`\"auto\"`, bytes, or a size such as `\"4 GB\"`"; }
  std::string operator()(config::StartingPoints) const { return "number, object, list"; }
  std::string operator()(config::TimeLimit) const { return "`\"slurm\"`, or `\"h:mm:ss\"`"; }
  std::string operator()(config::Variables) const { return "string, or list of strings"; }
  std::string operator()(config::AnyText) const { return "string"; }
};

std::string config_keys() {
  std::vector<Row> rows;
  for (const config::Key& key : config::keys()) {
    rows.push_back(
        {code(key.path()), std::visit(KindText{}, key.kind), std::string(key.fallback), std::string(key.meaning)});
  }
  return markdown({"key", "type and range", "default", "meaning"}, rows);
}

}  // namespace

std::string table(const std::string& name) {
  const std::map<std::string, std::function<std::string()>> tables = {
      {"continuous distributions", [] { return distributions(false); }},
      {"discrete distributions", [] { return distributions(true); }},
      {"elementwise functions", [] { return functions("of each element", density::elementwise_functions()); }},
      {"reductions", [] { return functions("over axes", density::reduction_functions()); }},
      {"array functions", [] { return functions("of arrays", density::array_functions()); }},
      {"constructors", [] { return functions("of shapes and ranges", density::constructor_functions()); }},
      {"linear algebra",
       [] { return functions("of the matrices in the last two axes", density::linear_algebra_functions()); }},
      {"covariance functions", [] { return functions("of Gaussian processes", density::covariance_functions()); }},
      {"basis functions", [] { return functions("of data", density::basis_functions()); }},
      {"hidden Markov models", [] { return functions("of hidden Markov models", density::hidden_markov_functions()); }},
      {"functions of distributions",
       [] { return functions("of each element, of vectors and matrices of each", density::distribution_functions()); }},
      {"supports", supports},
      {"model keys", [] { return keys_table(ir::kModelKeys); }},
      {"variable keys", [] { return keys_table(ir::kVariableKeys); }},
      {"scan keys", [] { return keys_table(ir::kScanKeys); }},
      {"ode keys", [] { return keys_table(ir::kOdeKeys); }},
      {"config keys", config_keys},
  };
  const auto found = tables.find(name);
  if (found == tables.end()) throw std::invalid_argument("there is no table \"" + name + "\"");
  return found->second();
}

}  // namespace exmc::reference
