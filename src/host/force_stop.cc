#include "host/force_stop.h"

#include <signal.h>

namespace bgworkers {

void KillSlot::open(WorkerContext& worker) noexcept {
    MutexLock lock(mutex_);
    worker_ = &worker;
    vm_interrupt_ = &EG(vm_interrupt);
    thread_ = pthread_self();
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
    if (signal && force_stop::signal_number() != 0) {
        pthread_kill(thread_, force_stop::signal_number());
    }
}

namespace force_stop {

namespace {

int chosen_signal = 0;
struct sigaction host_action{};  // whose signal it was, where none was free
void (*next_interrupt_function)(zend_execute_data*) = nullptr;

// Where the script was when the kill signal came. Runs on the worker's thread, in the middle of anything: it only
// follows pointers that the engine keeps valid while their frame is on top, and copies bytes.
void note_place(WorkerContext* worker) {
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

void on_signal(int number, siginfo_t* info, void* context) {
    if (WorkerContext* worker = current_worker()) {
        note_place(worker);
    } else if ((host_action.sa_flags & SA_SIGINFO) != 0) {
        host_action.sa_sigaction(number, info, context);
    } else if (host_action.sa_handler != SIG_DFL && host_action.sa_handler != SIG_IGN) {
        host_action.sa_handler(number);
    }
}

[[maybe_unused]] bool take(int number) {
    struct sigaction ours{};
    ours.sa_sigaction = on_signal;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;  // no SA_RESTART: the system call has to return
    sigfillset(&ours.sa_mask);
    if (sigaction(number, &ours, nullptr) != 0) {
        return false;
    }
    chosen_signal = number;
    return true;
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
    if (chosen_signal != 0) {
        return;
    }
#ifdef SIGRTMIN  // elsewhere the interrupt alone has to do
    // The first ones are taken by PHP's execution timers and by other hosts' own means.
    for (int number = SIGRTMIN + 3; number <= SIGRTMAX; ++number) {
        struct sigaction present;
        if (sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_DFL && take(number)) {
            return;
        }
    }
    // A host in Go handles every signal there is. The last one is shared: on other threads it stays the host's.
    if (sigaction(SIGRTMAX, nullptr, &host_action) == 0) {
        take(SIGRTMAX);
    }
#endif
}

int signal_number() noexcept { return chosen_signal; }

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
