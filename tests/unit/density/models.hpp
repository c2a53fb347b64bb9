#pragma once

#include <memory>
#include <string>

#include "exmc/density/model_density.hpp"
#include "exmc/ir/load.hpp"

namespace exmc::density::testing {

/// A model of a file below configs, with its data.
inline ir::Model load_configured(const std::string& file) {
  ir::ModelSource source;
  source.file = std::string(EXMC_SOURCE_DIR) + "/configs/" + file;
  return ir::load_model(source, [](const std::string&, const std::string&, std::uint64_t) -> Array {
    throw std::logic_error("the examples need no HDF5");
  });
}

inline ir::Model load_example(const std::string& name) { return load_configured("models/" + name + ".json"); }

/// A model from its text alone.
inline ir::Model parse_model(const std::string& text) {
  ir::ModelSource source;
  source.text = text;
  source.label = "model.json";
  return ir::load_model(source, [](const std::string&, const std::string&, std::uint64_t) -> Array {
    throw std::logic_error("no HDF5 here");
  });
}

}  // namespace exmc::density::testing
