#include <array>
#include <cmath>
#include <numbers>

#include "../functions/functions.hpp"
#include "distribution.hpp"
#include "tails.hpp"
#include "variates.hpp"

namespace exmc::density {
namespace {

constexpr double kImpossible = -detail::kInfinity;

/// -ln(upper - lower) over (x, lower, upper); -inf elsewhere.
struct UniformTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b001U, 0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T width = p[2] - p[1];
    d[0] = T{};
    d[1] = 1.0 / width;
    d[2] = -d[1];
    return select((p[0] >= p[1]) & (p[0] <= p[2]), -log(width), T{} + kImpossible);
  }
};

/// ln 2 + ln(distance of x from the end on its side of c) - ln(that of c) - ln(upper - lower) over (x, lower, c,
/// upper); -inf elsewhere.
struct TriangularTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = std::numbers::ln2;
  static constexpr std::array kVariants = {0b0001U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const auto below = p[0] < p[2];
    const T end = select(below, p[1], p[3]), width = p[3] - p[1];
    const T of_x = 1.0 / (p[0] - end), of_c = 1.0 / (p[2] - end), of_width = 1.0 / width, of_end = of_c - of_x;
    d[0] = of_x;
    d[1] = of_width + select(below, of_end, T{});
    d[2] = -of_c;
    d[3] = select(below, T{}, of_end) - of_width;
    const T value = log(abs(p[0] - end)) - log(abs(p[2] - end)) - log(width);
    return select((p[0] >= p[1]) & (p[0] <= p[3]), value, T{} + kImpossible);
  }
};

/// ln alpha + alpha ln m - (alpha + 1) ln x over (ln x, alpha, ln m, ln alpha); -inf below m.
struct ParetoTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b0001U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T distance = p[0] - p[2];
    d[0] = -p[1] - 1.0;
    d[1] = -distance;
    d[2] = p[1];
    d[3] = T{} + 1.0;
    return select(distance >= 0.0, p[3] - p[1] * distance - p[0], T{} + kImpossible);
  }
};

void lower_pareto(Builder& builder, const Variable& v) {
  const View& alpha = v["alpha"];
  builder.add_term<ParetoTerm>(
      {logarithm(builder, v.value), alpha, logarithm(builder, v["m"]), logarithm(builder, alpha)});
}

/// Each side of the mode is a square root of uniform numbers.
double draw_triangular(const double* p, RandomStream& random) {
  const double lower = p[0], mode = p[1], upper = p[2], width = upper - lower;
  const bool below = random.uniform() * width < mode - lower;
  const double distance = std::sqrt(random.uniform());
  return below ? lower + (mode - lower) * distance : upper - (upper - mode) * distance;
}

/// -alpha (ln x - ln m), the logarithm of the upper tail, over (ln x, alpha, ln m).
struct ParetoSurvival {
  static constexpr std::size_t kOperands = 3;
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T distance = p[0] - p[2];
    d[0] = -p[1];
    d[1] = -distance;
    d[2] = p[1];
    return select(distance > 0.0, -p[1] * distance, T{});
  }
};

View pareto_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<KnownTail<ParetoSurvival, Tail::upper>>(
      builder, tail, {log_of_positive(builder, v.value), v["alpha"], logarithm(builder, v["m"])});
}

