// Samples the Stan program that it is linked with as CmdStan does by default: NUTS with an adapted diagonal metric,
// 1000 + 1000 iterations, target acceptance 0.8, depth 10; a process for each chain, all at once.
//
//   DATA.json SEED CHAINS OUT    draws of chain i in OUT.i.csv, without the warm-up
//
// A chain prints a line of JSON: gradients (warm-up, draws), divergences, when it began and ended (seconds of the
// machine's monotonic clock), and its processor time between the two.
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stan/callbacks/interrupt.hpp>
#include <stan/callbacks/logger.hpp>
#include <stan/callbacks/structured_writer.hpp>
#include <stan/callbacks/writer.hpp>
#include <stan/io/empty_var_context.hpp>
#include <stan/services/sample/hmc_nuts_diag_e_adapt.hpp>
#include <stan/services/util/create_unit_e_diag_inv_metric.hpp>
#include <string>
#include <vector>

#include "stan_model.hpp"

namespace {

constexpr int warmup = 1000;
constexpr int draws = 1000;

double monotonic() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double processor_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Writes the draws as CSV; of the warm-up it counts the gradients only.
class DrawWriter : public stan::callbacks::writer {
 public:
  explicit DrawWriter(const std::string& file) : out_(file) { out_.precision(17); }

  void operator()(const std::vector<std::string>& names) override {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "n_leapfrog__") leapfrog_ = i;
      if (names[i] == "divergent__") divergent_ = i;
      out_ << (i ? "," : "") << names[i];
    }
    out_ << '\n';
  }

  void operator()(const std::vector<double>& row) override {
    const bool warming = row_++ < warmup;
    (warming ? warmup_gradients : draw_gradients) += static_cast<long>(row[leapfrog_]);
    if (warming) return;
    divergences += static_cast<long>(row[divergent_]);
    for (std::size_t i = 0; i < row.size(); ++i) out_ << (i ? "," : "") << row[i];
    out_ << '\n';
  }

  long warmup_gradients = 0, draw_gradients = 0, divergences = 0;

 private:
  std::ofstream out_;
  std::size_t leapfrog_ = 0, divergent_ = 0;
  int row_ = 0;
};

int sample(stan::model::model_base& model, unsigned int seed, unsigned int chain, const std::string& file) {
  DrawWriter writer(file);
  stan::callbacks::logger silent;
  stan::callbacks::interrupt interrupt;
  stan::callbacks::writer none;
  stan::callbacks::structured_writer none_structured;
  stan::io::empty_var_context init;
  auto metric = stan::services::util::create_unit_e_diag_inv_metric(model.num_params_r());
  const double began = monotonic(), cpu_before = processor_time();
  const int code = stan::services::sample::hmc_nuts_diag_e_adapt(
      model, init, metric, seed, chain, /*init_radius=*/2, warmup, draws, /*thin=*/1, /*save_warmup=*/true,
      /*refresh=*/0,
      /*stepsize=*/1, /*jitter=*/0, /*max_depth=*/10, /*delta=*/0.8, /*gamma=*/0.05, /*kappa=*/0.75, /*t0=*/10,
      /*init_buffer=*/75, /*term_buffer=*/50, /*window=*/25, interrupt, silent, none, writer, none, none_structured);
  std::printf(
      "{\"warmup_gradients\": %ld, \"draw_gradients\": %ld, \"divergences\": %ld, \"began\": %.9f, \"ended\": %.9f, "
      "\"cpu\": %.6f}\n",
      writer.warmup_gradients, writer.draw_gradients, writer.divergences, began, monotonic(),
      processor_time() - cpu_before);
  return code;
}

}  // namespace

int main(int, char** argv) {
  const auto seed = static_cast<unsigned int>(std::atoi(argv[2]));
  const int chains = std::atoi(argv[3]);
  stan::model::model_base& model = open_model(argv[1]);
  for (int chain = 1; chain <= chains; ++chain) {
    if (fork() == 0)
      return sample(model, seed, static_cast<unsigned int>(chain), argv[4] + ("." + std::to_string(chain)) + ".csv");
  }
  int worst = 0;
  for (int status = 0; wait(&status) > 0;) worst = status != 0 ? 1 : worst;
  return worst;
}
