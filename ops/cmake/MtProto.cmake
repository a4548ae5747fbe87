# mt_proto_library(NAME … FOLDERS proto/… [DEPS …] [IMPORT_ROOT …]): the messages of all .proto files in
# the folders. Only messages are generated; services are served from their descriptors.
include_guard()

function(mt_proto_library)
  cmake_parse_arguments(PROTO "" "NAME;IMPORT_ROOT" "FOLDERS;DEPS" ${ARGN})
  if(NOT PROTO_IMPORT_ROOT)
    set(PROTO_IMPORT_ROOT ${CMAKE_SOURCE_DIR}/proto)
  endif()
  set(root ${CMAKE_BINARY_DIR}/gen/${PROTO_NAME})
  file(MAKE_DIRECTORY ${root})
  set(generated)
  foreach(folder ${PROTO_FOLDERS})
    file(GLOB protos CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.proto)
    foreach(proto ${protos})
      file(RELATIVE_PATH path ${PROTO_IMPORT_ROOT} ${proto})
      string(REGEX REPLACE "\\.proto$" "" stem ${path})
      get_filename_component(parent ${root}/${stem} DIRECTORY)
      file(MAKE_DIRECTORY ${parent})
      # The generated code holds the options of imported files, so that a change there makes it anew.
      add_custom_command(
        OUTPUT ${root}/${stem}.pb.cc ${root}/${stem}.pb.h
        COMMAND protobuf::protoc -I${PROTO_IMPORT_ROOT} -I${CMAKE_SOURCE_DIR}/proto
          --cpp_out=${root} --dependency_out=${root}/${stem}.d ${path}
        DEPENDS ${proto}
        DEPFILE ${root}/${stem}.d
        COMMENT "protoc ${path}"
        VERBATIM)
      list(APPEND generated ${root}/${stem}.pb.cc)
    endforeach()
  endforeach()
  if(generated)
    add_library(${PROTO_NAME} STATIC ${generated})
    set_target_properties(${PROTO_NAME} PROPERTIES EXCLUDE_FROM_ALL ${MT_ONLY_FOR_TESTS})
    mt_generated(${PROTO_NAME})
    target_include_directories(${PROTO_NAME} SYSTEM PUBLIC ${root})
    target_link_libraries(${PROTO_NAME} PUBLIC protobuf::libprotobuf ${PROTO_DEPS})
  else()
    add_library(${PROTO_NAME} INTERFACE)
    target_link_libraries(${PROTO_NAME} INTERFACE protobuf::libprotobuf ${PROTO_DEPS})
  endif()
endfunction()
