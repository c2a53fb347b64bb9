#pragma once

#include <filesystem>
#include <string>

#include "exmc/core/error.hpp"
#include "exmc/ir/load.hpp"

namespace exmc::ir {

/// A model that stands in a config.
inline Model load_text(const std::string& text, const std::filesystem::path& folder = ".") {
  ModelSource source;
  source.text = text;
  source.label = "model.json";
  source.folder = folder;
  source.data_label = "config.json";
  return load_model(source, {});
}

/// The message of the InputError that `action` throws; empty when it throws none.
template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace exmc::ir
