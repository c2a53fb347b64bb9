#include "facts.hpp"

#include <algorithm>

namespace exmc::density {
namespace {

/// The entry of the array that `x` is in, among those of dense arrays by where they begin; else the end.
template <class Map, class ValueOf>
auto containing(const Map& by_offset, const View& x, ValueOf&& value_of) {
  auto found = by_offset.upper_bound(x.offset);
  if (x.constant() || found == by_offset.begin()) return by_offset.end();
  --found;
  const View& value = value_of(found->second);
  const auto size = static_cast<std::ptrdiff_t>(element_count(value.shape));
  return x.offset < value.offset + size ? found : by_offset.end();
}

/// Whether the last axes of both step through the same events.
bool same_events(const View& a, const View& b, std::size_t own) {
  if (a.rank() < own || b.rank() < own) return false;
  const auto last = static_cast<std::ptrdiff_t>(own);
  return std::equal(a.shape.end() - last, a.shape.end(), b.shape.end() - last) &&
         std::equal(a.strides.end() - last, a.strides.end(), b.strides.end() - last);
}

/// What is known of the array that `x` is a view of; null where nothing is.
template <class Known>
const Known* array_of(const std::map<std::ptrdiff_t, Known>& known, const View& x) {
  const auto found = containing(known, x, [](const Known& entry) -> const View& { return entry.first; });
  return found == known.end() ? nullptr : &found->second;
}

/// The elements of `other` that stand where those of `x` do in `value`; both arrays are dense, of one shape.
View same_elements(const View& x, const View& value, const View& other) {
  View elements = x;
  elements.space = other.space;
  elements.offset += other.offset - value.offset;
  return elements;
}

}  // namespace

void Facts::remember_range(const View& value, const Interval& range) {
  if (!range.is_whole() && is_dense(value) && !value.constant()) ranges_[value.offset] = {value, range};
}

Interval Facts::known_range(const View& x) const {
  const auto found = containing(ranges_, x, [](const auto& entry) -> const View& { return entry.first; });
  return found == ranges_.end() ? Interval{} : found->second.second;
}

void Facts::remember_events(const View& value, std::size_t own, ForwardKernel holds) {
  if (is_dense(value) && !value.constant()) events_[value.offset] = {value, own, holds};
}

bool Facts::known_events(const View& x, std::size_t own, ForwardKernel holds) const {
  const auto found = containing(events_, x, [](const Events& entry) -> const View& { return entry.value; });
  if (found == events_.end() || found->second.own != own || found->second.holds != holds) return false;
  const View& value = found->second.value;
  const auto size = static_cast<std::ptrdiff_t>(
      element_count({value.shape.end() - static_cast<std::ptrdiff_t>(own), value.shape.end()}));
  return same_events(x, value, own) && (x.offset - value.offset) % size == 0;
}

void Facts::remember_taken(const View& value, const View& source) {
  remember_range(value, known_range(source));
  const auto found = containing(events_, source, [](const Events& entry) -> const View& { return entry.value; });
  if (found == events_.end()) return;
  const Events known = found->second;
  if (known_events(source, known.own, known.holds)) remember_events(value, known.own, known.holds);
}

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
