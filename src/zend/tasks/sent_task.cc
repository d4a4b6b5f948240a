#include "zend/tasks/sent_task.h"

#include "host/process.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/scope/waiting.h"
#include "zend/scope/worker_handle.h"
#include "zend/tasks/own_object.h"
#include "zend/tasks/task_errors.h"
#include "zend/tasks/task_values.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

namespace bgworkers {

namespace {

using Object = OwnObject<SentTask>;

void free_object(zend_object* object) {
    SentTask* sent = Object::of(object);
    zval_ptr_dtor(&sent->result);
    ZVAL_UNDEF(&sent->result);
    if (sent->in_hand != nullptr) {
        std::exchange(sent->in_hand, nullptr)->unpin();
    }
    if (Task* task = std::exchange(sent->task, nullptr)) {
        // A posted task has no sender who could leave, and one that was never queued is this object's alone.
        if (sent->queued && !task->posted()) {
            task->queue().sender_left(task);
        } else {
            task->release();
        }
    }
    zend_object_std_dtor(object);
}

// Its end, or with `reads` its next update.
class TaskNews final : public Awaited {
public:
    TaskNews(SentTask* sent, double timeout, bool reads) : sent_(sent), timeout_(timeout), reads_(reads) {}

    bool look(WaitClock::time_point until, ErrorKind*) override {
        TaskQueue& queue = sent_->task->queue();
        if (!reads_) {
            return queue.await(*sent_->task, until);
        }
        return queue.read(*sent_->task, until, &sent_->in_hand) || sent_->in_hand != nullptr;
    }
    ErrorKind hold_elapsed() override {
        return hold_result([&] {
            return Status::error(ErrorKind::timeout, "worker \"" + sent_->worker->name() + "\" has not " +
                                                         (reads_ ? "told anything new" : "finished the task") +
                                                         " after " + in_seconds(timeout_) + "; it goes on");
        });
    }
    ErrorKind hold_stop() override {
        return hold_result([&] {
            return Status::runtime("cannot wait for worker \"" + sent_->worker->name() + "\": this worker has to stop");
        });
    }

private:
    SentTask* const sent_;
    const double timeout_;
    const bool reads_;
};

bool is_settled(const void* task) noexcept { return static_cast<const Task*>(task)->is_settled(); }

// False: an exception is set. wait_error: what was held, if the time was over.
bool wait_for(SentTask* sent, double timeout, bool reads, ErrorKind* error) {
    TaskNews news(sent, timeout, reads);
    WaitGraph::Waiter edge;
    const WorkerContext* self = current_worker();
    const WaitNode target = sent->worker;
    // A request's wait closes no circle.
    if (self != nullptr) {
        edge.self = &self->instance->worker();
        edge.targets = &target;
        edge.target_count = 1;
        edge.rescuers = sent->task->queue().instances();
        edge.is_over = is_settled;
        edge.what = sent->task;
    }
    *error = wait_in_slices(news, timeout, &edge, usual_slice);
    return EG(exception) == nullptr;
}

void throw_with_prefix(ErrorKind error, const char* prefix) {
    throw_held(error);
    if (prefix[0] == '\0' || EG(exception) == nullptr) {
        return;
    }
    zval kept;
    zval* message = zend_read_property(zend_ce_exception, EG(exception), ZEND_STRL("message"), 1, &kept);
    zend_string* with_prefix = zend_strpprintf(0, "%s%s", prefix, Z_STRVAL_P(message));
    zend_update_property_str(zend_ce_exception, EG(exception), ZEND_STRL("message"), with_prefix);
    zend_string_release(with_prefix);
}

}  // namespace

void set_up_sent_tasks(zend_class_entry* ce) { Object::set_up(ce, free_object); }

SentTask* make_sent_task(zval* object) {
    object_init_ex(object, Object::ce);
    return Object::of(Z_OBJ_P(object));
}

bool is_sent_task(const zval* value) { return Z_TYPE_P(value) == IS_OBJECT && Z_OBJCE_P(value) == Object::ce; }

SentTask* sent_task_of(zval* value) {
    SentTask* sent = Object::of(Z_OBJ_P(value));
    if (sent->task == nullptr) {
        zend_throw_error(nullptr, "This object has no task");
        return nullptr;
    }
    if (Process::current()->orphaned()) {
        zend_throw_exception(spl_ce_RuntimeException,
                             "this task was sent before the process was forked: only the parent can use it", 0);
        return nullptr;
    }
    return sent;
}

bool await_task(SentTask* sent, double timeout, const char* prefix, zval* result) {
    if (Z_TYPE(sent->result) != IS_UNDEF) {
        ZVAL_COPY(result, &sent->result);
        return true;
    }
    ErrorKind error;
    if (!wait_for(sent, timeout, false, &error)) {
        return false;
    }
    if (error != ErrorKind::none) {
        throw_with_prefix(error, prefix);
        return false;
    }
    if (sent->task->outcome() != TaskOutcome::done) {
        throw_outcome(*sent->task, *sent->worker, sent->timeout, prefix);
        return false;
    }
    // The task's own pin holds it meanwhile: this object cannot go while its method runs.
    if (!hand_out_result(sent->task->result(), result)) {
        return false;
    }
    // An autoloader may have awaited it meanwhile: there is one instance.
    if (Z_TYPE(sent->result) == IS_UNDEF) {
        ZVAL_COPY(&sent->result, result);
    }
    return true;
}

}  // namespace bgworkers

