// The headers into which most of the compiler's time goes. Builds for developers compile them once and for all files
// (CMakeLists.txt, tools/get/extension.sh, tests/libphp); no file includes this one.
#pragma once

#ifndef _WIN32
#include <uv.h>  // on Windows it brings macros such as `near`, into files that do not include it
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>
