#pragma once

#include <cstdint>
#include <vector>

#include "exmc/io/draw_file.hpp"

namespace exmc::io {

/// Three statistics (one of each storage), a scalar, a vector and a matrix; two chains.
inline FileLayout small_layout(std::uint64_t draws, std::uint64_t warmup = 0) {
  FileLayout layout;
  layout.chains = 2;
  layout.draws = draws;
  layout.warmup = warmup;
  layout.statistics = {
      {"lp", {}, Storage::float64}, {"tree_depth", {}, Storage::int64}, {"diverging", {}, Storage::boolean}};
  layout.variables = {{"mu", {}}, {"theta", {3}}, {"sigma", {2, 2}}};
  layout.observed = {{"y", {{2, 2}, {1, 2, 3, 4}}}};
  layout.constant = {{"sd", {{3}, {0.5, 1, 2}}}, {"k", Array::scalar(7)}};
  layout.model = {{"ir", "{\"exmc_ir\": 1}"}, {"seed", "1"}};
  layout.run = {{"created_at", "2026-01-01T00:00:00Z"}};
  return layout;
}

/// Rows whose every number tells chain, draw and column: lp, tree_depth, diverging, then the elements.
inline std::vector<double> small_rows(const FileLayout& layout, std::uint64_t chain, std::uint64_t first,
                                      std::uint64_t rows) {
  std::vector<double> values;
  for (std::uint64_t draw = first; draw < first + rows; ++draw) {
    for (std::size_t column = 0; column < layout.row_width(); ++column) {
      const double value = static_cast<double>(chain * 1000000 + draw * 100 + column);
      if (column == 1) values.push_back(static_cast<double>(draw % 11));
      if (column == 2) values.push_back(draw % 7 == chain ? 1 : 0);
      if (column != 1 && column != 2) values.push_back(value + 0.25);
    }
  }
  return values;
}

}  // namespace exmc::io
