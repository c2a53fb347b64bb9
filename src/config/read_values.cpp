#include "read_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <regex>
#include <string_view>

#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"

namespace exmc::config {

using json::Value;

std::uint64_t read_value(const Value& value, const IntegerRange& range) {
  return value.integer(range.least, range.most);
}

double read_value(const Value& value, const Seconds& range) {
  const std::string expected = "seconds from " + std::to_string(static_cast<std::uint64_t>(range.least)) + " to " +
                               std::to_string(static_cast<std::uint64_t>(range.most));
  const double seconds = value.number(expected);
  if (seconds < range.least || seconds > range.most) value.refuse_as_not(expected);
  return seconds;
}

double read_value(const Value& value, const NumberAbove& range) {
  constexpr double most = 1e15;
  const std::string expected = "a number above " + shortest(range.bound) + ", at most 10^15";
  const double number = value.number(expected);
  if (!(number > range.bound && number <= most)) value.refuse_as_not(expected);
  return number;
}

std::optional<std::uint64_t> read_value(const Value& value, const AutomaticInteger& range) {
  if (value.json() == "auto") return std::nullopt;
  const auto [least, most] = range.range;
  return value.integer(least, most,
                       "\"auto\" or an integer from " + std::to_string(least) + " to " + std::to_string(most));
}

std::optional<double> read_value(const Value& value, AutomaticUnitInterval) {
  if (value.json() == "auto") return std::nullopt;
  constexpr auto expected = "\"auto\" or a number between 0 and 1, both excluded";
  const double number = value.number(expected);
  if (!(number > 0 && number < 1)) value.refuse_as_not(expected);
  return number;
}

std::string read_value(const Value& value, const OneOf& choice) {
  std::vector<std::string> all = choice.words;
  all.insert(all.end(), choice.planned.begin(), choice.planned.end());
  std::string expected;
  for (const std::string& word : choice.words) expected += (expected.empty() ? "one of " : ", ") + in_quotes(word);
  std::string word = value.string(expected);
  if (std::find(all.begin(), all.end(), word) == all.end()) {
    value.refuse("found " + in_quotes(word) + did_you_mean(word, choice.words) + ", expected " + expected);
  }
  if (std::find(choice.planned.begin(), choice.planned.end(), word) != choice.planned.end()) {
    value.refuse(in_quotes(word) + " is not available yet, expected " + expected);
  }
  return word;
}

bool read_value(const Value& value, Flag) { return value.boolean(); }

Choice read_value(const Value& value, AutomaticFlag) {
  if (value.json().is_boolean()) return value.boolean() ? Choice::yes : Choice::no;
  if (value.json() != "auto") value.refuse_as_not("\"auto\", true or false");
  return Choice::automatic;
}

std::filesystem::path read_value(const Value& value, FilePath) {
  const std::string path = value.string("the path of a file");
  if (path.empty() || path.find('\0') != std::string::npos) value.refuse_as_not("the path of a file");
  return path;
}

std::optional<std::uint64_t> read_value(const Value& value, MemorySize) {
  constexpr auto expected = "\"auto\", a number of bytes, or a size such as \"4 GB\" (kB, MB, GB, TB)";
  constexpr std::uint64_t most = std::uint64_t{1} << 60U;
  if (!value.json().is_string()) return value.integer(1, most, expected);
  const std::string text = value.string();
  if (text == "auto") return std::nullopt;
  const std::size_t end = text.find_first_not_of("0123456789.");
  const std::size_t unit = end == std::string::npos ? end : text.find_first_not_of(' ', end);
  if (unit == std::string::npos) value.refuse_as_not(expected);
  constexpr std::array<std::string_view, 4> units = {"kB", "MB", "GB", "TB"};
  const auto found = std::find(units.begin(), units.end(), std::string_view(text).substr(unit));
  const ParsedNumber number = parse_number(std::string_view(text).substr(0, end));
  if (found == units.end() || number.fault != NumberFault::none) value.refuse_as_not(expected);
  const double bytes = number.value * std::pow(1000.0, 1.0 + static_cast<double>(found - units.begin()));
  if (!(bytes >= 1 && bytes <= static_cast<double>(most))) value.refuse_as_not(expected);
  return static_cast<std::uint64_t>(bytes);
}

double read_value(const Value& value, TimeLimit) {
  constexpr auto expected =
      "\"slurm\", or hours:minutes:seconds such as \"02:00:00\", days before them as in \"1-12:00:00\"";
  const std::string text = value.string(expected);
  if (text == "slurm") return Config::Runtime::kOfSlurm;
  static const std::regex form(R"((?:(\d{1,4})-)?(\d{1,4}):([0-5]\d):([0-5]\d))");
  std::smatch parts;
  if (!std::regex_match(text, parts, form)) value.refuse_as_not(expected);
  double seconds = parts[1].matched ? std::stod(parts[1]) * 24 : 0;
  seconds = ((seconds + std::stod(parts[2])) * 60 + std::stod(parts[3])) * 60 + std::stod(parts[4]);
  if (seconds == 0) value.refuse_as_not(expected);
  return seconds;
}

std::string read_value(const Value& value, Variables) {
  constexpr auto expected = "\"auto\", \"all\", \"none\", or names such as \"mu,theta[0:3]\"";
  if (!value.json().is_array()) return value.string(expected);
  std::string joined;
  for (std::size_t i = 0; i < value.json().size(); ++i) {
    const json::Json& name = value.json()[i];
    if (!name.is_string()) value.refuse_as_not(expected);
    joined += (i > 0 ? "," : "") + name.get<std::string>();
  }
  if (joined.empty()) value.refuse_as_not(expected);
  return joined;
}

}  // namespace exmc::config
