#include "core/tasks/task.h"

#include <new>

#include "core/tasks/task_queue.h"

namespace bgworkers {

namespace {
std::atomic<uint64_t> live{0};
}

const char* task_outcome_name(TaskOutcome outcome) noexcept {
    constexpr const char* kNames[kTaskOutcomes] = {"none",      "done",    "failed",  "aborted",
                                                   "cancelled", "expired", "dropped", "rejected"};
    return kNames[static_cast<int>(outcome)];
}

TaskErrorPtr make_task_error(const char* error_class, const char* message, const char* file, int line) noexcept try {
    return std::make_shared<const TaskError>(TaskError{error_class, message, file, line});
} catch (const std::bad_alloc&) {
    return nullptr;
}

uint64_t Task::live_count() noexcept { return live.load(std::memory_order_relaxed); }

Task* Task::make(TaskQueue& queue, Snapshot* payload, TimePoint deadline, bool posted, const void* sender) noexcept {
    Task* task = new (std::nothrow) Task(queue, payload, deadline, posted, sender);
    if (task == nullptr) {
        payload->unpin();
    }
    return task;
}

Task::Task(TaskQueue& queue, Snapshot* payload, TimePoint deadline, bool posted, const void* sender) noexcept
    : queue_(queue), deadline_(deadline), sender_(sender), posted_(posted), sender_gone_(posted), payload_(payload) {
    live.fetch_add(1, std::memory_order_relaxed);
}

Task::~Task() {
    // Charged when it was queued; one that never was has a payload that nobody has charged.
    if (charged_) {
        queue_.give_back(sizeof(Task));
    }
    if (payload_ != nullptr) {
        if (charged_) {
            queue_.give_back(payload_->size());
        }
        payload_->unpin();
    }
    // Results and updates were charged before they came here.
    if (result_ != nullptr) {
        queue_.give_back(result_->size());
        result_->unpin();
    }
    for (; updates_ > 0; --updates_, first_update_ = (first_update_ + 1) % kMostUpdates) {
        queue_.give_back(update_[first_update_]->size());
        update_[first_update_]->unpin();
    }
    live.fetch_sub(1, std::memory_order_relaxed);
}

Snapshot* Task::take_payload() noexcept {
    Snapshot* payload = payload_;
    payload_ = nullptr;
    if (payload != nullptr) {
        queue_.give_back(payload->size());
    }
    return payload;
}

}  // namespace bgworkers
