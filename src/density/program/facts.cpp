#include "facts.hpp"

#include <algorithm>

namespace exmc::density {
namespace {

/// What is known of the array that `x` is a view of; null where nothing is.
template <class Known>
const Known* array_of(const std::map<std::ptrdiff_t, Known>& known, const View& x) {
  auto found = known.upper_bound(x.offset);
  if (x.constant() || found == known.begin()) return nullptr;
  const View& value = (--found)->second.first;
  const bool inside = x.offset < value.offset + static_cast<std::ptrdiff_t>(element_count(value.shape));
  return inside ? &found->second : nullptr;
}

/// The elements of `other` that stand where those of `x` do in `value`; both arrays are dense, of one shape.
View same_elements(const View& x, const View& value, const View& other) {
  View elements = x;
  elements.space = other.space;
  elements.offset += other.offset - value.offset;
  return elements;
}

}  // namespace

void Facts::remember_predictor(const View& value, const LinearPredictor& predictor) {
  predictors_.insert_or_assign(value.offset, std::pair(value, predictor));
}

const LinearPredictor* Facts::known_predictor(const View& value) const {
  const auto found = value.constant() ? predictors_.end() : predictors_.find(value.offset);
  return found != predictors_.end() && found->second.first == value ? &found->second.second : nullptr;
}

void Facts::remember_exponential(const View& value, const View& argument) {
  if (is_dense(argument) && !value.constant()) exponentials_[value.offset] = {value, argument};
}

std::optional<View> Facts::known_logarithm(const View& x) const {
  const auto* const known = array_of(exponentials_, x);
  return known == nullptr ? std::nullopt : std::optional(same_elements(x, known->first, known->second));
}

void Facts::remember_negation(const View& value, const View& argument) {
  if (is_dense(argument) && !value.constant()) negations_[value.offset] = {value, argument};
}

std::optional<View> Facts::known_negation(const View& x) const {
  const auto* const known = array_of(negations_, x);
  return known == nullptr ? std::nullopt : std::optional(same_elements(x, known->first, known->second));
}

void Facts::remember_between(const View& value, const Between& between) {
  if (is_dense(between.argument) && between.argument.shape == value.shape && !value.constant()) {
    between_.insert_or_assign(value.offset, std::pair(value, between));
  }
}

std::optional<Between> Facts::known_between(const View& x) const {
  const auto* const known = array_of(between_, x);
  if (known == nullptr) return std::nullopt;
  const auto& [value, between] = *known;
  if (x == value) return between;
  if (between.lower.rank() > 0 || between.upper.rank() > 0 || between.width.rank() > 0) return std::nullopt;
  Between part = between;
  part.argument = same_elements(x, value, between.argument);
  return part;
}

std::optional<View> Facts::known_factor(const View& matrices) const {
  const auto found =
      std::find_if(factors_.begin(), factors_.end(), [&](const auto& entry) { return entry.first == matrices; });
  return found == factors_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace exmc::density
