#include "core/workers/worker.h"

#include <algorithm>
#include <cassert>
#include <new>

#include "core/base/sync_point.h"
#include "core/shared/shared_scope.h"
#include "core/workers/registry.h"

namespace bgworkers {

namespace {

// Rows: from; columns: to. The picture is in the header.
constexpr bool kLegal[kWorkerStateCount][kWorkerStateCount] = {
    // idle   start  run    backof wait   stop   failed stuck
    {false, true, false, true, true, false, true, false},    // idle
    {true, false, true, true, true, true, true, false},      // starting
    {true, true, false, true, true, true, true, false},      // running
    {true, true, false, false, false, true, false, false},   // backoff
    {true, true, false, false, false, true, false, false},   // waiting
    {true, true, false, true, true, false, true, true},      // stopping
    {true, true, false, false, false, true, false, false},   // failed
    {true, true, false, true, true, false, true, false},     // stuck
};

// Of several instances the worker shows the state that says most about it.
constexpr WorkerState kPrecedence[] = {WorkerState::running, WorkerState::starting, WorkerState::stopping,
                                       WorkerState::stuck,   WorkerState::backoff,  WorkerState::waiting,
                                       WorkerState::failed};

}  // namespace

const char* worker_state_name(WorkerState state) noexcept {
    constexpr const char* kNames[kWorkerStateCount] = {"idle",    "starting", "running", "backoff",
                                                       "waiting", "stopping", "failed",  "stuck"};
    return kNames[static_cast<int>(state)];
}

const char* state_name(const WorkerFacts& facts) noexcept {
    return facts.hung ? "hung" : worker_state_name(facts.state);
}

bool is_legal_transition(WorkerState from, WorkerState to) noexcept {
    return kLegal[static_cast<int>(from)][static_cast<int>(to)];
}

void Instance::leave(Mail mail) noexcept {
    if (mail == mail_hold) {
        // A resumption that comes between these two steps stays, as a later one does.
        mail_.fetch_and(~uint32_t{mail_resume}, std::memory_order_acq_rel);
    }
    mail_.fetch_or(mail, std::memory_order_acq_rel);
}

void Instance::wake() noexcept {
    BGW_SYNC_POINT("instance.post.before_wake");
    worker_.wake_(worker_.wake_data_);
}

void Instance::wake_if_given_up() noexcept {
    // Relaxed: it was set before this run was ordered.
    if (given_up_.load(std::memory_order_relaxed) || worker_.shared() != nullptr) {
        wake();
    }
}

void Instance::post_began() noexcept {
    began_.store(true, std::memory_order_release);
    // Others see a shared worker run by what is told; the flag is this process's own.
    if (worker_.shared() != nullptr) {
        MutexLock lock(worker_.facts_mutex_);
        worker_.note_state();
        worker_.tell_others();
    }
    post(mail_began);
}

uint32_t Instance::take_mail() noexcept {
    const uint32_t mail = mail_.exchange(0, std::memory_order_acq_rel);
    if ((mail & (mail_published | mail_asked)) != 0) {
        given_up_.store(false, std::memory_order_relaxed);
    }
    return mail;
}

void Instance::enter(WorkerState state) noexcept {
    assert(is_legal_transition(state_, state));
    state_ = state;
    if (state == WorkerState::failed) {
        given_up_.store(true, std::memory_order_relaxed);
    }
    MutexLock lock(worker_.facts_mutex_);
    worker_.states_[static_cast<size_t>(index_)] = state;
    worker_.note_state();
    worker_.tell_others();
}

namespace {

TaskLimits task_limits(const WorkerSpec& spec, const Scope& scope) {
    TaskLimits limits;
    limits.queue = spec.queue;
    limits.task_timeout = spec.task_timeout.value_or(0);
    limits.max_tasks = spec.max_tasks;
    limits.concurrency = spec.concurrency;
    limits.grace = spec.shutdown_grace.value_or(scope.spec().shutdown_grace);
    return limits;
}

}  // namespace

int instances_of(const WorkerSpec& spec) noexcept { return std::max(1, spec.num); }

Worker::Worker(Scope& scope, WorkerSpec spec, std::string name, void (*wake)(void*), void* wake_data, bool can_start,
               TaskMemory* task_memory, SharedWorker* shared)
    : scope_(scope),
      spec_(std::move(spec)),
      name_(std::move(name)),
      wake_(wake),
      wake_data_(wake_data),
      shared_(shared),
      slot_(shared),
      tasks_(task_limits(spec_, scope), can_start ? instances_of(spec_) : 0, task_memory, wake, wake_data) {
    const int count = can_start ? instances_of(spec_) : 0;
    for (int index = 0; index < count; ++index) {
        instances_.push_back(std::make_unique<Instance>(*this, index));
    }
    states_.assign(static_cast<size_t>(count), WorkerState::idle);
    facts_.instances = instances_of(spec_);
}

void Worker::request_start() noexcept {
    // A look first: an exchange takes the line from all other threads that ask.
    if (start_requested_.load(std::memory_order_relaxed) || start_requested_.exchange(true)) {
        return;
    }
    if (SharedWorker* its = shared()) {
        its->start();
        wake_(wake_data_);
        if (shared_.load() != nullptr) {
            return;  // else it was left meanwhile, maybe before anybody had asked
        }
    }
    for (auto& instance : instances_) {
        instance->post(Instance::mail_start);
    }
}

void Worker::request_run() noexcept {
    SharedWorker* const its = shared();
    if (spec_.every && its != nullptr) {
        its->run_now();
        wake_(wake_data_);
    } else if (spec_.every && !instances_.empty()) {
        instances_[0]->post(Instance::mail_wanted);
    }
}

// Those who ask next shall wait for that run. The supervisor takes these back as well, since it may just be about to
// set them.
bool Worker::request_restart() noexcept {
    if (SharedWorker* its = shared()) {
        // Whether this process has asked does not matter: another one may have.
        if (!its->is_started()) {
            return false;
        }
        its->restart();
        wake_(wake_data_);
        return true;
    }
    if (!start_requested_.load(std::memory_order_acquire)) {
        return false;
    }
    slot_.waiters().set_given_up(false);
    slot_.waiters().set_ended_silently(false);
    tasks_.set_given_up(false);
    for (auto& instance : instances_) {
        instance->post(Instance::mail_restart);
    }
    return true;
}

// The slot first: who finds the worker its own publishes to the slot.
void Worker::leave_shared(bool is_read) noexcept {
    slot_.leave_shared();
    if (is_read) {
        start_requested_.store(true);
    }
    // Both this and request_start() look at the other's word after they have written their own, so one of them posts
    // the mail. Twice does no harm.
    if (shared_.exchange(nullptr) != nullptr && start_requested_.load()) {
        for (auto& instance : instances_) {
            instance->post(Instance::mail_start);
        }
    }
}

WorkerState Worker::state_of(size_t index) const {
    const bool began = instances_[index]->began_.load(std::memory_order_acquire);
    return states_[index] == WorkerState::starting && began ? WorkerState::running : states_[index];
}

WorkerState Worker::summed_up_state() const {
    for (WorkerState state : kPrecedence) {
        for (size_t index = 0; index < states_.size(); ++index) {
            if (state_of(index) == state) {
                return state;
            }
        }
    }
    return WorkerState::idle;
}

void Worker::note_state() noexcept {
    const WorkerState state = summed_up_state();
    if (state != facts_.state) {
        facts_.state = state;
        facts_.since = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
}

// All processes tell the same of it.
WorkerFacts Worker::shared_facts(SharedWorker& its) {
    TellingOfWorker told = its.told();
    SharedScope& scope = its.scope();
    WorkerFacts facts;
    // A leader that runs wild may have written anything.
    facts.state = told.state < kWorkerStateCount ? static_cast<WorkerState>(told.state) : WorkerState::idle;
    facts.instances = instances_of(spec_);
    facts.since = told.since;
    facts.runs = told.runs;
    facts.crashes = told.crashes;
    facts.consecutive_failures = told.failures;
    if (told.has_exit_status) {
        facts.last_exit_status = told.exit_status;
    }
    facts.last_error = std::move(told.error);
    if (told.next_run != 0) {
        facts.next_run = told.next_run;
    }
    facts.shared = true;
    // The name of a dead leader stands there until it is succeeded.
    facts.leader = scope.is_leader_alive() ? scope.leader() : 0;
    facts.took_over = scope.took_over();
    facts.hung = scope.is_hung();
    // Asked for, and no leader has come to it yet.
    if (facts.state == WorkerState::idle && its.is_started() && !slot_.waiters().closed()) {
        facts.state = spec_.every ? WorkerState::waiting : WorkerState::starting;
    }
    return facts;
}

void Worker::tell_others() noexcept {
    SharedWorker* const its = shared();
    if (its == nullptr || !its->leads()) {
        return;
    }
    TellingOfWorker telling;
    telling.state = static_cast<uint32_t>(summed_up_state());
    telling.since = facts_.since;
    telling.runs = facts_.runs;
    telling.crashes = facts_.crashes;
    telling.failures = facts_.consecutive_failures;
    telling.has_exit_status = facts_.last_exit_status.has_value();
    telling.exit_status = facts_.last_exit_status.value_or(0);
    telling.next_run = facts_.next_run.value_or(0);
    keep_text(&telling.error, facts_.last_error);
    its->tell(telling);
}

void Worker::take_facts_over(const SharedWorker& its) noexcept try {
    TellingOfWorker told = its.told();
    MutexLock lock(facts_mutex_);
    facts_.since = told.since;
    facts_.runs = told.runs;
    facts_.crashes = told.crashes;
    facts_.consecutive_failures = told.failures;
    facts_.last_exit_status = told.has_exit_status ? std::optional(told.exit_status) : std::nullopt;
    facts_.last_error = std::move(told.error);
    // The last leader's timer is gone; a job gets a time when it is planned here.
    facts_.next_run = std::nullopt;
} catch (const std::bad_alloc&) {
    // What is told from now on lacks the past.
}

WorkerFacts Worker::facts() {
    if (SharedWorker* its = shared()) {
        return shared_facts(*its);
    }
    // While the process ends nobody reads that mail.
    const bool start_pending = start_requested_.load(std::memory_order_relaxed) && !slot_.waiters().closed();
    MutexLock lock(facts_mutex_);
    WorkerFacts facts = facts_;
    facts.state = summed_up_state();
    if (facts.state == WorkerState::idle && start_pending) {
        // The supervisor has not read its mail yet.
        facts.state = spec_.every ? WorkerState::waiting : WorkerState::starting;
    }
    return facts;
}

std::string Worker::describe_attempts() {
    const WorkerFacts facts = this->facts();
    std::string text = std::to_string(facts.runs) + (facts.runs == 1 ? " attempt" : " attempts");
    if (facts.last_exit_status) {
        text += ", last exit status " + std::to_string(*facts.last_exit_status);
    }
    if (!facts.last_error.empty()) {
        text += ", last error: " + facts.last_error;
    }
    return text;
}

void keep_text(std::string* kept, const std::string& text) noexcept {
    try {
        *kept = text;
    } catch (const std::bad_alloc&) {
        *kept = "out of memory";  // short enough to need none
    }
}

uint64_t Worker::note_run_started() noexcept {
    MutexLock lock(facts_mutex_);
    ++facts_.runs;
    tell_others();
    return facts_.runs;
}

void Worker::note_run_ended(bool crash, std::optional<int> exit_status, const std::string& error,
                            uint32_t failures) noexcept {
    MutexLock lock(facts_mutex_);
    facts_.crashes += crash ? 1 : 0;
    facts_.consecutive_failures = failures;
    if (exit_status) {
        facts_.last_exit_status = exit_status;
    }
    // The last error stays while later runs have none.
    if (!error.empty()) {
        keep_text(&facts_.last_error, error);
    }
    tell_others();
}

void Worker::note_next_run(std::optional<double> unix_time) noexcept {
    MutexLock lock(facts_mutex_);
    facts_.next_run = unix_time;
    tell_others();
}

void Worker::lock_for_fork() noexcept {
    slot_.lock_for_fork();
    facts_mutex_.lock();
    tasks_.lock_for_fork();
}

void Worker::unlock_after_fork() noexcept {
    tasks_.unlock_after_fork();
    facts_mutex_.unlock();
    slot_.unlock_after_fork();
}

void Worker::reinitialise() noexcept {
    tasks_.reinitialise();
    facts_mutex_.reinitialise();
    slot_.reinitialise();
}

}  // namespace bgworkers
