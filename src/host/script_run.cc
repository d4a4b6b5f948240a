#include "host/script_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <new>

#include "core/workers/registry.h"
#include "host/child_output.h"
#include "host/commands.h"
#include "host/force_stop.h"
#include "host/leftovers.h"
#include "host/os/process_state.h"
#include "host/os/thread_signals.h"
#include "host/php.h"
#include "host/process.h"
#include "host/sapi_shield.h"
#include "host/signals/handlers.h"
#include "host/worker_environment.h"

namespace bgworkers {

namespace {

// What the engine's request_info points to during a run. Plain memory, ours: the engine does not free it.
struct Arguments {
    int count = 0;
    char** values = nullptr;
    char* script = nullptr;  // the resolved path

    bool prepare(WorkerContext& worker) noexcept try {
        const WorkerSpec& spec = worker.instance->worker().spec();
        script = os::resolve_path(spec.script.c_str());
        if (script == nullptr) {
            worker.end_cause.failed("cannot open the script " + spec.script + ": " + strerror(errno));
            return false;
        }
        int next = 0;
        count = static_cast<int>(worker.arguments.size()) + (spec.command ? 1 : 2);
        values = static_cast<char**>(calloc(static_cast<size_t>(count) + 1, sizeof(char*)));
        if (values == nullptr) {
            worker.end_cause.failed("out of memory");
            return false;
        }
        values[next++] = const_cast<char*>(spec.script.c_str());
        if (!spec.command) {
            values[next++] = const_cast<char*>(worker.instance->worker().name().c_str());
        }
        for (const std::string& argument : worker.arguments) {
            values[next++] = const_cast<char*>(argument.c_str());
        }
        return true;
    } catch (const std::bad_alloc&) {
        worker.end_cause.failed("out of memory");
        return false;
    }