using namespace bgworkers;

ZEND_METHOD(BgWorkers_Task, __construct) { ZEND_PARSE_PARAMETERS_NONE(); }

ZEND_METHOD(BgWorkers_Task, await) {
    double timeout = ZEND_INFINITY;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();
    if (!check_timeout(timeout, 1)) {
        RETURN_THROWS();
    }
    if (SentTask* sent = sent_task_of(ZEND_THIS)) {
        await_task(sent, timeout, "", return_value);
    }
}

ZEND_METHOD(BgWorkers_Task, read) {
    double timeout = ZEND_INFINITY;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();
    if (!check_timeout(timeout, 1)) {
        RETURN_THROWS();
    }
    SentTask* sent = sent_task_of(ZEND_THIS);
    if (sent == nullptr) {
        RETURN_THROWS();
    }
    if (sent->in_hand != nullptr) {
        zend_throw_exception(spl_ce_LogicException, "an update of this task is being read already", 0);
        RETURN_THROWS();
    }
    ErrorKind error;
    if (!wait_for(sent, timeout, true, &error)) {
        RETURN_THROWS();
    }
    if (error != ErrorKind::none) {
        throw_held(error);
    } else if (sent->in_hand != nullptr) {
        // Before the outcome: an update may have come together with the end.
        copy_task_value(sent->in_hand, return_value);  // may run PHP
        // Also where the copy has thrown: the update counts as read.
        std::exchange(sent->in_hand, nullptr)->unpin();
    } else if (sent->task->outcome() != TaskOutcome::done) {
        throw_outcome(*sent->task, *sent->worker, sent->timeout, "");
    }
}

ZEND_METHOD(BgWorkers_Task, cancel) {
    ZEND_PARSE_PARAMETERS_NONE();
    if (SentTask* sent = sent_task_of(ZEND_THIS)) {
        sent->task->queue().cancel(*sent->task);
    }
}

ZEND_METHOD(BgWorkers_Task, getStream) {
    ZEND_PARSE_PARAMETERS_NONE();
    SentTask* sent = sent_task_of(ZEND_THIS);
    if (sent == nullptr) {
        RETURN_THROWS();
    }
    int error = 0;
    const uv_os_sock_t socket = sent->task->queue().channel(*sent->task, &error);
    // The first error is libuv's, the second one the system's.
    if (socket == kNoSocket) {
        zend_throw_exception_ex(spl_ce_RuntimeException, 0, "cannot open a stream of the task: %s", uv_strerror(error));
    } else if (!stream_over(socket, return_value, &error)) {
        zend_throw_exception_ex(spl_ce_RuntimeException, 0, "cannot open a stream of the task: %s", strerror(error));
    }
}

ZEND_METHOD(BgWorkers_Task, isDone) {
    ZEND_PARSE_PARAMETERS_NONE();
    if (SentTask* sent = sent_task_of(ZEND_THIS)) {
        RETURN_BOOL(sent->task->queue().is_settled(*sent->task));
    }
}
