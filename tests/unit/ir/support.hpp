#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "exmc/core/error.hpp"
#include "exmc/ir/load.hpp"

namespace exmc::ir {

/// A folder of its own for each test that writes files, removed afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "exmc_ir_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

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
