#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/io/draw_file.hpp"

namespace exmc::io {

/// What --predict reads of a file, which another process may be adding groups to.
class PredictedDraws {
 public:
  /// @throws IoError for what is no file of ours.
  explicit PredictedDraws(const std::filesystem::path& path);
  PredictedDraws(PredictedDraws&&) noexcept;
  ~PredictedDraws();

  /// Columns of /posterior.
  [[nodiscard]] std::vector<Column> variables() const;
  /// What the file holds, with its data.
  [[nodiscard]] FileLayout layout() const;
  /// Draws that each chain has; those of a chain that failed too.
  [[nodiscard]] const std::vector<std::uint64_t>& draws() const;
  /// Whether each chain has all of its draws or failed.
  [[nodiscard]] bool is_complete() const;
  /// Groups that are being made of its draws, and are not complete; "" where there are none.
  [[nodiscard]] std::string predicting() const;
  /// A string dataset, "model/ir" for instance.
  [[nodiscard]] std::string text(const std::string& dataset) const;
  /// Draws [first, first + draws) of a variable of /posterior: element by element, `draws` numbers each.
  void read(const std::string& variable, ChainId chain, std::uint64_t first, std::uint64_t draws, double* out) const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

/// A file whose draws are complete, to which groups of quantities are added. They have their places from the moment the
/// file has them, and are filled in there: a reader sees missing values beyond the rows that /run/predicted counts.
class QuantityFile {
 public:
  /// Locks the file. Where the groups of `layout` are not there yet a longer file with room for them takes its name in
  /// one step; else their filling goes on. `groups`: their names, for messages.
  /// @throws IoError
  [[nodiscard]] static QuantityFile open(const std::filesystem::path& path, const FileLayout& layout,
                                         const std::string& groups);
  /// The same of a file that has them, after its writer died.
  [[nodiscard]] static QuantityFile go_on(const std::filesystem::path& path);

  QuantityFile(QuantityFile&&) noexcept;
  ~QuantityFile();

  /// Rows of the groups that are filled in, in the order of a row.
  void append(ChainId chain, std::uint64_t first, std::span<const double> rows);
  /// Makes what was appended durable, and then counts it. @return rows over all chains
  std::uint64_t flush();
  [[nodiscard]] const std::vector<std::uint64_t>& durable() const;
  /// Flushes and closes.
  std::uint64_t finish();

 private:
  class Writer;
  explicit QuantityFile(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace exmc::io
