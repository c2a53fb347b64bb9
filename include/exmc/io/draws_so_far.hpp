#pragma once

#include <cstddef>
#include <vector>

#include "exmc/io/draw_file.hpp"

namespace exmc::io {

/// The first draws of some chains in a file that is being written, which stay as they are. Any one thread may read them
/// while another goes on writing; not beyond the life of the file, nor beyond cut() and finish() of it.
class DrawsSoFar {
 public:
  virtual ~DrawsSoFar() = default;
  /// Columns of /posterior, in the order of the layout.
  [[nodiscard]] virtual std::vector<Column> variables() const = 0;
  /// One element (row-major) of a variable: chains x draws, chain by chain; missing integers are NaN. @throws IoError
  [[nodiscard]] virtual std::vector<double> element(std::size_t variable, std::size_t element) = 0;
};

}  // namespace exmc::io
