#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "exmc/density/model_density.hpp"
#include "instruction.hpp"
#include "view.hpp"

namespace exmc::density {

/// Doubles that start at a cache line, which is also the alignment of the widest vector registers.
using AlignedVector = Eigen::Matrix<double, Eigen::Dynamic, 1>;

/// A compiled model: what does not change between evaluations, shared by all chains of a process. Of the variable space
/// the first `dimension` elements are the position, and those of the adjoint arena its gradient.
struct Program {
  std::size_t dimension = 0;
  std::size_t variables = 0;  ///< length of the variable space, with room to read beyond the last array
  std::vector<double> constants;
  double log_constant = 0;                      ///< all terms in which no parameter occurs
  std::vector<Instruction> density;             ///< in an order of dependency
  std::vector<Instruction> saved_instructions;  ///< what the saved quantities need, in an order of dependency
  std::vector<View> saved_views;                ///< one per saved variable
  std::vector<SavedVariable> saved;
  std::vector<FreeParameter> parameters;
  std::vector<ObservedVariable> observed;
};

}  // namespace exmc::density
