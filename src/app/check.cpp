#include "check.hpp"

#include <fmt/core.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "draw_row.hpp"
#include "exmc/core/text.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/sampler/starting_point.hpp"
#include "job.hpp"
#include "output_layout.hpp"
#include "starts.hpp"

namespace exmc::app {
namespace {

constexpr Eigen::Index kMostDifferences = 50;

/// Derivative of the log density along one axis: a central difference, extrapolated once (Richardson).
double difference(density::ModelDensity& density, const Eigen::VectorXd& position, Eigen::Index axis) {
  Eigen::VectorXd moved = position, unused(position.size());
  const auto central = [&](double step) {
    moved[axis] = position[axis] + step;
    const double above = density.log_density(moved, unused);
    moved[axis] = position[axis] - step;
    const double below = density.log_density(moved, unused);
    moved[axis] = position[axis];
    return (above - below) / (2 * step);
  };
  const double step = 1e-3 * std::max(1.0, std::abs(position[axis]));
  return (4 * central(step / 2) - central(step)) / 3;
}

double worst_gradient_error(density::ModelDensity& density, const Eigen::VectorXd& position,
                            const Eigen::VectorXd& gradient) {
  double worst = 0;
  const auto axes = std::min(position.size(), kMostDifferences);
  for (Eigen::Index axis = 0; axis < axes; ++axis) {
    const double error = std::abs(difference(density, position, axis) - gradient[axis]);
    worst = std::max(worst, error / std::max(1.0, std::abs(gradient[axis])));
  }
  return worst;
}

double microseconds_per_gradient(density::ModelDensity& density, const Eigen::VectorXd& position) {
  using Clock = std::chrono::steady_clock;
  Eigen::VectorXd gradient(position.size());
  double best = INFINITY;
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(100);
  for (int batch = 1; Clock::now() < end; batch *= 2) {
    const Clock::time_point start = Clock::now();
    for (int call = 0; call < batch; ++call) density.log_density(position, gradient);
    best = std::min(best, std::chrono::duration<double, std::micro>(Clock::now() - start).count() / batch);
  }
  return best;
}

std::string distribution_of(const ir::Node& node) {
  if (const auto* imputed = std::get_if<ir::Imputed>(&node.kind)) return "missing of " + imputed->of;
  return std::get<ir::RandomVariable>(node.kind).distribution;
}

void print_parameters(const ir::Model& model, const density::ModelDensity& density) {
  using Row = std::array<std::string, 6>;
  std::map<std::string, std::string> learned;
  for (const density::CoordinateDescription& variable : density.describe_coordinates()) {
    learned[variable.name] = variable.how;
  }
  std::vector<Row> table{{"parameter", "distribution", "shape", "support", "unconstrained", "sampled"}};
  for (const density::FreeParameter& parameter : density.parameters()) {
    const auto how = learned.find(parameter.name);
    const ir::Node& node = ir::node_of(model, parameter.name);
    table.push_back({node.output_name(), distribution_of(node), to_string(parameter.shape), parameter.support,
                     std::to_string(parameter.size), how == learned.end() ? "as it is" : how->second});
  }
  std::array<std::size_t, 6> widths{};
  for (const Row& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : table) {
    fmt::print("{:<{}}  {:<{}}  {:<{}}  {:<{}}  {:>{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2], widths[2],
               row[3], widths[3], row[4], widths[4], row[5]);
  }
}

void print_unnormalised(const ir::Model& model, const density::ModelDensity& density) {
  for (const density::FreeParameter& parameter : density.parameters()) {
    if (parameter.unnormalised.empty()) continue;
    fmt::print("{} is not normalised: {}\n", ir::output_name(model, parameter.name), parameter.unnormalised);
  }
}

}  // namespace

void check_config(const Options& options, std::uint32_t default_chains) {
  const Job job = load_job(options, default_chains);
  const Programs programs = compile(job, 1);
  density::ModelDensity density(programs.density);
  print_parameters(job.model, density);
  print_unnormalised(job.model, density);
  const auto dimension = static_cast<Eigen::Index>(density.dimension());
  sampler::PhasePoint start;  // chain 0's
  start.position.resize(dimension);
  start.gradient.resize(dimension);
  sampler::find_start(density, {*job.config.seed, ChainId{0}}, Starts(job).of(ChainId{0}), start);
  fmt::print("unconstrained dimension    {}\n", density.dimension());
  fmt::print("numbers saved per draw     {}\n", DrawRow(job, programs).size());
  fmt::print("initial log density        {:.6g}\n", start.lp);
  fmt::print("gradient vs differences    {:.1e} (largest error, relative to max(1, |gradient|))\n",
             worst_gradient_error(density, start.position, start.gradient));
  fmt::print("time per gradient          {:.3g} us\n", microseconds_per_gradient(density, start.position));
  fmt::print("expected file size         {} ({} chains of {} draws)\n",
             in_bytes(io::expected_bytes(output_layout(job, programs, ""))), *job.config.chains,
             job.config.sampler.draws);
  std::fflush(stdout);
}

}  // namespace exmc::app
