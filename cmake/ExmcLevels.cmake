# A portable program for x86-64 has its density compiled for other levels of that architecture's ABI, and the program
# that is started picks the highest which the processor has (docs/decisions/0012).
set(EXMC_LEVELS auto CACHE STRING
    "Levels of x86-64 compiled for besides the first, a list of names for -march=; empty: none; auto: v3 and v4 where a release is portable")

# Debug builds and those with sanitizers are for finding mistakes, which are the same on every level. Flags of the user's
# may make a build less than portable. GCC 12 is the first compiler that can ask a processor for a level by name.
if(EXMC_LEVELS STREQUAL "auto")
  set(EXMC_BUILT_LEVELS "")
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT EXMC_MARCH AND NOT EXMC_SANITIZE)
    include(CheckCXXSourceCompiles)
    check_cxx_source_compiles("
      #if !defined __x86_64__ || defined __AVX__
      #error not portable
      #endif
      int main() { return __builtin_cpu_supports(\"x86-64-v4\"); }" EXMC_CAN_HAVE_LEVELS)
    if(EXMC_CAN_HAVE_LEVELS)
      set(EXMC_BUILT_LEVELS x86-64-v3 x86-64-v4)
    endif()
  endif()
else()
  set(EXMC_BUILT_LEVELS ${EXMC_LEVELS})
  list(SORT EXMC_BUILT_LEVELS)
  foreach(level IN LISTS EXMC_BUILT_LEVELS)
    if(NOT level MATCHES "^x86-64-v[34]$")
      message(FATAL_ERROR "EXMC_LEVELS: expected auto, or a list of x86-64-v3 and x86-64-v4, found ${level}")
    endif()
  endforeach()
  if(EXMC_BUILT_LEVELS AND EXMC_MARCH)
    message(FATAL_ERROR "EXMC_LEVELS is for portable builds, and EXMC_MARCH=${EXMC_MARCH} names one processor")
  endif()
endif()

# No contraction to fused multiply-add, which rounds once where a multiplication and an addition round twice: all levels
# give the same bits.
set(EXMC_LEVEL_OPTIONS -ffp-contract=off)

# Where the programs of the levels are, seen from the one that starts them: in the build folder and where it is installed.
set(EXMC_FROM_BIN_TO_LEVELS ../libexec/exmc_mpi)
