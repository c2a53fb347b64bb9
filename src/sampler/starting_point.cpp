#include "exmc/sampler/starting_point.hpp"

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"

namespace exmc::sampler {

void FailedStarts::add(const PhasePoint& point) {
  ++tries_;
  if (std::isnan(point.lp)) {
    ++nan_;
  } else if (std::isinf(point.lp)) {
    ++(point.lp < 0 ? minus_infinity_ : plus_infinity_);
  } else {
    constexpr Eigen::Index most_named = 5;
    ++bad_gradient_;
    bad_coordinates_ = 0;
    coordinates_.clear();
    for (Eigen::Index i = 0; i < point.gradient.size(); ++i) {
      if (std::isfinite(point.gradient[i])) continue;
      if (bad_coordinates_++ < most_named) coordinates_ += (coordinates_.empty() ? "" : ", ") + std::to_string(i);
    }
    if (bad_coordinates_ > most_named) coordinates_ += ", ... (" + std::to_string(bad_coordinates_) + " in all)";
  }
}

void FailedStarts::add_outside(const std::string& what) {
  ++tries_;
  outside_what_ = what;
  ++outside_;
}

void FailedStarts::give_up() const {
  std::string found;
  const auto list = [&](std::uint64_t times, const std::string& what) {
    if (times > 0) found += (found.empty() ? "" : "; ") + what + " " + std::to_string(times) + " times";
  };
  list(nan_, "log density nan");
  list(minus_infinity_, "log density -inf");
  list(plus_infinity_, "log density +inf");
  list(bad_gradient_, "gradient not finite at unconstrained coordinates " + coordinates_ + ",");
  list(outside_, "a given value outside of its support (" + outside_what_ + ")");
  const std::string radius = shortest(radius_);
  throw SamplingError("no point of finite density after " + std::to_string(tries_) + " tries, uniform on (-" + radius +
                      ", " + radius + ") on the unconstrained scale and nearer to 0: " + found);
}

}  // namespace exmc::sampler
