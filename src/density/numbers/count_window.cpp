#include "count_window.hpp"

#include <cmath>
#include <limits>

namespace exmc::density {
namespace {

constexpr int kMostTerms = 400;
/// A sum ends with the window, or with a term that is negligible beside it where each next one is at most kFalling
/// of the one before.
constexpr double kNegligible = 1e-19, kFalling = 0.95;
constexpr CountInWindow kUnknown{std::numeric_limits<double>::quiet_NaN(), 0};

/// Probabilities as multiples of that at one end of a window, from there on to the other.
class Outwards {
 public:
  Outwards(const CountWindow& window, bool up)
      : window_(window),
        up_(up),
        begin_(up ? window.lower : window.upper),
        length_(window.upper - window.lower),
        odds_(std::exp(up ? window.log_odds : -window.log_odds)) {}

  [[nodiscard]] CountInWindow at(double x) const {
    const double distance = std::abs(x - begin_);
    double term = 1, others = 0, moment = 0;
    for (int k = 0; k < length_; ++k) {
      const double ratio = odds_ * share(k);
      if (term < kNegligible * (1 + others) && std::fmax(ratio, window_.step > 0 ? odds_ : 0) < kFalling) break;
      if (k == kMostTerms) return kUnknown;
      term *= ratio;
      others += term;
      moment += term * (k + 1);
    }
    if (distance > kMostTerms || !std::isfinite(moment)) return kUnknown;
    double log_term = 0;
    for (int k = 0; k < distance; ++k) log_term += std::log(share(k));
    const double sign = up_ ? 1 : -1;
    return {log_term + sign * distance * window_.log_odds - std::log1p(others),
            sign * (distance - moment / (1 + others))};
  }

 private:
  /// What the k-th step outwards changes a probability by, besides the odds.
  [[nodiscard]] double share(int k) const {
    const double from = up_ ? begin_ + k : begin_ - k - 1, share = (window_.size + window_.step * from) / (from + 1);
    return up_ ? share : 1 / share;
  }

  CountWindow window_;
  bool up_;
  double begin_, length_, odds_;
};

}  // namespace

CountInWindow count_in_window(double x, const CountWindow& given) {
  CountWindow window = given;
  window.lower = std::fmax(window.lower, 0.0);
  if (window.step < 0) window.upper = std::fmin(window.upper, window.size);
  if (!(x >= window.lower && x <= window.upper) || !std::isfinite(window.log_odds)) return kUnknown;
  const double last = window.upper - 1;  // from the mode's side: so terms fall
  const bool rises = std::isfinite(last) && last >= window.lower &&
                     window.log_odds + std::log((window.size + window.step * last) / (last + 1)) >= 0;
  return Outwards(window, !rises).at(x);
}

}  // namespace exmc::density
