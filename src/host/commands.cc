#include "host/commands.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include <type_traits>

#include "host/child_output.h"
#include "host/os/files.h"
#include "host/shell_child.h"
#include "host/standard_streams.h"
#include "host/worker_context.h"

extern "C" {
#include "ext/standard/exec.h"
#include "ext/standard/file.h"
#include "ext/standard/proc_open.h"
#include "php_open_temporary_file.h"
#include "php_streams.h"
}

namespace bgworkers {
namespace commands {

// PHP calls "sendmail_path arguments" with popen(3). While it does, the setting has before it what gives the program
// the worker's environment, and takes what it prints: that goes to a file, and from there to the log.
//
// mail() runs PHP code: the script's handler hears of its warnings, and may call it again or leave the fiber. So the
// calls that are under way are counted; the first one in changes the setting, and the last one out, or the end of the
// run, gives it back.
struct MailCalls {
    uint32_t count;
    zend_string* path;         // the setting as it is otherwise; it belongs to the system, no script can change it
    char exports[MAXPATHLEN];  // "" if there are none
    char output[MAXPATHLEN];   // what the program prints, "" if it goes nowhere
};

namespace {

// The engine's proc_open(), callable even if it is disabled: then PHP frees what its table had of it, the types of the
// arguments included. Written by install() alone.
zend_function proc_open_function;
constexpr uint32_t kArguments = 6;
// As the engine declares it: 8.6 has one type for all functions. The first one is of the result.
std::remove_pointer_t<decltype(zend_internal_function::arg_info)> argument_info[1 + kArguments];

bool environment_is_own() { return !current_worker()->environment.empty(); }

bool is_well_formed(const zend_string* command) {
    return ZSTR_LEN(command) > 0 && strlen(ZSTR_VAL(command)) == ZSTR_LEN(command);
}

size_t without_trailing_space(const char* text, size_t length) {
    while (length > 0 && isspace(static_cast<unsigned char>(text[length - 1]))) {
        --length;
    }
    return length;
}

enum class Output { lines, print_lines, print_bytes };

void print_bytes(php_stream* stream) {
    char bytes[4096];
    for (ssize_t count; (count = php_stream_read(stream, bytes, sizeof(bytes))) > 0;) {
        PHPWRITE(bytes, static_cast<size_t>(count));
    }
}

// Returns the last line.
zend_string* read_lines(php_stream* stream, bool print, zval* lines) {
    zend_string* last = ZSTR_EMPTY_ALLOC();
    size_t length = 0;
    while (char* line = php_stream_get_line(stream, nullptr, 0, &length)) {
        if (print) {
            PHPWRITE(line, length);
            if (php_output_get_level() < 1) {
                sapi_flush();
            }
        }
        const size_t kept = without_trailing_space(line, length);
        if (lines != nullptr) {
            add_next_index_stringl(lines, line, kept);
        }
        zend_string_release(last);
        last = zend_string_init(line, kept, 0);
        efree(line);
    }
    return last;
}

void run(zif_handler original, Output output, INTERNAL_FUNCTION_PARAMETERS) {
    zend_string* command;
    zval* lines = nullptr;
    zval* status = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, output == Output::lines ? 3 : 2)
        Z_PARAM_STR(command)
        Z_PARAM_OPTIONAL
        if (output == Output::lines) {
            Z_PARAM_ZVAL(lines)
        }
        Z_PARAM_ZVAL(status)
    ZEND_PARSE_PARAMETERS_END();
    if (!is_well_formed(command)) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says what is wrong
        return;
    }
    if (lines != nullptr) {
        if (Z_TYPE_P(Z_REFVAL_P(lines)) == IS_ARRAY) {
            ZVAL_DEREF(lines);
            SEPARATE_ARRAY(lines);
        } else {
            lines = zend_try_array_init(lines);
            if (lines == nullptr) {
                RETURN_THROWS();
            }
        }
    }
    php_stream* const child = shell_child::start(command, false);
    zend_long ended = -1;
    if (child == nullptr) {
        RETVAL_FALSE;
    } else {
        if (output == Output::print_bytes) {
            print_bytes(child);
        } else {
            RETVAL_STR(read_lines(child, output == Output::print_lines, lines));
        }
        // What the child has printed to the log is there when this returns.
        ended = php_stream_close(child);
    }
    if (status != nullptr && EG(exception) == nullptr) {
        ZEND_TRY_ASSIGN_REF_LONG(status, ended);
    }
}

bool is_mode(const zend_string* mode, char direction) {
    return ZSTR_VAL(mode)[0] == direction && (ZSTR_LEN(mode) == 1 || (ZSTR_LEN(mode) == 2 && ZSTR_VAL(mode)[1] == 'b'));
}

// --- mail() -----------------------------------------------------------------------------------------------------

zend_ini_entry* sendmail_path() {
    return static_cast<zend_ini_entry*>(zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("sendmail_path")));
}

