#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "../operations/batched.hpp"
#include "../operations/reductions.hpp"
#include "families.hpp"

/// Hilbert-space approximations of Gaussian processes (Solin and Sarkka 2020; Riutort-Mayol et al. 2022) in
/// expressions. On [-L, L] along each input the eigenfunctions of the Laplacian are L^-1/2 sin(w (x + L)) with the
/// frequency w = j pi / (2 L), j = 1, ..., m.
namespace exmc::density {
namespace {

/// A box of several inputs: how many functions along each, and half its width.
struct Box {
  std::vector<std::size_t> counts;
  std::vector<double> half_widths;

  [[nodiscard]] std::size_t functions() const {
    std::size_t product = 1;
    for (const std::size_t count : counts) product *= count;
    return product;
  }
  [[nodiscard]] double frequency(std::size_t input, std::size_t number) const {
    return static_cast<double>(number + 1) * std::numbers::pi / (2 * half_widths[input]);
  }
  /// Along one input, of one of all functions, the last input's number fastest: from 0.
  [[nodiscard]] std::size_t number(std::size_t function, std::size_t input) const {
    for (std::size_t k = counts.size(); --k > input;) function /= counts[k];
    return function % counts[input];
  }
};

/// From the arguments m and L, each a number or one for each input.
Box box_of(const Builder& builder, const Arguments& given, std::size_t m, std::size_t half_width) {
  Box box;
  for (const std::ptrdiff_t count : given.integers(m)) {
    if (count < 1) given.refuse("takes at least one function along each input, found " + std::to_string(count));
    box.counts.push_back(static_cast<std::size_t>(count));
  }
  const View& widths = given[half_width];
  if (!widths.constant()) given.refuse("takes only data as \"L\", not what depends on parameters");
  if (widths.rank() > 1 || given[m].rank() > 1) given.refuse("takes m and L as numbers, or one for each input");
  box.half_widths = builder.evaluate(widths).values;
  for (const double width : box.half_widths) {
    if (!(width > 0 && std::isfinite(width))) given.refuse("takes positive numbers as \"L\"");
  }
  const std::size_t inputs = std::max(box.counts.size(), box.half_widths.size());
  if (box.counts.size() == 1) box.counts.resize(inputs, box.counts.front());
  if (box.half_widths.size() == 1) box.half_widths.resize(inputs, box.half_widths.front());
  if (box.counts.size() != inputs || box.half_widths.size() != inputs) {
    given.refuse("takes as many m as L, found " + std::to_string(box.counts.size()) + " and " +
                 std::to_string(box.half_widths.size()));
  }
  builder.require_room({box.functions()});
  return box;
}

/// x (n) or (n, inputs), m, L.
View basis(Builder& builder, const Arguments& given) {
  const View& x = given[0];
  if (!x.constant()) given.refuse("takes only data as \"x\", not what depends on parameters");
  if (x.rank() != 1 && x.rank() != 2)
    given.refuse("takes numbers, or a row for each point, found shape " + to_string(x.shape));
  Box box = box_of(builder, given, 1, 2);
  const std::size_t inputs = x.rank() == 1 ? 1 : x.shape[1];
  if (box.counts.size() == 1) {
    box.counts.resize(inputs, box.counts.front());
    box.half_widths.resize(inputs, box.half_widths.front());
  }
  if (box.counts.size() != inputs) {
    given.refuse("takes one m and L or " + std::to_string(inputs) + " of them, found " +
                 std::to_string(box.counts.size()));
  }
  const Array points = builder.evaluate(x);
  Array values{{x.shape[0], box.functions()}, {}};
  builder.require_room(values.shape);
  for (std::size_t i = 0; i < x.shape[0]; ++i) {
    for (std::size_t function = 0; function < box.functions(); ++function) {
      double product = 1;
      for (std::size_t d = 0; d < inputs; ++d) {
        const double width = box.half_widths[d], at = points.values[i * inputs + d];
        if (std::abs(at) > width)
          given.refuse("takes points between -L and L, found one outside: centre x, or widen L");
        product *= std::sin(box.frequency(d, box.number(function, d)) * (at + width)) / std::sqrt(width);
      }
      values.values.push_back(product);
    }
  }
  return builder.constant(values);
}

/// What the square roots of all spectral densities are made of.
struct Spectrum {
  View squares;  ///< (..., functions): sum over inputs of (length scale * frequency)^2
  View factor;   ///< (..., 1): sigma times the square root of the product of length scales
  double inputs;
};

Spectrum spectrum(Builder& builder, const Arguments& given) {
  const Box box = box_of(builder, given, 2, 3);
  const std::size_t inputs = box.counts.size();
  const View &sigma = given[0], &scale = given[1];
  Array frequencies{{box.functions(), inputs}, {}};
  for (std::size_t function = 0; function < box.functions(); ++function) {
    for (std::size_t d = 0; d < inputs; ++d) {
      frequencies.values.push_back(box.frequency(d, box.number(function, d)));
    }
  }
  const View own = inputs == 1 || scale.rank() == 0 ? with_new_axis(scale, scale.rank()) : scale;
  if (own.shape.back() != inputs && own.shape.back() != 1) {
    given.refuse("takes one length scale or " + std::to_string(inputs) + ", found shape " + to_string(scale.shape));
  }
  const View each = broadcast_to(own, joined(batch_of(own.shape, 1), {inputs}));  // (..., inputs)
  const View waves = builder.apply<Multiply>({with_new_axis(each, each.rank() - 1), builder.constant(frequencies)});
  View product = at(each, each.rank() - 1, 0);
  for (std::size_t d = 1; d < inputs; ++d) product = builder.apply<Multiply>({product, at(each, each.rank() - 1, d)});
  if (!broadcast(product.shape, sigma.shape)) {
    given.refuse("shapes " + to_string(sigma.shape) + " and " + to_string(scale.shape) + " do not broadcast");
  }
  const View factor = builder.apply<Multiply>({sigma, builder.apply<Sqrt>({product})});
  return {reduce_sum(builder, builder.apply<Square>({waves}), std::array{waves.rank() - 1}),
          with_new_axis(factor, factor.rank()), static_cast<double>(inputs)};
}

/// sigma^2 (2 pi)^(D / 2) times the product of length scales times e^(-squares / 2).
View exponentiated_quadratic(Builder& builder, const Arguments& given) {
  const Spectrum of = spectrum(builder, given);
  const View decay = exponential(builder, builder.apply<Multiply>({builder.constant(-0.25), of.squares}));
  const View constant = builder.constant(std::pow(2 * std::numbers::pi, 0.25 * of.inputs));
  return builder.apply<Multiply>({builder.apply<Multiply>({constant, of.factor}), decay});
}

/// sigma^2 2^D pi^(D / 2) Gamma(nu + D / 2) (2 nu)^nu / Gamma(nu) times the product of length scales times
/// (2 nu + squares)^-(nu + D / 2), with 2 nu = `Twice`.
template <int Twice>
View matern(Builder& builder, const Arguments& given) {
  const Spectrum of = spectrum(builder, given);
  const double nu = 0.5 * Twice, half = 0.5 * of.inputs;
  const double log_constant = of.inputs * std::log(2.0) + half * std::log(std::numbers::pi) + std::lgamma(nu + half) -
                              std::lgamma(nu) + nu * std::log(2 * nu);
  const View base = builder.apply<Add>({builder.constant(2 * nu), of.squares});
  const View decay = power(builder, base, builder.constant(-0.5 * (nu + half)));
  const View constant = builder.constant(std::exp(0.5 * log_constant));
  return builder.apply<Multiply>({builder.apply<Multiply>({constant, of.factor}), decay});
}

Function spectral(std::string_view name, View (*lower)(Builder&, const Arguments&), std::string_view about) {
  return {name, {{"sigma"}, {"length_scale"}, {"m"}, {"L"}}, lower, about};
}

const std::vector<Function> kFunctions = {
    {"hsgp_basis",
     {{"x"}, {"m"}, {"L"}},
     basis,
     "the values (n, m) of m eigenfunctions of the Laplacian on [-L, L] at data x (n); of x (n, D) all products of "
     "m[d] along each input"},
    spectral("hsgp_sqrt_spd_exp_quad", exponentiated_quadratic,
             "standard deviations (m) of the coefficients of `hsgp_basis` for `gp_exp_quad_cov`: square roots of its "
             "spectral density"),
    spectral("hsgp_sqrt_spd_matern32", matern<3>, "the same for `gp_matern32_cov`"),
    spectral("hsgp_sqrt_spd_matern52", matern<5>, "the same for `gp_matern52_cov`"),
};

}  // namespace

std::span<const Function> basis_functions() { return kFunctions; }

}  // namespace exmc::density
