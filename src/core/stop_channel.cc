#include "core/stop_channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "core/sync_point.h"

namespace bgworkers {

Status StopChannel::open() {
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
    if (reader_ >= 0) {
        ::close(reader_);
        ::close(writer_);
        reader_ = writer_ = -1;
    }
}

void StopChannel::request_stop() noexcept {
    if (!requested_.exchange(true, std::memory_order_acq_rel) && writer_ >= 0) {
        BGW_SYNC_POINT("stop_channel.request_stop.before_end");
        ::shutdown(writer_, SHUT_RDWR);
    }
}

void StopChannel::wait(int milliseconds) const noexcept {
    pollfd entry{reader_, POLLIN, 0};
    ::poll(&entry, 1, milliseconds);
}

}  // namespace bgworkers
