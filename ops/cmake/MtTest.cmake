# mt_test(NAME … FOLDERS tests/… DEPS … [LABELS …] [TIMEOUT seconds]): one executable of all *_test.cc in
# the folders; each TEST is a ctest of its own.
include_guard()
include(GoogleTest)

function(mt_test)
  cmake_parse_arguments(TEST "" "NAME;TIMEOUT" "FOLDERS;SOURCES;DEPS;LABELS" ${ARGN})
  set(sources)
  foreach(folder ${TEST_FOLDERS})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    return()
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  add_executable(${TEST_NAME} ${sources} ${TEST_SOURCES})
  mt_warnings(${TEST_NAME})
  target_include_directories(${TEST_NAME} PRIVATE ${CMAKE_BINARY_DIR}/roots/tests)
  target_link_libraries(${TEST_NAME} PRIVATE ${TEST_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  set_target_properties(${TEST_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  gtest_discover_tests(${TEST_NAME}
    TEST_PREFIX ${TEST_NAME}.
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${TEST_TIMEOUT} LABELS "${TEST_LABELS}")
endfunction()
