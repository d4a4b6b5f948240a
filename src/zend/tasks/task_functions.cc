// send_task(), post_task(), await_tasks(), receive_task(): parse, call, translate.
//
// As in zend/api/functions.cc, these frames own nothing with a destructor.
#include <cmath>

#include "host/process.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/scope/current_scope.h"
#include "zend/scope/waiting.h"
#include "zend/scope/worker_handle.h"
#include "zend/tasks/received_task.h"
#include "zend/tasks/sent_task.h"
#include "zend/tasks/task_values.h"
#include "zend/values/read_cache.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

using namespace bgworkers;

namespace {

Status find_worker(zend_string* name, Worker** worker) {
    CacheEntry* entry = nullptr;
    if (Status found = find_entry(name, &entry); !found.ok()) {
        return found;
    }
    *worker = entry->worker;
    if ((*worker)->spec().every) {
        return Status::runtime("worker \"" + (*worker)->name() + "\" is a job (every = ...): it takes no tasks");
    }
    // It may run in another process, and tasks lie in the memory of this one.
    if ((*worker)->spec().shared) {
        return Status::runtime("worker \"" + (*worker)->name() + "\" is shared (shared = 1): it takes no tasks");
    }
    return {};
}

// Room in a queue.
class Room final : public Awaited {
public:
    Room(SentTask* sent, double timeout) : sent_(sent), timeout_(timeout) {}

    bool look(WaitClock::time_point until, ErrorKind* error) override {
        offered_ = queue().offer(*sent_->task, until);
        switch (offered_) {
            // Noted here: a bailout may come before the wait returns, and the queue has its reference by now.
            case Offered::queued: sent_->queued = true; return true;
            // Both pass: other tasks end, and give their memory back.
            case Offered::full:
            case Offered::no_memory: return false;
            case Offered::given_up:
                *error =
                    refuse(ErrorKind::worker, [&] { return " has given up: " + sent_->worker->describe_attempts(); });
                return true;
            case Offered::closed:
                *error = refuse(ErrorKind::runtime, [] { return " takes no tasks: the process is shutting down"; });
                return true;
        }
        return true;
    }
    ErrorKind hold_elapsed() override {
        return refuse(ErrorKind::timeout, [&] {
            const std::string text = ": no room for the task after " + in_seconds(timeout_) + ": ";
            if (offered_ == Offered::no_memory) {
                const TaskMemory& memory = Process::current()->registry().task_memory();
                return text + "tasks hold " + std::to_string(memory.used()) + " of " + std::to_string(memory.limit()) +
                       " bytes (bgworkers.task_memory)";
            }
            const TaskQueue::Facts facts = queue().facts();
            return text + std::to_string(facts.queued) + (facts.queued == 1 ? " task is" : " tasks are") +
                   " queued, the oldest since " + in_seconds(std::round(facts.oldest.value_or(0) * 1000) / 1000) +
                   ", " + std::to_string(facts.busy) + " of " + std::to_string(queue().instances()) +
                   (queue().instances() == 1 ? " instance is busy" : " instances are busy");
        });
    }
    ErrorKind hold_stop() override {
        return refuse(ErrorKind::runtime, [] { return ": no task is sent, this worker has to stop"; });
    }

private:
    template <typename Why>
    ErrorKind refuse(ErrorKind kind, Why why) {
        queue().reject();
        return hold_result([&] { return Status::error(kind, "worker \"" + sent_->worker->name() + "\"" + why()); });
    }
    TaskQueue& queue() { return sent_->task->queue(); }

