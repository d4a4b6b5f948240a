// What the tests of tasks share: a queue without a worker, and tasks whose payloads are words.
#pragma once

#include <atomic>

#include "core/tasks/task_queue.h"
#include "support/support.h"

namespace bgworkers::test {

constexpr Task::TimePoint kAtOnce = Task::TimePoint::min();

struct TaskRig {
    explicit TaskRig(TaskLimits limits = {}, int instances = 1, size_t memory_limit = 0)
        : queue(limits, instances, &memory, [](void* rig) { ++static_cast<TaskRig*>(rig)->wakes; }, this) {
        memory.set_limit(memory_limit);
    }

    TaskMemory memory;
    std::atomic<int> wakes{0};  // of the loop
    TaskQueue queue;

    Task* make(uint64_t value = 1, Task::TimePoint deadline = Task::kNever, bool posted = false) {
        return Task::make(queue, make_snapshot(value), deadline, posted, nullptr);
    }
    // Queued at once, or nullptr: then it is gone.
    Task* send(uint64_t value = 1, Task::TimePoint deadline = Task::kNever) {
        Task* task = make(value, deadline);
        if (queue.offer(*task, kAtOnce) != Offered::queued) {
            task->release();
            return nullptr;
        }
        return task;
    }
    // Open at the instance; the payload is taken. nullptr: none.
    Task* receive(int instance = 0, Task::TimePoint until = kAtOnce, uint64_t* value = nullptr) {
        Task* task = nullptr;
        if (queue.receive(instance, until, &task) != Receipt::task) {
            return nullptr;
        }
        Snapshot* payload = task->take_payload();
        if (value != nullptr) {
            *value = words_of(payload)[0];
        }
        payload->unpin();
        return task;
    }
    // By the thread that received it, which has no use for it any more.
    Closed finish(Task* task, uint64_t value = 1) {
        Snapshot* result = make_snapshot(value);
        require_charge(queue.charge(result->size()));
        const Closed closed = queue.finish(*task, result);
        task->release();
        return closed;
    }
    uint64_t ended(TaskOutcome outcome) { return queue.facts().ended[static_cast<int>(outcome)]; }

    static bool adds_up(const TaskQueue::Facts& facts) {
        uint64_t sum = facts.queued + facts.running;
        for (uint64_t each : facts.ended) {
            sum += each;
        }
        return sum == facts.sent && facts.ended[0] == 0;
    }

private:
    static void require_charge(bool charged) {
        if (!charged) {
            std::abort();
        }
    }
};

}  // namespace bgworkers::test
