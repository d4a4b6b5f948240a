#include "zend/tasks/received_task.h"

#include "host/process.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/scope/waiting.h"
#include "zend/tasks/own_object.h"
#include "zend/tasks/task_errors.h"
#include "zend/tasks/task_values.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

namespace bgworkers {

namespace {

struct ReceivedTask {
    Task* task;  // nullptr: not received yet
    Snapshot* in_hand;  // a payload that is being read, or an update that waits
    zend_object object;
};

using Object = OwnObject<ReceivedTask>;

Worker& worker_of(WorkerContext& worker) { return worker.instance->worker(); }

// max_tasks: this run shall get no more.
void stop_run(WorkerContext& worker) {
    // receive_task() and the end of the last open task both come here.
    if (!worker.had_enough) {
        worker.had_enough = true;
        worker.instance->stop_channel().request_stop();
        worker.instance->post(Instance::mail_enough);
    }
}

// False: it was closed already, and a LogicException is set.
bool note_closed(Closed closed) {
    if (closed == Closed::already) {
        zend_throw_exception(spl_ce_LogicException, "this task has ended already", 0);
        return false;
    }
    if (closed == Closed::last_of_the_run) {
        stop_run(*current_worker());
    }
    return true;
}

// The run's end says what has become of it.
bool run_is_ending(const WorkerContext* worker) {
    return worker == nullptr || !worker->in_run || worker->kill_requested.load() || CG(unclean_shutdown) ||
           (EG(flags) & EG_FLAGS_IN_SHUTDOWN) != 0 ||
           (EG(exception) != nullptr && (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))));
}

void drop(Task& task) {
    TaskQueue& queue = task.queue();
    if (run_is_ending(current_worker()) || queue.is_closed(task)) {
        return;
    }
    if (queue.fail(task, EG(exception) == nullptr ? nullptr : error_of(EG(exception))) == Closed::last_of_the_run) {
        stop_run(*current_worker());
    }
}

void free_object(zend_object* object) {
    ReceivedTask* received = Object::of(object);
    // Left there by a bailout, or by a fiber that nobody has resumed.
    if (received->in_hand != nullptr) {
        std::exchange(received->in_hand, nullptr)->unpin();
    }
    if (Task* task = std::exchange(received->task, nullptr)) {
        drop(*task);
        task->release();
    }
    zend_object_std_dtor(object);
}

class NextTask final : public Awaited {
public:
    NextTask(WorkerContext& worker, double timeout) : worker_(worker), watches_(timeout == 0) {}

    Task* task = nullptr;
    bool too_many = false;

    bool look(WaitClock::time_point until, ErrorKind*) override {
        const bool stops = worker_.instance->stop_channel().requested();
        // A restart leaves the queue to the next run. Only the end of the process has this run take what is left.
        if (stops && (!queue().is_draining() || queue().is_empty())) {
            return true;
        }
        // Whoever has to stop takes what is there, but waits for nothing.
        switch (queue().receive(worker_.instance->index(), stops ? WaitClock::time_point::min() : until, &task)) {
            case Receipt::task:
            case Receipt::nearly_enough: return true;
            case Receipt::enough: stop_run(worker_); return true;
            case Receipt::too_many: too_many = true; return true;
            case Receipt::none: return false;
        }
        return true;
    }
    // After receive_task(0) the instance waits on, while the script does something else.
    void step_aside() override {
        if (!watches_) {
            queue().leave(worker_.instance->index());
        }
    }
    bool outlasts_stop() const override { return true; }
    ErrorKind hold_elapsed() override { return ErrorKind::none; }
    ErrorKind hold_stop() override { return ErrorKind::none; }

private:
    TaskQueue& queue() { return worker_of(worker_).tasks(); }

    WorkerContext& worker_;
    const bool watches_;
};

// An update that waits for its reader.
class Reader final : public Awaited {
public:
    explicit Reader(ReceivedTask* received) : received_(received) {}

    Update answer = Update::full;

    bool look(WaitClock::time_point until, ErrorKind*) override {
        answer = received_->task->queue().update(*received_->task, received_->in_hand, until);
        return answer != Update::full;
    }
    // The task's own end comes first; a worker that has to stop drops it.
    ErrorKind hold_elapsed() override { return ErrorKind::none; }
    ErrorKind hold_stop() override { return ErrorKind::none; }

private:
    ReceivedTask* const received_;
};

bool update_goes_on(const void* task) noexcept {
    const auto* open = static_cast<const Task*>(task);
    return open->is_settled() || open->takes_updates();
}

void note_asked(WorkerContext& worker) {
    if (!worker.asked) {
        worker.asked = true;
        worker.note_work();
        worker.instance->leave(Instance::mail_asked);
        worker.instance->wake_if_given_up();
    }
}

// The task is open by now: whatever goes wrong, it ends.
bool read_payload(ReceivedTask* received) {
    // In the object: the copy may bail out, and free_object() finds it there.
    received->in_hand = received->task->take_payload();
    zval payload;
    const bool complete = copy_task_value(received->in_hand, &payload);
    std::exchange(received->in_hand, nullptr)->unpin();
    if (!complete) {
        received->task->queue().fail(*received->task, error_of(EG(exception)));
        return false;
    }
    zval* property = OBJ_PROP_NUM(&received->object, 0);
    ZVAL_COPY_VALUE(property, &payload);
    // The property is readonly and was never set: written past the engine, it would still count as uninitialised.
    Z_PROP_FLAG_P(property) = 0;
    return true;
}

ReceivedTask* received_task_of(zval* self) {
    ReceivedTask* received = Object::of(Z_OBJ_P(self));
    if (received->task == nullptr) {
        zend_throw_error(nullptr, "This object has no task");
        return nullptr;
    }
    return received;
}

