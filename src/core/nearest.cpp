#include "exmc/core/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "exmc/core/text.hpp"

namespace exmc {
namespace {

constexpr std::size_t kLongestCompared = 64;         // keeps a hostile name from costing quadratic time
constexpr std::size_t kCaseChange = 1;               // the same letter, small or capital
constexpr std::size_t kEdit = 2 * kLongestCompared;  // of one character: more than any number of case changes

std::size_t substitution_cost(char a, char b) {
  if (a == b) return 0;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return lower(a) == lower(b) ? kCaseChange : kEdit;
}

/// Optimal string alignment distance: insertion, deletion, substitution, and transposition of neighbours cost one edit
/// each, a change of case next to nothing.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j * kEdit;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i * kEdit;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + kEdit, now[j - 1] + kEdit, last[j - 1] + substitution_cost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before[j - 2] + kEdit);
      }
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
  if (name.size() > kLongestCompared) return {};
  std::string best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    const std::size_t longer = std::max(name.size(), candidate.size());
    const bool near = distance / kEdit <= std::max<std::size_t>(1, longer / 3) && distance < kEdit * longer;
    if (!near || (!best.empty() && distance >= best_distance)) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::string found = nearest(name, candidates);
  return found.empty() ? std::string{} : " (did you mean " + in_quotes(found) + "?)";
}

}  // namespace exmc
