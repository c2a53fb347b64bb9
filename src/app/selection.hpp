#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "exmc/core/coordinate.hpp"
#include "exmc/io/draw_file.hpp"

namespace exmc::app {

/// Places along one axis.
struct AxisRange {
  std::size_t begin = 0, end = 0;
};

/// Elements of a variable, by their row-major numbers, ascending: those within a range along each axis.
struct SelectedElements {
  std::string variable;
  std::vector<std::size_t> elements;
  std::vector<AxisRange> ranges{};
};

/// The values along the axes of each variable that has some.
using Axes = std::map<std::string, std::vector<Coordinate>>;

/// The same of columns that are to be written. @param coords  the values along dimensions
[[nodiscard]] Axes axes_of(const std::vector<io::Column>& variables, const std::map<std::string, Coordinate>& coords);

/// What of a summary its reader wants to see.
struct Selection {
  bool table = true;                       ///< false: warnings alone
  bool folded = true;                      ///< long variables in a line each
  std::vector<SelectedElements> chosen{};  ///< empty: all
};

/// Understands "auto", "all", "none", or variables with numpy's indices or with labels in their place:
/// "mu,theta[0:3],Sigma[0, :],rate[Deerfield]". Fewer indices than axes take all of the others.
/// @param where  what the text is, for messages
/// @throws InputError for what is no variable and no element of it.
[[nodiscard]] Selection parse_selection(const std::string& text, const std::vector<io::Column>& variables,
                                        const Axes& axes, const std::string& where);

}  // namespace exmc::app
