#include "categories.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "../functions/functions.hpp"
#include "../numbers/special.hpp"
#include "../operations/batched.hpp"
#include "../operations/reductions.hpp"
#include "distribution.hpp"
#include "exmc/core/text.hpp"
#include "terms.hpp"

/// One of several categories, counted from 0.
namespace exmc::density {
namespace {

double pick_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<2>(instruction, arena,
                    [](const Inputs<2>& at) { *at.out = at.in[0][static_cast<std::size_t>(*at.in[1])]; });
  return 0;
}

void pick_reverse(const Instruction& instruction, const Arena& arena) {
  for_each_adjoint<2>(instruction, arena, [](const Adjoints<2>& at) {
    at.in_adjoint[0][static_cast<std::size_t>(*at.in[1])] += *at.out_adjoint;
  });
}

/// The element of each vector that an index, which is data, says.
View pick(Builder& builder, const View& vectors, const View& index) {
  return emit_batched(builder, {pick_forward, pick_reverse, {vectors, index}, {1, 0}});
}

void require_categories(const Builder& builder, const View& x, std::size_t count) {
  const Array values = builder.evaluate(x);
  for (std::size_t i = 0; i < values.values.size(); ++i) {
    if (values.values[i] < static_cast<double>(count)) continue;
    const std::string element = element_name(x.shape, i);
    builder.refuse("expected categories from 0 to " + std::to_string(count - 1) + ", found " +
                   shortest(values.values[i]) + (element.empty() ? "" : " at " + element));
  }
}

void lower_categorical(Builder& builder, const Variable& v) {
  const View& weights = v.has("p") ? v["p"] : v["logit_p"];
  require_categories(builder, v.value, weights.shape.back());
  if (v.has("logit_p")) {
    const View logs = log_softmax(builder, weights, std::array{weights.rank() - 1});
    return builder.add_values(broadcast_to(pick(builder, logs, v.value), v.value.shape));
  }
  // Logarithms of whichever are fewer: all probabilities, or those of what was observed.
  const bool few = element_count(weights.shape) <= element_count(v.value.shape);
  const View picked =
      few ? pick(builder, logarithm(builder, weights), v.value) : logarithm(builder, pick(builder, weights, v.value));
  builder.add_values(broadcast_to(picked, v.value.shape));
}

/// ln(sigmoid(upper - eta) - sigmoid(lower - eta)) over (eta, lower, upper, whether there is a lower, an upper cut):
/// the difference is sigmoid(upper - eta) sigmoid(eta - lower) (1 - e^(lower - upper)).
struct OrderedLogisticTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b11110U, 0b11111U};
  template <class T>
  static T log_sigmoid(T x) {
    return select(x < 0.0, x, T{}) - log1p(exp(-abs(x)));
  }
  template <class T>
  static T sigmoid(T x) {
    const T t = exp(-abs(x));
    return select(x < 0.0, t, T{} + 1.0) / (1.0 + t);
  }
  template <class T>
  static T evaluate(const T* p, T* d) {
    const auto below = p[3] > 0.0, above = p[4] > 0.0, both = (p[3] * p[4]) > 0.0;
    const T from = p[0] - p[1], to = p[2] - p[0], gap = select(both, p[2] - p[1], T{} + 1.0);
    const T of_gap = select(both, 1.0 / expm1(gap), T{});
    const T of_lower = select(below, sigmoid(-from), T{}), of_upper = select(above, sigmoid(-to), T{});
    d[0] = of_lower - of_upper;
    d[1] = -of_lower - of_gap;
    d[2] = of_upper + of_gap;
    d[3] = d[4] = T{};
    return select(above, log_sigmoid(to), T{}) + select(below, log_sigmoid(from), T{}) +
           select(both, select(gap > 0.0, log1m_exp(-gap), T{} + detail::kNaN), T{});
  }
};

