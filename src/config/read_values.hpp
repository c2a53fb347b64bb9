#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "keys.hpp"

namespace exmc::config {

/// A value as its kind wants it. @throws InputError naming what was found and what was expected.
[[nodiscard]] std::uint64_t read_value(const json::Value& value, const IntegerRange& range);
[[nodiscard]] double read_value(const json::Value& value, const Seconds& range);
[[nodiscard]] double read_value(const json::Value& value, const NumberAbove& range);
/// Nothing for "auto".
[[nodiscard]] std::optional<std::uint64_t> read_value(const json::Value& value, const AutomaticInteger& range);
[[nodiscard]] std::optional<double> read_value(const json::Value& value, AutomaticUnitInterval);
[[nodiscard]] std::string read_value(const json::Value& value, const OneOf& choice);
[[nodiscard]] bool read_value(const json::Value& value, Flag);
[[nodiscard]] Choice read_value(const json::Value& value, AutomaticFlag);
[[nodiscard]] std::filesystem::path read_value(const json::Value& value, FilePath);
/// "auto" (nothing), a number of bytes, or a text such as "4 GB".
[[nodiscard]] std::optional<std::uint64_t> read_value(const json::Value& value, MemorySize);
/// Seconds, or Config::Runtime::kOfSlurm.
[[nodiscard]] double read_value(const json::Value& value, TimeLimit);
/// Those of a list with commas between them.
[[nodiscard]] std::string read_value(const json::Value& value, Variables);

}  // namespace exmc::config
