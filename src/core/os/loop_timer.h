// Starts a timer on a loop whose thread may have been busy.
//
// A loop looks at the clock once a turn, and a timer counts from that look. After a callback that took a second (a look
// at 300,000 files) a grace of a second would be over at once. So the clock is read anew. The loop's thread only.
#pragma once

#include <uv.h>

#include <algorithm>
#include <cstdint>

namespace bgworkers {

constexpr uint64_t to_milliseconds(double seconds) noexcept {
    return static_cast<uint64_t>(std::max(0.0, seconds) * 1000 + 0.5);
}

// repeat: seconds between further calls, 0 = none.
inline void start_timer(uv_timer_t* timer, uv_timer_cb callback, double seconds, double repeat = 0) noexcept {
    uv_update_time(timer->loop);
    uv_timer_start(timer, callback, to_milliseconds(seconds), to_milliseconds(repeat));
}

}  // namespace bgworkers
