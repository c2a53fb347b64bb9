#include "json/value.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "exmc/core/whole_number.hpp"

namespace exmc::json {
namespace {

/// A whole number that no double may hold.
bool is_inexact(const Json& json) {
  if (json.is_number_unsigned()) return json.get<std::uint64_t>() > kLargestExactWhole;
  return json.is_number_integer() && json.get<std::int64_t>() < -static_cast<std::int64_t>(kLargestExactWhole);
}

/// Appends the numbers of a list and checks that it is as regular as its first branch. `path` names the list.
class NumberReader {
 public:
  NumberReader(const Value& value, const Numbers& kinds) : value_(value), kinds_(kinds) {}

  Array read() {
    const Json* level = &value_.json();
    while (level->is_array()) {
      array_.shape.push_back(level->size());
      if (level->empty()) break;
      level = &(*level)[0];
    }
    read_level(value_.json(), 0);
    return std::move(array_);
  }

 private:
  void read_level(const Json& json, std::size_t axis) {
    if (axis == array_.shape.size()) {
      if (json.is_array()) refuse("found a list, expected a number, as before it");
      if (const auto infinity = kinds_.infinite ? read_infinity(json) : std::nullopt) {
        array_.values.push_back(*infinity);
        return;
      }
      if (kinds_.missing && is_missing(json)) {
        array_.values.push_back(std::numeric_limits<double>::quiet_NaN());
        return;
      }
      if (!json.is_number() && !json.is_boolean()) {
        refuse("found " + describe(json) + ", expected a number" + std::string(is_missing(json) ? kinds_.advice : ""));
      }
      if (is_inexact(json)) refuse("found " + json.dump() + ", " + kInexactWhole);
      array_.values.push_back(json.is_boolean() ? (json.get<bool>() ? 1.0 : 0.0) : json.get<double>());
      return;
    }
    const std::size_t length = array_.shape[axis];
    if (!json.is_array()) refuse("found " + describe(json) + ", expected a list of " + std::to_string(length));
    if (json.size() != length) {
      refuse("found a list of " + std::to_string(json.size()) + ", expected " + std::to_string(length) +
             ", as in the first one");
    }
    for (std::size_t i = 0; i < length; ++i) {
      index_.push_back(i);
      read_level(json[i], axis + 1);
      index_.pop_back();
    }
  }

  [[noreturn]] void refuse(const std::string& message) const {
    std::string where = value_.where();
    for (const std::size_t i : index_) where.append("[").append(std::to_string(i)).append("]");
    throw InputError(where, message);
  }

  const Value& value_;
  Numbers kinds_;
  Array array_;
  std::vector<std::size_t> index_;
};

std::string listed(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
  return text;
}

}  // namespace

std::string describe(const Json& json) {
  switch (json.type()) {
    case Json::value_t::string:
      return "the string " + in_quotes(json.get_ref<const std::string&>());
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::boolean:
    case Json::value_t::null:
      return json.dump();
    default:
      return "the number " + json.dump();
  }
}

std::optional<double> read_infinity(const Json& json) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (json == "inf" || json == "+inf") return infinity;
  if (json == "-inf") return -infinity;
  return std::nullopt;
}

void Value::refuse(const std::string& message) const { throw InputError(where(), message); }

void Value::refuse_as_not(const std::string& expected) const {
  refuse("found " + describe(*json_) + ", expected " + expected);
}

Object Value::object(const std::string& expected) const {
  if (!json_->is_object()) refuse_as_not(expected);
  return Object(*this);
}

std::vector<Value> Value::list(const std::string& expected) const {
  if (!json_->is_array()) refuse_as_not(expected);
  std::vector<Value> items;
  for (std::size_t i = 0; i < json_->size(); ++i) {
    items.emplace_back((*json_)[i], source_, path_ + '[' + std::to_string(i) + ']');
  }
  return items;
}

std::string Value::string(const std::string& expected) const {
  if (!json_->is_string()) refuse_as_not(expected);
  return json_->get<std::string>();
}

bool Value::boolean() const {
  if (!json_->is_boolean()) refuse_as_not("true or false");
  return json_->get<bool>();
}

std::uint64_t Value::integer(std::uint64_t least, std::uint64_t most, std::string expected) const {
  if (expected.empty()) expected = "an integer from " + std::to_string(least) + " to " + std::to_string(most);
  std::uint64_t value = 0;
  if (json_->is_number_unsigned()) {
    value = json_->get<std::uint64_t>();
  } else if (json_->is_number_float()) {
    const double real = json_->get<double>();
    constexpr double beyond_exact = 0x1p53;
    if (!(real >= 0 && real < beyond_exact) || real != std::floor(real)) refuse_as_not(expected);
    value = static_cast<std::uint64_t>(real);
  } else if (!json_->is_number_integer() || json_->get<std::int64_t>() != 0) {
    refuse_as_not(expected);
  }
  if (value < least || value > most) refuse_as_not(expected);
  return value;
}

double Value::number(const std::string& expected) const {
  if (!json_->is_number()) refuse_as_not(expected);
  if (is_inexact(*json_)) refuse("found " + json_->dump() + ", " + kInexactWhole);
  return json_->get<double>();
}

bool is_missing(const Json& json) {
  return json.is_null() || (json.is_string() && is_missing_text(json.get_ref<const std::string&>()));
}

bool is_missing_text(std::string_view text) { return text == "NA" || text == "NaN" || text == "nan"; }

Array Value::numbers(const Numbers& kinds) const { return NumberReader(*this, kinds).read(); }

std::optional<Value> Object::find(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  const auto found = value_.json().find(key);
  if (found == value_.json().end()) return std::nullopt;
  return Value(*found, value_.source(), child_path(value_.path(), key));
}

Value Object::at(const std::string& key, const std::string& expected) {
  const std::optional<Value> found = find(key);
  if (!found) value_.refuse("the key " + in_quotes(key) + " is missing, expected " + expected);
  return *found;
}

void Object::not_available_yet(const std::string& key) {
  if (const auto found = value_.json().find(key); found != value_.json().end()) {
    throw InputError(Value(*found, value_.source(), child_path(value_.path(), key)).where(), "not available yet");
  }
}

void Object::refuse_unknown() const {
  for (const auto& [key, json] : value_.json().items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    value_.refuse("unknown key " + in_quotes(key) + did_you_mean(key, known_) + ", expected one of " + listed(known_));
  }
}

std::vector<std::pair<std::string, Value>> Object::members() const {
  std::vector<std::pair<std::string, Value>> all;
  for (const auto& [key, json] : value_.json().items()) {
    all.emplace_back(key, Value(json, value_.source(), child_path(value_.path(), key)));
  }
  return all;
}

}  // namespace exmc::json
