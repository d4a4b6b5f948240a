// A socket that is readable while there is something to ask for: what event loops watch. One is made for whoever asks.
//
// It tells and carries nothing: the byte in it is put there and taken away by the queue. Scripts get duplicates of its
// reading end, and may read the byte themselves: so whether it lies there is looked at, never remembered.
//
// open() and the end of its life: one thread. Everything else under the mutex of the queue that it tells of; neither
// call blocks. Fork: the child shares it, and only closes it.
#pragma once

#include "core/os/socket.h"

namespace bgworkers {

class TaskChannel {
public:
    TaskChannel() = default;
    ~TaskChannel() { close(); }
    TaskChannel(const TaskChannel&) = delete;
    TaskChannel& operator=(const TaskChannel&) = delete;

    // 0, or an error of libuv's.
    int open() noexcept;
    void close() noexcept;
    bool is_open() const noexcept { return reader_ != kNoSocket; }

    // Of an open one.
    void set_readable(bool readable) noexcept;
    uv_os_sock_t reader() const noexcept { return reader_; }

    // Takes the other's sockets over.
    void take(TaskChannel& other) noexcept;

private:
    uv_os_sock_t reader_ = kNoSocket;
    uv_os_sock_t writer_ = kNoSocket;
};

}  // namespace bgworkers