void lower_ordered_logistic(Builder& builder, const Variable& v) {
  const View& cuts = v["cutpoints"];
  const auto last = static_cast<double>(cuts.shape.back());  // category
  require_categories(builder, v.value, cuts.shape.back() + 1);
  Array lower = builder.evaluate(v.value), upper = lower, below = lower, above = lower;
  for (std::size_t i = 0; i < lower.values.size(); ++i) {
    const double category = lower.values[i];
    below.values[i] = category > 0 ? 1 : 0;
    above.values[i] = category < last ? 1 : 0;
    lower.values[i] = std::max(category - 1, 0.0);
    upper.values[i] = std::min(category, last - 1);
  }
  const auto cut = [&](const Array& index) { return pick(builder, cuts, builder.constant(index)); };
  builder.add_term<OrderedLogisticTerm>(
      {v["eta"], cut(lower), cut(upper), builder.constant(below), builder.constant(above)});
}

/// The category at which the sum of the weights reaches a random share of the whole; weight(k) of each.
template <class Weight>
double choose(std::size_t count, Weight&& weight, RandomStream& random) {
  double whole = 0;
  for (std::size_t k = 0; k < count; ++k) whole += weight(k);
  double rest = random.uniform() * whole, last = detail::kNaN;
  if (!(whole > 0 && whole < detail::kInfinity)) return last;
  for (std::size_t k = 0; k < count; ++k) {
    const double share = weight(k);
    if (share > 0) last = static_cast<double>(k);
    if (rest < share) break;
    rest -= share;
  }
  return last;
}

/// Given weights and how many there are.
void draw_by_weights(const EventOperand* operands, const std::size_t*, double* category, RandomStream& random) {
  *category = choose(static_cast<std::size_t>(*operands[1]), operands[0], random);
}

/// Given logarithms of weights and how many there are.
void draw_by_logits(const EventOperand* operands, const std::size_t*, double* category, RandomStream& random) {
  const EventOperand& logits = operands[0];
  const auto count = static_cast<std::size_t>(*operands[1]);
  double largest = -detail::kInfinity;
  for (std::size_t k = 0; k < count; ++k) largest = std::max(largest, logits(k));
  *category = choose(
      count, [&](std::size_t k) { return std::exp(logits(k) - largest); }, random);
}

View draw_by(EventDraw draw, Builder& builder, const View& weights, const Shape& shape) {
  const View count = builder.constant(static_cast<double>(weights.shape.back()));
  const std::array<Builder::EventView, 2> operands{{{weights, 1}, {count}}};
  return builder.draw_events(draw, operands, shape, 0);
}

View draw_categorical(Builder& builder, const Variable& v, const Shape& shape) {
  return v.has("p") ? draw_by(draw_by_weights, builder, v["p"], shape)
                    : draw_by(draw_by_logits, builder, v["logit_p"], shape);
}

/// How many cuts a logistic variable around eta is above. Given eta, cuts, and how many there are.
void draw_ordered(const EventOperand* operands, const std::size_t*, double* category, RandomStream& random) {
  const double u = random.uniform(), latent = *operands[0] + std::log(u / (1 - u));
  const auto count = static_cast<std::size_t>(*operands[2]);
  *category = std::isnan(latent) ? detail::kNaN : 0;
  for (std::size_t k = 0; k < count; ++k) *category += operands[1](k) < latent ? 1 : 0;
}

View draw_ordered_logistic(Builder& builder, const Variable& v, const Shape& shape) {
  const View& cuts = v["cutpoints"];
  const View count = builder.constant(static_cast<double>(cuts.shape.back()));
  const std::array<Builder::EventView, 3> operands{{{v["eta"]}, {cuts, 1}, {count}}};
  return builder.draw_events(draw_ordered, operands, shape, 0);
}

const std::array kFamily = {
    Distribution{.name = "categorical",
                 .points = "0 to the length of the vector - 1",
                 .parametrisations = {{{.name = "p", .domain = &kSimplex, .axes = "k"}},
                                      {{.name = "logit_p", .domain = &kReal, .axes = "k"}}},
                 .generator = {.array = draw_categorical},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_categorical},
    Distribution{.name = "ordered_logistic",
                 .about = "`cutpoints` increase",
                 .points = "0 to the number of cutpoints",
                 .parametrisations = {{{"eta", &kReal}, {.name = "cutpoints", .domain = &kIncreasing, .axes = "k"}}},
                 .generator = {.array = draw_ordered_logistic},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_ordered_logistic},
};

}  // namespace

View draw_category(Builder& builder, const View& weights, const Shape& shape) {
  return draw_by(draw_by_weights, builder, weights, shape);
}

std::span<const Distribution> category_family() { return kFamily; }

}  // namespace exmc::density
