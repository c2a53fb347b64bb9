#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exmc/density/model_density.hpp"
#include "models.hpp"

namespace exmc::density::testing {

/// By variable, row-major.
using Values = std::map<std::string, std::vector<double>>;

inline std::string model_text(const std::string& nodes, const std::string& data) {
  return R"({"exmc_ir": 1, "name": "m", "data": )" + data + R"(, "nodes": {)" + nodes + "}}";
}

/// A compiled model, and what its draws are at a position.
struct Model {
  explicit Model(std::shared_ptr<const Program> program) : density(std::move(program)) {}
  explicit Model(const std::string& nodes, const std::string& data = "{}", OutputSelection selection = {})
      : Model(compile(parse_model(model_text(nodes, data)), kDefaultMemory, selection)) {}

  Values at(std::vector<double> position, OutputGroup group, std::uint64_t iteration = 0, std::uint32_t chain = 0) {
    const auto size = static_cast<Eigen::Index>(position.size());
    std::vector<double> row(density.saved_size());
    density.write_saved(Eigen::VectorXd::Map(position.data(), size), row, {{1, ChainId{chain}}, iteration});
    Values values;
    for (const SavedVariable& variable : density.saved_variables()) {
      if (variable.group != group) continue;
      const auto begin = row.begin() + static_cast<std::ptrdiff_t>(variable.offset);
      values[variable.name] = {begin, begin + static_cast<std::ptrdiff_t>(element_count(variable.shape))};
    }
    return values;
  }

  ModelDensity density;
};

}  // namespace exmc::density::testing
