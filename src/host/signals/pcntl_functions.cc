#include "host/signals/pcntl_functions.h"

#include <errno.h>
#include <string.h>

#include <limits>

#include "host/process.h"
#include "host/signals/handlers.h"

namespace bgworkers {
namespace signals {

namespace {

// pcntl keeps its last error where only it can write. Ours is told instead until PHP's own function has failed anew.
void note_error(int error) { current_worker()->pcntl_error = error; }

void call_original(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    note_error(0);
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

bool is_number(zend_long signal) { return signal >= 1 && signal <= kMaxSignal; }

// Kept by libc: a set cannot hold it.
bool is_reserved(int signal) {
    return !is_catchable(signal) && signal != kKill && default_action(signal) != DefaultAction::stop_process;
}

// false: PHP's own function has to say what is wrong with it.
bool read_set(HashTable* array, SignalSet* set) {
    zval* element;
    ZEND_HASH_FOREACH_VAL(array, element) {
        ZVAL_DEREF(element);
        // What is no scalar becomes 0, and is left to PHP's function: converting it here would complain twice.
        const zend_long signal = Z_TYPE_P(element) <= IS_STRING ? zval_get_long(element) : 0;
        if (!is_number(signal) || is_reserved(static_cast<int>(signal))) {
            return false;
        }
        set->put(static_cast<int>(signal), true);
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

}  // namespace

void pcntl_signal(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zend_long signal;
    zval* handler;
    bool restart = true;
    bool restart_is_null = true;
    ZEND_PARSE_PARAMETERS_START(2, 3)
        Z_PARAM_LONG(signal)
        Z_PARAM_ZVAL(handler)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL_OR_NULL(restart, restart_is_null)
    ZEND_PARSE_PARAMETERS_END();

    const bool right = Z_TYPE_P(handler) == IS_LONG
                           ? Z_LVAL_P(handler) == 0 || Z_LVAL_P(handler) == 1
                           : zend_is_callable_ex(handler, nullptr, 0, nullptr, nullptr, nullptr);
    // Looking for the method of a class may autoload, and that may throw.
    if (EG(exception)) {
        RETURN_THROWS();
    }
    if (!is_number(signal) || !right) {
        call_original(original, INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    if (!is_catchable(static_cast<int>(signal))) {
        // As sigaction(2) refuses it, in pcntl's words.
        note_error(EINVAL);
        php_error_docref(nullptr, E_WARNING, "Error assigning signal");
        RETURN_FALSE;
    }
    // As pcntl: an alarm is mostly there to end a call that blocks.
    if (restart_is_null && signal == kAlarm) {
        restart = false;
    }
    install_handler(*current_worker(), static_cast<int>(signal), handler, restart);
    RETURN_TRUE;
}

void pcntl_signal_get_handler(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // checks the number; knows of no handler
    if (EG(exception)) {
        return;
    }
    if (const zval* handler =
            handler_of(*current_worker(), static_cast<int>(Z_LVAL_P(ZEND_CALL_ARG(execute_data, 1))))) {
        zval_ptr_dtor(return_value);
        RETURN_COPY(handler);
    }
}

void pcntl_async_signals(zif_handler, INTERNAL_FUNCTION_PARAMETERS) {
    bool on = false;
    bool only_read = true;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL_OR_NULL(on, only_read)
    ZEND_PARSE_PARAMETERS_END();
    RunSignals& run = current_worker()->signals;
    RETVAL_BOOL(run.async());
    if (!only_read) {
        run.set_async(on);
    }
}

void pcntl_signal_dispatch(zif_handler, INTERNAL_FUNCTION_PARAMETERS) {
    ZEND_PARSE_PARAMETERS_NONE();
    dispatch(*current_worker());
    RETURN_TRUE;
}

void pcntl_alarm(zif_handler, INTERNAL_FUNCTION_PARAMETERS) {
    zend_long seconds;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(seconds)
    ZEND_PARSE_PARAMETERS_END();
    WorkerContext* worker = current_worker();
    // A negative number becomes a large one, as where pcntl hands it to alarm(2).
    RETURN_LONG(Process::current()->alarms().set(worker->alarm, static_cast<unsigned>(seconds)));
}

void pcntl_sigprocmask(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zend_long how;
    HashTable* signals;
    zval* before = nullptr;
    ZEND_PARSE_PARAMETERS_START(2, 3)
        Z_PARAM_LONG(how)
        Z_PARAM_ARRAY_HT(signals)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(before)
    ZEND_PARSE_PARAMETERS_END();

    SignalSet set;
    const bool changes_nothing = zend_hash_num_elements(signals) == 0 && how != kSetMask;
    if (changes_nothing || (how != kBlock && how != kUnblock && how != kSetMask) || !read_set(signals, &set)) {
        call_original(original, INTERNAL_FUNCTION_PARAM_PASSTHRU);  // some versions refuse an empty array
        if (!changes_nothing || EG(exception) || Z_TYPE_P(return_value) != IS_TRUE) {
            return;
        }
    }
    RunSignals& run = current_worker()->signals;
    const SignalSet old = run.blocked();
    if (before != nullptr) {
        before = zend_try_array_init(before);
        if (before == nullptr) {
            RETURN_THROWS();
        }
        for (int signal = 1; signal <= kMaxSignal; ++signal) {
            if (old.has(signal)) {
                add_next_index_long(before, signal);
            }
        }
    }
    const uint64_t bits = how == kBlock     ? old.bits() | set.bits()
                          : how == kUnblock ? old.bits() & ~set.bits()
                                            : set.bits();
    run.block(SignalSet(bits));
    // What was unblocked may end the run.
    end_if_ended(*current_worker());
    RETURN_TRUE;
}

namespace {

void wait_for_signal(SignalSet set, double seconds, zval* info, zval* return_value) {
    WorkerContext* worker = current_worker();
    SentSignal sent{};
    const SignalWait outcome = worker->signals.wait(set, seconds, worker->kill_requested, &sent);
    end_if_ended(*worker);
    if (outcome == SignalWait::taken) {
        if (info != nullptr) {
            describe(sent.number, sent.sender, info);
            if (EG(exception)) {
                RETURN_THROWS();
            }
        }
        RETURN_LONG(sent.number);
    }
    // Silent after a kill: the engine's interrupt comes next, and a warning might call a handler of the script.
    if (outcome == SignalWait::interrupted && !worker->kill_requested.load()) {
        note_error(EINTR);
        php_error_docref(nullptr, E_WARNING, "%s", strerror(EINTR));
    }
#if PHP_VERSION_ID >= 80400
    RETURN_FALSE;
#else
    RETURN_LONG(-1);
#endif
}

}  // namespace

void pcntl_sigwaitinfo(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    HashTable* signals;
    zval* info = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_ARRAY_HT(signals)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(info)
    ZEND_PARSE_PARAMETERS_END();
    SignalSet set;
    // 8.4 refuses an empty set; older versions wait for ever.
    if (!read_set(signals, &set) || (PHP_VERSION_ID >= 80400 && set.empty())) {
        call_original(original, INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    wait_for_signal(set, std::numeric_limits<double>::infinity(), info, return_value);
}

void pcntl_sigtimedwait(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    HashTable* signals;
    zval* info = nullptr;
    zend_long seconds = 0;
    zend_long nanoseconds = 0;
    ZEND_PARSE_PARAMETERS_START(1, 4)
        Z_PARAM_ARRAY_HT(signals)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL(info)
        Z_PARAM_LONG(seconds)
        Z_PARAM_LONG(nanoseconds)
    ZEND_PARSE_PARAMETERS_END();
    SignalSet set;
    const bool wrong_time = seconds < 0 || nanoseconds < 0 || nanoseconds >= 1000000000;
    const bool no_time = seconds == 0 && nanoseconds == 0;
    if (!read_set(signals, &set) || wrong_time || (PHP_VERSION_ID >= 80400 && (set.empty() || no_time))) {
        call_original(original, INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    wait_for_signal(set, static_cast<double>(seconds) + static_cast<double>(nanoseconds) / 1e9, info, return_value);
}

void pcntl_get_last_error(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    // First: it checks its arguments, and its answer stands where ours has nothing to say.
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (const int error = current_worker()->pcntl_error; error != 0 && !EG(exception)) {
        RETVAL_LONG(error);
    }
}

void posix_kill(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zend_long pid;
    zend_long signal;
    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_LONG(pid)
        Z_PARAM_LONG(signal)
    ZEND_PARSE_PARAMETERS_END();
    // 0 is none, but a question: does the process exist?
    if (!is_number(signal) || !is_this_process(pid)) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    WorkerContext* worker = current_worker();
    if (!worker->signals.send(static_cast<int>(signal))) {
        zend_throw_error(nullptr, "posix_kill() cannot stop a background worker: %s would stop the whole process",
                         name(static_cast<int>(signal)));
        RETURN_THROWS();
    }
    end_if_ended(*worker);
    RETURN_TRUE;
}

}  // namespace signals
}  // namespace bgworkers
