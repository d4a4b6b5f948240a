#include "host/child_output.h"

#include <errno.h>

#include <algorithm>
#include <new>

#include "host/os/files.h"
#include "host/process.h"
#include "host/worker_context.h"

namespace bgworkers {

bool LogPipe::catch_up(bool whole) noexcept {
    MutexLock lock(mutex_);
    char bytes[4096];
    long count;
    while ((count = os::read_pipe(reader_, bytes, sizeof(bytes))) > 0) {
        lines_.write({bytes, static_cast<size_t>(count)});
    }
    if (whole) {
        lines_.flush();
    }
    if (count == 0) {
        // Nobody can write any more, so nothing else would tell of repeats that are not told yet.
        lines_.end_run();
    }
    return count == 0;
}

void LogPipe::end_run() noexcept {
    catch_up(true);
    MutexLock lock(mutex_);
    lines_.end_run();
}

void LogPipe::close_writer() noexcept { os::close_descriptor(writer_); }

LogPipe* ChildOutput::open(const std::string& worker) noexcept {
    if (!loop_.start().ok()) {
        errno = EAGAIN;
        return nullptr;
    }
    int reader;
    int writer;
    if (!os::open_pipe(&reader, &writer)) {
        return nullptr;
    }
    LogPipe* pipe = nullptr;
    try {
        pipe = new LogPipe(*this, worker, reader, writer);
        MutexLock lock(mutex_);
        // So that it stands in both lists or, where there is no memory, in none.
        fresh_.reserve(fresh_.size() + 1);
        pipes_.push_back(pipe);
        fresh_.push_back(pipe);
    } catch (const std::bad_alloc&) {
        delete pipe;
        os::close_descriptor(reader);
        os::close_descriptor(writer);
        errno = ENOMEM;
        return nullptr;
    }
    loop_.wake();
    return pipe;
}

void ChildOutput::on_wake() noexcept {
    std::vector<LogPipe*> fresh;
    {
        MutexLock lock(mutex_);
        fresh.swap(fresh_);
    }
    for (LogPipe* pipe : fresh) {
        // Here and not in open(): only the loop's thread may touch what libuv keeps.
        pipe->poll.data = pipe;
        if (uv_poll_init(loop_.uv(), &pipe->poll, pipe->reader()) != 0) {
            continue;  // read by catch_up() alone
        }
        uv_poll_start(&pipe->poll, UV_READABLE, [](uv_poll_t* poll, int, int) {
            auto* pipe = static_cast<LogPipe*>(poll->data);
            if (pipe->catch_up(false)) {
                pipe->owner.close(*pipe);
            }
        });
    }
    // Behind the fresh ones: what was opened right before the end is read as well.
    const End wanted = end_.exchange(End::none);
    if (wanted == End::none) {
        return;
    }
    std::vector<LogPipe*> all;
    {
        MutexLock lock(mutex_);
        all.swap(pipes_);
    }
    for (LogPipe* pipe : all) {  // this thread alone frees them
        pipe->catch_up(true);
        if (wanted == End::for_good) {
            close(*pipe);
        }
    }
    if (wanted == End::for_good) {
        loop_.end();
    }
    caught_up_.store(true);
}

void ChildOutput::close(LogPipe& pipe) noexcept {
    {
        MutexLock lock(mutex_);
        std::erase(pipes_, &pipe);
    }
    auto* handle = reinterpret_cast<uv_handle_t*>(&pipe.poll);
    const auto free = [](uv_handle_t* closed) {
        auto* pipe = static_cast<LogPipe*>(closed->data);
        os::close_descriptor(pipe->reader());
        delete pipe;
    };
    // Never given to the loop, which would not call back for it.
    if (uv_handle_get_type(handle) == UV_UNKNOWN_HANDLE) {
        free(handle);
    } else if (uv_is_closing(handle) == 0) {
        uv_close(handle, free);
    }
}

void ChildOutput::end(bool for_good) noexcept {
    if (!loop_.running()) {
        return;
    }
    end_.store(for_good ? End::for_good : End::of_process);
    loop_.wake();
    if (for_good) {
        loop_.join();
        return;
    }
    // Not for ever: where the log itself blocks, the process still has to end.
    constexpr int kPatienceMs = 1000;
    for (int waited = 0; waited < kPatienceMs && !caught_up_.load(); ++waited) {
        uv_sleep(1);
    }
}

void ChildOutput::lock_for_fork() noexcept {
    mutex_.lock();
    loop_.lock_for_fork();
}

void ChildOutput::unlock_after_fork() noexcept {
    loop_.unlock_after_fork();
    mutex_.unlock();
}

void ChildOutput::forget() noexcept {
    if (loop_.running()) {
        loop_.forget();
    } else {
        // No thread of it ran, so nothing of the loop is lost, and its lock is this thread's.
        loop_.unlock_after_fork();
    }
    mutex_.reinitialise();
}

namespace child_output {

int descriptor_of(WorkerContext& worker) noexcept {
    // When it is first asked for: workers without children cost neither a pipe nor a thread.
    if (worker.log_pipe == nullptr) {
        worker.log_pipe = Process::current()->child_output().open(worker.instance->worker().name());
    }
    return worker.log_pipe == nullptr ? -1 : worker.log_pipe->writer();
}

void catch_up(WorkerContext& worker) noexcept {
    if (worker.log_pipe != nullptr) {
        worker.log_pipe->catch_up(true);
    }
}

void end_run(WorkerContext& worker) noexcept {
    if (worker.log_pipe != nullptr) {
        worker.log_pipe->end_run();
    }
}

void leave(WorkerContext& worker) noexcept {
    if (LogPipe* pipe = worker.log_pipe) {
        worker.log_pipe = nullptr;
        pipe->close_writer();
    }
}

}  // namespace child_output
}  // namespace bgworkers
