// Any bytes as a model: they are compiled and evaluated once, or refused with an InputError of one line. Everything
// else (another exception, a crash, a leak, more memory than the limit) is a finding.

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "exmc/core/error.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/ir/load.hpp"

namespace {

constexpr std::uint64_t kMemoryLimit = std::uint64_t{16} << 20U;

exmc::Array no_dataset(const std::string&, const std::string&, std::uint64_t) {
  throw exmc::InputError("no HDF5 file is here");
}

void require(bool holds) {
  if (!holds) std::abort();
}

void evaluate(const exmc::ir::Model& model) {
  exmc::density::ModelDensity density(exmc::density::compile(model, kMemoryLimit));
  const auto dimension = static_cast<Eigen::Index>(density.dimension());
  const Eigen::VectorXd position = Eigen::VectorXd::Constant(dimension, 0.25);
  Eigen::VectorXd gradient(dimension);
  const double first = density.log_density(position, gradient);
  const double second = density.log_density(position, gradient);
  require(first == second || (first != first && second != second));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  exmc::ir::ModelSource source;
  source.text.assign(reinterpret_cast<const char*>(data), size);
  source.folder = EXMC_FUZZ_FOLDER;
  source.label = "model";
  source.memory_limit = kMemoryLimit;
  try {
    const exmc::ir::Model model = exmc::ir::load_model(source, no_dataset);
    evaluate(model);
    const std::string bytes = exmc::ir::encode(model);
    require(exmc::ir::encode(exmc::ir::decode(bytes)) == bytes);
  } catch (const exmc::InputError& error) {
    require(std::string_view(error.what()).find('\n') == std::string_view::npos);
  }
  return 0;
}
