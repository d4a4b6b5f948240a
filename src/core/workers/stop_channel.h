// The socket pair behind a worker handle: readable, and at its end, once the run has to stop.
//
// One channel a run. The supervisor creates it before the run and calls request_stop(); the
// worker's thread polls and dups reader(). Both ends are close-on-exec. The stop is a shutdown() of
// the socket, not a close(): it reaches every dup and holds even if a forked child has the pair too.
//
// Threads: requested() any; reader() and wait() the worker's thread; request_stop() the supervisor, and the worker's
// thread during a run, any number of times. open() and close() while no other thread uses it. Fork: the child only
// closes, never shuts down.
#pragma once

#include <atomic>

#include "core/base/status.h"
#include "core/os/socket.h"

namespace bgworkers {

class StopChannel {
public:
    StopChannel() = default;
    ~StopChannel() { close(); }
    StopChannel(const StopChannel&) = delete;
    StopChannel& operator=(const StopChannel&) = delete;

    Status open();
    void close() noexcept;

    void request_stop() noexcept;
    bool requested() const noexcept { return requested_.load(std::memory_order_acquire); }

    // The worker's end; kNoSocket while closed.
    uv_os_sock_t reader() const noexcept { return reader_; }

    // Waits until the stop, an interrupting signal or `milliseconds` (-1: no limit); what happened shows in
    // requested(). A script that has shut down the socket behind its handle (ext/sockets can) gets slices of 10 ms.
    void wait(int milliseconds) const noexcept;

private:
    uv_os_sock_t reader_ = kNoSocket;
    uv_os_sock_t writer_ = kNoSocket;
    std::atomic<bool> requested_{false};
};

}  // namespace bgworkers
