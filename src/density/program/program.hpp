#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../kernels/aligned.hpp"
#include "../kernels/instruction.hpp"
#include "exmc/density/model_density.hpp"
#include "view.hpp"

namespace exmc::density {

struct Learnable;

/// How one instruction runs where the model's position is given and the sampled one is wanted.
struct Inverse {
  std::size_t instruction;
  ForwardKernel kernel;
};

struct Support;

/// What constrains a parameter: bounds, or else a support.
struct ParameterTransform {
  std::string name;
  Shape free;              ///< of what is sampled
  const Support* support;  ///< null where there are bounds
  bool lower = false, upper = false;
  bool fixed = true;  ///< the bounds depend on no other parameter
};

/// What an instruction belongs to.
struct Origin {
  std::size_t place = 0;     ///< in words: one of the program's places
  bool requirement = false;  ///< whether it asks that the place, a parameter of a distribution, is in its domain
};

/// A compiled model: what does not change between evaluations, shared by all chains of a process. The variable space
/// begins with the position, `dimension` elements, and the slots, numbers that are learned; then comes what the density
/// needs, then what only saved quantities do. The adjoint arena has no third part, and begins with the gradient.
struct Program {
  std::size_t dimension = 0;
  std::size_t slots = 0;
  std::size_t variables = 0;  ///< length of the variable space, with room to read beyond the last array
  std::size_t adjoints = 0;   ///< length of the adjoint arena, with the same room
  AlignedVector constants;
  double log_constant = 0;           ///< all terms in which no parameter occurs
  std::vector<Instruction> density;  ///< in an order of dependency
  std::vector<Origin> origins;       ///< one per instruction of the density
  std::vector<std::string> places;
  std::vector<Instruction> saved_instructions;  ///< what the saved quantities need, in an order of dependency
  std::vector<std::shared_ptr<const CompositeCall>> calls;  ///< what instructions point to
  std::vector<View> saved_views;                            ///< one per saved variable
  std::vector<Inverse> inverses;                            ///< of instructions of the density, in their order
  std::vector<View> inner_views;                            ///< what `learnable` looks at
  std::shared_ptr<const Learnable> learnable;               ///< null where no coordinates are learned
  std::vector<SavedVariable> saved;
  std::map<OutputGroup, std::size_t> group_sizes;  ///< also of those that are not saved
  std::vector<FreeParameter> parameters;
  std::vector<ParameterTransform> transforms;  ///< of all parameters, in an order of dependency
  std::vector<ObservedVariable> observed;
};

}  // namespace exmc::density
