#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "exmc/ir/model.hpp"
#include "factors.hpp"
#include "json/value.hpp"

namespace exmc::ir {

/// Reads entries of `data`: numbers that stand in the JSON, columns of CSV files, data sets of HDF5 files.
class DataLoader {
 public:
  /// Relative paths are in `folder`; `confined`: files outside of it are refused, symbolic links followed first.
  DataLoader(std::filesystem::path folder, bool confined, const DatasetReader& read_dataset)
      : folder_(std::move(folder)), confined_(confined), read_dataset_(read_dataset) {}

  /// @throws InputError where the entry, its file or a number in it cannot be used, or the array is beyond
  /// `most_bytes`.
  [[nodiscard]] Array read(const json::Value& entry, std::uint64_t most_bytes, const json::Numbers& kinds = {}) const;
  /// The words of the entry `name` where it is a factor; nothing where it is not. @throws InputError as read() does.
  [[nodiscard]] std::optional<Factor> read_factor(const std::string& name, const json::Value& entry,
                                                  std::uint64_t most_bytes) const;

 private:
  [[nodiscard]] std::filesystem::path resolve(const json::Value& file) const;
  void require_within_folder(const json::Value& file, const std::filesystem::path& path) const;
  void require_one_selection(const json::Value& entry) const;
  [[nodiscard]] Array read_columns(json::Object& entry, const json::Value& file, std::uint64_t most_bytes,
                                   const json::Numbers& kinds) const;
  [[nodiscard]] Array read_hdf5(json::Object& entry, const json::Value& file, std::uint64_t most_bytes,
                                const json::Numbers& kinds) const;

  std::filesystem::path folder_;
  bool confined_;
  const DatasetReader& read_dataset_;
};

}  // namespace exmc::ir
