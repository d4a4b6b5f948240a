# What programs on libphp share. tests/embed and tests/fuzz include it, as projects of their own:
#
#   -DPHP_CONFIG=/path/to/php-config   the engine, whose libphp.so is used
#   -DBGWORKERS_SANITIZE=...           for -fsanitize=
#
# Gives `engine` (libphp in a process of our own, engine.h), `support` (main() and cases on top of it, support.h),
# `root` (the repository), `sources`: the extension's own, and add_extension() for programs that have it inside. Those
# see no COMPILE_DL_BGWORKERS: the thread's cache is engine.cc's.
set(PHP_CONFIG "" CACHE FILEPATH "php-config of the engine; its libphp.so is used")
set(BGWORKERS_SANITIZE "" CACHE STRING "for -fsanitize=")
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
  set(standard_headers <algorithm> <atomic> <chrono> <functional> <map> <memory> <optional> <string> <string_view>
    <thread> <vector> <uv.h>)
  set(core_sources ${sources})
  list(FILTER core_sources INCLUDE REGEX "/src/core/")
  set(php_sources ${sources})
  list(FILTER php_sources EXCLUDE REGEX "/src/core/")
  add_library(${target}_core OBJECT ${core_sources})
  target_precompile_headers(${target}_core PRIVATE ${standard_headers})
  add_library(${target} OBJECT ${php_sources})
  target_precompile_headers(${target} PRIVATE ${standard_headers} ${root}/src/host/php.h)
  target_link_libraries(${target}_core PUBLIC flags)
  target_link_libraries(${target} PUBLIC flags)
endfunction()
