#pragma once

#include <string>

namespace exmc::app {

/// What --version prints: the program, MPI and whether it has ULFM, HDF5, Eigen, compiler, build.
[[nodiscard]] std::string version_text();

/// Name of the processor, as far as the system tells.
[[nodiscard]] std::string processor();

/// What draws depend on besides the input: version and compiler with its flags.
[[nodiscard]] std::string build_id();

}  // namespace exmc::app
