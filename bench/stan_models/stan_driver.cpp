// Times the log density + gradient of the Stan program that it is linked with, in batches as density_bench's.
//
//   DATA.json POINT      POINT: unconstrained parameters, numbers between spaces
//
// Prints microseconds per evaluation, best and median, and the gradient at the point.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stan/model/gradient.hpp>
#include <vector>

#include "stan_model.hpp"

int main(int, char** argv) {
  const stan::model::model_base& model = open_model(argv[1]);
  std::ifstream numbers(argv[2]);
  std::vector<double> values;
  for (double x; numbers >> x;) values.push_back(x);
  const Eigen::VectorXd position = Eigen::Map<const Eigen::VectorXd>(values.data(), values.size());

  Eigen::VectorXd point = position, gradient(position.size());
  double log_density = 0, kept = 0;
  const auto batch = [&](int calls) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) {
      point[0] = position[0] + 1e-9 * i;
      stan::model::gradient(model, point, log_density, gradient);
      kept += log_density + gradient[0];
    }
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  };
  int calls = 64;
  while (batch(calls) < 1000) calls *= 2;
  std::vector<double> times(60);
  for (double& time : times) time = batch(calls) / calls;
  std::sort(times.begin(), times.end());
  point = position;
  stan::model::gradient(model, point, log_density, gradient);
  std::printf("{\"best\": %.5f, \"median\": %.5f, \"finite\": %s, \"gradient\": [", times.front(), times[30],
              std::isfinite(kept) ? "true" : "false");
  for (Eigen::Index i = 0; i < gradient.size(); ++i) std::printf("%s%.17g", i == 0 ? "" : ", ", gradient[i]);
  std::puts("]}");
}
