#include "learning.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "exmc/core/random.hpp"
#include "fits.hpp"
#include "learnable.hpp"
#include "spread.hpp"

namespace exmc::density {

namespace {

using Numbers = std::vector<double>;

/// The fewest draws that a message, and a scale, is fitted to, and the most: more cost time and say little.
constexpr std::size_t kFewestForMessages = 4, kFewestForScales = 40, kMost = 200;
/// Of its terms: a score that small is rounding, and nothing is to be learned.
constexpr double kRounding = 1e-9;
/// Of the prior's precision: a message that weak is none.
constexpr double kWeakest = 1e-8;

class Learning {
 public:
  Learning(const Program& program, const Arena& arena) : program_(program), arena_(arena) {}

  void learn(std::span<const std::span<double>> window) {
    for (const std::span<double> position : window) model_position(program_, arena_, position);
    const std::size_t step = (window.size() + kMost - 1) / kMost;
    for (std::size_t i = 0; i < window.size(); i += step) draws_.push_back(window[i]);
    if (draws_.size() >= kFewestForMessages) learn_messages();
    if (draws_.size() >= kFewestForScales) learn_scales();
    for (const std::span<double> position : window) from_model(position);
  }

 private:
  /// Of a variable with slots, element after element: what a message is of, scores and weights at each draw.
  struct Observed {
    Numbers x, score, magnitude, weight, log_scale;
  };

  void place(std::span<const double> position) { std::copy_n(position.data(), program_.dimension, arena_.values); }
  void from_model(std::span<double> position) { sampled_position(program_, arena_, position); }

  [[nodiscard]] const View& view(std::size_t index) const { return program_.inner_views[index]; }
  [[nodiscard]] Numbers read(std::size_t index) const { return read_view(program_, arena_, index); }
  [[nodiscard]] Numbers read_adjoint(std::size_t index) const {
    Numbers numbers(element_count(view(index).shape));
    copy_elements(arena_.adjoints, view(index), numbers.data());
    return numbers;
  }
  double* slots(std::size_t index) { return arena_.values + view(index).offset; }

  void learn_messages();
  void observe(std::size_t variable, std::size_t draw, Observed& into) const;
  void observe_moved(std::size_t variable, std::size_t draw);
  void weigh(std::size_t draw);
  void fit(const LearnedVariable& variable, const Observed& observed, const Observed& moved);
  void learn_scales();

  const Program& program_;
  const Arena& arena_;
  std::vector<std::span<const double>> draws_;  ///< the model's positions
  std::vector<Observed> observed_;              ///< by variable
  std::vector<Observed> moved_;                 ///< the same of vectors, after a step of their own
};

void Learning::learn_messages() {
  const std::vector<LearnedVariable>& variables = program_.learnable->variables;
  observed_.resize(variables.size());
  moved_.resize(variables.size());
  const std::size_t draws = draws_.size();
  for (std::size_t v = 0; v < variables.size(); ++v) {
    if (!variables[v].k) continue;
    for (Numbers* numbers : {&observed_[v].x, &observed_[v].score, &observed_[v].magnitude, &observed_[v].weight,
                             &observed_[v].log_scale}) {
      numbers->assign(variables[v].size * draws, 0.0);
    }
    if (variables[v].vectors) moved_[v] = observed_[v];
  }
  for (std::size_t draw = 0; draw < draws; ++draw) {
    Numbers position(draws_[draw].begin(), draws_[draw].end());
    from_model(position);
    place(position);
    run_density(program_, arena_);
    for (std::size_t v = 0; v < variables.size(); ++v) {
      if (variables[v].k) observe(v, draw, observed_[v]);
    }
    weigh(draw);
    for (std::size_t v = 0; v < variables.size(); ++v) {
      if (variables[v].k && variables[v].vectors) observe_moved(v, draw);
    }
  }
  constexpr int sweeps = 3;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t draw = 0; sweep > 0 && draw < draws; ++draw) {
      place(draws_[draw]);
      run_inverse(program_, arena_);
      weigh(draw);
    }
    for (std::size_t v = 0; v < variables.size(); ++v) {
      if (variables[v].k) fit(variables[v], observed_[v], moved_[v]);
    }
  }
}

/// The score of what lies below x and is in no message yet: the adjoint of x, less what observations say of it and less
/// what variables located at it give back.
void Learning::observe(std::size_t v, std::size_t draw, Observed& into) const {
  const LearnedVariable& variable = program_.learnable->variables[v];
  const std::size_t draws = draws_.size();
  const Numbers x = read(variable.x), log_scale = log_prior_scales(variable, program_, arena_);
  Numbers score = read_adjoint(variable.x), magnitude(variable.size);
  const auto subtract = [&](std::size_t element, double known) {
    score[element] -= known;
    magnitude[element] += std::abs(known);
  };
  for (std::size_t i = 0; i < variable.size; ++i) magnitude[i] = std::abs(score[i]);
  if (variable.seen_k) {
    const Numbers k = read(*variable.seen_k), h = read(*variable.seen_h);
    for (std::size_t i = 0; i < variable.size; ++i) {
      subtract(i, h[i] - k[i] * x[i]);
      magnitude[i] += std::abs(h[i]) + std::abs(k[i] * x[i]);
    }
  }
  for (const LearnedVariable& child : program_.learnable->variables) {
    if (!child.parent || child.parent->variable != v) continue;
    const Numbers of_x = read_adjoint(child.x), of_eta = read_adjoint(child.eta), c = read(*child.c),
                  u = read(child.scale), k = read(*child.precision);
    for (std::size_t i = 0; i < child.size; ++i) {
      const auto element = static_cast<std::size_t>(child.parent->elements[i]);
      const double back = c[i] * u[i] * k[i] * of_eta[i];
      subtract(element, of_x[i] - back);
      magnitude[element] += std::abs(of_x[i]) + std::abs(back);
    }
  }
  const Numbers beside = variable.beside ? read(*variable.beside) : Numbers(variable.size);
  for (std::size_t i = 0; i < variable.size; ++i) {
    into.x[i * draws + draw] = x[i] + beside[i];
    into.score[i * draws + draw] = score[i];
    into.magnitude[i * draws + draw] = magnitude[i];
    into.log_scale[i * draws + draw] = log_scale[i];
  }
}

