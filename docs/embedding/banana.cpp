// Samples a density of one's own in four chains: its logarithm and gradient over R^2 are all that is asked for.
#include <Eigen/Core>
#include <cstdio>
#include <exmc/diagnostics/convergence.hpp>
#include <exmc/sampler/chain.hpp>
#include <vector>

struct Banana {  // x normal(0, 1), y normal(x^2, 1)
  std::size_t dimension() const { return 2; }
  double log_density(const Eigen::VectorXd& at, Eigen::VectorXd& gradient) {
    const double x = at[0], residual = at[1] - x * x;
    gradient << 2 * x * residual - x, -residual;
    return -0.5 * (x * x + residual * residual);
  }
};

int main() {
  const exmc::sampler::Settings settings{.warmup_iterations = 1000, .draws = 1000};
  std::vector<double> x;
  for (std::uint32_t number = 0; number < 4; ++number) {
    exmc::sampler::Chain chain(Banana{}, settings, {.seed = 1, .chain = {number}});
    while (chain.stage() == exmc::sampler::Stage::warmup) chain.advance();
    for (; chain.stage() == exmc::sampler::Stage::sampling; x.push_back(chain.position()[0])) chain.advance();
  }
  const exmc::diagnostics::DrawsView draws{x, 4, settings.draws};
  std::printf("mean %.3f mcse %.3f rhat %.3f\n", mean(draws), mcse_mean(draws), rhat(draws));
}
