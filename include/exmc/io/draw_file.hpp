#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/ids.hpp"

namespace exmc::io {

/// How a column is stored in the file; rows always travel as doubles.
enum class Storage { float64, int64, boolean };

/// A variable of a group with dimensions (chain, draw, shape...).
struct Column {
  std::string name;
  Shape shape;                        ///< of one draw
  Storage storage = Storage::float64;
};

/// A constant array with a name, for /observed_data and /constant_data.
struct NamedArray {
  std::string name;
  Array value;
};

/// All that must be known before the first draw: the file's objects are made at once and none is added later.
struct FileLayout {
  std::uint64_t chains = 0;
  std::uint64_t draws = 0;            ///< per chain
  std::uint64_t warmup = 0;           ///< rows of /warmup_* per chain; 0: not saved
  std::vector<Column> statistics;     ///< of /sample_stats; a row holds them first,
  std::vector<Column> variables;      ///< then these, of /posterior
  std::vector<NamedArray> observed, constant;
  std::vector<std::pair<std::string, std::string>> model;  ///< string datasets of /model
  std::vector<std::pair<std::string, std::string>> run;    ///< string datasets of /run

  [[nodiscard]] std::size_t row_width() const;
};

enum class FileStatus { complete, resumable, being_written, unreadable };

}  // namespace exmc::io
