#include "core/workers/stop_channel.h"

#include <algorithm>

#include "core/base/sync_point.h"
#include "core/os/low_descriptors.h"

namespace bgworkers {

Status StopChannel::open() {
    const LowDescriptors kept_free;
    uv_os_sock_t pair[2];
    const int error = uv_socketpair(SOCK_STREAM, 0, pair, 0, 0);  // close-on-exec by itself
    if (error != 0) {
        return Status::runtime(std::string("cannot create the stop channel: ") + uv_strerror(error));
    }
    reader_ = pair[0];
    writer_ = pair[1];
    requested_.store(false, std::memory_order_release);
    return {};
}

void StopChannel::close() noexcept {
    if (reader_ != kNoSocket) {
        close_socket(reader_);
        close_socket(writer_);
        reader_ = writer_ = kNoSocket;
    }
}

void StopChannel::request_stop() noexcept {
    // The flag first: who wakes at the end of file finds that a stop was asked for.
    if (!requested_.exchange(true, std::memory_order_acq_rel) && writer_ != kNoSocket) {
        BGW_SYNC_POINT("stop_channel.request_stop.before_end");
        end_socket(writer_);
    }
}

void StopChannel::wait(int milliseconds) const noexcept {
    constexpr int kSlice = 10;
    // At its end without a stop: the script has shut it down itself, and each wait would return at once.
    if (wait_readable(reader_, milliseconds) && !requested()) {
        uv_sleep(milliseconds < 0 ? kSlice : static_cast<unsigned>(std::min(milliseconds, kSlice)));
    }
}

}  // namespace bgworkers
