# What programs on libphp share. tests/embed and tests/fuzz include it, as projects of their own:
#
#   -DPHP_CONFIG=/path/to/php-config   the engine, whose libphp.so is used
#   -DBGWORKERS_SANITIZE=...           for -fsanitize=
#   -DEXTENSION_TREE=/path/to/tree     where phpize has built the extension for this engine: its objects are linked,
#                                      and not compiled again. Not with a sanitizer
#
# Gives `engine` (libphp in a process of our own, engine.h), `support` (main() and cases on top of it, support.h),
# `root` (the repository), `sources`: the extension's own, and add_extension() for programs that have it inside. Those
# see no COMPILE_DL_BGWORKERS: the thread's cache is engine.cc's.
set(PHP_CONFIG "" CACHE FILEPATH "php-config of the engine; its libphp.so is used")
set(BGWORKERS_SANITIZE "" CACHE STRING "for -fsanitize=")
set(EXTENSION_TREE "" CACHE PATH "where phpize has built the extension")
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET "libuv>=1.44")
execute_process(COMMAND ${PHP_CONFIG} --include-dir OUTPUT_VARIABLE php_include OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PHP_CONFIG} --prefix OUTPUT_VARIABLE php_prefix OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

file(STRINGS ${root}/src/sources.list sources REGEX "^src/")
list(TRANSFORM sources PREPEND ${root}/)

add_library(flags INTERFACE)
target_compile_options(flags INTERFACE -g -O1 -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter
  -Wno-missing-field-initializers $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
target_compile_definitions(flags INTERFACE ZEND_ENABLE_STATIC_TSRMLS_CACHE=1)
target_include_directories(flags INTERFACE ${root} ${root}/src ${CMAKE_CURRENT_LIST_DIR})
target_include_directories(flags SYSTEM INTERFACE ${php_include} ${php_include}/main ${php_include}/Zend
  ${php_include}/TSRM ${php_include}/ext)
target_link_libraries(flags INTERFACE PkgConfig::LIBUV Threads::Threads ${php_prefix}/lib/libphp.so)
target_link_options(flags INTERFACE -Wl,-rpath,${php_prefix}/lib)
if(BGWORKERS_SANITIZE)
  target_compile_options(flags INTERFACE -fsanitize=${BGWORKERS_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(flags INTERFACE -fsanitize=${BGWORKERS_SANITIZE})
endif()

add_library(engine STATIC ${CMAKE_CURRENT_LIST_DIR}/engine.cc)
target_link_libraries(engine PUBLIC flags)
add_library(support STATIC ${CMAKE_CURRENT_LIST_DIR}/support.cc)
target_link_libraries(support PUBLIC engine)

# Adds TARGET and TARGET_core, the objects of the extension; a program links both. The headers into which most of the
# time goes are compiled once. The core sees nothing of PHP, whose macros would change what it calls.
function(add_extension target)
  set(core_sources ${sources})
  list(FILTER core_sources INCLUDE REGEX "/src/core/")
  set(php_sources ${sources})
  list(FILTER php_sources EXCLUDE REGEX "/src/core/")
  if(EXTENSION_TREE AND NOT BGWORKERS_SANITIZE)
    # All but the file that says what PHP loads: there the thread's cache would be defined once more.
    set(php_sources ${root}/src/zend/api/module.cc)
    set(objects ${sources})
    list(REMOVE_ITEM objects ${php_sources})
    list(TRANSFORM objects REPLACE "^${root}/(.*/)([^/]*)\\.cc$" "${EXTENSION_TREE}/\\1.libs/\\2.o")
    set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT ON)
    add_library(${target}_core INTERFACE)
    target_sources(${target}_core INTERFACE ${objects})
    add_library(${target} OBJECT ${php_sources})
  else()
    add_library(${target}_core OBJECT ${core_sources})
    target_precompile_headers(${target}_core PRIVATE ${root}/src/core/base/precompiled.h)
    target_link_libraries(${target}_core PUBLIC flags)
    set_target_properties(${target}_core PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    add_library(${target} OBJECT ${php_sources})
    target_precompile_headers(${target} PRIVATE ${root}/src/core/base/precompiled.h ${root}/src/host/php.h)
  endif()
  target_link_libraries(${target} PUBLIC flags)
endfunction()
