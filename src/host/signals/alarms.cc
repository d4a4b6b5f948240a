#include "host/signals/alarms.h"

#include <algorithm>

#include "core/os/loop_timer.h"

namespace bgworkers {

namespace {

constexpr uint64_t kSecond = 1000000000;

// Half a second and more counts as one, and what is left never as none.
unsigned rounded(uint64_t nanoseconds) {
    return static_cast<unsigned>(std::max<uint64_t>(1, (nanoseconds + kSecond / 2) / kSecond));
}

}  // namespace

unsigned Alarms::set(Alarm& alarm, unsigned seconds) noexcept {
    const uint64_t now = uv_hrtime();
    unsigned left = 0;
    {
        MutexLock lock(mutex_);
        if (alarm.due != 0) {
            left = rounded(alarm.due > now ? alarm.due - now : 0);
            Alarm** link = &first_;
            while (*link != &alarm) {
                link = &(*link)->next;
            }
            *link = alarm.next;
            alarm.due = 0;
        }
        if (seconds == 0) {
            return left;  // the timer may go off in vain
        }
        alarm.due = now + uint64_t{seconds} * kSecond;
        alarm.next = first_;
        first_ = &alarm;
    }
    // The timer is the loop's thread's alone, and the loop is woken for many other things.
    changed_.store(true);
    loop_.wake();
    return left;
}

void Alarms::on_loop_begin(uv_loop_t* loop) noexcept {
    uv_timer_init(loop, &timer_);
    timer_.data = this;
}

void Alarms::on_loop_end() noexcept { uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr); }

void Alarms::on_wake() noexcept {
    if (changed_.exchange(false)) {
        ring();
    }
}

// What is due, and the timer for the next.
void Alarms::ring() noexcept {
    MutexLock lock(mutex_);
    const uint64_t now = uv_hrtime();
    for (Alarm** link = &first_; *link != nullptr;) {
        Alarm& alarm = **link;
        if (alarm.due <= now) {
            *link = alarm.next;
            alarm.due = 0;
            // Under the mutex: set(..., 0) at the end of a run waits for this, and the next run hears no old alarm.
            alarm.run.ring();
        } else {
            link = &alarm.next;
        }
    }
    arm();
}

void Alarms::arm() noexcept {
    if (first_ == nullptr) {
        uv_timer_stop(&timer_);
        return;
    }
    uint64_t next = first_->due;
    for (const Alarm* alarm = first_; alarm != nullptr; alarm = alarm->next) {
        next = std::min(next, alarm->due);
    }
    const uint64_t now = uv_hrtime();
    constexpr double kNotBefore = 0.001;  // a timer counts milliseconds
    start_timer(
        &timer_, [](uv_timer_t* timer) { static_cast<Alarms*>(timer->data)->ring(); },
        static_cast<double>(next > now ? next - now : 0) / 1e9 + kNotBefore);
}

}  // namespace bgworkers
