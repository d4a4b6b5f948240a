// The signals of one run: which it handles, ignores and blocks, which wait for it, and who may interrupt it for them.
//
// A process has these in its kernel; a run has them here, since the signals of the process are none of its business.
// Senders are the run itself (posix_kill), its alarm, and the supervisor, whose stop is a SIGTERM. Handlers, which are
// PHP code, are called by handlers.h.
//
// The way of a signal that is handled and not blocked:
//
//   sender, under mutex_     in_flight_ |= signal, then one real-time signal to the thread, with or without SA_RESTART
//                            as the handler was installed. So what ends in a blocked process ends here
//   the thread's OS handler  in_flight_ -> arrived_, and if the run wants its handlers called at once, the engine's
//                            interrupt. Two atomics and a store: nothing else may be touched there
//   the thread, in PHP code  arrived_ -> queue_, then the handlers
//
// What the run sends to itself goes straight into queue_. Where no real-time signal can be had, the sender does what
// the OS handler does. A blocked signal waits in pending_.
//
// The stop is kept apart until it can be delivered: commands install their handlers after their boot, and in a worker
// SIGTERM without one waits instead of ending the run.
//
// Threads: what is under mutex_ is written by the run's thread and by senders (supervisor, loop), in and out of which
// nothing is called but pthread_kill() and Instance::post(). queue_ is the run's thread's alone; its OS handler touches
// in_flight_, arrived_, async_ and vm_interrupt_, which is constant while the run is open. No memory is ever allocated.
// A bailout can strike in none of these functions.
//
// Lifetime: with the thread. open() and close() bound a run; what is sent in between concerns that run alone, but for
// the stop, which may come before open().
//
// Fork: worker threads do not fork, and a child has none, so nobody in it looks at this.
#pragma once

#include <uv.h>

#include <atomic>

#include "core/base/mutex.h"
#include "core/workers/worker.h"
#include "host/php.h"
#include "host/signals/signal_set.h"
#include "host/signals/system.h"

namespace bgworkers {

enum class Disposition { standard, ignored, handled };

struct SentSignal {
    uint8_t number;
    SignalSender sender;
};

enum class SignalWait { taken, elapsed, interrupted };

class RunSignals {
public:
    explicit RunSignals(Instance& instance) : instance_(instance) {}

    // --- Senders ---
    // The supervisor, before it orders a run: a stop of the one before does not count.
    void expect_run() noexcept BGW_EXCLUDES(mutex_);
    // The supervisor: the run has to stop.
    void stop() noexcept BGW_EXCLUDES(mutex_);
    // The loop: its alarm rings.
    void ring() noexcept BGW_EXCLUDES(mutex_);

    // --- The run's thread ---
    void open() noexcept BGW_EXCLUDES(mutex_);
    void close() noexcept BGW_EXCLUDES(mutex_);

    // The OS handler of our real-time signals.
    void on_interrupting_signal() noexcept;

    // Signals wait for their handlers. Cheap.
    bool has_arrived() const noexcept { return count_ > 0 || arrived_.load(std::memory_order_relaxed) != 0; }
    // The oldest of them. false: none.
    bool take(SentSignal* sent) noexcept BGW_EXCLUDES(mutex_);
    void forget_arrived() noexcept { count_ = 0; }
    // Has the engine call its interrupt function soon, if handlers are to be called at once.
    void raise_interrupt() noexcept;

    bool async() const noexcept { return async_.load(std::memory_order_relaxed); }
    void set_async(bool on) noexcept BGW_EXCLUDES(mutex_);

    // As sigaction(2). `unblock`: as the engine's own, which also does that.
    void set(int signal, Disposition disposition, bool restart, bool unblock) noexcept BGW_EXCLUDES(mutex_);

    SignalSet blocked() noexcept BGW_EXCLUDES(mutex_);
    void block(SignalSet blocked) noexcept BGW_EXCLUDES(mutex_);

    // false: refused, it would stop the process.
    bool send(int signal) noexcept BGW_EXCLUDES(mutex_);

    // As sigtimedwait(2). The force-kill ends it, too.
    SignalWait wait(SignalSet set, double seconds, const std::atomic<bool>& killed, SentSignal* sent) noexcept
        BGW_EXCLUDES(mutex_);

    // The signal whose default action ends this run, 0 if none has come. The supervisor knows; the run's own thread
    // does not return from the call that made it so.
    int ended_by() const noexcept { return ended_by_.load(std::memory_order_relaxed); }

private:
    void deliver(int signal, SignalSender sender, bool own) noexcept BGW_REQUIRES(mutex_);
    void deliver_stop(bool own) noexcept BGW_REQUIRES(mutex_);
    void deliver_pending() noexcept BGW_REQUIRES(mutex_);
    void arrive(int signal, SignalSender sender, bool own) noexcept BGW_REQUIRES(mutex_);
    void keep_pending(int signal, SignalSender sender) noexcept BGW_REQUIRES(mutex_);
    bool take_pending(SignalSet set, SentSignal* sent) noexcept BGW_REQUIRES(mutex_);
    void take_arrived() noexcept BGW_REQUIRES(mutex_);
    void let_arrive() noexcept BGW_REQUIRES(mutex_);
    void append(int signal, SignalSender sender) noexcept;

    Instance& instance_;

    Mutex mutex_;
    bool open_ BGW_GUARDED_BY(mutex_) = false;
    bool stop_due_ BGW_GUARDED_BY(mutex_) = false;
    uv_thread_t thread_ BGW_GUARDED_BY(mutex_){};
    SignalSet handled_ BGW_GUARDED_BY(mutex_);
    SignalSet ignored_ BGW_GUARDED_BY(mutex_);
    SignalSet restart_ BGW_GUARDED_BY(mutex_);
    SignalSet blocked_ BGW_GUARDED_BY(mutex_);
    SignalSet awaited_ BGW_GUARDED_BY(mutex_);  // by wait()
    uint32_t pending_[kMaxSignal + 1] BGW_GUARDED_BY(mutex_) = {};
    SignalSender sender_[kMaxSignal + 1] BGW_GUARDED_BY(mutex_) = {};  // of the last one

    std::atomic<uint64_t> in_flight_{0};
    std::atomic<uint64_t> arrived_{0};
    std::atomic<bool> async_{false};
    std::atomic<int> ended_by_{0};
    zend_atomic_bool* vm_interrupt_ = nullptr;

    // The run's thread alone. As many as pcntl keeps; what comes when it is full is forgotten, as there.
    SentSignal queue_[kMaxSignal + 1] = {};
    uint32_t first_ = 0;
    uint32_t count_ = 0;
};

}  // namespace bgworkers