bool make_files(MailCalls* calls) {
    const OwnEnvironment& environment = current_worker()->environment;
    snprintf(calls->output, sizeof(calls->output), "%s", php_get_temporary_directory());
    if (!os::write_private_file(calls->output, sizeof(calls->output), "")) {
        calls->output[0] = '\0';
    }
    calls->exports[0] = '\0';
    if (environment.empty()) {
        return true;
    }
    snprintf(calls->exports, sizeof(calls->exports), "%s", php_get_temporary_directory());
    if (environment.write_exports(calls->exports, sizeof(calls->exports))) {
        return true;
    }
    calls->exports[0] = '\0';
    return false;
}

void remove_files(const MailCalls& calls) {
    if (calls.output[0] != '\0') {
        os::copy_file(calls.output, [](std::string_view bytes) { current_worker()->output.write(bytes); });
        // A program may end without a line end; what the script prints next is another line.
        current_worker()->output.flush();
        os::remove_file(calls.output);
    }
    if (calls.exports[0] != '\0') {
        os::remove_file(calls.exports);
    }
}

zend_string* quoted(const char* path) {
    zend_string* text = zend_string_init(path, strlen(path), 0);
    zend_string* result = escape_shell_arg(text);
    zend_string_release(text);
    return result;
}

// What lies in request memory may go before the run has ended, so the setting gets a string of its own.
void change_setting(zend_ini_entry* setting, const MailCalls& calls) {
    zend_string* exports = quoted(calls.exports);
    zend_string* output = quoted(calls.output[0] == '\0' ? "/dev/null" : calls.output);
    const bool has_exports = calls.exports[0] != '\0';
    // By exec, so that it holds for all that sendmail_path says: `>file` behind it would be the last command's alone.
    zend_string* changed =
        zend_strpprintf(0, "%s%s%sexec >%s 2>&1; %s", has_exports ? ". " : "", has_exports ? ZSTR_VAL(exports) : "",
                        has_exports ? "; " : "", ZSTR_VAL(output), ZSTR_VAL(calls.path));
    // The old value is not released: it is calls.path, and comes back.
    setting->value = zend_string_init(ZSTR_VAL(changed), ZSTR_LEN(changed), 1);
    zend_string_release(changed);
    zend_string_release(exports);
    zend_string_release(output);
}

// False: a warning says why.
bool begin_call(WorkerContext& worker, zend_ini_entry* setting) {
    if (worker.mail_calls != nullptr) {
        ++worker.mail_calls->count;
        return true;
    }
    auto* calls = static_cast<MailCalls*>(calloc(1, sizeof(MailCalls)));
    if (calls == nullptr || !make_files(calls)) {
        const int error = calls == nullptr ? ENOMEM : errno;
        if (calls != nullptr) {
            remove_files(*calls);
        }
        free(calls);
        php_error_docref(nullptr, E_WARNING, "Cannot hand on the environment of this worker in %s: %s",
                         php_get_temporary_directory(), strerror(error));
        return false;
    }
    calls->count = 1;
    calls->path = setting->value;
    worker.mail_calls = calls;  // from here on the end of the run finds it, if this bails out
    change_setting(setting, *calls);
    return true;
}

void give_back(WorkerContext& worker) {
    MailCalls* calls = worker.mail_calls;
    worker.mail_calls = nullptr;
    zend_ini_entry* setting = sendmail_path();
    // The same where change_setting() ran into the memory limit before it came to that.
    if (setting->value != calls->path) {
        zend_string_release(setting->value);
        setting->value = calls->path;
    }
    remove_files(*calls);
    free(calls);
}

[[maybe_unused]] void send(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zend_ini_entry* setting = sendmail_path();
    if (setting == nullptr || setting->value == nullptr || ZSTR_LEN(setting->value) == 0) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says that there is none
        return;
    }
    WorkerContext& worker = *current_worker();
    if (!begin_call(worker, setting)) {
        RETURN_FALSE;
    }
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (--worker.mail_calls->count == 0) {
        give_back(worker);
    }
}

}  // namespace

zend_function* engine_proc_open() noexcept { return &proc_open_function; }

bool sends_mail(const zend_execute_data* execute_data) {
    constexpr zend_long kByMail = 1;
    if (ZEND_NUM_ARGS() < 2) {
        return false;
    }
    zval* type = ZEND_CALL_ARG(execute_data, 2);
    // PHP takes no other types for an int, and converting an object would run its code.
    return Z_TYPE_P(type) <= IS_STRING && zval_get_long(type) == kByMail;
}

