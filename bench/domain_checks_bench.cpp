// What the questions whether parameters are in their domains cost: gradients of models in which nothing is provably
// inside, with the questions and without, in turn.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "density/program/program.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/ir/load.hpp"

namespace {

using exmc::density::ModelDensity;
using exmc::density::Program;
using nlohmann::json;

constexpr int kRows = 1000, kColumns = 5;

/// A design whose first column is 1, the others between 0 and 1.
json design() {
  json rows = json::array();
  for (int i = 0; i < kRows; ++i) {
    json row{1.0};
    for (int j = 1; j < kColumns; ++j) row.push_back(std::fmod(0.37 * i * j + 0.11 * j, 1.0));
    rows.push_back(row);
  }
  return rows;
}

json column(double first, double step) {
  json values = json::array();
  for (int i = 0; i < kRows; ++i) values.push_back(first + step * (i % 7));
  return values;
}

struct Case {
  std::string name;
  json observed;  ///< a distribution whose parameters depend on b, without a link
  json data;
};

/// Parameters that are sums of a vector b on the real line, so that no interval is known of them.
std::vector<Case> cases() {
  const std::string sum = "X @ b", share = "0.1 * (X @ b)";
  return {{"normal, sigma for each row", {{"dist", "normal"}, {"mu", 0}, {"sigma", sum}}, column(-1, 0.3)},
          {"normal, one sigma", {{"dist", "normal"}, {"mu", "X @ b"}, {"sigma", "b[0]"}}, column(-1, 0.3)},
          {"student_t, mu and sigma",
           {{"dist", "student_t"}, {"nu", "b[0]"}, {"mu", sum}, {"sigma", sum}},
           column(-1, 0.3)},
          {"poisson", {{"dist", "poisson"}, {"mu", sum}}, column(0, 1)},
          {"negative_binomial", {{"dist", "negative_binomial"}, {"mu", sum}, {"alpha", sum}}, column(0, 1)},
          {"bernoulli", {{"dist", "bernoulli"}, {"p", share}}, json()},
          {"gamma", {{"dist", "gamma"}, {"alpha", sum}, {"beta", sum}}, column(0.5, 0.3)},
          {"beta", {{"dist", "beta"}, {"alpha", sum}, {"beta", sum}}, column(0.1, 0.1)},
          {"exponential", {{"dist", "exponential"}, {"lam", sum}}, column(0.5, 0.3)},
          {"triangular",
           {{"dist", "triangular"}, {"lower", "-9 - b[0]"}, {"c", sum}, {"upper", "20 + b[0]"}},
           column(-1, 0.3)}};
}

exmc::ir::Model model_of(const Case& made) {
  json data = made.data;
  if (data.is_null()) {
    for (int i = 0; i < kRows; ++i) data.push_back(i % 2);
  }
  json observed = made.observed;
  observed["observed"] = "y";
  exmc::ir::ModelSource source;
  source.label = made.name;
  source.text =
      json{{"exmc_ir", 1},
           {"name", "checks"},
           {"data", {{"X", design()}, {"y", data}}},
           {"nodes", {{"b", {{"dist", "normal"}, {"mu", 0}, {"sigma", 1}, {"shape", {kColumns}}}}, {"obs", observed}}}}
          .dump();
  return exmc::ir::load_model(source, {});
}

/// The same program without the questions.
std::shared_ptr<const Program> without_questions(const Program& program) {
  auto bare = std::make_shared<Program>(program);
  bare->density.clear();
  bare->origins.clear();
  for (std::size_t i = 0; i < program.density.size(); ++i) {
    if (program.origins[i].requirement) continue;
    bare->density.push_back(program.density[i]);
    bare->origins.push_back(program.origins[i]);
  }
  return bare;
}

/// Microseconds per call of each: the best of short batches that take turns, since the machine may be busy.
std::pair<double, double> time_in_turn(ModelDensity& first, ModelDensity& second) {
  constexpr int turns = 2000;
  Eigen::VectorXd point = Eigen::VectorXd::Constant(kColumns, 1.25), gradient(kColumns);
  double kept = 0;
  const auto batch = [&](ModelDensity& density, int calls) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) {
      point[1] = 1.25 + 1e-9 * i;
      kept += density.log_density(point, gradient) + gradient[0];
    }
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / calls;
  };
  int calls = 16;
  while (batch(first, calls) * calls < 200) calls *= 2;
  std::vector<double> of_first, of_second;
  for (int turn = 0; turn < turns; ++turn) {
    of_first.push_back(batch(first, calls));
    of_second.push_back(batch(second, calls));
  }
  if (!std::isfinite(kept)) std::printf("(not finite) ");
  return {std::ranges::min(of_first), std::ranges::min(of_second)};
}

}  // namespace

int main() {
  std::printf("| %d rows | questions | us, with | without | more, %% |\n|---|---|---|---|---|\n", kRows);
  for (const Case& made : cases()) {
    const auto program = exmc::density::compile(model_of(made));
    const auto questions =
        std::ranges::count_if(program->origins, [](const auto& origin) { return origin.requirement; });
    ModelDensity with(program), without(without_questions(*program));
    const auto [slower, faster] = time_in_turn(with, without);
    std::printf("| %s | %td | %.3f | %.3f | %.1f |\n", made.name.c_str(), questions, slower, faster,
                100 * (slower / faster - 1));
  }
}
