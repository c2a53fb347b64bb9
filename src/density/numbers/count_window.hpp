#pragma once

namespace exmc::density {

/// Counts from 0 with P(k + 1) / P(k) = e^log_odds (size + step k) / (k + 1), of which those between two bounds are
/// possible; steps are 0 (poisson), 1 (negative binomial) or -1 (binomial).
struct CountWindow {
  double lower, upper;  ///< both are included; -inf and inf are none
  double log_odds, size, step;
};

/// The logarithm of the probability of a count, given that it is in the window, and its derivative by log_odds.
struct CountInWindow {
  double log_probability, slope;
};

/// By summing probabilities as multiples of that at a bound, from there on: nothing is lost however small all of them
/// are, as it is where the logarithm of their sum is taken from the logarithm of one. NaN where x is not in the window,
/// and where the sum is long, as about the mode, where nothing cancels.
[[nodiscard]] CountInWindow count_in_window(double x, const CountWindow& window);

}  // namespace exmc::density