    SentTask* const sent_;
    const double timeout_;
    Offered offered_ = Offered::full;
};

bool queue_has_room(const void* worker) noexcept {
    return const_cast<Worker*>(static_cast<const Worker*>(worker))->tasks().has_room();
}

// False: an exception is set.
bool send(zend_string* name, const zend_array* payload, double timeout, bool posted, zval* object) {
    SentTask* const sent = make_sent_task(object);  // first, for this may bail out
    Worker* worker = nullptr;
    ErrorKind error = hold_result([&] { return find_worker(name, &worker); });
    Snapshot* written =
        error == ErrorKind::none ? write_task_value(payload, "$payload", "a payload", false, *worker, &error) : nullptr;
    if (written == nullptr) {
        throw_held(error);
        return false;
    }
    const WorkerContext* self = current_worker();
    const void* sender = self == nullptr ? nullptr : &self->instance->worker();
    // A posted task has no sender whose time could be over: its timeout is for room in the queue alone.
    const Task::TimePoint deadline = posted || timeout >= kWithoutLimit ? Task::kNever : seconds_from_now(timeout);
    sent->task = Task::make(worker->tasks(), written, deadline, posted, sender);
    if (sent->task == nullptr) {
        throw_held(hold_out_of_memory());
        return false;
    }
    sent->worker = worker;
    sent->timeout = timeout;
    // Before the wait: a full queue gets room only if somebody works.
    error = hold_result([&] { return Process::current()->start_worker(*worker); });
    if (error == ErrorKind::none) {
        Room room(sent, timeout);
        WaitGraph::Waiter edge;
        const WaitNode target = worker;
        if (self != nullptr) {
            edge.self = sender;
            edge.targets = &target;
            edge.target_count = 1;
            edge.rescuers = worker->tasks().instances();
            edge.is_over = queue_has_room;
            edge.what = worker;
        }
        error = wait_in_slices(room, timeout, &edge, usual_slice);
    }
    if (EG(exception) == nullptr && error != ErrorKind::none) {
        throw_held(error);
    }
    return EG(exception) == nullptr;
}

void send_or_post(zend_execute_data* execute_data, double timeout, bool posted, zval* return_value) {
    zend_string* name;
    zval* payload = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_STR(name)
        Z_PARAM_OPTIONAL
        Z_PARAM_ARRAY(payload)
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();
    if (const char* defect = name_defect({ZSTR_VAL(name), ZSTR_LEN(name)})) {
        zend_argument_value_error(1, "%s", defect);
        RETURN_THROWS();
    }
    if (!check_timeout(timeout, 3)) {
        RETURN_THROWS();
    }
    zval object;
    ZVAL_NULL(&object);
    const bool sent = send(name, payload == nullptr ? &zend_empty_array : Z_ARR_P(payload), timeout, posted, &object);
    if (sent && !posted) {
        ZVAL_COPY_VALUE(return_value, &object);
        return;
    }
    // Nobody holds a posted task; the queue has a reference of its own.
    zval_ptr_dtor(&object);
}

void await_all(const zval* tasks, HashTable* keys, double timeout, zval* result) {
    const WaitClock::time_point deadline = seconds_from_now(timeout);
    zend_ulong index;
    zend_string* key;
    zval* unused;
    ZEND_HASH_FOREACH_KEY_VAL(keys, index, key, unused) {
        (void)unused;
        SentTask* sent = sent_task_of(const_cast<zval*>(tasks++));
        if (sent == nullptr) {
            return;
        }
        zend_string* prefix = key == nullptr
                                  ? zend_strpprintf(0, "task " ZEND_LONG_FMT ": ", static_cast<zend_long>(index))
                                  : zend_strpprintf(0, "task '%s': ", ZSTR_VAL(key));
        const double left = std::chrono::duration<double>(deadline - WaitClock::now()).count();
        zval one;
        // With no time left it only looks: what is done is still handed out.
        const bool done = await_task(sent, left > 0 ? left : 0, ZSTR_VAL(prefix), &one);
        zend_string_release(prefix);
        if (!done) {
            return;
        }
        if (key == nullptr) {
            zend_hash_index_update(Z_ARRVAL_P(result), index, &one);
        } else {
            zend_hash_update(Z_ARRVAL_P(result), key, &one);
        }
    }
    ZEND_HASH_FOREACH_END();
}

}  // namespace

PHP_FUNCTION(BgWorkers_send_task) { send_or_post(execute_data, 30.0, false, return_value); }

PHP_FUNCTION(BgWorkers_post_task) { send_or_post(execute_data, 1.0, true, return_value); }

PHP_FUNCTION(BgWorkers_await_tasks) {
    zval* tasks;
    double timeout = ZEND_INFINITY;
    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_ARRAY(tasks)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();
    if (!check_timeout(timeout, 2)) {
        RETURN_THROWS();
    }
    zval* each;
    // All are looked at before one is awaited: a mistake in the last place is not to cost a wait.
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(tasks), each) {
        ZVAL_DEREF(each);
        if (!is_sent_task(each)) {
            zend_argument_type_error(1, "must be an array of BgWorkers\\Task, %s given", zend_zval_type_name(each));
            RETURN_THROWS();
        }
    }
    ZEND_HASH_FOREACH_END();
    // Held before anything may run PHP: through references the array can change meanwhile.
    const uint32_t count = zend_hash_num_elements(Z_ARRVAL_P(tasks));
    array_init_size(return_value, count);
    if (count == 0) {
        return;
    }
    // Its keys alone are looked at again: values behind references may be others by then.
    HashTable* keys = zend_array_dup(Z_ARRVAL_P(tasks));
    auto* held = static_cast<zval*>(safe_emalloc(count, sizeof(zval), 0));
    uint32_t at = 0;
    ZEND_HASH_FOREACH_VAL(keys, each) { ZVAL_COPY_DEREF(&held[at++], each); }
    ZEND_HASH_FOREACH_END();
    await_all(held, keys, timeout, return_value);
    for (uint32_t i = 0; i < at; ++i) {
        zval_ptr_dtor(&held[i]);
    }
    efree(held);
    zend_array_release(keys);
}

PHP_FUNCTION(BgWorkers_get_task_handle) {
    ZEND_PARSE_PARAMETERS_NONE();
    WorkerContext* worker = caller_in_run("get_task_handle");
    if (worker == nullptr) {
        RETURN_THROWS();
    }
    int error = 0;
    const uv_os_sock_t socket = worker->instance->worker().tasks().channel(worker->instance->index(), &error);
    if (socket == kNoSocket) {
        zend_throw_exception_ex(spl_ce_RuntimeException, 0, "cannot open the task handle: %s", uv_strerror(error));
    } else if (!stream_over(socket, return_value, &error)) {
        zend_throw_exception_ex(spl_ce_RuntimeException, 0, "cannot open the task handle: %s", strerror(error));
    }
}

PHP_FUNCTION(BgWorkers_receive_task) {
    double timeout = ZEND_INFINITY;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();
    WorkerContext* worker = caller_in_run("receive_task");
    if (worker == nullptr) {
        RETURN_THROWS();
    }
    if (!check_timeout(timeout, 1)) {
        RETURN_THROWS();
    }
    receive_task(*worker, timeout, return_value);
}
