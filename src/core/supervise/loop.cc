#include "core/supervise/loop.h"

#include <string>

#include "core/os/loop_start.h"
#include "core/os/low_descriptors.h"
#include "core/os/quiet_thread.h"

namespace bgworkers {

namespace {
constexpr size_t kStackBytes = 1024 * 1024;
}  // namespace

Status Loop::start() {
    MutexLock lock(mutex_);
    if (running()) {
        return {};
    }
    const auto cannot = [](int error) {
        return Status::runtime(std::string("cannot start the supervisor of background workers: ") + uv_strerror(error));
    };
    const LowDescriptors kept_free;
    if (int error = start_loop(&uv_); error != 0) {
        return cannot(error);
    }
    async_.data = this;
    if (int error = uv_async_init(&uv_, &async_, [](uv_async_t* async) { static_cast<Loop*>(async->data)->on_wake(); });
        error != 0) {
        uv_loop_close(&uv_);
        return cannot(error);
    }
    if (int error = start_quiet_thread(&thread_, kStackBytes, run, this); error != 0) {
        // Its handle is closed by a turn of the loop, and only then can the loop be.
        uv_close(reinterpret_cast<uv_handle_t*>(&async_), nullptr);
        uv_run(&uv_, UV_RUN_DEFAULT);
        uv_loop_close(&uv_);
        return cannot(error);
    }
    awake_ = true;
    running_.store(true, std::memory_order_release);
    uv_async_send(&async_);  // somebody may have called wake() before
    return {};
}

void Loop::run(void* self) noexcept {
    Loop* loop = static_cast<Loop*>(self);
    name_this_thread(loop->thread_name_);
    for (LoopClient* client : loop->clients_) {
        client->on_loop_begin(&loop->uv_);
    }
    uv_run(&loop->uv_, UV_RUN_DEFAULT);
}

void Loop::on_wake() noexcept {
    for (LoopClient* client : clients_) {
        client->on_wake();
    }
}

void Loop::wake() noexcept {
    MutexLock lock(mutex_);
    // Under the mutex, so that end() does not close it in between.
    if (awake_) {
        uv_async_send(&async_);
    }
}

void Loop::end() noexcept {
    {
        MutexLock lock(mutex_);
        awake_ = false;
        uv_close(reinterpret_cast<uv_handle_t*>(&async_), nullptr);
    }
    for (LoopClient* client : clients_) {
        client->on_loop_end();
    }
}

void Loop::join() noexcept {
    uv_thread_t thread;
    {
        MutexLock lock(mutex_);
        thread = thread_;
        running_.store(false, std::memory_order_release);
    }
    // Without the mutex: others may still call wake().
    uv_thread_join(&thread);
    uv_loop_close(&uv_);
}

void Loop::forget() noexcept {
    // running_ stays true: the child has to know that its parent had a loop, and starts none over it.
    mutex_.reinitialise();
    awake_ = false;
}

}  // namespace bgworkers
