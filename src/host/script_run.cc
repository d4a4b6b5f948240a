#include "host/script_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "core/workers/registry.h"
#include "host/force_stop.h"
#include "host/leftovers.h"
#include "host/os.h"
#include "host/php.h"
#include "host/worker_environment.h"

namespace bgworkers {

namespace {

// What the engine's request_info points to during a run. Plain memory, ours: the engine does not free it.
struct Arguments {
    int count = 0;
    char** values = nullptr;
    char* script = nullptr;  // the resolved path

    bool prepare(WorkerContext& worker) {
        const WorkerSpec& spec = worker.instance->worker().spec();
        script = os::resolve_path(spec.script.c_str());
        if (script == nullptr) {
            worker.last_error = "cannot open the script " + spec.script + ": " + strerror(errno);
            return false;
        }
        int next = 0;
        count = static_cast<int>(worker.arguments.size()) + (spec.command ? 1 : 2);
        values = static_cast<char**>(calloc(static_cast<size_t>(count) + 1, sizeof(char*)));
        if (values == nullptr) {
            worker.last_error = "out of memory";
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
    SG(sapi_headers).http_response_code = 200;
#ifdef ZEND_SIGNALS
    SIGG(reset) = 0;  // the handlers of the process are none of this thread's business
#endif
}

void execute(WorkerContext& worker, const Arguments& arguments) {
#ifdef ZEND_SIGNALS
    SIGG(check) = 0;  // a debug build would complain of the host's own handlers; request start-up has switched it on
#endif
    SG(request_info).no_headers = 1;
    CG(skip_shebang) = 1;
    os::block_process_signals();
    worker.began_at = uv_hrtime();
    worker.instance->post_began();

    zend_file_handle file;
    zend_stream_init_filename(&file, arguments.script);
    file.primary_script = 1;
    zend_try {
        complete_environment(worker);
        if (VCWD_CHDIR(worker.instance->worker().scope().spec().working_directory.c_str()) != 0) {
            zend_error(E_WARNING, "Cannot change to the directory of the workers file");
        }
        // A kill that came before the engine's start-up has lost its flag there.
        if (!worker.kill_requested.load()) {
            php_execute_script(&file);
        }
    }
    zend_end_try();
    zend_destroy_file_handle(&file);
}

void shut_down_request(WorkerContext& worker) {
    if (worker.kill_requested.load()) {
        force_stop::discard_run(worker);
    }
    php_request_shutdown(nullptr);
    memset(&SG(request_info), 0, sizeof(SG(request_info)));
}

void fill_in_report(WorkerContext& worker, int exit_status) {
    RunReport& report = worker.instance->report();
    const uint64_t now = uv_hrtime();
    report.killed = worker.kill_requested.load();
    report.exit_status = report.killed ? 255 : exit_status;
    report.error.clear();
    report.summary = RunSummary{};
    report.summary.clean = report.exit_status == 0;
    report.summary.published = worker.published;
    report.summary.lived = worker.began_at == 0 ? 0 : static_cast<double>(now - worker.began_at) / 1e9;
    report.summary.lived_since_work =
        worker.published ? static_cast<double>(now - worker.published_at) / 1e9 : report.summary.lived;
    if (report.killed) {
        char text[64];
        snprintf(text, sizeof(text), "killed after %.1f s", report.summary.lived);
        report.error = text;
        report.error += ": it did not end when asked to; wait with BgWorkers\\should_stop(), not with sleep()";
    } else if (report.exit_status != 0) {
        report.error = worker.last_error;
    }
}

constexpr int kFatal = E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_PARSE | E_USER_ERROR | E_RECOVERABLE_ERROR;

// "Uncaught LogicException: text in /a.php:3\nStack trace:\n#0 ..." without the trace, which carries arguments; of a
// chain of exceptions the last one. The place is known from elsewhere, so a message that looks like a trace fools
// nobody.
std::string without_trace(std::string_view message, const std::string& place) {
    constexpr std::string_view kUncaught = "Uncaught ";
    if (message.substr(0, kUncaught.size()) != kUncaught) {
        return std::string(message) + " in " + place;
    }
    message.remove_prefix(kUncaught.size());
    const std::string mark = " in " + place + "\nStack trace:\n";
    const size_t end = message.rfind(mark);
    if (end == std::string_view::npos) {
        return "an uncaught exception in " + place;
    }
    std::string_view text = message.substr(0, end);
    constexpr std::string_view kNext = "\n\nNext ";
    if (const size_t next = text.rfind(kNext); next != std::string_view::npos) {
        text.remove_prefix(next + kNext.size());
    }
    return std::string(text) + " in " + place;
}

void note_error(int type, zend_string* file, uint32_t line, zend_string* message) {
    WorkerContext* worker = current_worker();
    if (worker == nullptr || !worker->in_run || (type & kFatal) == 0 || worker->kill_requested.load()) {
        return;
    }
    try {
        const std::string place =
            std::string(file == nullptr ? "unknown" : ZSTR_VAL(file)) + ":" + std::to_string(line);
        // The one exception that PHP reports without its class.
        worker->last_error = (type & E_PARSE) != 0 ? "ParseError: " : "";
        worker->last_error += without_trace({ZSTR_VAL(message), ZSTR_LEN(message)}, place);
    } catch (const std::bad_alloc&) {
        worker->last_error.clear();  // not what an earlier error said
    }
}

}  // namespace

void observe_errors() noexcept { zend_observer_error_register(note_error); }

void run_script(WorkerContext& worker) noexcept {
    worker.published = false;
    worker.began_at = 0;
    worker.last_error.clear();
    worker.last_seen.file[0] = '\0';
    worker.output.unmute();

    Arguments arguments;
    int exit_status = 255;
    leftovers::forget_last_run();
    if (!worker.environment.begin_run(worker.variables)) {
        worker.last_error = "out of memory";
    } else if (arguments.prepare(worker)) {
        set_up_request(arguments);
        EG(exit_status) = 0;
        worker.in_run = true;
        if (php_request_startup() == SUCCESS) {
            execute(worker, arguments);
        } else {
            EG(exit_status) = 255;
            worker.last_error = "PHP could not start the request";
        }
        shut_down_request(worker);
        leftovers::close_persistent_resources();
        worker.in_run = false;
        exit_status = EG(exit_status);
        os::block_process_signals();
    }
    arguments.release();
    worker.output.flush();
    fill_in_report(worker, exit_status);
}

}  // namespace bgworkers
