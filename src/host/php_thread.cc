#include "host/php_thread.h"

#include <new>

#include "core/os/quiet_thread.h"
#include "host/callable_functions.h"
#include "host/child_output.h"
#include "host/command_line.h"
#include "host/inherited_settings.h"
#include "host/opcache.h"
#include "host/php.h"
#include "host/script_run.h"

namespace bgworkers {

namespace {
// Storage without a destructor: threads may be running when the process exits.
alignas(Mutex) unsigned char door_storage[sizeof(Mutex)];
Mutex* const door = new (door_storage) Mutex;
}  // namespace

Mutex& engine_door() noexcept { return *door; }

Result<std::unique_ptr<WorkerThread>> PhpThread::create(Instance& instance) {
    // WorkerContext copies strings: its bad_alloc is the caller's to catch, this one is an error.
    std::unique_ptr<PhpThread> thread(new (std::nothrow) PhpThread(instance));
    if (!thread) {
        return Status::runtime("cannot create a thread: out of memory");
    }
    if (int error = start_quiet_thread(&thread->thread_, kWorkerStackBytes, entry, thread.get()); error != 0) {
        return Status::runtime(std::string("cannot create a thread: ") + uv_strerror(error));
    }
    return std::unique_ptr<WorkerThread>(std::move(thread));
}

void PhpThread::begin_run() noexcept {
    // A kill of the last run that came too late for it must not strike this one. The killer is the caller's thread.
    context_.kill_requested.store(false);
    context_.signals.expect_run();
    MutexLock lock(mutex_);
    run_wanted_ = true;
    told_.notify_all();
}

void PhpThread::retire() noexcept {
    MutexLock lock(mutex_);
    retired_ = true;
    told_.notify_all();
}

void PhpThread::join() noexcept { uv_thread_join(&thread_); }

std::string PhpThread::last_seen() {
    const auto& place = context_.last_seen;
    return place.file[0] == '\0' ? std::string() : std::string(place.file) + ":" + std::to_string(place.line);
}

// A run that was ordered is run even if the thread was told to retire meanwhile: the supervisor waits for its report.
bool PhpThread::wait_for_run() noexcept {
    MutexLock lock(mutex_);
    while (!run_wanted_ && !retired_) {
        told_.wait(mutex_);
    }
    const bool run = run_wanted_;
    run_wanted_ = false;
    return run;
}

void PhpThread::entry(void* self) noexcept { static_cast<PhpThread*>(self)->main(); }

void PhpThread::main() noexcept {
    Instance& instance = *context_.instance;
    Worker& worker = instance.worker();
    char name[64];  // more than any system keeps of it
    snprintf(name, sizeof(name), "bgw:%s", worker.name().c_str());
    name_this_thread(name);
    // Before ts_resource(): our GINIT asks whose thread this is and keeps it quiet, and what PHP says there must not
    // reach the host.
    set_current_worker(&context_);
    {
        MutexLock lock(engine_door());
        ts_resource(0);
    }
    ZEND_TSRMLS_CACHE_UPDATE();
    // All instances have the same settings; one of them tells what is wrong with them.
    const bool first = instance.index() == 0;
    static_cast<InheritedSettings*>(worker.scope().settings())->apply(worker.spec().ini, worker.spec().opcache, first);
    if (worker.spec().command) {
        command_line::pretend_cli();
    }
    if (first) {
        opcache::warn_of_risks(worker);
    }
    kill_slot_.open(context_);
    const callable_functions::Names* pruned = nullptr;
    while (wait_for_run()) {
        // Before each run: FPM may have disabled more functions with PHP_ADMIN_VALUE since the last one.
        pruned = callable_functions::prune(pruned);
        run_script(context_);
        instance.post(Instance::mail_ended);
    }
    // A kill that comes later would write a flag in memory that the next lines free.
    kill_slot_.close();
    child_output::leave(context_);
    {
        MutexLock lock(engine_door());
        ts_free_thread();
    }
    // Only now: a destructor of a module that prints or logs in ts_free_thread() still has to be a worker's.
    set_current_worker(nullptr);
    // Last: the supervisor joins the thread when it reads this.
    instance.post(Instance::mail_gone);
}

}  // namespace bgworkers
