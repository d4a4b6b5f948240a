// What the core needs from the floor above: threads that can run PHP scripts.
//
// The supervisor asks (on its own thread, never blocking for long); the host's threads answer by
// posting to the instance's mailbox. Tests implement both sides with fakes.
#pragma once

#include <memory>
#include <string>

#include "core/base/log.h"
#include "core/base/status.h"
#include "core/os/clock.h"

namespace bgworkers {

class Instance;

// One thread that runs the runs of one instance, one after the other.
class WorkerThread {
public:
    virtual ~WorkerThread() = default;

    // Run the script once; answered by Instance::post_began(), then mail_ended. Only when no run is under way.
    virtual void begin_run() noexcept = 0;

    // The present run is being asked to stop: its stop channel comes to its end right after this call. At most once a
    // run, perhaps before the script's first line.
    virtual void stop_requested() noexcept = 0;

    // Force-kill, to be repeated until the run is over: raises the engine's timeout interrupt in the thread, and with
    // `signal` interrupts its blocking system call too.
    virtual void interrupt(bool signal) noexcept = 0;

    // No further run: the thread ends once the present run has. Answered by mail_gone.
    virtual void retire() noexcept = 0;

    // After mail_gone only: waits for the thread's last instructions. Once, and before this object is destroyed.
    virtual void join() noexcept = 0;

    // "FILE:LINE" that the thread was last seen executing, for the log; "" if unknown. May be stale, never blocks.
    // Throws std::bad_alloc at the most.
    virtual std::string last_seen() = 0;
};

class WorkerHost {
public:
    virtual ~WorkerHost() = default;
    // The supervisor's thread. An error is the operating system's (EAGAIN, ENOMEM): nothing was created. Throws
    // std::bad_alloc at the most, which means the same.
    virtual Result<std::unique_ptr<WorkerThread>> create_thread(Instance& instance) = 0;
    virtual LogSink& log() noexcept = 0;
    // What jobs go by. Any thread; a test sets it.
    virtual ClockLook clock() noexcept { return look_at_clock(); }
};

}  // namespace bgworkers
