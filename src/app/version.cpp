#include "version.hpp"

#include <Eigen/Core>
#include <fstream>

#include "build_info.hpp"
#include "exmc/density/processor_level.hpp"
#include "exmc/runtime/mpi/session.hpp"
#include "maths_library.hpp"

namespace exmc::app {

std::string version_text() {
  const std::string_view name = density::processor_level();
  const std::string level = name.empty() ? "" : "; gradients for " + std::string(name);
  return std::string("exmc_mpi ") + kProgramVersion + "\nMPI: " + runtime::mpi::library_version() +
         (runtime::mpi::built_fault_tolerant() ? " (with ULFM)" : " (without ULFM)") + "\nHDF5: " + kHdf5Version +
         "\nEigen: " + std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION) + "\nCompiler: " + kCompiler + "\nBuild: " + kBuildType + ", " +
         kCompilerFlags + "\nProcessor: " + processor() + level + "\n";
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::string key = "model name";
    if (line.compare(0, key.size(), key) != 0) continue;
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && colon + 2 < line.size()) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string build_id() {
  static const std::string id =
      std::string(kProgramVersion) + ", " + kCompiler + ", " + kCompilerFlags + ", maths library " + maths_library();
  return id;
}

}  // namespace exmc::app