// What the caller leaves out of descriptors 0, 1 and 2 would be the host's.
void complete(zval* descriptors, HashTable* given) {
    array_init(descriptors);
    for (zend_ulong i = 0; i < 3; ++i) {
        if (zend_hash_index_exists(given, i)) {
            continue;
        }
        zval item;
        php_stream* log =
            i > 0 && child_output::descriptor_of(*current_worker()) >= 0 ? standard_streams::open_output() : nullptr;
        if (log != nullptr) {
            php_stream_to_zval(log, &item);
        } else {
            array_init(&item);
            add_next_index_string(&item, "null");
        }
        zend_hash_index_add_new(Z_ARRVAL_P(descriptors), i, &item);
    }
    zend_string* name;
    zend_ulong number;
    zval* item;
    ZEND_HASH_FOREACH_KEY_VAL(given, number, name, item) {
        Z_TRY_ADDREF_P(item);
        if (name != nullptr) {
            zend_hash_update(Z_ARRVAL_P(descriptors), name, item);  // PHP says that it is wrong
        } else {
            zend_hash_index_update(Z_ARRVAL_P(descriptors), number, item);
        }
    }
    ZEND_HASH_FOREACH_END();
}

void proc_open(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    constexpr uint32_t kDescriptors = 2;  // which argument it is
    constexpr uint32_t kEnvironment = 5;
    const uint32_t count = ZEND_NUM_ARGS();
    if (count < 3 || count > kArguments || Z_TYPE_P(ZEND_CALL_ARG(execute_data, kDescriptors)) != IS_ARRAY) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says what is wrong
        return;
    }
    // Borrowed: the caller's frame holds them until this returns.
    zval arguments[kArguments];
    for (uint32_t i = 0; i < kArguments; ++i) {
        if (i < count) {
            ZVAL_COPY_VALUE(&arguments[i], ZEND_CALL_ARG(execute_data, i + 1));
        } else {
            ZVAL_NULL(&arguments[i]);
        }
    }
    zval descriptors;
    complete(&descriptors, Z_ARRVAL(arguments[kDescriptors - 1]));
    ZVAL_COPY_VALUE(&arguments[kDescriptors - 1], &descriptors);
    zval environment;
    ZVAL_NULL(&environment);
    // null is PHP's word for the process's environment.
    if (Z_TYPE(arguments[kEnvironment - 1]) == IS_NULL && environment_is_own()) {
        current_worker()->environment.list_all(&environment);
        ZVAL_COPY_VALUE(&arguments[kEnvironment - 1], &environment);
    }
    if (EG(exception) == nullptr) {
        // Not `original`: that takes its arguments from this frame, which are the caller's.
        zend_call_known_function(&proc_open_function, nullptr, nullptr, return_value, kArguments, arguments, nullptr);
    }
    if (Z_TYPE_P(return_value) == IS_UNDEF) {  // it threw
        ZVAL_NULL(return_value);
    }
    zval_ptr_dtor(&environment);
    zval_ptr_dtor(&descriptors);
}

// The child has ended: what it has printed comes before what the script does next.
void proc_close(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    child_output::catch_up(*current_worker());
}

void popen(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zend_string* command;
    zend_string* mode;
    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(command)
        Z_PARAM_STR(mode)
    ZEND_PARSE_PARAMETERS_END();
    const bool write = is_mode(mode, 'w');
    if (!is_well_formed(command) || (!write && !is_mode(mode, 'r'))) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says what is wrong
        return;
    }
    php_stream* const child = shell_child::start(command, write);
    if (child == nullptr) {
        RETURN_FALSE;
    }
    php_stream_to_zval(child, return_value);
}

void exec(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    run(original, Output::lines, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void system(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    run(original, Output::print_lines, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void passthru(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    run(original, Output::print_bytes, INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void shell_exec(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    zend_string* command;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(command)
    ZEND_PARSE_PARAMETERS_END();
    if (!is_well_formed(command)) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says what is wrong
        return;
    }
    php_stream* const child = shell_child::start(command, false);
    if (child == nullptr) {
        RETURN_FALSE;
    }
    zend_string* output = php_stream_copy_to_mem(child, PHP_STREAM_COPY_ALL, 0);
    php_stream_close(child);
    // Nothing printed is null, as PHP has it.
    if (output != nullptr && ZSTR_LEN(output) > 0) {
        RETVAL_STR(output);
    }
}

void send_mail(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
#ifndef PHP_WIN32
    send(original, INTERNAL_FUNCTION_PARAM_PASSTHRU);
#else
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
#endif
}

void forget_mail_calls(WorkerContext& worker) noexcept {
    if (worker.mail_calls != nullptr) {
        give_back(worker);
    }
}

void install() noexcept {
    auto* function = static_cast<zend_function*>(zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("proc_open")));
    if (function != nullptr) {
        zend_internal_function& own = proc_open_function.internal_function;
        own = function->internal_function;
        ZEND_ASSERT(own.num_args == kArguments);
        memcpy(argument_info, own.arg_info - 1, sizeof(argument_info));
        own.arg_info = argument_info + 1;
        // What observers keep for a function is made later, and not for one that is disabled: they do not see this one.
        ZEND_MAP_PTR_INIT(proc_open_function.common.run_time_cache, nullptr);
    }
    shell_child::install();
}

}  // namespace commands
}  // namespace bgworkers
