#include "core/tasks/task_channel.h"

#include <utility>

#include "core/os/low_descriptors.h"

namespace bgworkers {

int TaskChannel::open() noexcept {
    const LowDescriptors kept_free;
    uv_os_sock_t pair[2];
    const int error = uv_socketpair(SOCK_STREAM, 0, pair, 0, 0);  // close-on-exec by itself
    if (error == 0) {
        reader_ = pair[0];
        writer_ = pair[1];
    }
    return error;
}

void TaskChannel::close() noexcept {
    if (is_open()) {
        close_socket(reader_);
        close_socket(writer_);
        reader_ = writer_ = kNoSocket;
    }
}

void TaskChannel::set_readable(bool readable) noexcept {
    if (readable && !wait_readable(reader_, 0)) {
        send_one_byte(writer_);
    } else if (!readable && wait_readable(reader_, 0)) {
        read_away(reader_);
    }
}

void TaskChannel::take(TaskChannel& other) noexcept {
    close();
    reader_ = std::exchange(other.reader_, kNoSocket);
    writer_ = std::exchange(other.writer_, kNoSocket);
}

}  // namespace bgworkers
