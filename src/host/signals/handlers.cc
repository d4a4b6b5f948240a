#include "host/signals/handlers.h"

#include <thread>

#include "host/force_stop.h"

extern "C" {
#include "main/php_ticks.h"
#include "zend_fibers.h"
}

namespace bgworkers {
namespace signals {

namespace {

#ifdef ZEND_SIGNALS
constexpr bool kInstallingUnblocks = true;
#else
constexpr bool kInstallingUnblocks = false;
#endif

bool is_code(const zval* handler) { return Z_TYPE_P(handler) != IS_UNDEF && Z_TYPE_P(handler) != IS_LONG; }

void on_tick(int, void*) {
    if (WorkerContext* worker = current_worker()) {
        dispatch(*worker);
    }
}

SignalHandlers* handlers_of_run(WorkerContext& worker) {
    if (worker.handlers == nullptr && !worker.handlers_are_over) {
        worker.handlers = static_cast<SignalHandlers*>(ecalloc(1, sizeof(SignalHandlers)));
        // PHP forgets it when the run ends, so each run adds it anew.
        php_add_tick_function(on_tick, nullptr);
    }
    return worker.handlers;
}

void call(const zval* handler, const SentSignal& sent) {
    zval function;
    zval arguments[2];
    zval result;
    ZVAL_COPY(&function, handler);  // it may install another in its place
    ZVAL_LONG(&arguments[0], sent.number);
    ZVAL_UNDEF(&arguments[1]);
    describe(sent.number, sent.sender, &arguments[1]);
    ZVAL_NULL(&result);
    call_user_function(nullptr, nullptr, &function, &result, 2, arguments);
    zval_ptr_dtor(&result);
    zval_ptr_dtor(&arguments[1]);
    zval_ptr_dtor(&function);
}

}  // namespace

const zval* handler_of(const WorkerContext& worker, int signal) {
    const zval* handler = worker.handlers == nullptr ? nullptr : &worker.handlers->of[signal];
    return handler == nullptr || Z_TYPE_P(handler) == IS_UNDEF ? nullptr : handler;
}

void install_handler(WorkerContext& worker, int signal, zval* handler, bool restart) {
    SignalHandlers* handlers = handlers_of_run(worker);
    if (handlers == nullptr) {
        return;
    }
    zval before;
    ZVAL_COPY_VALUE(&before, &handlers->of[signal]);
    ZVAL_COPY(&handlers->of[signal], handler);
    const Disposition disposition = is_code(handler)         ? Disposition::handled
                                    : Z_LVAL_P(handler) == 0 ? Disposition::standard
                                                             : Disposition::ignored;
    // After the handler: this may deliver what waits for it.
    worker.signals.set(signal, disposition, restart, kInstallingUnblocks);
    zval_ptr_dtor(&before);  // may run PHP
    end_if_ended(worker);
}

// What arrives while handlers run, because one of them has unblocked it, has its turn afterwards.
void dispatch(WorkerContext& worker) {
    SignalHandlers* handlers = worker.handlers;
    if (handlers == nullptr || handlers->running || !worker.signals.has_arrived() || worker.kill_requested.load()) {
        return;
    }
    if (EG(exception)) {
        worker.signals.raise_interrupt();  // a call now would be none; once it is caught, or at the end
        return;
    }
    SentSignal round[kMaxSignal + 1];
    int count = 0;
    while (count <= kMaxSignal && worker.signals.take(&round[count])) {
        // A handler that asks is told that the run has to stop. The supervisor is about to say so.
        while (round[count].sender == SignalSender::stop && !worker.instance->stop_channel().requested()) {
            std::this_thread::yield();
        }
        ++count;
    }
    // As pcntl does. A bailout leaves this, the mask and `running` as they are: the run is at its end, and the next
    // one's start sets all three anew.
    zend_fiber_switch_block();
    handlers->running = true;
    const SignalSet blocked = worker.signals.blocked();
    worker.signals.block(all_blockable());
    // Looked up anew each time: a handler may have removed the next one.
    for (int i = 0; i < count && EG(exception) == nullptr; ++i) {
        if (const zval* handler = &handlers->of[round[i].number]; is_code(handler)) {
            call(handler, round[i]);
        }
    }
    handlers->running = false;
    zend_fiber_switch_unblock();
    // Not what handlers have made of the mask: pcntl puts the old one back as well.
    worker.signals.block(blocked);
    if (worker.signals.has_arrived()) {
        worker.signals.raise_interrupt();
    }
    end_if_ended(worker);
}

void end_if_ended(WorkerContext& worker) {
    if (worker.signals.ended_by() != 0 && worker.in_run) {
        // The supervisor says so as well when it reads its mail; until then the script would run on.
        worker.kill_requested.store(true);
        force_stop::strike(worker);
    }
}

void forget_handlers(WorkerContext& worker) {
    SignalHandlers* handlers = worker.handlers;
    worker.handlers = nullptr;
    worker.handlers_are_over = true;
    worker.signals.forget_arrived();
    if (handlers == nullptr || CG(unclean_shutdown)) {
        return;  // the request's memory goes as a whole
    }
    for (zval& handler : handlers->of) {
        zval_ptr_dtor(&handler);
    }
    efree(handlers);
}

}  // namespace signals
}  // namespace bgworkers