// Open, or a LogicException is set.
ReceivedTask* open_task_of(zval* self) {
    ReceivedTask* received = received_task_of(self);
    if (received != nullptr && received->task->queue().is_closed(*received->task)) {
        note_closed(Closed::already);
        return nullptr;
    }
    return received;
}

// *error is none: it is charged. nullptr: *error was held.
Snapshot* write_result(const zend_array* result, TaskQueue& queue, ErrorKind* error) {
    Worker& worker = worker_of(*current_worker());
    Snapshot* written = write_task_value(result, "$result", "a result", true, worker, error);
    if (written == nullptr || queue.charge(written->size())) {
        return written;
    }
    *error = hold_result([&] {
        return Status::runtime("cannot finish the task with " + std::to_string(written->size()) +
                               " bytes: the tasks of this process hold all of bgworkers.task_memory (" +
                               std::to_string(Process::current()->registry().task_memory().limit()) + " bytes)");
    });
    written->unpin();
    return nullptr;
}

}  // namespace

void set_up_received_tasks(zend_class_entry* ce) { Object::set_up(ce, free_object); }

bool receive_task(WorkerContext& worker, double timeout, zval* result) {
    note_asked(worker);
    object_init_ex(result, Object::ce);  // first, for this may bail out
    NextTask next(worker, timeout);
    // No error to throw: elapsed and stopped are null for the script.
    wait_in_slices(next, timeout, nullptr, slice_of_receiver);
    ReceivedTask* received = Object::of(Z_OBJ_P(result));
    // Before anything is thrown: from here on the object gives the reference back.
    received->task = next.task;
    if (next.too_many) {
        zend_throw_exception_ex(spl_ce_LogicException, 0,
                                "this instance has %d tasks open, which is its concurrency: finish one first",
                                worker_of(worker).spec().concurrency);
    }
    if (next.task != nullptr && EG(exception) == nullptr && read_payload(received)) {
        return true;
    }
    zval_ptr_dtor(result);
    ZVAL_NULL(result);
    return EG(exception) == nullptr;
}

}  // namespace bgworkers

using namespace bgworkers;

ZEND_METHOD(BgWorkers_ReceivedTask, __construct) { ZEND_PARSE_PARAMETERS_NONE(); }

ZEND_METHOD(BgWorkers_ReceivedTask, finish) {
    zval* result = nullptr;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_ARRAY(result)
    ZEND_PARSE_PARAMETERS_END();
    ReceivedTask* received = open_task_of(ZEND_THIS);
    if (received == nullptr) {
        RETURN_THROWS();
    }
    TaskQueue& queue = received->task->queue();
    ErrorKind error = ErrorKind::none;
    Snapshot* written = write_result(result == nullptr ? &zend_empty_array : Z_ARR_P(result), queue, &error);
    if (written == nullptr) {
        throw_held(error);
        RETURN_THROWS();
    }
    // Also where the sender's time was over meanwhile: the run has done its work.
    current_worker()->finished_task = true;
    note_closed(queue.finish(*received->task, written));
}

ZEND_METHOD(BgWorkers_ReceivedTask, fail) {
    zend_object* exception = nullptr;
    zend_string* text = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_OBJ_OF_CLASS_OR_STR(exception, zend_ce_throwable, text)
    ZEND_PARSE_PARAMETERS_END();
    ReceivedTask* received = open_task_of(ZEND_THIS);
    if (received == nullptr) {
        RETURN_THROWS();
    }
    current_worker()->finished_task = true;
    note_closed(received->task->queue().fail(
        *received->task, exception != nullptr ? error_of(exception) : make_task_error("", ZSTR_VAL(text))));
}

ZEND_METHOD(BgWorkers_ReceivedTask, update) {
    zval* data;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY(data)
    ZEND_PARSE_PARAMETERS_END();
    ReceivedTask* received = open_task_of(ZEND_THIS);
    if (received == nullptr) {
        RETURN_THROWS();
    }
    if (received->in_hand != nullptr) {
        zend_throw_exception(spl_ce_LogicException, "an update of this task waits for its reader already", 0);
        RETURN_THROWS();
    }
    Worker& worker = worker_of(*current_worker());
    ErrorKind error = ErrorKind::none;
    // In the object: the wait may bail out, and a fiber may never come back from it.
    received->in_hand = write_task_value(Z_ARR_P(data), "$data", "an update", false, worker, &error);
    if (received->in_hand == nullptr) {
        throw_held(error);
        RETURN_THROWS();
    }
    Reader reader(received);
    WaitGraph::Waiter edge;
    const WaitNode sender = received->task->sender();
    // A request enters no graph, for nobody can wait for it.
    if (sender != nullptr) {
        edge.self = &worker;
        edge.targets = &sender;
        edge.target_count = 1;
        edge.rescuers = static_cast<Worker*>(const_cast<void*>(sender))->tasks().instances();
        edge.is_over = update_goes_on;
        edge.what = received->task;
    }
    error = wait_in_slices(reader, ZEND_INFINITY, sender == nullptr ? nullptr : &edge, usual_slice);
    Snapshot* const left = std::exchange(received->in_hand, nullptr);
    if (reader.answer != Update::taken) {
        left->unpin();
    }
    if (EG(exception) == nullptr && error != ErrorKind::none) {
        throw_held(error);
    } else if (EG(exception) == nullptr && reader.answer == Update::closed) {
        note_closed(Closed::already);  // by a handler that ran meanwhile
    }
}

ZEND_METHOD(BgWorkers_ReceivedTask, isCancelled) {
    ZEND_PARSE_PARAMETERS_NONE();
    if (ReceivedTask* received = received_task_of(ZEND_THIS)) {
        RETURN_BOOL(received->task->queue().is_cancelled(*received->task));
    }
}
