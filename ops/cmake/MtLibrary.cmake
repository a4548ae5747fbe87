# mt_library(NAME … ROOT <folder> [SUBFOLDERS <folder>…] [DEPS …] [PRIVATE_DEPS …])
#
# One library a folder: all .cc files of ROOT and SUBFOLDERS. Its public include root is a folder of the
# build that holds nothing but links to the headers of these folders, each under its own path, so that
# `#include "events/base/result.h"` compiles only for those who link the library: an upward or sideways
# include finds no file. A folder that holds no .cc file yet makes an INTERFACE library.
include_guard()

function(mt_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wconversion -Wswitch -Werror ${MT_SANITIZE_WARNINGS})
endfunction()

# Every header has a link of its own: a link to the folder would also show the libraries below it.
function(mt_include_root result name)
  set(root ${CMAKE_BINARY_DIR}/include/${name})
  foreach(folder ${ARGN})
    file(MAKE_DIRECTORY ${root}/${folder})
    file(GLOB headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.h)
    foreach(header ${headers})
      file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${header} ${root}/${header} SYMBOLIC)
    endforeach()
  endforeach()
  set(${result} ${root} PARENT_SCOPE)
endfunction()

function(mt_sources result)
  set(sources)
  foreach(folder ${ARGN})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  set(${result} ${sources} PARENT_SCOPE)
endfunction()

function(mt_library)
  cmake_parse_arguments(LIB "" "NAME;ROOT" "SUBFOLDERS;DEPS;PRIVATE_DEPS" ${ARGN})
  mt_sources(sources ${LIB_ROOT} ${LIB_SUBFOLDERS})
  mt_include_root(root ${LIB_NAME} ${LIB_ROOT} ${LIB_SUBFOLDERS})
  if(sources)
    add_library(${LIB_NAME} STATIC ${sources})
    set_target_properties(${LIB_NAME} PROPERTIES EXCLUDE_FROM_ALL ${MT_ONLY_FOR_TESTS})
    mt_warnings(${LIB_NAME})
    target_include_directories(${LIB_NAME} PUBLIC ${root})
    target_link_libraries(${LIB_NAME} PUBLIC ${LIB_DEPS} PRIVATE ${LIB_PRIVATE_DEPS})
  else()
    add_library(${LIB_NAME} INTERFACE)
    target_include_directories(${LIB_NAME} INTERFACE ${root})
    target_link_libraries(${LIB_NAME} INTERFACE ${LIB_DEPS} ${LIB_PRIVATE_DEPS})
  endif()
endfunction()

# mt_executable(NAME … MAIN <file> [SOURCES <file>…] DEPS …): lands in bin/. Nothing is built while MAIN
# does not exist. MT_VERSION is the project's version, as a string.
function(mt_executable)
  cmake_parse_arguments(EXE "" "NAME;MAIN" "SOURCES;DEPS" ${ARGN})
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${EXE_MAIN})
    return()
  endif()
  add_executable(${EXE_NAME} ${CMAKE_SOURCE_DIR}/${EXE_MAIN} ${EXE_SOURCES})
  mt_warnings(${EXE_NAME})
  target_compile_definitions(${EXE_NAME} PRIVATE MT_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${EXE_NAME} PRIVATE ${EXE_DEPS})
  set_target_properties(${EXE_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin
    EXCLUDE_FROM_ALL ${MT_ONLY_FOR_TESTS})
endfunction()
