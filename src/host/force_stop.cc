#include "host/force_stop.h"

#include "host/os.h"

namespace bgworkers {

void KillSlot::open(WorkerContext& worker) noexcept {
    MutexLock lock(mutex_);
    worker_ = &worker;
    vm_interrupt_ = &EG(vm_interrupt);
    thread_ = uv_thread_self();
}

void KillSlot::close() noexcept {
    MutexLock lock(mutex_);
    worker_ = nullptr;
    vm_interrupt_ = nullptr;
}

void KillSlot::raise(bool signal) noexcept {
    MutexLock lock(mutex_);
    if (worker_ == nullptr) {
        return;
    }
    worker_->kill_requested.store(true, std::memory_order_seq_cst);
    zend_atomic_bool_store(vm_interrupt_, true);
    if (signal) {
        os::interrupt_call(thread_);
    }
}

namespace force_stop {

namespace {

void (*next_interrupt_function)(zend_execute_data*) = nullptr;

// Where the script was when the kill signal came. Runs on the worker's thread, in the middle of anything: it only
// follows pointers that the engine keeps valid while their frame is on top, and copies bytes.
void note_place() {
    WorkerContext* worker = current_worker();
    if (!worker->in_run) {
        return;
    }
    const zend_execute_data* frame = EG(current_execute_data);
    while (frame != nullptr && (frame->func == nullptr || !ZEND_USER_CODE(frame->func->type))) {
        frame = frame->prev_execute_data;
    }
    if (frame == nullptr || frame->opline == nullptr || frame->func->op_array.filename == nullptr) {
        return;
    }
    const zend_string* file = frame->func->op_array.filename;
    const size_t length = ZSTR_LEN(file) < sizeof(worker->last_seen.file) ? ZSTR_LEN(file) : 0;
    memcpy(worker->last_seen.file, ZSTR_VAL(file), length);
    worker->last_seen.file[length] = '\0';
    worker->last_seen.line = frame->opline->lineno;
}

void interrupt(zend_execute_data* execute_data) {
    WorkerContext* worker = current_worker();
    if (worker != nullptr && worker->in_run && worker->kill_requested.load(std::memory_order_seq_cst)) {
        discard_run();
        EG(exit_status) = 255;
        zend_bailout();
    }
    if (next_interrupt_function != nullptr) {
        next_interrupt_function(execute_data);
    }
}

void disable_handler(void* element) {
    auto* handler = *static_cast<php_output_handler**>(element);
    handler->flags |= PHP_OUTPUT_HANDLER_DISABLED;
}

}  // namespace

void install() noexcept {
    if (zend_interrupt_function != interrupt) {
        next_interrupt_function = zend_interrupt_function;
        zend_interrupt_function = interrupt;
    }
}

void choose_signal() noexcept {
    os::choose_signal([] { return current_worker() != nullptr; }, note_place);
}

void discard_run() noexcept {
    php_free_shutdown_functions();
    if (EG(objects_store).object_buckets != nullptr) {
        zend_objects_store_mark_destructed(&EG(objects_store));
    }
    zend_stack_apply(&OG(handlers), ZEND_STACK_APPLY_TOPDOWN, [](void* element) -> int {
        disable_handler(element);
        return 0;
    });
}

}  // namespace force_stop
}  // namespace bgworkers
