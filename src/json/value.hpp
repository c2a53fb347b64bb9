#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exmc/core/array.hpp"
#include "json/parse.hpp"

namespace exmc::json {

/// "the string "abc"", "the number 3.5", "a list", "an object", "true", "null": as messages name what was found.
[[nodiscard]] std::string describe(const Json& json);

/// What "inf", "+inf" and "-inf" mean.
[[nodiscard]] std::optional<double> read_infinity(const Json& json);

/// Whether a value is missing: null, or what texts say in its place.
[[nodiscard]] bool is_missing(const Json& json);
[[nodiscard]] bool is_missing_text(std::string_view text);

class Object;

/// What counts as a number.
struct Numbers {
  bool infinite = false;      ///< "inf", "+inf" and "-inf"
  bool missing = false;       ///< null, "NA" and "nan", as NaN
  std::string_view advice{};  ///< what a message adds that refuses a missing one
};

/// A JSON value and where it stands. The JSON it was made from must outlive it.
class Value {
 public:
  Value(const Json& json, std::string source, std::string path = {})
      : json_(&json), source_(std::move(source)), path_(std::move(path)) {}

  [[nodiscard]] const Json& json() const { return *json_; }
  [[nodiscard]] const std::string& source() const { return source_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// "model.json: nodes.mu", as InputError wants it.
  [[nodiscard]] std::string where() const { return path_.empty() ? source_ : source_ + ": " + path_; }

  /// @throws InputError with where().
  [[noreturn]] void refuse(const std::string& message) const;
  /// The same with "found ..., expected " before `expected`.
  [[noreturn]] void refuse_as_not(const std::string& expected) const;

  /// Each throws InputError when the value is of another kind or out of bounds.
  [[nodiscard]] Object object(const std::string& expected = "an object") const;
  [[nodiscard]] std::vector<Value> list(const std::string& expected = "a list") const;
  [[nodiscard]] std::string string(const std::string& expected = "a string") const;
  [[nodiscard]] bool boolean() const;
  /// An integer within [least, most]; written with a fraction or exponent it counts when integral (`1e3`, `5.0`).
  /// `expected` is what the message asks for; by default the bounds.
  [[nodiscard]] std::uint64_t integer(std::uint64_t least, std::uint64_t most, std::string expected = {}) const;
  [[nodiscard]] double number(const std::string& expected = "a number") const;
  /// A number, or lists within lists of numbers with equal lengths at each level, which may be 0, as a row-major array.
  /// true is 1 and false 0. Like number(), it refuses whole numbers beyond 2^53.
  [[nodiscard]] Array numbers(const Numbers& kinds = {}) const;

 private:
  const Json* json_;
  std::string source_, path_;
};

/// A JSON object that remembers which keys were asked for, so that the others can be refused at the end.
class Object {
 public:
  explicit Object(Value value) : value_(std::move(value)) {}

  [[nodiscard]] const Value& value() const { return value_; }
  /// The member of that name, if there; `key` counts as known from now on.
  [[nodiscard]] std::optional<Value> find(const std::string& key);
  /// The same for a key that must be there.
  [[nodiscard]] Value at(const std::string& key, const std::string& expected);
  /// Refuses a key that the design has and the program has not yet.
  void not_available_yet(const std::string& key);
  /// Refuses keys never asked for, with the nearest known one, and the list of known ones.
  void refuse_unknown() const;
  /// All members, in the order of the text.
  [[nodiscard]] std::vector<std::pair<std::string, Value>> members() const;

 private:
  Value value_;
  std::vector<std::string> known_;
};

}  // namespace exmc::json
