#include "zend/tasks/task_errors.h"

#include "host/end_cause.h"
#include "zend/api/errors.h"

namespace bgworkers {

zend_class_entry* task_exception_ce = nullptr;

namespace {

// The task lives as long as the object that the caller works for, so its texts do, too.
void throw_task_exception(const char* prefix, const char* before, const TaskError* error, const char* otherwise) {
    zend_string* message = error == nullptr || error->message.empty()
                               ? zend_strpprintf(0, "%s%s", prefix, otherwise)
                               : zend_strpprintf(0, "%s%s%s", prefix, before, error->message.c_str());
    zend_object* exception = zend_throw_exception(task_exception_ce, ZSTR_VAL(message), 0);
    zend_string_release(message);
    if (error == nullptr || error->error_class.empty()) {
        return;
    }
    zend_update_property_stringl(task_exception_ce, exception, ZEND_STRL("errorClass"), error->error_class.data(),
                                 error->error_class.size());
    if (!error->file.empty()) {
        zend_update_property_stringl(task_exception_ce, exception, ZEND_STRL("errorFile"), error->file.data(),
                                     error->file.size());
    }
    zend_update_property_long(task_exception_ce, exception, ZEND_STRL("errorLine"), error->line);
}

ErrorKind hold_giving_up(Worker& worker) {
    return hold_result([&] {
        return Status::error(ErrorKind::worker,
                             "worker \"" + worker.name() + "\" has given up: " + worker.describe_attempts());
    });
}

}  // namespace

void throw_outcome(const Task& task, Worker& worker, double timeout, const char* prefix) {
    const TaskError* error = task.error();
    switch (task.outcome()) {
        case TaskOutcome::failed: throw_task_exception(prefix, "", error, "the task was not finished"); break;
        case TaskOutcome::aborted:
            throw_task_exception(prefix, "the task was aborted: ", error, "the task was aborted");
            break;
        case TaskOutcome::cancelled: throw_task_exception(prefix, "", nullptr, "the task was cancelled"); break;
        case TaskOutcome::dropped:
            throw_task_exception(prefix, "", nullptr, "the task was dropped: the process is shutting down");
            break;
        case TaskOutcome::expired:
            zend_throw_exception_ex(timeout_exception_ce, 0, "%sworker \"%s\" has not finished the task within %g s",
                                    prefix, worker.name().c_str(), timeout);
            break;
        // One refused for want of room never became an object of the script's, so this can only be a giving up.
        case TaskOutcome::rejected: throw_held(hold_giving_up(worker)); break;
        case TaskOutcome::none:
        case TaskOutcome::done: break;
    }
}

TaskErrorPtr error_of(zend_object* exception) noexcept try {
    EndCause::Thrown thrown = EndCause::look_at(exception);
    return std::make_shared<const TaskError>(
        TaskError{std::move(thrown.class_name), std::move(thrown.message), std::move(thrown.file), thrown.line});
} catch (const std::bad_alloc&) {
    return nullptr;
}

}  // namespace bgworkers

using namespace bgworkers;

namespace {

void return_property(zval* self, const char* name, size_t length, zval* return_value) {
    zval kept;
    zval* value = zend_read_property(task_exception_ce, Z_OBJ_P(self), name, length, 1, &kept);
    ZVAL_COPY_DEREF(return_value, value);
}

}  // namespace

ZEND_METHOD(BgWorkers_TaskException, getErrorClass) {
    ZEND_PARSE_PARAMETERS_NONE();
    return_property(ZEND_THIS, ZEND_STRL("errorClass"), return_value);
}

ZEND_METHOD(BgWorkers_TaskException, getErrorFile) {
    ZEND_PARSE_PARAMETERS_NONE();
    return_property(ZEND_THIS, ZEND_STRL("errorFile"), return_value);
}

ZEND_METHOD(BgWorkers_TaskException, getErrorLine) {
    ZEND_PARSE_PARAMETERS_NONE();
    return_property(ZEND_THIS, ZEND_STRL("errorLine"), return_value);
}
