#pragma once

#include "../kernels/instruction.hpp"

namespace exmc::density {

/// What of walk.hpp is a number for each walk, as rows of an array of as many columns as there are walks.
enum Number { kC, kPrecision, kFirstC, kScale, kFirstScale, kFirstLocation, kDrift, kCoefficient, kNumbers };

/// Computes them from k, the scale, that of the first element, its location, drift and coefficient, each a number or
/// one for each walk; adds the sum of ln c over all elements to the density. The loop's extents are the number of walks
/// and their length.
double compute_walk_numbers(const Instruction& instruction, const Arena& arena);
void reverse_walk_numbers(const Instruction& instruction, const Arena& arena);

}  // namespace exmc::density
