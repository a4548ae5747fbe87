# Compiler, linker, sanitizers, and the libraries of Debian under names of our own: each is linked by the
# one folder that may see its headers.
include_guard()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the source folder let build folders of the same depth share their results.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# A server's release carries the hardening that Debian gives its own packages; the other builds check
# the bounds of standard containers instead.
if(CMAKE_BUILD_TYPE STREQUAL Release)
  add_compile_options(-fstack-protector-strong -D_FORTIFY_SOURCE=2)
  add_link_options(LINKER:-z,relro,-z,now)
else()
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

set(MT_SANITIZER "" CACHE STRING "Value of -fsanitize, e.g. address,undefined or thread")
# A build with ThreadSanitizer runs the concurrent tests, and holds nothing that they do not need.
set(MT_ONLY_FOR_TESTS OFF)
if(MT_SANITIZER STREQUAL thread)
  set(MT_ONLY_FOR_TESTS ON)
endif()
if(MT_SANITIZER)
  add_compile_options(-fsanitize=${MT_SANITIZER} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MT_SANITIZER})
  # GCC's flow analysis sees ghosts in instrumented code.
  set(MT_SANITIZE_WARNINGS -Wno-maybe-uninitialized -Wno-tsan)
endif()

# What carries no load is built without optimisation there: the compiler takes a third less time over it.
function(mt_without_load target)
  if(MT_SANITIZER)
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()

# Generated code is protobuf's, whose own library is not instrumented either: there the checks for
# undefined behaviour only cost time. Those for memory and threads must see it, since it handles ours.
function(mt_generated target)
  target_compile_options(${target} PRIVATE -w)
  if(MT_SANITIZER MATCHES undefined)
    target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
  endif()
endfunction()

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(GTest REQUIRED)
find_package(absl REQUIRED)

function(mt_foreign name)
  cmake_parse_arguments(FOREIGN "" "PKG" "LINK" ${ARGN})
  add_library(${name} INTERFACE)
  if(FOREIGN_PKG)
    pkg_check_modules(${name}_pkg REQUIRED IMPORTED_TARGET ${FOREIGN_PKG})
    target_link_libraries(${name} INTERFACE PkgConfig::${name}_pkg)
  endif()
  target_link_libraries(${name} INTERFACE ${FOREIGN_LINK})
endfunction()

mt_foreign(mt_spdlog PKG spdlog)
mt_foreign(mt_sodium PKG libsodium)
mt_foreign(mt_liblmdb PKG lmdb)
mt_foreign(mt_re2 PKG re2)
mt_foreign(mt_grpc PKG grpc++)
mt_foreign(mt_caf LINK caf_core)
mt_foreign(mt_icu PKG icu-uc)
mt_foreign(mt_yaml PKG yaml-cpp)
mt_foreign(mt_cli11)
# The allocator of long-running programs (docs/adr/0010); a sanitizer brings its own.
if(MT_SANITIZER)
  mt_foreign(mt_allocator)
else()
  mt_foreign(mt_allocator PKG jemalloc)
endif()
