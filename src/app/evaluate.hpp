#pragma once

#include "command_line.hpp"

namespace exmc::app {

/// --log-density CONFIG POINTS: prints the log density of the config's model at given points: with and without the
/// Jacobian, by node, its gradient, saved expressions. No file is written.
/// @throws InputError, IoError
void evaluate_points(const Options& options);

}  // namespace exmc::app
