#include "host/process.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/publish/reader_pins.h"
#include "host/callable_functions.h"
#include "host/force_stop.h"
#include "host/guarded_functions.h"
#include "host/log_sink.h"
#include "host/opcache.h"
#include "host/os/files.h"
#include "host/os/process_state.h"
#include "host/os/syslog_door.h"
#include "host/os/thread_signals.h"
#include "host/php.h"
#include "host/php_thread.h"
#include "host/sapi_shield.h"
#include "host/standard_streams.h"

namespace bgworkers {

namespace {

// Set in module start, cleared in module end; in between read from any thread.
std::atomic<Process*> the_process{nullptr};
bool fork_handlers_installed = false;

void wake_loop(void* process) { static_cast<Process*>(process)->loop().wake(); }

bool host_is(const char* name) { return strcmp(sapi_module.name, name) == 0; }

// Does it fork processes that serve requests beside each other?
bool host_forks() {
    // php -S forks only for a number above 1.
    const char* workers = host_is("cli-server") ? getenv("PHP_CLI_SERVER_WORKERS") : nullptr;
    return host_is("fpm-fcgi") || host_is("apache2handler") || (workers != nullptr && atoi(workers) > 1);
}

constexpr uint32_t kScopesOfUser = 8;
constexpr uint32_t kUsers = 16;

// Module shutdown is the end of the process in these; in the others the host lives on.
bool process_ends_with_module() {
    return host_is("cli") || host_is("cli-server") || host_is("fpm-fcgi") || host_is("apache2handler");
}

// cli hands on its script's status; servers end with 0 whatever their last request said.
[[noreturn]] void end_process(bool with_script_status) {
    fflush(nullptr);
    // Not exit(): it runs the destructors of libraries that threads of ours may still be using.
    _Exit(with_script_status ? EG(exit_status) : 0);
}

// Of the request whose thread this is. Where it has no script under way yet, its SAPI will go to the script's
// directory, unless it does not do that.
void take_log_settings() {
    char directory[MAXPATHLEN];
    const char* script = SG(request_info).path_translated;
    bool known;
    if (EG(current_execute_data) == nullptr && script != nullptr && (SG(options) & SAPI_OPTION_NO_CHDIR) == 0) {
        known = static_cast<size_t>(snprintf(directory, sizeof(directory), "%s", script)) < sizeof(directory);
        directory[known ? zend_dirname(directory, strlen(directory)) : 0] = '\0';
    } else {
        known = VCWD_GETCWD(directory, sizeof(directory)) != nullptr;
    }
    log_sink().resolve(error_log_setting(), known ? directory : nullptr);
    log_sink().set_file_mode(error_log_mode());
    log_sink().set_syslog_name(PG(syslog_ident), static_cast<int>(PG(syslog_facility)));
}

}  // namespace

Process* Process::current() noexcept { return the_process.load(std::memory_order_acquire); }

Process::Process(const ProcessSettings& settings)
    : settings_(settings),
      ends_with_request_(host_is("cli")),
      registry_(settings.max_threads, wake_loop, this, settings.task_memory),
      supervisor_(registry_, host_, loop_, &facts_),
      wait_graph_([](WaitNode worker) noexcept {
          return static_cast<Worker*>(const_cast<void*>(worker))->slot().version() != 0;
      }) {
    if (!host_forks() || settings.shared_memory == 0) {
        return;
    }
    // Here, in the parent: children inherit the files and the addresses, and there is no other way to them.
    PoolSettings pool;
    pool.limit_bytes = settings.shared_memory;
    pool.scopes = kScopesOfUser;
    pool.users = kUsers;
    pool.fingerprint = scope_key(settings.build);
    Result<std::unique_ptr<Reservation>> made = Reservation::make(pool);
    reservation_ = std::move(made.value());
    no_memory_ = made.status();
}

void Process::start_module(const ProcessSettings& settings) {
    // They cannot be taken back, and Apache and embedders start the module again in the same process.
    if (!fork_handlers_installed) {
        fork_handlers_installed = os::handle_forks(before_fork, after_fork_in_parent, after_fork_in_child);
    }
    the_process.store(new Process(settings), std::memory_order_release);
}

void Process::wrap_host() noexcept {
    sapi_shield::install({callable_functions::start, on_request_begin, on_request_end, on_module_shutdown});
    standard_streams::install_wrapper();
    force_stop::install();
    opcache::install();
}

void Process::end_module() noexcept {
    if (Process* process = current(); process != nullptr && process->supervisor_.running()) {
        // Something took our flush callback out of the way. By now PHP has freed what its threads own, so they can be
        // neither left running nor joined.
        LogEvent(LogLevel::error, "", "abandoned")
            .field("error", "PHP shut down without a call of sapi_module.flush; the process ends without its workers")
            .write_to(log_sink());
        end_process(host_is("cli"));
    }
    sapi_shield::restore();
    opcache::uninstall();
    callable_functions::end();
    // Whoever asks for it from here on finds none, also while it is being deleted.
    delete the_process.exchange(nullptr);
    // A host that goes on without PHP would keep the last large block until its end.
    Block::drop_spare();
}

void Process::on_request() noexcept {
    if (seen_request_.load(std::memory_order_acquire)) {
        opcache::resume_workers(*this);
        return;
    }
    MutexLock lock(first_request_);
    if (seen_request_.load(std::memory_order_relaxed)) {
        return;
    }
    sapi_shield::install_environment();
    os::capture_signal_mask();
    force_stop::choose_signal();
    // Not in module start: php-fpm gives a child its own stderr after the fork.
    os::keep_outputs();
    take_log_settings();
    // Last: whoever sees it goes past the lock.
    seen_request_.store(true, std::memory_order_release);
}

void Process::on_request_begin() {
    if (Process* process = current(); process != nullptr && process->reservation_ != nullptr) {
        process->choose_user();
    }
}

// By now the process is who it will be: php-fpm has changed its user, its root directory and its name.
void Process::choose_user() noexcept {
    if (has_chosen_.load(std::memory_order_acquire)) {
        return;
    }
    MutexLock lock(memory_mutex_);
    if (!has_chosen_.load(std::memory_order_relaxed)) {
        no_memory_ = reservation_->choose(os::effective_user());
        has_chosen_.store(true, std::memory_order_release);
    }
}

// What has failed once is not tried again.
Result<std::shared_ptr<SharedMemory>> Process::enter_memory() {
    if (memory_ == nullptr && no_memory_.ok() && reservation_ != nullptr) {
        Result<std::shared_ptr<SharedMemory>> entered = SharedMemory::enter(*reservation_, settings_.snapshots);
        memory_ = entered.value();
        no_memory_ = entered.status();
    }
    return memory_ == nullptr ? Result<std::shared_ptr<SharedMemory>>(no_memory_) : memory_;
}

ProcessFacts& Process::facts() noexcept try {
    if (reservation_ == nullptr || facts_.entered() || no_facts_.load(std::memory_order_relaxed)) {
        return facts_;
    }
    std::string purpose = os::purpose_of_process();
    MutexLock lock(memory_mutex_);
    if (!facts_.entered()) {
        std::shared_ptr<SharedMemory> memory = enter_memory().value();
        no_facts_.store(memory == nullptr, std::memory_order_relaxed);
        if (memory != nullptr) {
            facts_.enter(std::move(memory), std::move(purpose));
        }
    }
    return facts_;
} catch (const std::bad_alloc&) {
    return facts_;  // a later call tries again
}

Result<std::unique_ptr<SharedScope>> Process::join_shared(const ScopeSpec& spec, std::string key_text) {
    if (!spec.has_shared() || !host_forks()) {
        return std::unique_ptr<SharedScope>();
    }
    std::shared_ptr<SharedMemory> memory;
    {
        MutexLock lock(memory_mutex_);
        Result<std::shared_ptr<SharedMemory>> entered = enter_memory();
        if (entered.value() == nullptr) {
            return entered.status();
        }
        memory = std::move(entered.value());
    }
    // Pools of one user may name the same workers file, and each has settings and disabled functions of its own.
    key_text += '\0';
    key_text += os::purpose_of_process();
    Result<std::unique_ptr<SharedScope>> joined = SharedScope::join(std::move(memory), key_text);
    for (const WorkerSpec& worker : spec.workers) {
        if (joined.ok() && worker.shared) {
            if (Result<SharedWorker*> place = joined.value()->worker(worker.name, kPublications); !place.ok()) {
                return place.status();
            }
        }
    }
    return joined;
}

void Process::leave_shared(Scope& scope) noexcept {
    if (registry_.leave_shared(scope)) {
        loop_.wake();
    }
}

Status Process::start_supervisor() {
    // PHP opens a relative error_log where the script stands. Until a worker starts, nothing has been logged.
    if (!supervisor_.running() && current_worker() == nullptr) {
        take_log_settings();
    }
    // For its effect: only where it has entered can the loop tell other processes of our workers.
    facts();
    return supervisor_.start();
}

Status Process::start_worker(Worker& worker) {
    if (orphaned()) {
        return Status::runtime("worker \"" + worker.name() +
                               "\" cannot be started: this process was forked while background workers were running");
    }
    Status started = start_supervisor();
    if (started.ok()) {
        worker.request_start();
    }
    return started;
}

Status Process::restart_worker(Worker* worker, bool* begins) {
    if (orphaned()) {
        return Status::runtime(
            "workers cannot be restarted here: they run in the process that this one was forked from");
    }
    if (supervisor_.stopping()) {
        return Status::runtime("workers cannot be restarted: the process is shutting down");
    }
    *begins = worker != nullptr && worker->request_restart();
    return {};
}

Result<std::unique_ptr<WorkerThread>> Process::Host::create_thread(Instance& instance) {
    return PhpThread::create(instance);
}

LogSink& Process::Host::log() noexcept { return log_sink(); }

// --- The end ----------------------------------------------------------------------------------------------------

// The engine has just begun to put every new string of any thread into the permanent table, which has no lock. So that
// comes first: until it is undone, a worker that compiles code crashes the process.
void Process::on_module_shutdown() {
    zend_interned_strings_switch_storage(1);
    Process* process = current();
    // False: another thread still waits for the workers, whose strings must not go to the permanent table again.
    if (process == nullptr || process->shut_down()) {
        zend_interned_strings_switch_storage(0);
    }
}

// cli has one request a process: the request's end is the process's, and comes before the engine's shutdown begins.
// Elsewhere workers that start just then may still meet the first instants of that shutdown.
void Process::on_request_end() {
    Process* process = current();
    // A forked child waits for its flush callback: here the engine has not yet closed the request's streams or freed
    // its memory.
    if (process != nullptr && process->ends_with_request_ && !process->orphaned()) {
        process->shut_down();
    }
}

bool Process::shut_down() {
    if (orphaned()) {
        // The engine still lists the threads that did not come along; freeing what they own would crash.
        // It was mostly a script that has forked, by pcntl_fork(), and its parent waits for the exit status, whatever
        // the host.
        end_process(true);
    }
    if (!supervisor_.running()) {
        return true;
    }
    if (supervisor_.stopping()) {
        return false;
    }
    ShutdownPlan plan;
    plan.process_ends = process_ends_with_module();
    plan.stuck_limit = settings_.stuck_limit;
    const std::vector<std::string> stuck = supervisor_.shutdown(plan);
    // After the workers, which may start children up to their end.
    child_output_.end(stuck.empty());
    if (!stuck.empty()) {
        for (const std::string& name : stuck) {
            LogEvent(LogLevel::error, name, "abandoned")
                .field("error", "the thread could not be stopped; the process ends without it")
                .write_to(log_sink());
        }
        end_process(host_is("cli"));
    }
    return true;
}

// --- Fork -------------------------------------------------------------------------------------------------------

// One order for all locks, that of the table in docs/inside/threads-and-locks.md. Syslog comes early, since waiting for
// it may take a while.
void Process::before_fork() noexcept {
    if (Process* process = current()) {
        engine_door().lock();
        os::close_syslog_for_fork();
        // A worker may be copying the environment for a command.
        tsrm_env_lock();
        process->registry_.lock_for_fork();
        process->supervisor_.lock_for_fork();
        process->loop_.lock_for_fork();
        process->child_output_.lock_for_fork();
        process->wait_graph_.lock_for_fork();
        ReaderPins::lock_for_fork();
        process->memory_mutex_.lock();
        // Last: it copies what this process has marked into the child's row, and no mark may come between that and the
        // fork.
        if (process->memory_ != nullptr) {
            process->memory_->before_fork();
        }
    }
}

void Process::after_fork_in_parent() noexcept {
    if (Process* process = current()) {
        if (process->memory_ != nullptr) {
            process->memory_->after_fork_in_parent();
        }
        process->memory_mutex_.unlock();
        ReaderPins::unlock_after_fork();
        process->wait_graph_.unlock_after_fork();
        process->child_output_.unlock_after_fork();
        process->loop_.unlock_after_fork();
        process->supervisor_.unlock_after_fork();
        process->registry_.unlock_after_fork();
        tsrm_env_unlock();
        os::open_syslog_in_parent();
        engine_door().unlock();
    }
}

void Process::after_fork_in_child() noexcept {
    if (Process* process = current()) {
        process->memory_mutex_.reinitialise();
        if (process->memory_ != nullptr) {
            process->memory_->after_fork_in_child();
        }
        ReaderPins::reinitialise();
        process->wait_graph_.reinitialise();
        process->child_output_.forget();
        process->registry_.reinitialise();
        // PHP's own, which cannot be made anew from here. The thread that has locked it is the one that lives on.
        tsrm_env_unlock();
        os::open_syslog_in_child();
        engine_door().reinitialise();
        // Children of php-fpm and Apache come from a parent without workers, and start their own.
        if (process->supervisor_.running()) {
            process->orphaned_.store(true);
            process->loop_.forget();
            process->supervisor_.forget();
        } else {
            process->loop_.unlock_after_fork();
            process->supervisor_.unlock_after_fork();
        }
    }
}

}  // namespace bgworkers
