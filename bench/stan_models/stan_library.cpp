// The Stan program that it is linked with as a shared library for ctypes, which is what walnutpie samples: log density
// and gradient of a point on the unconstrained scale, from any thread, and the way back to the program's parameters.
#include <atomic>
#include <boost/random/mixmax.hpp>
#include <cstring>
#include <limits>
#include <stan/model/gradient.hpp>
#include <stan/services/util/create_rng.hpp>
#include <string>
#include <vector>

#include "stan_model.hpp"

namespace {
struct Model {
  stan::model::model_base& stan;
  std::atomic<long> gradients{0};
  std::string names;
};
}  // namespace

extern "C" {

void* stan_open(const char* data_file) { return new Model{open_model(data_file)}; }

int stan_dimension(void* model) { return static_cast<int>(static_cast<Model*>(model)->stan.num_params_r()); }

long stan_gradients(void* model) { return static_cast<Model*>(model)->gradients.load(); }

// Names of the parameters' scalars as in Stan's CSV files, with commas between them.
const char* stan_names(void* handle) {
  auto& model = *static_cast<Model*>(handle);
  std::vector<std::string> names;
  model.stan.constrained_param_names(names, false, false);
  model.names.clear();
  for (const auto& name : names) model.names += (model.names.empty() ? "" : ",") + name;
  return model.names.c_str();
}

// The callback that walnutpie asks for; `data` is the model. A point without a density has none: -infinity.
int stan_gradient(std::size_t size, double* point, double* gradient, double* log_density, void* data) {
  static thread_local stan::math::ChainableStack tape;
  auto& model = *static_cast<Model*>(data);
  model.gradients.fetch_add(1, std::memory_order_relaxed);
  const auto length = static_cast<Eigen::Index>(size);
  Eigen::VectorXd result(length);
  try {
    Eigen::VectorXd position = Eigen::Map<Eigen::VectorXd>(point, length);
    stan::model::gradient(model.stan, position, *log_density, result);
  } catch (const std::exception&) {
    *log_density = -std::numeric_limits<double>::infinity();
    result.setZero();
  }
  std::memcpy(gradient, result.data(), size * sizeof(double));
  return 0;
}

// From the unconstrained scale to the program's parameters, in the order of stan_names.
void stan_constrain(void* handle, double* point, double* parameters) {
  auto& model = static_cast<Model*>(handle)->stan;
  auto random = stan::services::util::create_rng(1, 1);
  Eigen::VectorXd position = Eigen::Map<Eigen::VectorXd>(point, static_cast<Eigen::Index>(model.num_params_r())),
                  values;
  model.write_array(random, position, values, false, false);
  std::memcpy(parameters, values.data(), static_cast<std::size_t>(values.size()) * sizeof(double));
}
}
