#include "host/signals/run_signals.h"

#include <thread>

#include "host/os/thread_signals.h"

namespace bgworkers {

namespace {
const int* const kStopSignals[] = {&signals::kTerm, &signals::kInt, &signals::kQuit};
constexpr uint32_t kQueueSize = kMaxSignal + 1;
}  // namespace

// --- Senders ----------------------------------------------------------------------------------------------------

void RunSignals::expect_run() noexcept {
    MutexLock lock(mutex_);
    stop_due_ = false;
}

void RunSignals::stop() noexcept {
    MutexLock lock(mutex_);
    stop_due_ = true;
    deliver_stop(false);
}

void RunSignals::ring() noexcept {
    MutexLock lock(mutex_);
    if (open_) {
        deliver(signals::kAlarm, SignalSender::alarm, false);
    }
}

// own: it is the run's thread that calls.
void RunSignals::deliver(int signal, SignalSender sender, bool own) noexcept {
    if (blocked_.has(signal) || (awaited_.has(signal) && handled_.has(signal))) {
        // As the kernel has it: what is waited for goes to the waiter, not to its handler. Without a handler it ends
        // the process, unless it is blocked.
        keep_pending(signal, sender);
    } else if (handled_.has(signal)) {
        arrive(signal, sender, own);
    } else if (!ignored_.has(signal) && signals::default_action(signal) == signals::DefaultAction::end_process &&
               ended_by_.load(std::memory_order_relaxed) == 0) {
        ended_by_.store(signal, std::memory_order_relaxed);
        instance_.post(Instance::mail_kill);  // before close(), and so before mail_ended
    }
}

// Once. A run that ignores SIGTERM has been told.
void RunSignals::deliver_stop(bool own) noexcept {
    if (!stop_due_ || !open_) {
        return;
    }
    // A script that waits for a signal is told by that, whether it has a handler or not.
    for (const int* signal : kStopSignals) {
        if (awaited_.has(*signal)) {
            stop_due_ = false;
            keep_pending(*signal, SignalSender::stop);
            return;
        }
    }
    if (ignored_.has(signals::kTerm)) {
        stop_due_ = false;
        return;
    }
    // SIGTERM first; a command that handles only SIGINT or SIGQUIT hears of the stop by that.
    for (const int* signal : kStopSignals) {
        if (handled_.has(*signal)) {
            // Blocked, it stays due, and comes when the script unblocks it.
            if (!blocked_.has(*signal)) {
                stop_due_ = false;
                arrive(*signal, SignalSender::stop, own);
            }
            return;
        }
    }
}

void RunSignals::arrive(int signal, SignalSender sender, bool own) noexcept {
    if (own) {
        // The run's own thread needs no signal to itself: it is in no blocking call.
        append(signal, sender);
        raise_interrupt();
        return;
    }
    sender_[signal] = sender;
    SignalSet one;
    one.put(signal, true);
    in_flight_.fetch_or(one.bits());
    // Without a real-time signal a blocking call goes on, but the handler runs when it has ended.
    if (!os::interrupt_call(thread_, restart_.has(signal))) {
        on_interrupting_signal();
    }
    instance_.worker().tasks().wake(instance_.index());  // no signal ends a wait for a task
}

void RunSignals::keep_pending(int signal, SignalSender sender) noexcept {
    if (pending_[signal] == 0 || signals::is_queued(signal)) {
        ++pending_[signal];
    }
    sender_[signal] = sender;
    if (awaited_.has(signal)) {
        // wait() holds our signals but in its system call: this one ends that.
        os::interrupt_call(thread_, false);
    }
}

// --- The run's thread -------------------------------------------------------------------------------------------

void RunSignals::open() noexcept {
    MutexLock lock(mutex_);
    handled_ = ignored_ = restart_ = blocked_ = awaited_ = SignalSet();
    for (uint32_t& count : pending_) {
        count = 0;
    }
    in_flight_.store(0);
    arrived_.store(0);
    async_.store(false);
    ended_by_.store(0);
    // Taken here for senders: on their threads EG() is another thread's, or nobody's.
    vm_interrupt_ = &EG(vm_interrupt);
    first_ = count_ = 0;
    thread_ = uv_thread_self();
    open_ = true;
}

void RunSignals::close() noexcept {
    MutexLock lock(mutex_);
    open_ = false;
    handled_ = SignalSet();
    first_ = count_ = 0;
}

void RunSignals::on_interrupting_signal() noexcept {
    if (const uint64_t bits = in_flight_.exchange(0); bits != 0) {
        arrived_.fetch_or(bits);
        raise_interrupt();
    }
}

void RunSignals::raise_interrupt() noexcept {
    if (async()) {
        zend_atomic_bool_store(vm_interrupt_, true);
    }
}

void RunSignals::append(int signal, SignalSender sender) noexcept {
    if (count_ < kQueueSize) {
        queue_[(first_ + count_++) % kQueueSize] = {static_cast<uint8_t>(signal), sender};
    }
}

void RunSignals::take_arrived() noexcept {
    const SignalSet arrived(arrived_.exchange(0));
    // By number, as the kernel takes what is pending: a set knows no other order.
    for (int signal = 1; !arrived.empty() && signal <= kMaxSignal; ++signal) {
        if (arrived.has(signal)) {
            append(signal, sender_[signal]);
        }
    }
}

// What was sent before the lock was taken is on its way to this thread, and is not to interrupt what comes now. It
// needs the time of a system call; only where the host has blocked our signals would it need longer.
void RunSignals::let_arrive() noexcept {
    for (int i = 0; i < 1000 && in_flight_.load() != 0; ++i) {
        std::this_thread::yield();
    }
    take_arrived();
}

bool RunSignals::take(SentSignal* sent) noexcept {
    if (arrived_.load(std::memory_order_relaxed) != 0) {
        MutexLock lock(mutex_);
        take_arrived();
    }
    if (count_ == 0) {
        return false;
    }
    *sent = queue_[first_];
    first_ = (first_ + 1) % kQueueSize;
    --count_;
    return true;
}

// A stop that was delivered between a command's pcntl_signal() and its pcntl_async_signals(true) is not to wait for the
// next signal, as it would in a process: there will be none.
void RunSignals::set_async(bool on) noexcept {
    async_.store(on, std::memory_order_relaxed);
    if (!on) {
        return;
    }
    MutexLock lock(mutex_);
    let_arrive();
    for (uint32_t i = 0; i < count_; ++i) {
        if (queue_[(first_ + i) % kQueueSize].sender == SignalSender::stop) {
            raise_interrupt();
        }
    }
}

void RunSignals::set(int signal, Disposition disposition, bool restart, bool unblock) noexcept {
    MutexLock lock(mutex_);
    if (!open_) {
        return;
    }
    let_arrive();
    handled_.put(signal, disposition == Disposition::handled);
    ignored_.put(signal, disposition == Disposition::ignored);
    restart_.put(signal, restart);
    if (disposition == Disposition::ignored) {
        // As sigaction(2): what is ignored from now on is not pending any more.
        pending_[signal] = 0;
    }
    if (unblock) {
        blocked_.put(signal, false);
    }
    deliver_pending();
}

SignalSet RunSignals::blocked() noexcept {
    MutexLock lock(mutex_);
    return blocked_;
}

void RunSignals::block(SignalSet blocked) noexcept {
    MutexLock lock(mutex_);
    let_arrive();
    blocked_ = SignalSet(blocked.bits() & signals::all_blockable().bits());
    deliver_pending();
}

// After a signal was unblocked or handled.
void RunSignals::deliver_pending() noexcept {
    for (int signal = 1; signal <= kMaxSignal; ++signal) {
        while (pending_[signal] > 0 && !blocked_.has(signal)) {
            --pending_[signal];
            deliver(signal, sender_[signal], true);
        }
    }
    deliver_stop(true);
}

bool RunSignals::send(int signal) noexcept {
    MutexLock lock(mutex_);
    if (!open_) {
        return true;
    }
    if (signals::default_action(signal) == signals::DefaultAction::stop_process && !blocked_.has(signal) &&
        !handled_.has(signal) && !ignored_.has(signal)) {
        return false;
    }
    let_arrive();
    deliver(signal, SignalSender::run, true);
    return true;
}

bool RunSignals::take_pending(SignalSet set, SentSignal* sent) noexcept {
    for (int signal = 1; signal <= kMaxSignal; ++signal) {
        if (set.has(signal) && pending_[signal] > 0) {
            --pending_[signal];
            *sent = {static_cast<uint8_t>(signal), sender_[signal]};
            return true;
        }
    }
    return false;
}

// Our real-time signals are held while it looks, and let in only by the system call that waits: none is missed.
SignalWait RunSignals::wait(SignalSet set, double seconds, const std::atomic<bool>& killed, SentSignal* sent) noexcept {
    const uint64_t began = uv_hrtime();
    os::SignalMask before;
    {
        MutexLock lock(mutex_);
        let_arrive();
        // From here on a sender interrupts the wait; what is pending already is found in the loop.
        awaited_ = set;
        deliver_stop(true);
    }
    os::hold_interrupts(&before);
    SignalWait result;
    for (;;) {
        {
            MutexLock lock(mutex_);
            if (take_pending(set, sent)) {
                result = SignalWait::taken;
                break;
            }
        }
        // A handler is due, as EINTR in a process. A kill's real-time signal ends the system call, too.
        if (killed.load() || arrived_.load() != 0) {
            result = SignalWait::interrupted;
            break;
        }
        const double left = seconds - static_cast<double>(uv_hrtime() - began) / 1e9;
        if (left <= 0) {
            result = SignalWait::elapsed;
            break;
        }
        os::wait_for_interrupt(before, left);
    }
    os::let_interrupts_in(before);
    MutexLock lock(mutex_);
    awaited_ = SignalSet();
    return result;
}

}  // namespace bgworkers
