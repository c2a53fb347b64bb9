#pragma once

#include <span>
#include <string>
#include <string_view>

namespace exmc {

/// The candidate with the smallest edit distance (Damerau-Levenshtein, restricted; a change of case counts only between
/// equals) to `name`, or "" when none is near enough to be meant: more than a third of the longer name, at least one
/// character, would have to change, or all of it.
[[nodiscard]] std::string nearest(std::string_view name, std::span<const std::string> candidates);

/// ` (did you mean "x"?)`, or "" when nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace exmc
