# The flags that every target of the project is built with, and the two verbs the folders use.
add_library(exmc_flags INTERFACE)
target_compile_features(exmc_flags INTERFACE cxx_std_20)
target_include_directories(exmc_flags INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                $<INSTALL_INTERFACE:include>)
# -Wno-psabi: our vector types never cross a library boundary, so their calling convention is nobody's business.
target_compile_options(
  exmc_flags INTERFACE "$<BUILD_INTERFACE:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wno-psabi;$<$<BOOL:${EXMC_WERROR}>:-Werror>;${EXMC_MARCH_OPTIONS}>"
                       $<INSTALL_INTERFACE:$<$<BOOL:${EXMC_MARCH}>:-march=${EXMC_MARCH}>>)

# GCC 12 takes `"[" + text` for overlapping memory wherever it is inlined (GCC bug 105651, mended in 13).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(exmc_flags INTERFACE $<BUILD_INTERFACE:-Wno-restrict>)
endif()

# exmc_add_layer(NAME SOURCES ... PUBLIC ... PRIVATE ...): the library of one folder of src/. What is linked privately
# cannot be included from another layer, which keeps MPI and HDF5 where they belong.
function(exmc_add_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(exmc_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(exmc_${name} PUBLIC exmc_flags ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(exmc_${name} INTERFACE)
    target_link_libraries(exmc_${name} INTERFACE exmc_flags ${ARG_PUBLIC})
  endif()
  add_library(exmc::${name} ALIAS exmc_${name})
  set_target_properties(exmc_${name} PROPERTIES EXPORT_NAME ${name})
endfunction()

# What the hang limits of tests are multiplied by where programs are not optimised, or watched by sanitizers.
set(EXMC_PATIENCE 1)
if(EXMC_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(EXMC_PATIENCE 10)
endif()
# exmc_set_hang_limit(NAME seconds)
function(exmc_set_hang_limit name seconds)
  math(EXPR limit "${EXMC_PATIENCE} * ${seconds}")
  set_tests_properties(${name} PROPERTIES TIMEOUT ${limit})
endfunction()

# exmc_add_test(NAME SOURCES ... LINKS ... [SECONDS n]): a GoogleTest program, one CTest test, with a hang limit.
function(exmc_add_test name)
  cmake_parse_arguments(ARG "" "SECONDS" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_SECONDS)
    set(ARG_SECONDS 60)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE exmc_flags ${ARG_LINKS} GTest::gtest_main GTest::gmock)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  exmc_set_hang_limit(${name} ${ARG_SECONDS})
endfunction()

# exmc_add_mpi_test(NAME RANKS n COMMAND ... EXPECT regex [SECONDS n]): a program under the launcher. The launcher's own
# exit code says nothing where ranks may die, so that the output decides.
function(exmc_add_mpi_test name)
  cmake_parse_arguments(ARG "" "RANKS;EXPECT;SECONDS" "COMMAND" ${ARGN})
  if(NOT ARG_SECONDS)
    set(ARG_SECONDS 60)
  endif()
  add_test(NAME ${name} COMMAND ${MPIEXEC_EXECUTABLE} -n ${ARG_RANKS} ${ARG_COMMAND})
  exmc_set_hang_limit(${name} ${ARG_SECONDS})
  set_tests_properties(${name} PROPERTIES PROCESSORS 2 PASS_REGULAR_EXPRESSION "${ARG_EXPECT}"
                       ENVIRONMENT "OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
endfunction()

# exmc_add_python_test(NAME script [ARGS ...] [SECONDS n]): a script of tests/ under the Python of tests/requirements.txt;
# reported as skipped where there is none, or where it prints "SKIPPED: reason".
function(exmc_add_python_test name script)
  cmake_parse_arguments(ARG "" "SECONDS" "ARGS" ${ARGN})
  if(NOT ARG_SECONDS)
    set(ARG_SECONDS 60)
  endif()
  if(EXMC_PYTHON)
    add_test(NAME ${name} COMMAND ${EXMC_PYTHON} ${PROJECT_SOURCE_DIR}/tests/${script} ${ARG_ARGS})
  else()
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: configure with EXMC_PYTHON (tests/requirements.txt)")
  endif()
  exmc_set_hang_limit(${name} ${ARG_SECONDS})
  set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED: ")
endfunction()
