# How the project is built where the user does not say: type, compiler cache, processor, sanitizers, and which MPI.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug, RelWithDebInfo" FORCE)
endif()
find_program(EXMC_CCACHE ccache)
if(EXMC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${EXMC_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${EXMC_CCACHE}")
endif()

# The Open MPI that jobs/setup.sh fetched, where it did, comes before any other; -DMPI_HOME=... says otherwise.
if(NOT MPI_HOME AND EXISTS "${PROJECT_SOURCE_DIR}/build/mpi/bin/mpicc")
  set(MPI_HOME "${PROJECT_SOURCE_DIR}/build/mpi")
endif()
# The Python of the tests: the one jobs/setup.sh --tests made, where it did. Empty: tests that want it are skipped.
set(EXMC_PYTHON "" CACHE FILEPATH "Python that has tests/requirements.txt")
if(NOT EXMC_PYTHON AND EXISTS "${PROJECT_SOURCE_DIR}/build/python/bin/python")
  set(EXMC_PYTHON "${PROJECT_SOURCE_DIR}/build/python/bin/python")
endif()
set(EXMC_PYTHON_ARVIZ1 "" CACHE FILEPATH "Python of 3.12 or later that has tests/requirements-arviz1.txt")
if(NOT EXMC_PYTHON_ARVIZ1 AND EXISTS "${PROJECT_SOURCE_DIR}/build/python-arviz1/bin/python")
  set(EXMC_PYTHON_ARVIZ1 "${PROJECT_SOURCE_DIR}/build/python-arviz1/bin/python")
endif()

set(EXMC_PYTHON_PYMC "" CACHE FILEPATH "Python that has tests/requirements-pymc.txt")
if(NOT EXMC_PYTHON_PYMC AND EXISTS "${PROJECT_SOURCE_DIR}/build/python-pymc/bin/python")
  set(EXMC_PYTHON_PYMC "${PROJECT_SOURCE_DIR}/build/python-pymc/bin/python")
endif()

set(EXMC_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=...")
if(EXMC_SANITIZE)
  add_compile_options(-fsanitize=${EXMC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EXMC_SANITIZE})
endif()

# For densities. Neither flag changes a value: nobody reads errno or the floating-point exceptions.
set(EXMC_DENSITY_OPTIONS -fno-math-errno -fno-trapping-math)

# The processor compiled for, as in -march=...; empty: any of this architecture. `native` is looked up afresh at every
# configuration: what the compiler takes it to mean goes into the command line, so that a build folder (or a compiler
# cache) that moved to another processor is rebuilt instead of reused.
set(EXMC_MARCH "" CACHE STRING "Processor to compile for, as in -march=...; empty: portable")
set(EXMC_MARCH_OPTIONS "")
if(EXMC_MARCH)
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" -march=${EXMC_MARCH} -dM -E -x c++ /dev/null
                  OUTPUT_VARIABLE EXMC_MARCH_MACROS COMMAND_ERROR_IS_FATAL ANY)
  string(MD5 EXMC_MARCH_ID "${EXMC_MARCH_MACROS}")
  set(EXMC_MARCH_OPTIONS -march=${EXMC_MARCH} -DEXMC_MARCH_ID=${EXMC_MARCH_ID})
  # The AVX-512 intrinsics of GCC 12 initialise a variable with itself, and it warns of that wherever they are inlined
  # (GCC bug 105593, mended in 13). Portable builds keep the warning for our own code.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13
     AND EXMC_MARCH_MACROS MATCHES "__AVX512F__")
    list(APPEND EXMC_MARCH_OPTIONS -Wno-maybe-uninitialized)
  endif()
  exmc_processor_features(EXMC_MARCH_FEATURES "${EXMC_MARCH_MACROS}")
endif()
