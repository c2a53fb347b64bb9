# Every third-party package, found once and named here. All come from the distribution, but MPI (see docs/install.md).
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost REQUIRED)
find_package(HDF5 1.10.7 REQUIRED COMPONENTS C HL)
find_package(MPI REQUIRED COMPONENTS C)
# mpicc's own run path would stand before the one of an installed program; CMake writes its own from the library's place.
set_property(TARGET MPI::MPI_C PROPERTY INTERFACE_LINK_OPTIONS)
# The C++ bindings that older libraries still declare (Open MPI 4 does) are not linked, and nobody wants them.
set_property(TARGET MPI::MPI_C APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
# CVODES holds all that it needs of SUNDIALS. Its own package file asks for OpenMP and for everything else that SUNDIALS
# was built with.
find_path(CVODES_INCLUDE_DIR cvodes/cvodes.h REQUIRED)
find_library(CVODES_LIBRARY sundials_cvodes REQUIRED)
add_library(exmc_cvodes INTERFACE IMPORTED)
target_include_directories(exmc_cvodes INTERFACE "${CVODES_INCLUDE_DIR}")
target_link_libraries(exmc_cvodes INTERFACE "${CVODES_LIBRARY}")
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
