#pragma once

#include <string>

namespace exmc::app {

/// What --version prints: the program, MPI and whether it has ULFM, HDF5, Eigen, compiler, build.
[[nodiscard]] std::string version_text();

/// Name of the processor, as far as the system tells.
[[nodiscard]] std::string processor();

/// What draws depend on besides the input: version, compiler with its flags, and the maths library, whose digits may
/// depend on the processor. Not the level that gradients were compiled for.
[[nodiscard]] std::string build_id();

}  // namespace exmc::app
