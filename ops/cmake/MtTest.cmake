# mt_test(NAME … FOLDERS tests/… [DEPS …] [NEEDS target…] [LABELS …] [TIMEOUT seconds] [LOAD]): one executable of
# all .cc files in the folders; each TEST is a ctest of its own. NEEDS names what it runs. Its sources are
# written to test_sources.txt, from which tests/arch learns that no *_test.cc was left out. LOAD: the tests
# themselves compute much, and stay optimised in the sanitizers' builds.
#
# MT_TEST_LABEL narrows a build to the tests of one label: with ThreadSanitizer to `concurrent`, since the others
# have one thread; as released to `scenario`, which run the programs with all of the world's cities there.
include_guard()
include(GoogleTest)

set(MT_TEST_PREFIX "")
if(MT_SANITIZER STREQUAL thread)
  set(MT_TEST_PREFIX tsan.)
elseif(CMAKE_BUILD_TYPE STREQUAL Release)
  set(MT_TEST_PREFIX release.)
endif()
set(MT_TEST_ENVIRONMENT
  ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
  UBSAN_OPTIONS=print_stacktrace=1
  TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/tsan.supp:second_deadlock_stack=1:history_size=7)

function(mt_test)
  cmake_parse_arguments(TEST "LOAD" "NAME;TIMEOUT" "FOLDERS;DEPS;NEEDS;LABELS" ${ARGN})
  mt_sources(sources ${TEST_FOLDERS})
  set_property(GLOBAL APPEND PROPERTY MT_TEST_SOURCES ${sources})
  if(NOT sources OR NOT (MT_TEST_LABEL STREQUAL all OR MT_TEST_LABEL IN_LIST TEST_LABELS))
    return()
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  add_executable(${TEST_NAME} ${sources})
  mt_warnings(${TEST_NAME})
  if(NOT TEST_LOAD)
    mt_without_load(${TEST_NAME})
    target_compile_options(${TEST_NAME} PRIVATE $<$<CONFIG:Release>:-O0>)
  endif()
  target_link_libraries(${TEST_NAME} PRIVATE ${TEST_DEPS} mt_tests GTest::gmock GTest::gtest_main)
  set_target_properties(${TEST_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  foreach(needed ${TEST_NEEDS})
    if(TARGET ${needed})
      add_dependencies(${TEST_NAME} ${needed})
    endif()
  endforeach()
  gtest_discover_tests(${TEST_NAME}
    TEST_PREFIX ${MT_TEST_PREFIX}${TEST_NAME}.
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 120)
  # gtest_discover_tests takes no property that is a list; ctest sets them once it knows the tests.
  set(properties ${CMAKE_CURRENT_BINARY_DIR}/${TEST_NAME}_properties.cmake)
  file(CONFIGURE OUTPUT ${properties} @ONLY CONTENT [[
if(@TEST_NAME@_TESTS)
  set_tests_properties(${@TEST_NAME@_TESTS} PROPERTIES
    TIMEOUT @TEST_TIMEOUT@ LABELS "@TEST_LABELS@" ENVIRONMENT "@MT_TEST_ENVIRONMENT@")
endif()
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${properties})
endfunction()

# mt_include_test(<library> SEES|FINDS_NO <header>): whether a source that has the include roots of the
# library's own sources compiles when it includes the header. The header must exist: a name that nothing
# has is found by nobody and proves nothing.
function(mt_include_test library verdict header)
  if(NOT MT_TEST_LABEL STREQUAL all)
    return()
  endif()
  string(REGEX REPLACE "\\.pb\\.h$" ".proto" origin ${header})
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${origin} AND NOT EXISTS ${CMAKE_SOURCE_DIR}/proto/${origin})
    set(verdict SEES)  # fails, and the compiler says what is missing
  endif()
  string(MAKE_C_IDENTIFIER include_${library}_${header} probe)
  set(source ${CMAKE_BINARY_DIR}/gen/tests/includes/${probe}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
  # Never built: it collects the include roots that the library's own sources have.
  add_library(${probe} OBJECT EXCLUDE_FROM_ALL ${source})
  target_link_libraries(${probe} PRIVATE ${library})
  set(name arch.Includes.${library}.${verdict}.${header})
  add_test(NAME ${name}
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only
      "-I$<JOIN:$<TARGET_PROPERTY:${probe},INCLUDE_DIRECTORIES>,;-I>" ${source}
    COMMAND_EXPAND_LISTS)
  set_tests_properties(${name} PROPERTIES LABELS arch TIMEOUT 120)
  if(verdict STREQUAL FINDS_NO)
    set_tests_properties(${name} PROPERTIES
      PASS_REGULAR_EXPRESSION "fatal error: ${header}: No such file or directory\n")
  endif()
endfunction()

# mt_node_tests(<folder>): each *_test.mjs there runs under node's own test runner, which finds the
# programs in the folder that MT_BIN_DIR names.
function(mt_node_tests folder)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*_test.mjs)
  if(NOT scripts OR NOT MT_TEST_LABEL MATCHES "^(all|scenario)$")
    return()
  endif()
  find_program(NODE_PROGRAM NAMES node nodejs REQUIRED)
  foreach(script ${scripts})
    get_filename_component(name ${script} NAME_WE)
    get_filename_component(area ${folder} NAME)
    set(test ${MT_TEST_PREFIX}${area}.${name})
    add_test(NAME ${test} COMMAND ${NODE_PROGRAM} --test ${script})
    set_tests_properties(${test} PROPERTIES TIMEOUT 300 LABELS scenario
      ENVIRONMENT "MT_BIN_DIR=${CMAKE_BINARY_DIR}/bin;${MT_TEST_ENVIRONMENT}")
  endforeach()
endfunction()
