// What a step of a task queue leaves to do once its mutex is free: memory is freed, threads are called, and the loop is
// woken outside it. Made before the lock is taken, so that it ends after it. Internal to the queue.
#pragma once

#include "core/base/sync_point.h"
#include "core/tasks/task_queue.h"

namespace bgworkers {

class TaskQueue::Aftermath {
public:
    explicit Aftermath(TaskQueue& queue) noexcept : queue_(queue) {}
    Aftermath(const Aftermath&) = delete;
    Aftermath& operator=(const Aftermath&) = delete;

    ~Aftermath() {
        BGW_SYNC_POINT("task_queue.aftermath");
        if (call_ != nullptr) {
            call_->notify_all();
        }
        while (Task* task = told_) {
            told_ = task->next_told_;
            task->news_.notify_all();
            task->release();
        }
        while (Task* task = let_go_) {
            let_go_ = task->next_;
            if (Snapshot* payload = task->take_payload()) {
                payload->unpin();
            }
            task->release();
        }
        for (size_t i = 0; i < blocks_; ++i) {
            queue_.give_back(block_[i]->size());
            block_[i]->unpin();
        }
        if (wakes_loop_) {
            queue_.wake_loop_(queue_.wake_data_);
        }
    }

    // Its sender hears that it is settled, or that there is an update.
    void tell(Task* task) noexcept {
        task->hold();
        task->next_told_ = told_;
        told_ = task;
    }
    // It was taken out of its list, whose reference this is.
    void let_go(Task* task) noexcept {
        task->next_ = let_go_;
        let_go_ = task;
    }
    // A result or an update of one task that nobody wants; with its charge.
    void free(Snapshot* block) noexcept { block_[blocks_++] = block; }
    // sleeper: an instance's, or that of a task to which the caller has a reference.
    void call(CondVar& sleeper) noexcept {
        if (call_ != nullptr) {
            call_->notify_all();
        }
        call_ = &sleeper;
    }
    void wake_loop() noexcept { wakes_loop_ = true; }
    bool is_empty() const noexcept {
        return told_ == nullptr && let_go_ == nullptr && blocks_ == 0 && call_ == nullptr && !wakes_loop_;
    }

private:
    TaskQueue& queue_;
    Task* told_ = nullptr;
    Task* let_go_ = nullptr;
    Snapshot* block_[Task::kMostUpdates + 1];
    size_t blocks_ = 0;
    CondVar* call_ = nullptr;
    bool wakes_loop_ = false;
};

}  // namespace bgworkers
