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
  auto found = exponentials_.upper_bound(x.offset);
  if (x.constant() || found == exponentials_.begin()) return std::nullopt;
  const auto& [value, argument] = (--found)->second;
  if (x.offset >= value.offset + static_cast<std::ptrdiff_t>(element_count(value.shape))) return std::nullopt;
  View logarithm = x;
  logarithm.offset += argument.offset - value.offset;
  return logarithm;
}

std::optional<View> Facts::known_factor(const View& matrices) const {
  const auto found =
      std::find_if(factors_.begin(), factors_.end(), [&](const auto& entry) { return entry.first == matrices; });
  return found == factors_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace exmc::density
