#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/array.hpp"

namespace exmc::config {

/// Values of a model's parameters as a user writes them: `{"mu": 1, "theta": [0.5, 2]}`, constrained values by name, or
/// `{"unconstrained": [0.5, -1, 3]}`, a whole position.
struct Point {
  std::string source, path;  ///< "points.json", "[3]"
  std::map<std::string, Array> values;
  std::optional<std::vector<double>> unconstrained;

  /// "points.json: [3].mu", as messages show the place of a parameter's value; of the point itself without a name.
  [[nodiscard]] std::string where(const std::string& parameter = {}) const;
};

/// The points of a file: one of them, or a list.
struct Points {
  std::vector<Point> points;
  bool list = false;
};

/// Where a chain begins: uniform on (-radius, radius) on the unconstrained scale, but for the values of a point; or
/// where chains of another run ended, as long as its file is not replaced by that.
struct Init {
  double radius = 2;
  std::optional<Point> point;
  std::filesystem::path file;  ///< empty: none
  std::string where;           ///< "config.json: init[2]"
};

/// Reads the text of a config's "init". @return one for all chains, or one for each
/// @throws InputError
[[nodiscard]] std::vector<Init> read_init(const std::string& text, const std::string& source);
/// The text that gives each chain a point.
[[nodiscard]] std::string init_text(const std::vector<Point>& points);

/// @throws InputError for what is not a point or a list of them, IoError where the file cannot be read. Whether a model
/// has such parameters is not looked at.
[[nodiscard]] Points load_points(const std::filesystem::path& file);

}  // namespace exmc::config