/// The same where the vector's own eta has made a small step in a random direction and all other variables of the model
/// are as before: by it the precision is told from what comes from elsewhere, such as a level that is added to x.
void Learning::observe_moved(std::size_t v, std::size_t draw) {
  constexpr double length = 0.25;
  const View& block = view(program_.learnable->variables[v].eta);
  const std::size_t first = static_cast<std::size_t>(block.offset), count = element_count(block.shape);
  Numbers moved(draws_[draw].begin(), draws_[draw].end()), position = moved;
  from_model(moved);
  RandomStream random({}, Purpose::start, draw);
  for (std::size_t i = first; i < first + count; ++i) moved[i] += random.uniform() < 0.5 ? -length : length;
  model_position(program_, arena_, moved);
  std::copy_n(moved.data() + first, count, position.data() + first);
  from_model(position);
  place(position);
  run_density(program_, arena_);
  observe(v, draw, moved_[v]);
}

void Learning::weigh(std::size_t draw) {
  const std::vector<LearnedVariable>& variables = program_.learnable->variables;
  for (std::size_t v = 0; v < variables.size(); ++v) {
    if (!variables[v].k) continue;
    const Numbers weights = conditional_variances(variables[v], program_, arena_);
    for (std::size_t i = 0; i < variables[v].size; ++i) {
      observed_[v].weight[i * draws_.size() + draw] = std::isfinite(weights[i]) ? weights[i] : 0;
    }
  }
}

void Learning::fit(const LearnedVariable& variable, const Observed& observed, const Observed& moved) {
  const std::size_t draws = draws_.size();
  std::vector<FittedMessage> fitted;
  double mean_k = 0;
  for (std::size_t i = 0; i < variable.size; ++i) {
    const auto of = [&](const Numbers& numbers) { return std::span(numbers).subspan(i * draws, draws); };
    double size = 0, magnitude = 0, log_scale = 0;
    for (std::size_t draw = 0; draw < draws; ++draw) {
      size += std::abs(of(observed.score)[draw]);
      magnitude += of(observed.magnitude)[draw];
      log_scale += of(observed.log_scale)[draw] / static_cast<double>(draws);
    }
    FittedMessage message;
    if (size > kRounding * magnitude) message = fit_message(of(observed.x), of(observed.score), of(observed.weight));
    if (variable.vectors) {
      message.k = fit_precision(of(observed.x), of(observed.score), of(moved.x), of(moved.score));
    }
    if (!(message.k > kWeakest * std::exp(-2 * log_scale))) message = {};
    fitted.push_back(message);
    mean_k += message.k / static_cast<double>(variable.size);
  }
  for (std::size_t i = 0; i < variable.size; ++i) {
    const double k = variable.one_precision ? mean_k : fitted[i].k;
    if (i == 0 || !variable.one_precision) slots(*variable.k)[i] = k;
    slots(*variable.h)[i] = fitted[i].h(k);
  }
}

void Learning::learn_scales() {
  const std::vector<LearnedScale>& scales = program_.learnable->scales;
  const std::size_t draws = draws_.size();
  std::vector<Numbers> logs, scores;
  for (const LearnedScale& scale : scales) {
    std::fill_n(slots(scale.s), scale.size, 0.0);
    logs.emplace_back(scale.size * draws);
    scores.emplace_back(scale.size * draws);
  }
  for (std::size_t draw = 0; draw < draws; ++draw) {
    Numbers position(draws_[draw].begin(), draws_[draw].end());
    from_model(position);
    place(position);
    run_density(program_, arena_);
    for (std::size_t j = 0; j < scales.size(); ++j) {
      const Numbers log = read(scales[j].u), score = read_adjoint(scales[j].u);
      for (std::size_t i = 0; i < scales[j].size; ++i) {
        logs[j][i * draws + draw] = log[i];
        scores[j][i * draws + draw] = score[i];
      }
    }
  }
  for (std::size_t j = 0; j < scales.size(); ++j) {
    for (std::size_t i = 0; i < scales[j].size; ++i) {
      slots(scales[j].s)[i] = fit_scale(std::span(logs[j]).subspan(i * draws, draws),
                                        std::span(scores[j]).subspan(i * draws, draws), scales[j].heavy);
    }
  }
}

}  // namespace

void learn_coordinates(const Program& program, const Arena& arena, std::span<const std::span<double>> window) {
  Learning(program, arena).learn(window);
}

}  // namespace exmc::density
