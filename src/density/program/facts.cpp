#include "facts.hpp"

#include <algorithm>

namespace exmc::density {

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
