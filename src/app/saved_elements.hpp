#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "exmc/core/coordinate.hpp"
#include "exmc/density/model_density.hpp"
#include "job.hpp"

namespace exmc::app {

/// What the output keeps of a variable of the posterior, which is a part of it within a range along each axis.
struct SavedElements {
  Shape shape;
  std::vector<std::size_t> elements;         ///< of the variable, row-major, ascending
  std::vector<std::string> dims;             ///< names of the axes; none: the usual ones
  std::map<std::string, Coordinate> coords;  ///< values along axes of which only a part is kept
};

/// By variable; what is left out is not there. `all`: what the model saves of each draw; other groups are not looked
/// at.
/// @throws InputError for an output.save that names what is not there.
[[nodiscard]] std::map<std::string, SavedElements> saved_elements(const Job& job,
                                                                  const std::vector<density::SavedVariable>& all);

}  // namespace exmc::app
