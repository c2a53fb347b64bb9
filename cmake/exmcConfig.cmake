# find_package(exmc): exmc::sampler and exmc::diagnostics.
include(CMakeFindDependencyMacro)
find_dependency(Eigen3 3.4)
find_dependency(Boost)
include("${CMAKE_CURRENT_LIST_DIR}/exmcTargets.cmake")
