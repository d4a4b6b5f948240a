#include "host/force_stop.h"

#include "host/os/thread_signals.h"
#include "host/signals/handlers.h"

extern "C" {
#include "ext/standard/file.h"
#include "main/streams/php_stream_userspace.h"
#include "php_streams.h"
}

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
    // In this order: whoever sees the interrupt has to find out what it is about.
    worker_->kill_requested.store(true, std::memory_order_seq_cst);
    zend_atomic_bool_store(vm_interrupt_, true);
    if (signal) {
        os::interrupt_call(thread_, false);
    }
    // A wait for a task sleeps on a condition variable, which no signal ends.
    worker_->instance->worker().tasks().wake(worker_->instance->index());
}

namespace force_stop {

namespace {

void (*next_interrupt_function)(zend_execute_data*) = nullptr;

bool runs_script(const zend_execute_data* frame) { return frame->func != nullptr && ZEND_USER_CODE(frame->func->type); }

// Copies the place of the script's innermost frame at or above this one. Reads frames alone and allocates nothing.
void note_place(WorkerContext& worker, const zend_execute_data* frame) {
    while (frame != nullptr && !runs_script(frame)) {
        frame = frame->prev_execute_data;
    }
    if (frame == nullptr || frame->opline == nullptr || frame->func->op_array.filename == nullptr) {
        return;
    }
    const zend_string* file = frame->func->op_array.filename;
    const size_t length = ZSTR_LEN(file) < sizeof(worker.last_seen.file) ? ZSTR_LEN(file) : 0;
    memcpy(worker.last_seen.file, ZSTR_VAL(file), length);
    worker.last_seen.file[length] = '\0';
    worker.last_seen.line = frame->opline->lineno;
}

// The handler of our real-time signals. Most are a kill; some are a signal of the run's own, which is no harm to note.
void on_interrupting_signal() {
    WorkerContext* worker = current_worker();
    worker->signals.on_interrupting_signal();
    const zend_execute_data* top = worker->in_run ? EG(current_execute_data) : nullptr;
    if (top != nullptr && top->func != nullptr && top->func->type == ZEND_INTERNAL_FUNCTION) {
        note_place(*worker, top->prev_execute_data);
    }
}

void interrupt(zend_execute_data* execute_data) {
    WorkerContext* worker = current_worker();
    if (worker != nullptr && worker->in_run) {
        if (worker->kill_requested.load(std::memory_order_seq_cst)) {
            strike(*worker);
        }
        signals::dispatch(*worker);
    }
    // On workers, too: pcntl's function looks at its own thread's queue alone, which is empty there.
    if (next_interrupt_function != nullptr) {
        next_interrupt_function(execute_data);
    }
}

// --- Streams whose functions are PHP code, once no PHP code may run ----------------------------------------------

ssize_t dead_write(php_stream*, const char*, size_t count) { return static_cast<ssize_t>(count); }

ssize_t dead_read(php_stream* stream, char*, size_t) {
    stream->eof = 1;
    return 0;
}

int dead_close(php_stream*, int) { return 0; }  // the script's object goes with the request's memory
int dead_flush(php_stream*) { return 0; }

const php_stream_ops dead_ops = {
    dead_write, dead_read, dead_close, dead_flush, "bgworkers-killed", nullptr, nullptr, nullptr, nullptr,
};

// Debug builds of 8.4 assert that the functions of a script's stream are not called once EG(active) is off.
void deaden_streams_of_the_script() {
    zval* element;
    ZEND_HASH_FOREACH_VAL(&EG(regular_list), element) {
        const zend_resource* resource = Z_RES_P(element);
        if (resource->type != php_file_le_stream() && resource->type != php_file_le_pstream()) {
            continue;
        }
        auto* stream = static_cast<php_stream*>(resource->ptr);
        if (stream->ops == &php_stream_userspace_ops || stream->ops == &php_stream_userspace_dir_ops) {
            stream->ops = &dead_ops;
        }
    }
    ZEND_HASH_FOREACH_END();
}

}  // namespace

void install() noexcept {
    if (zend_interrupt_function != interrupt) {
        next_interrupt_function = zend_interrupt_function;
        zend_interrupt_function = interrupt;
    }
}

void choose_signal() noexcept {
    os::choose_signal([] { return current_worker() != nullptr; }, on_interrupting_signal);
}

void strike(WorkerContext& worker) {
    note_place(worker, EG(current_execute_data));
    discard_run(worker);
    // As after a fatal error of PHP's.
    EG(exit_status) = 255;
    zend_bailout();
}

void discard_run(WorkerContext& worker) noexcept {
    worker.output.mute();
    CG(unclean_shutdown) = true;
    EG(active) = false;
    BG(user_shutdown_function_names) = nullptr;
    // There is none where request start-up has failed early.
    if (EG(objects_store).object_buckets != nullptr) {
        zend_objects_store_mark_destructed(&EG(objects_store));
    }
    zend_stack_apply(&OG(handlers), ZEND_STACK_APPLY_TOPDOWN, [](void* element) -> int {
        (*static_cast<php_output_handler**>(element))->flags |= PHP_OUTPUT_HANDLER_DISABLED;
        return 0;
    });
    deaden_streams_of_the_script();
}

}  // namespace force_stop
}  // namespace bgworkers
