#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/memory.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::ir {

/// Where a run's model comes from: a file or a text within the config, and what the config says about its data.
struct ModelSource {
  std::optional<std::filesystem::path> file;  ///< the model's file; when absent,
  std::string text;                           ///< this is the JSON text of a model that stands in the config,
  std::filesystem::path folder;               ///< which may name files in this folder
  std::string label;                          ///< where the config names the model: "config.json: model"
  std::string data_text = "{}";               ///< entries that replace or add to the model's; may name any file, paths
                                              ///< relative to the working directory
  std::string data_label;                     ///< what messages call their source: "config.json"
  std::uint64_t memory_limit = kUnlimitedMemory;  ///< of the data, in bytes
};

/// Reads a model and its data. Entries that `data_text` replaces are not read. `read_dataset` is called for HDF5 data;
/// its messages are completed with where the file was named.
/// @throws InputError for a model or data that cannot be used or do not fit the memory limit, in one line; IoError when
/// reading a file fails.
[[nodiscard]] Model load_model(const ModelSource& source, const DatasetReader& read_dataset);

/// Names that no data entry and no node may have, since expressions call them, sorted. Functions that came later are
/// not among them, for models may use their names, nor `sd`, by custom the name of known standard deviations: a call is
/// told by its parenthesis.
[[nodiscard]] const std::vector<std::string>& reserved_function_names();

/// The names of a model's nodes in the order of its text, from that (Model::text).
[[nodiscard]] std::vector<std::string> node_names(const std::string& text);
/// Those of the free variables that are not to be saved, likewise.
[[nodiscard]] std::vector<std::string> unsaved_variables(const std::string& text);

}  // namespace exmc::ir