/// Over (x, lower, c, upper). With `end` on the side of c where x is, (x - end)^2 / ((other - end) (c - end)) lies
/// between x and the end; what lies between x and the other end is written as a sum, too.
struct TriangularTail {
  static constexpr std::size_t kOperands = 4;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const auto below = p[0] < p[2];
    const T end = select(below, p[1], p[3]), other = select(below, p[3], p[1]);
    const T of_x = 1.0 / (p[0] - end), of_c = 1.0 / (p[2] - end), of_width = 1.0 / (other - end);
    const auto inside = (p[0] > p[1]) & (p[0] < p[3]);
    const T share = select(inside, (p[0] - end) * of_width * ((p[0] - end) * of_c), T{});
    const T to_c = ((p[2] - end) + (p[0] - end)) * of_c * (p[2] - p[0]);
    const T rest = select(inside, (other - p[2] + to_c) * of_width, T{} + 1.0);
    const T known = log(share), complementary = log(rest);
    const auto is_known = tail == Tail::lower ? below : !below;
    const T value = select(is_known, known, complementary);
    const T factor = select(is_known, T{} + 1.0, -share / rest);
    const T of_end = (of_width + of_c - 2.0 * of_x) * factor, of_other = -of_width * factor;
    d[0] = 2.0 * of_x * factor;
    d[1] = select(below, of_end, of_other);
    d[2] = -of_c * factor;
    d[3] = select(below, of_other, of_end);
    return value;
  }
};

View triangular_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<TriangularTail>(builder, tail, {v.value, v["lower"], v["c"], v["upper"]});
}

View uniform_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<UniformTail>(builder, tail, {v.value, v["lower"], v["upper"]});
}

const std::array kFamily = {
    Distribution{
        .name = "uniform",
        .points = "from `lower` to `upper`",
        .parametrisations = {{{"lower", &kReal}, {"upper", &kReal}}},
        .generator = {[](Builder&, const Variable& v) {
                        return std::vector{v["lower"], v["upper"]};
                      },
                      [](const double* p, RandomStream& random) { return p[0] + (p[1] - p[0]) * random.uniform(); }},
        .support = &kRealSupport,
        .data = &kReal,
        .lower_bound = "lower",
        .upper_bound = "upper",
        .lower =
            [](Builder& builder, const Variable& v) {
              builder.add_term<UniformTerm>({v.value, v["lower"], v["upper"]});
            },
        .cdf = {{uniform_tail}}},
    Distribution{.name = "triangular",
                 .about = "`c` is the mode",
                 .points = "from `lower` to `upper`",
                 .parametrisations = {{{"lower", &kReal}, {"c", &kReal}, {"upper", &kReal}}},
                 .relations = {{"lower up to c", "lower", "c"}, {"c up to upper", "c", "upper"}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["lower"], v["c"], v["upper"]};
                               },
                               draw_triangular},
                 .support = &kRealSupport,
                 .data = &kReal,
                 .lower_bound = "lower",
                 .upper_bound = "upper",
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       builder.add_term<TriangularTerm>({v.value, v["lower"], v["c"], v["upper"]});
                     },
                 .cdf = {{triangular_tail}}},
    Distribution{.name = "pareto",
                 .points = "from `m` on",
                 .parametrisations = {{{"alpha", &kPositive}, {"m", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["alpha"], v["m"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 return p[1] * std::exp(draw_exponential(random) / p[0]);
                               }},
                 .support = &kPositiveSupport,
                 .data = &kPositive,
                 .lower_bound = "m",
                 .lower = lower_pareto,
                 .cdf = {{pareto_tail}}},
    Distribution{.name = "flat",
                 .about = "the log density is 0",
                 .points = "real; or a `\"support\"` [of those below](#supports); or `lower`, `upper` or both",
                 .parametrisations = {{},
                                      {{"lower", &kExtendedReal}},
                                      {{"upper", &kExtendedReal}},
                                      {{"lower", &kExtendedReal}, {"upper", &kExtendedReal}}},
                 .support = &kRealSupport,
                 .data = &kReal,
                 .lower_bound = "lower",
                 .upper_bound = "upper",
                 .any_support = true,
                 .lower = [](Builder&, const Variable&) {}},
    Distribution{.name = "half_flat",
                 .about = "the log density is 0",
                 .parametrisations = {{}},
                 .support = &kPositiveSupport,
                 .data = &kNonNegative,
                 .lower = [](Builder&, const Variable&) {}},
};

}  // namespace

std::span<const Distribution> bounded_family() { return kFamily; }

}  // namespace exmc::density
