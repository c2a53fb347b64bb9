#pragma once

#include <span>

namespace exmc::density {

/// The message exp(-k x^2 / 2 + h x) that is nearest to a likelihood with score L at draws x, in the sense of the
/// Fisher divergence of what is sampled with variance w: k = max(0, -Cov_w(L, x) / Var_w(x)), h = k mean_w(x) +
/// mean_w(L). `mean` values are those, for messages that share one k.
struct FittedMessage {
  double k = 0;
  double mean_x = 0, mean_score = 0;

  [[nodiscard]] double h(double precision) const { return precision > 0 ? precision * mean_x + mean_score : 0; }
};
[[nodiscard]] FittedMessage fit_message(std::span<const double> x, std::span<const double> score,
                                        std::span<const double> weights);

/// The k of a message, as the slope of the score from one point to another of each draw: max(0, -sum of dL dx / sum of
/// dx^2).
[[nodiscard]] double fit_precision(std::span<const double> x, std::span<const double> score,
                                   std::span<const double> other_x, std::span<const double> other_score);

/// The s of SoftLogarithm that makes u nearest to normal: least Var(u) Var(score of u), given ln x and the score of ln
/// x at draws. Among the median of x times 2^(i/2), -4 <= i <= 4: less makes a wall at x = 0; where the tail may be
/// heavy also less the median, and 0, unless a softplus is clearly better: one that meets a heavy tail by mistake costs
/// far more than the other way round.
[[nodiscard]] double fit_scale(std::span<const double> log_x, std::span<const double> score, bool heavy);

}  // namespace exmc::density
