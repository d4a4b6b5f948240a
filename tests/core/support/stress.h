// How long a stress test goes on.
#pragma once

#include <cstdlib>

#include "support/support.h"

namespace bgworkers::test {

// `seconds` from now, or as many as BGWORKERS_STRESS_SECONDS says.
inline Clock::time_point stress_end(double seconds) {
    if (const char* wanted = std::getenv("BGWORKERS_STRESS_SECONDS")) {
        seconds = std::atof(wanted);
    }
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace bgworkers::test
