#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "exmc/config/config.hpp"
#include "json/value.hpp"

namespace exmc::config {

/// What the value of a key may be.
struct IntegerRange {
  std::uint64_t least, most;
};
struct Seconds {
  double least, most;
};
struct NumberAbove {  ///< at most 10^15
  double bound;
};
struct AutomaticInteger {  ///< "auto", or an integer
  IntegerRange range;
};
struct AutomaticUnitInterval {};  ///< "auto", or above 0 and below 1
struct OneOf {
  std::vector<std::string> words, planned;  ///< planned ones are refused as such
};
struct Flag {};
struct AutomaticFlag {};  ///< "auto", true or false
struct FilePath {};
struct ModelOrPath {};
struct DataEntries {};
struct MemorySize {};
struct TimeLimit {};  ///< hours:minutes:seconds, days before them with a dash, or "slurm"
struct AnyText {};
struct Variables {};       ///< a word or names of elements, as text or a list of texts
struct StartingPoints {};  ///< a radius, values by parameter, {"file": ...}, or a list of these
using Kind = std::variant<IntegerRange, Seconds, NumberAbove, AutomaticInteger, AutomaticUnitInterval, OneOf, Flag,
                          AutomaticFlag, FilePath, ModelOrPath, DataEntries, MemorySize, TimeLimit, AnyText, Variables,
                          StartingPoints>;

/// One key of a config. An entry in keys() is the only place that names it: messages, schema and reference
/// (docs/config.md) come from there.
struct Key {
  std::string_view section;  ///< "sampler"; empty for those of the top level
  std::string_view name;
  Kind kind;
  std::string_view fallback;  ///< what holds where the key is absent, for the reference
  std::string_view meaning;   ///< for the reference
  /// @throws InputError where the value is not what `kind` says. Null for a planned key.
  std::function<void(const json::Value& value, Config& config)> read;

  [[nodiscard]] std::string path() const;  ///< "sampler.draws"
};

/// All keys, in the order of the reference; the keys of a section stand together.
[[nodiscard]] const std::vector<Key>& keys();

}  // namespace exmc::config