    void release() {
        free(values);
        free(script);
    }
};

void set_up_request(const Arguments& arguments) {
    SG(server_context) = nullptr;
    memset(&SG(request_info), 0, sizeof(SG(request_info)));
    SG(request_info).argc = arguments.count;
    SG(request_info).argv = arguments.values;
    SG(request_info).path_translated = arguments.script;
    SG(request_info).proto_num = 1000;
    SG(options) |= SAPI_OPTION_NO_CHDIR;
    // Request start-up leaves it alone, and the run before may have set it: a fatal error makes it 500.
    SG(sapi_headers).http_response_code = 200;
#ifdef ZEND_SIGNALS
    SIGG(reset) = 0;  // the handlers of the process are none of this thread's business
#endif
}

// PHP's report of an exception that nobody caught.
void report(WorkerContext& worker, zend_object* exception) {
    worker.end_cause.exception(exception, false);
    worker.end_cause.being_reported(true);
    zend_exception_error(exception, E_ERROR);
    worker.end_cause.being_reported(false);
}

// As php_execute_script() runs one of its files: that does not tell what has become of them. False: no further one.
bool run_file(WorkerContext& worker, const char* what, const char* path, bool primary) {
    zend_file_handle file;
    zend_stream_init_filename(&file, path);
    file.primary_script = primary;
    bool goes_on = false;
    worker.end_cause.begin_opening(what, path);
    zend_op_array* code = zend_compile_file(&file, ZEND_REQUIRE);
    if (file.opened_path != nullptr) {
        zend_hash_add_empty_element(&EG(included_files), file.opened_path);
    }
    worker.end_cause.opened();
    if (code != nullptr) {
        goes_on = true;
        zend_execute(code, nullptr);
#if PHP_VERSION_ID < 80600
        zend_exception_restore();
#endif
        if (EG(exception) != nullptr && Z_TYPE(EG(user_exception_handler)) != IS_UNDEF) {
            worker.end_cause.exception(EG(exception), true);
            zend_user_exception_handler();
        }
        if (EG(exception) != nullptr) {
            report(worker, EG(exception));
            goes_on = false;
        }
        zend_destroy_static_vars(code);
        destroy_op_array(code);
        efree_size(code, sizeof(zend_op_array));
    }
    zend_destroy_file_handle(&file);
    return goes_on;
}

// May bail out; then the engine frees what is left.
void run_files(WorkerContext& worker, const char* script) {
    // php_execute_script() would do it. Until then PHP's warnings name "PHP Request Startup" in place of the function.
    PG(during_request_startup) = 0;
    const char* prepend = PG(auto_prepend_file);
    if (prepend != nullptr && prepend[0] != '\0') {
        worker.end_cause.ended_before_script(prepend);  // until it has come back
        if (!run_file(worker, "auto_prepend_file", prepend, false)) {
            return;
        }
        worker.end_cause.ended_before_script(nullptr);
    }
    const char* append = PG(auto_append_file);
    if (run_file(worker, "the script", script, true) && append != nullptr && append[0] != '\0') {
        run_file(worker, "auto_append_file", append, false);
    }
}

void execute(WorkerContext& worker, const Arguments& arguments) {
#ifdef ZEND_SIGNALS
    SIGG(check) = 0;  // a debug build would complain of the host's own handlers; request start-up has switched it on
#endif
    // This and the next come after request start-up, which clears both.
    SG(request_info).no_headers = 1;
    // Commands for the cli begin with #!, which would be output.
    CG(skip_shebang) = 1;
    // Again: request start-up has unblocked the signal of PHP's timers.
    os::block_process_signals();
    worker.began_at = uv_hrtime();
    worker.instance->post_began();

    zend_try {
        complete_environment(worker);
        if (VCWD_CHDIR(worker.instance->worker().scope().spec().working_directory.c_str()) != 0) {
            zend_error(E_WARNING, "Cannot change to the directory of the workers file");
        }
        // A kill that came before the engine's start-up has lost its flag there.
        if (!worker.kill_requested.load()) {
            run_files(worker, arguments.script);
        }
    }
    zend_end_try();
    if (EG(exception) != nullptr) {  // a file that could not be compiled
        zend_try { report(worker, EG(exception)); }
        zend_end_try();
    }
    worker.end_cause.being_reported(false);
    // PHP notes as its last error only what no handler of the script has dealt with.
    worker.end_cause.settle_handled(worker.end_cause.is_asked(PG(last_error_message)));
}

void shut_down_request(WorkerContext& worker) {
    if (worker.kill_requested.load()) {
        force_stop::discard_run(worker);
    }
    php_request_shutdown(nullptr);
    // What it points to is freed when the run is over.
    memset(&SG(request_info), 0, sizeof(SG(request_info)));
}

std::string name_of(int signal) {
    const char* name = signals::name(signal);
    return name == nullptr ? "signal " + std::to_string(signal) : name;
}

void fill_in_report(WorkerContext& worker, int exit_status) noexcept try {
    RunReport& report = worker.instance->report();
    const uint64_t now = uv_hrtime();
    report.killed = worker.kill_requested.load();
    const int own_signal = report.killed ? worker.signals.ended_by() : 0;
    report.killed_itself = own_signal != 0;
    // 128 + number, as a shell tells of a process that a signal has ended; 255, as PHP's after a fatal error.
    report.exit_status = report.killed_itself ? 128 + own_signal : report.killed ? 255 : exit_status;
    report.error.clear();
    report.cause.clear();
    report.summary = RunSummary{};
    report.summary.clean = report.exit_status == 0;
    report.summary.published = worker.published;
    report.summary.lived = worker.began_at == 0 ? 0 : static_cast<double>(now - worker.began_at) / 1e9;
    report.summary.lived_since_work =
        worker.worked_at != 0 ? static_cast<double>(now - worker.worked_at) / 1e9 : report.summary.lived;
    report.summary.finished_task = worker.finished_task;
    report.summary.had_enough = worker.had_enough;
    if (report.killed_itself) {
        report.error = "ended by its own " + name_of(own_signal);
    } else if (report.killed) {
        char text[64];
        snprintf(text, sizeof(text), "killed %.1f s after its start", report.summary.lived);
        report.error = text;
        report.error += ": it did not end when asked to; wait with BgWorkers\\should_stop(), not with sleep()";
    } else if (report.exit_status != 0) {
        report.error = worker.end_cause.describe();
    } else if (!worker.published) {
        // It can still be a failure: if somebody has waited for a publication. Then this tells why.
        report.cause = worker.end_cause.describe();
    }
} catch (const std::bad_alloc&) {
    worker.instance->report().error = "out of memory";  // short enough to need none
}

// What the senders of open tasks are told. An exception tells itself; anything else is told by the exit status, and by
// the run's error where it has one.
void end_tasks(WorkerContext& worker) noexcept {
    const RunReport& report = worker.instance->report();
    TaskOutcome outcome = TaskOutcome::aborted;
    TaskErrorPtr error;
    try {
        if (const auto& thrown = worker.end_cause.thrown(); thrown && !report.killed) {
            outcome = TaskOutcome::failed;
            error = std::make_shared<const TaskError>(
                TaskError{thrown->class_name, thrown->message, thrown->file, thrown->line});
        } else {
            std::string text = "its run ended with exit status " + std::to_string(report.exit_status);
            text += report.error.empty() ? "" : ": " + report.error;
            error = std::make_shared<const TaskError>(TaskError{"", std::move(text), "", 0});
        }
    } catch (const std::bad_alloc&) {
        // The outcome is told all the same.
    }
    worker.instance->worker().tasks().end_run(worker.instance->index(), outcome, std::move(error));
}

void note_error(int type, zend_string* file, uint32_t line, zend_string* message) {
    WorkerContext* worker = current_worker();
    // What PHP says while a killed run is taken down is not why that ended.
    if (worker != nullptr && worker->in_run && !worker->kill_requested.load()) {
        worker->end_cause.error(type, file, line, message);
    }
}

}  // namespace

void observe_errors() noexcept { zend_observer_error_register(note_error); }

void run_script(WorkerContext& worker) noexcept {
    worker.published = worker.asked = worker.finished_task = worker.had_enough = false;
    worker.began_at = worker.worked_at = 0;
    worker.end_cause.begin_run();
    worker.last_seen.file[0] = '\0';
    worker.output.unmute();

    Arguments arguments;
    int exit_status = 255;
    leftovers::forget_last_run();
    if (!worker.environment.begin_run(worker.variables)) {
        worker.end_cause.failed("out of memory");
    } else if (arguments.prepare(worker)) {
        set_up_request(arguments);
        // PHP does that once a thread, not once a request.
        EG(exit_status) = 0;
        worker.handlers = nullptr;
        worker.handlers_are_over = false;
        worker.pcntl_error = 0;
        worker.signals.open();
        worker.in_run = true;
        const bool started = php_request_startup() == SUCCESS;
        sapi_shield::mend_error_callback();
        if (started) {
            execute(worker, arguments);
        } else {
            EG(exit_status) = 255;
            worker.end_cause.failed("PHP could not start the request");
        }
        shut_down_request(worker);
        sapi_shield::mend_error_callback();
        leftovers::close_persistent_resources();
        worker.in_run = false;
        // A fiber that nobody has resumed may still be inside of such a call; the mask is shut below.
        worker.open_masks = 0;
        commands::forget_mail_calls(worker);
        Process::current()->alarms().set(worker.alarm, 0);
        worker.signals.close();
        // Not before the shutdown: a shutdown function may call exit().
        exit_status = EG(exit_status);
        os::block_process_signals();
    }
    arguments.release();
    worker.output.end_run();
    child_output::end_run(worker);
    fill_in_report(worker, exit_status);
    end_tasks(worker);
}

}  // namespace bgworkers
