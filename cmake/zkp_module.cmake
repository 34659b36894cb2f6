# zkp_module(NAME [DEPS modules and libraries ...] [PCH headers ...] [TEST_DEPS libraries ...] [TEST_WHOLE])
#
# NAME is a folder below src/, such as prover/field, and becomes the static library of the same name with '_' for '/'.
# Files of the folder are picked up by suffix:
#   x.cpp        the library
#   x_test.cpp   one test program, prover_field_test, registered with CTest
#   x_bench.cpp  one benchmark program, prover_field_bench
#   x_fuzz.cpp   a fuzz target each, prover_field_x_fuzz; x_fuzz.seeds/ beside it is its first corpus
# TEST_DEPS: libraries of the tests and benchmarks alone.
# TEST_WHOLE: the test program is one test of CTest's, for what all its cases share is slow to make.
# Only the prover's wing and fuzz targets calculate much: elsewhere a quick build counts for more than quick code, in all
# but what ships.
# A file of a folder that needs other flags (a SIMD kernel) gets them by set_source_files_properties.
include(GoogleTest)

function(zkp_target_name module out)
  string(REPLACE "/" "_" name "${module}")
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

function(zkp_module module)
  cmake_parse_arguments(ARG "TEST_WHOLE" "" "DEPS;PCH;TEST_DEPS" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${module})
  zkp_target_name(${module} name)

  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  file(GLOB tests CONFIGURE_DEPENDS ${folder}/*_test.cpp)
  file(GLOB benchmarks CONFIGURE_DEPENDS ${folder}/*_bench.cpp)
  file(GLOB fuzzers CONFIGURE_DEPENDS ${folder}/*_fuzz.cpp)
  list(REMOVE_ITEM sources ${tests} ${benchmarks} ${fuzzers} "")
  if(NOT ZKP_TESTS)
    set(tests)
    set(benchmarks)
  endif()

  set(dependencies)
  foreach(dependency ${ARG_DEPS})
    zkp_target_name(${dependency} dependency_name)
    list(APPEND dependencies ${dependency_name})
  endforeach()

  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
    if(ARG_PCH)
      target_precompile_headers(${name} PRIVATE ${ARG_PCH})
    endif()
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} ${scope} ${dependencies})
  set(quick)
  if(NOT module MATCHES "^prover/")
    set(quick -O0)
  endif()
  if(sources)
    if(ZKP_FUZZ)
      target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
    if(ZKP_COVERAGE)
      target_compile_options(${name} PRIVATE --coverage ${ZKP_NOT_COUNTED})
      target_link_options(${name} PUBLIC --coverage)
    endif()
    if(NOT fuzzers)
      target_compile_options(${name} PRIVATE $<$<CONFIG:Debug>:${quick}>)
    endif()
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gmock GTest::gtest_main ${ZKP_RAPIDCHECK} ${ARG_TEST_DEPS})
    target_compile_definitions(${name}_test PRIVATE ZKP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_compile_options(${name}_test PRIVATE ${quick})
    if(ARG_PCH AND sources)
      target_precompile_headers(${name}_test PRIVATE ${ARG_PCH})
    endif()
    if(ARG_TEST_WHOLE)
      add_test(NAME "${module}: all" COMMAND ${name}_test)
      set_tests_properties("${module}: all" PROPERTIES TIMEOUT 900 SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
    else()
      gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${module}: " PROPERTIES TIMEOUT 300)
    endif()
  endif()

  foreach(source ${benchmarks})
    get_filename_component(stem ${source} NAME_WE)
    add_executable(${name}_${stem} ${source})
    target_link_libraries(${name}_${stem} PRIVATE ${name} benchmark::benchmark ${ARG_TEST_DEPS})
  endforeach()

  if(ZKP_FUZZ)
    foreach(source ${fuzzers})
      get_filename_component(stem ${source} NAME_WE)
      add_executable(${name}_${stem} ${source})
      target_link_libraries(${name}_${stem} PRIVATE ${name})
      target_compile_options(${name}_${stem} PRIVATE -fsanitize=fuzzer-no-link)
      target_link_options(${name}_${stem} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${name}_${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    endforeach()
  endif()
endfunction()

# zkp_program(NAME DEPS modules ...): the program of src/apps/NAME.
function(zkp_program program)
  cmake_parse_arguments(ARG "" "" "DEPS;PCH" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/apps/${program}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${program} ${sources})
  foreach(dependency ${ARG_DEPS})
    zkp_target_name(${dependency} dependency_name)
    target_link_libraries(${program} PRIVATE ${dependency_name})
  endforeach()
  target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(${program} PRIVATE $<$<CONFIG:Debug>:-O0>)
  if(ARG_PCH)
    target_precompile_headers(${program} PRIVATE ${ARG_PCH})
  endif()
endfunction()

# zkp_protocol(NAME ROOT files ...): the C++ of .proto files below ROOT, messages and gRPC services, as a library.
function(zkp_protocol name root)
  set(folder ${CMAKE_BINARY_DIR}/protocol)
  file(MAKE_DIRECTORY ${folder})
  set(generated)
  foreach(proto ${ARGN})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(outputs ${folder}/${stem}.pb.cc ${folder}/${stem}.pb.h ${folder}/${stem}.grpc.pb.cc ${folder}/${stem}.grpc.pb.h)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --proto_path=${root} --cpp_out=${folder} --grpc_out=${folder}
        --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> ${root}/${proto}
      DEPENDS ${root}/${proto}
      COMMENT "Generating ${proto}")
    list(APPEND generated ${outputs})
  endforeach()
  add_library(${name} STATIC ${generated})
  target_include_directories(${name} SYSTEM PUBLIC ${folder})
  target_compile_options(${name} PRIVATE -w)
  target_link_libraries(${name} PUBLIC gRPC::grpc++ protobuf::libprotobuf)
endfunction()

# zkp_texts(MODULE HEADER FUNCTION files ...): adds to the module FUNCTION, declared in its HEADER as returning
# std::span<const char* const>, with the contents of the files in this order.
function(zkp_texts module header function)
  zkp_target_name(${module} name)
  string(REPLACE "/" "::" namespace "${module}")
  set(texts)
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(APPEND texts "R\"text(${text})text\",\n")
  endforeach()
  set(output ${CMAKE_BINARY_DIR}/texts/${name}_${function}.cpp)
  file(GENERATE OUTPUT ${output} CONTENT "#include \"${module}/${header}\"
namespace zkp::${namespace} {
std::span<const char* const> ${function}() {
static constexpr const char* kTexts[] = {${texts}};
return kTexts;
}
}
")
  target_sources(${name} PRIVATE ${output})
endfunction()
