#include <array>
#include <cmath>
#include <numbers>

#include "../functions/functions.hpp"
#include "../kernels/special_functions.hpp"
#include "distribution.hpp"
#include "tails.hpp"
#include "variates.hpp"

namespace exmc::density {
namespace {

constexpr double kLogPi = 1.144729885849400174143427351353;

/// ln g((x - mu) / sigma) - ln sigma over (x, mu, sigma, ln sigma), where G::evaluate(z, slope) is ln g and its
/// derivative.
template <class G>
struct LocationScaleTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = G::kConstant;
  static constexpr std::array kVariants = {0b0001U, 0b0011U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[2], z = (p[0] - p[1]) * inverse;
    T slope;
    const T value = G::evaluate(z, slope);
    d[0] = slope * inverse;
    d[1] = -d[0];
    d[2] = z * d[1];
    d[3] = T{} - 1.0;
    return value - p[3];
  }
};

struct Cauchy {
  static constexpr double kConstant = -kLogPi;
  template <class T>
  static T evaluate(T z, T& slope) {
    slope = -2.0 / (z + 1.0 / z);
    return -log1p_square(z);
  }
};

struct Laplace {
  static constexpr double kConstant = -std::numbers::ln2;
  template <class T>
  static T evaluate(T z, T& slope) {
    slope = select(z > 0.0, T{} - 1.0, select(z < 0.0, T{} + 1.0, T{}));
    return -abs(z);
  }
};

/// e^-z / (1 + e^-z)^2, which is even.
struct Logistic {
  static constexpr double kConstant = 0;
  template <class T>
  static T evaluate(T z, T& slope) {
    const T t = exp(-abs(z)), size = (1.0 - t) / (1.0 + t);
    slope = select(z > 0.0, -size, size);
    return -abs(z) - 2.0 * log1p(t);
  }
};

struct Gumbel {
  static constexpr double kConstant = 0;
  template <class T>
  static T evaluate(T z, T& slope) {
    const T t = exp(-z);
    slope = t - 1.0;
    return -z - t;
  }
};

/// The share of the angle that the point (x, y) makes with the x axis in half a turn, y >= 0.
template <class T>
T share_of_angle(T y, T x) {
  T share{};
  if constexpr (std::is_same_v<T, double>) {
    share = std::atan2(y, x);
  } else {
    for (std::size_t lane = 0; lane < kLanes; ++lane) share[lane] = std::atan2(y[lane], x[lane]);
  }
  return share * std::numbers::inv_pi;
}

struct StandardCauchy {
  template <class T>
  static T log_lower(T z, T& slope) {
    const T one = T{} + 1.0, below = share_of_angle(one, -z), above = share_of_angle(one, z);
    const auto left = z < 0.0;
    slope = std::numbers::inv_pi / ((1.0 + z * z) * select(left, below, 1.0 - above));
    return select(left, log(below), log1p(-above));
  }
};

struct StandardHalfCauchy {
  template <class T>
  static T log_lower(T z, T& slope) {
    const T one = T{} + 1.0, size = abs(z), below = 2.0 * share_of_angle(size, one);
    slope = 2 * std::numbers::inv_pi / ((1.0 + z * z) * below);
    const T value = select(z < 1.0, log(below), log1p(-2.0 * share_of_angle(one, size)));
    return select(z > 0.0, value, T{} - detail::kInfinity);
  }
  template <class T>
  static T log_upper(T z, T& slope) {
    const T one = T{} + 1.0, size = abs(z), above = 2.0 * share_of_angle(one, size);
    slope = -2 * std::numbers::inv_pi / ((1.0 + z * z) * above);
    const T value = select(z < 1.0, log1p(-2.0 * share_of_angle(size, one)), log(above));
    return select(z > 0.0, value, T{});
  }
};

struct StandardLaplace {
  template <class T>
  static T log_lower(T z, T& slope) {
    const auto right = z > 0.0;
    const T half = 0.5 * exp(-abs(z));
    slope = select(right, half / (1.0 - half), T{} + 1.0);
    return select(right, log1p(-half), z - std::numbers::ln2);
  }
};

struct StandardLogistic {
  template <class T>
  static T log_lower(T z, T& slope) {
    slope = Sigmoid::value(-z);
    return -Softplus::value(-z);
  }
};

template <class G>
View tail_of(Builder& builder, const View& x, const View& location, const View& scale, Tail tail) {
  return log_probability<LocationScaleTail<G>>(builder, tail, {x, location, scale});
}

template <class G>
void add_location_scale(Builder& builder, const View& x, const View& location, const View& scale) {
  builder.add_term<LocationScaleTerm<G>>({x, location, scale, logarithm(builder, scale)});
}

const std::array kFamily = {
    Distribution{
        .name = "cauchy",
        .parametrisations = {{{"alpha", &kReal}, {"beta", &kPositive}}},
        .generator = {[](Builder&, const Variable& v) {
                        return std::vector{v["alpha"], v["beta"]};
                      },
                      [](const double* p, RandomStream& random) {
                        return p[0] + p[1] * std::tan(std::numbers::pi * (random.uniform() - 0.5));
                      }},
        .support = &kRealSupport,
        .data = &kReal,
        .lower = [](Builder& builder,
                    const Variable& v) { add_location_scale<Cauchy>(builder, v.value, v["alpha"], v["beta"]); },
        .cdf = {{[](Builder& builder, const Variable& v, Tail tail) {
          return tail_of<StandardCauchy>(builder, v.value, v["alpha"], v["beta"], tail);
        }}},
        .location_scale = LocationScale{.location = "alpha", .scale = "beta", .information = 0.5}},
    Distribution{.name = "half_cauchy",
                 .parametrisations = {{{"beta", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) { return std::vector{v["beta"]}; },
                               [](const double* p, RandomStream& random) {
                                 return p[0] * std::tan(0.5 * std::numbers::pi * random.uniform());
                               }},
                 .support = &kPositiveSupport,
                 .data = &kNonNegative,
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       add_location_scale<Cauchy>(builder, v.value, builder.constant(0.0), v["beta"]);
                       builder.add_constant(std::numbers::ln2, v.value.shape);
                     },
                 .cdf = {{[](Builder& builder, const Variable& v, Tail tail) {
                   return tail_of<StandardHalfCauchy>(builder, v.value, builder.constant(0.0), v["beta"], tail);
                 }}}},
    Distribution{.name = "laplace",
                 .parametrisations = {{{"mu", &kReal}, {"b", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["mu"], v["b"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 const double sign = random.uniform() < 0.5 ? -1 : 1;
                                 return p[0] + sign * p[1] * draw_exponential(random);
                               }},
                 .support = &kRealSupport,
                 .data = &kReal,
                 .lower = [](Builder& builder,
                             const Variable& v) { add_location_scale<Laplace>(builder, v.value, v["mu"], v["b"]); },
                 .cdf = {{[](Builder& builder, const Variable& v, Tail tail) {
                   return tail_of<StandardLaplace>(builder, v.value, v["mu"], v["b"], tail);
                 }}},
                 .location_scale = LocationScale{.location = "mu", .scale = "b"}},
    Distribution{.name = "logistic",
                 .parametrisations = {{{"mu", &kReal}, {"s", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["mu"], v["s"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 const double u = random.uniform();
                                 return p[0] + p[1] * (std::log(u) - std::log1p(-u));
                               }},
                 .support = &kRealSupport,
                 .data = &kReal,
                 .lower = [](Builder& builder,
                             const Variable& v) { add_location_scale<Logistic>(builder, v.value, v["mu"], v["s"]); },
                 .cdf = {{[](Builder& builder, const Variable& v, Tail tail) {
                   return tail_of<StandardLogistic>(builder, v.value, v["mu"], v["s"], tail);
                 }}},
                 .location_scale = LocationScale{.location = "mu", .scale = "s", .information = 1.0 / 3.0}},
    Distribution{.name = "gumbel",
                 .parametrisations = {{{"mu", &kReal}, {"beta", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["mu"], v["beta"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 return p[0] - p[1] * std::log(draw_exponential(random));
                               }},
                 .support = &kRealSupport,
                 .data = &kReal,
                 .lower = [](Builder& builder,
                             const Variable& v) { add_location_scale<Gumbel>(builder, v.value, v["mu"], v["beta"]); },
                 .cdf = {{[](Builder& builder, const Variable& v, Tail tail) {
                   return tail_of<StandardGumbel>(builder, v.value, v["mu"], v["beta"], tail);
                 }}},
                 .location_scale = LocationScale{.location = "mu", .scale = "beta"}},
};

}  // namespace

std::span<const Distribution> location_scale_family() { return kFamily; }

}  // namespace exmc::density
