#include "selection.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "exmc/diagnostics/summary.hpp"

namespace exmc::app {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// Where the first comma outside of brackets is, from `begin` on, or the end.
std::size_t find_comma(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    depth += text[i] == '[' ? 1 : 0;
    depth -= text[i] == ']' && depth > 0 ? 1 : 0;
    if (text[i] == ',' && depth == 0) return i;
  }
  return text.size();
}

/// At the commas that stand outside of brackets.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = find_comma(text, 0);
    parts.push_back(trimmed(text.substr(0, comma)));
    if (comma == text.size()) return parts;
    text.remove_prefix(comma + 1);
  }
}

/// The length of the longest name that a text begins with and that ends there; a label may hold commas and brackets.
std::size_t length_of_name(std::string_view text, const std::vector<io::Column>& variables) {
  std::size_t longest = 0;
  for (const io::Column& variable : variables) {
    if (!text.starts_with(variable.name)) continue;
    const std::size_t next = text.find_first_not_of(' ', variable.name.size());
    const bool ends = next == std::string_view::npos || text[next] == ',' || text[next] == '[';
    if (ends) longest = std::max(longest, variable.name.size());
  }
  return longest;
}

/// A whole number, from the end where it is negative; nothing where the text is none.
std::optional<std::ptrdiff_t> number(std::string_view text, std::size_t length) {
  std::ptrdiff_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value < 0 ? value + static_cast<std::ptrdiff_t>(length) : value;
}

std::optional<AxisRange> slice(const std::string& index, std::size_t length) {
  const auto colon = index.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string low = trimmed(index.substr(0, colon)), high = trimmed(index.substr(colon + 1));
  const auto first = low.empty() ? 0 : number(low, length);
  const auto last = high.empty() ? static_cast<std::ptrdiff_t>(length) : number(high, length);
  if (!first || !last) return std::nullopt;
  const auto inside = [&](std::ptrdiff_t at) {
    return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, static_cast<std::ptrdiff_t>(length)));
  };
  return AxisRange{inside(*first), std::max(inside(*first), inside(*last))};
}

/// A label first: it is what tables show.
std::optional<AxisRange> range(const std::string& index, std::size_t length, const Coordinate& labels) {
  for (std::size_t at = 0; at < std::min(length, length_of(labels)); ++at) {
    if (diagnostics::element_name("", {length}, at, {labels}) == "[" + index + "]") return AxisRange{at, at + 1};
  }
  if (const auto found = slice(index, length)) return found;
  const auto at = number(index, length);
  if (!at || *at < 0 || *at >= static_cast<std::ptrdiff_t>(length)) return std::nullopt;
  return AxisRange{static_cast<std::size_t>(*at), static_cast<std::size_t>(*at) + 1};
}

std::vector<std::size_t> elements_within(const Shape& shape, const std::vector<AxisRange>& ranges) {
  std::vector<std::size_t> numbers{0};
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    std::vector<std::size_t> longer;
    for (const std::size_t before : numbers) {
      for (std::size_t at = ranges[axis].begin; at < ranges[axis].end; ++at) {
        longer.push_back(before * shape[axis] + at);
      }
    }
    numbers = std::move(longer);
  }
  return numbers;
}

const io::Column& find_variable(const std::string& name, const std::vector<io::Column>& variables,
                                const std::string& where) {
  const auto found = std::ranges::find(variables, name, &io::Column::name);
  if (found != variables.end()) return *found;
  std::vector<std::string> names;
  for (const io::Column& variable : variables) names.push_back(variable.name);
  throw InputError(where, "no variable is called " + in_quotes(name) + did_you_mean(name, names));
}

/// @param name  where the variable's name ends, if it is known
SelectedElements parse_item(const std::string& item, std::size_t name, const std::vector<io::Column>& variables,
                            const Axes& axes, const std::string& where) {
  const auto bracket = item.find('[', name);
  const io::Column& variable = find_variable(trimmed(item.substr(0, bracket)), variables, where);
  const Shape& shape = variable.shape;
  std::vector<AxisRange> ranges;
  if (bracket != std::string::npos) {
    if (item.back() != ']') throw InputError(where, "found " + in_quotes(item) + ", expected \"]\" at its end");
    const auto labels = axes.find(variable.name);
    for (const std::string& index : split(item.substr(bracket + 1, item.size() - bracket - 2))) {
      const std::size_t axis = ranges.size();
      if (axis == shape.size()) {
        throw InputError(where, "found too many indices in " + in_quotes(item) + ": " + variable.name + " has shape " +
                                    to_string(shape));
      }
      const bool labelled = labels != axes.end() && axis < labels->second.size();
      const auto found = range(index, shape[axis], labelled ? labels->second[axis] : Coordinate{});
      if (!found) {
        throw InputError(where, "found the index " + in_quotes(index) + " of " + variable.name + ", whose shape is " +
                                    to_string(shape) + ", expected a number, a slice or a label of that axis");
      }
      ranges.push_back(*found);
    }
  }
  while (ranges.size() < shape.size()) ranges.push_back({0, shape[ranges.size()]});
  SelectedElements chosen{variable.name, elements_within(shape, ranges), ranges};
  if (chosen.elements.empty()) throw InputError(where, "found " + in_quotes(item) + ", which has no elements");
  return chosen;
}

}  // namespace

Axes axes_of(const std::vector<io::Column>& variables, const std::map<std::string, Coordinate>& coords) {
  Axes axes;
  for (const io::Column& variable : variables) {
    for (const std::string& dimension : variable.dims) {
      const auto known = coords.find(dimension);
      axes[variable.name].push_back(known == coords.end() ? Coordinate{} : known->second);
    }
  }
  return axes;
}

Selection parse_selection(const std::string& text, const std::vector<io::Column>& variables, const Axes& axes,
                          const std::string& where) {
  if (text == "auto") return {};
  if (text == "none") return {.table = false};
  Selection selection{.folded = false};
  if (text == "all") return selection;
  for (std::string_view rest = text;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::size_t name = length_of_name(rest, variables), comma = find_comma(rest, name);
    selection.chosen.push_back(parse_item(trimmed(rest.substr(0, comma)), name, variables, axes, where));
    if (comma == rest.size()) return selection;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace exmc::app
