# exmc_add_processor_check(TARGET FEATURES ...): makes the program refuse, in one line, a processor that lacks one of the
# features (GCC's names for __builtin_cpu_supports), whatever its other sources are compiled for.
function(exmc_add_processor_check target)
  set(needs "${CMAKE_CURRENT_BINARY_DIR}/${target}_needs/processor_needs.def")
  list(TRANSFORM ARGN REPLACE "(.+)" "EXMC_NEEDS(\\1)\n")
  string(CONCAT lines ${ARGN})
  file(CONFIGURE OUTPUT "${needs}" CONTENT "@lines@" @ONLY)
  cmake_path(GET needs PARENT_PATH folder)
  add_library(${target}_processor_check OBJECT "${PROJECT_SOURCE_DIR}/src/app/processor_check.cpp")
  target_include_directories(${target}_processor_check PRIVATE "${folder}")
  target_link_libraries(${target} PRIVATE ${target}_processor_check)
endfunction()

# exmc_processor_features(OUT MACROS): those of the features that both GCC and Clang can look up at run time and that a
# compiler with these predefined macros may use.
function(exmc_processor_features out macros)
  set(features "")
  foreach(feature sse3 ssse3 sse4.1 sse4.2 popcnt sse4a fma4 xop avx fma avx2 bmi bmi2 avx512f avx512vl avx512bw
                  avx512dq avx512cd avx512ifma avx512vbmi avx512vbmi2 avx512vnni avx512bitalg avx512vpopcntdq gfni
                  vpclmulqdq)
    string(TOUPPER "${feature}" macro)
    string(REPLACE "." "_" macro "__${macro}__")
    if(macros MATCHES "${macro}")
      list(APPEND features ${feature})
    endif()
  endforeach()
  set(${out} "${features}" PARENT_SCOPE)
endfunction()
