#include "host/commands.h"

#include <ctype.h>
#include <errno.h>

#include "host/os.h"
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

namespace {

// The engine's proc_open(), callable even if it is disabled: then PHP frees what its table had of it, the types of the
// arguments included. Written by install() alone.
zend_function engine_proc_open;
constexpr uint32_t kArguments = 6;
zend_internal_arg_info argument_info[1 + kArguments];  // the first one is of the result

bool environment_is_own() { return !current_worker()->environment.empty(); }

// --- Commands for a shell ---------------------------------------------------------------------------------------

struct Child {
    zval process;
    php_stream* stream;  // registered after the process, so a run that ends closes it first
};

// The pipe of the new child, taken from the process's handle: that keeps a reference, and would close it.
php_stream* take_pipe(zend_resource* process, php_stream* pipe, const char* mode) {
    php_socket_t descriptor;
    if (php_stream_cast(pipe, PHP_STREAM_AS_FD, reinterpret_cast<void**>(&descriptor), 0) != SUCCESS) {
        return nullptr;
    }
    auto* handle = static_cast<php_process_handle*>(process->ptr);
    for (int i = 0; i < handle->npipes; ++i) {
        if (handle->pipes[i] != nullptr) {
            GC_DELREF(handle->pipes[i]);
            handle->pipes[i] = nullptr;
        }
    }
    php_stream_free(pipe, PHP_STREAM_FREE_CLOSE | PHP_STREAM_FREE_PRESERVE_HANDLE | PHP_STREAM_FREE_KEEP_RSRC);
    return php_stream_fopen_from_fd(static_cast<int>(descriptor), mode, nullptr);
}

// popen(3) with the worker's environment. false: a warning or an exception says why.
bool start(zend_string* command, bool write, Child* child) {
    zval arguments[5];
    zval pipes;
    char directory[MAXPATHLEN];
    ZVAL_UNDEF(&child->process);
    child->stream = nullptr;

    ZVAL_STR_COPY(&arguments[0], command);
    array_init(&arguments[1]);
    zval pipe;
    array_init(&pipe);
    add_next_index_string(&pipe, "pipe");
    add_next_index_string(&pipe, write ? "r" : "w");
    add_index_zval(&arguments[1], write ? 0 : 1, &pipe);
    array_init(&pipes);
    ZVAL_NEW_REF(&arguments[2], &pipes);
    if (VCWD_GETCWD(directory, sizeof(directory)) != nullptr) {
        ZVAL_STRING(&arguments[3], directory);
    } else {
        ZVAL_NULL(&arguments[3]);
    }
    ZVAL_UNDEF(&arguments[4]);
    current_worker()->environment.list_all(&arguments[4]);
    if (EG(exception) == nullptr) {
        zend_call_known_function(&engine_proc_open, nullptr, nullptr, &child->process, 5, arguments, nullptr);
    }
    if (Z_TYPE(child->process) == IS_RESOURCE) {
        zval* opened = zend_hash_index_find(Z_ARRVAL_P(Z_REFVAL(arguments[2])), write ? 0 : 1);
        php_stream* stream = nullptr;
        if (opened != nullptr) {
            php_stream_from_zval_no_verify(stream, opened);
        }
        if (stream != nullptr) {
            child->stream = take_pipe(Z_RES(child->process), stream, write ? "w" : "r");
        }
        if (child->stream == nullptr) {
            zval_ptr_dtor(&child->process);
            ZVAL_UNDEF(&child->process);
        }
    }
    for (zval& argument : arguments) {
        zval_ptr_dtor(&argument);
    }
    return child->stream != nullptr;
}

// As pclose() of PHP tells it: the exit status, or what waitpid(2) says of a child that was killed.
zend_long wait_for(zval* process) {
    FG(pclose_wait) = 1;
    zend_list_close(Z_RES_P(process));
    FG(pclose_wait) = 0;
    zval_ptr_dtor(process);
    return FG(pclose_ret);
}

zend_long finish(Child* child) {
    php_stream_close(child->stream);
    return wait_for(&child->process);
}

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
    Child child;
    zend_long ended = -1;
    if (!start(command, false, &child)) {
        RETVAL_FALSE;
    } else {
        if (output == Output::print_bytes) {
            print_bytes(child.stream);
        } else {
            RETVAL_STR(read_lines(child.stream, output == Output::print_lines, lines));
        }
        ended = finish(&child);
    }
    if (status != nullptr && EG(exception) == nullptr) {
        ZEND_TRY_ASSIGN_REF_LONG(status, ended);
    }
}

// --- popen() ----------------------------------------------------------------------------------------------------

php_stream_ops pipe_ops;

// The stream holds the process, and waits for it however it is closed, as PHP's own does. What this returns is what
// pclose() returns.
int close_pipe(php_stream* stream, int close_handle) {
    zval process;
    ZVAL_COPY_VALUE(&process, &stream->wrapperdata);
    ZVAL_UNDEF(&stream->wrapperdata);
    const int result = php_stream_stdio_ops.close(stream, close_handle);
    return Z_TYPE(process) == IS_RESOURCE ? static_cast<int>(wait_for(&process)) : result;
}

bool is_mode(const zend_string* mode, char direction) {
    return ZSTR_VAL(mode)[0] == direction && (ZSTR_LEN(mode) == 1 || (ZSTR_LEN(mode) == 2 && ZSTR_VAL(mode)[1] == 'b'));
}

// --- mail() -----------------------------------------------------------------------------------------------------

// PHP calls "sendmail_path arguments" with popen(3). While it does, the setting has the exports before it.
void send_with_environment(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    auto* setting =
        static_cast<zend_ini_entry*>(zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("sendmail_path")));
    if (setting == nullptr || setting->value == nullptr || ZSTR_LEN(setting->value) == 0) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says that there is none
        return;
    }
    char path[MAXPATHLEN];
    snprintf(path, sizeof(path), "%s", php_get_temporary_directory());
    if (!current_worker()->environment.write_exports(path, sizeof(path))) {
        php_error_docref(nullptr, E_WARNING, "Cannot hand on the environment of this worker in %s: %s", path,
                         strerror(errno));
        RETURN_FALSE;
    }
    // The setting belongs to the system, so no script can change it meanwhile. It is this thread's own.
    zend_string* path_of_sendmail = setting->value;
    volatile bool bailed_out = false;
    zend_try {
        zend_string* file = zend_string_init(path, strlen(path), 0);
        zend_string* quoted = escape_shell_arg(file);
        setting->value = zend_strpprintf(0, ". %s; %s", ZSTR_VAL(quoted), ZSTR_VAL(path_of_sendmail));
        zend_string_release(quoted);
        zend_string_release(file);
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    }
    zend_catch { bailed_out = true; }
    zend_end_try();
    if (setting->value != path_of_sendmail) {
        zend_string_release(setting->value);
        setting->value = path_of_sendmail;
    }
    os::remove_file(path);
    if (bailed_out) {
        zend_bailout();
    }
}

}  // namespace

bool sends_mail(const zend_execute_data* execute_data) {
    constexpr zend_long kByMail = 1;
    if (ZEND_NUM_ARGS() < 2) {
        return false;
    }
    zval* type = ZEND_CALL_ARG(execute_data, 2);
    return Z_TYPE_P(type) <= IS_STRING && zval_get_long(type) == kByMail;
}

void proc_open(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    constexpr uint32_t kEnvironment = 5;  // which argument it is
    const uint32_t count = ZEND_NUM_ARGS();
    const bool given = count >= kEnvironment && Z_TYPE_P(ZEND_CALL_ARG(execute_data, kEnvironment)) != IS_NULL;
    if (!environment_is_own() || given || count < 3 || count > kArguments) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    zval arguments[kArguments];
    for (uint32_t i = 0; i < kArguments; ++i) {
        if (i < count) {
            ZVAL_COPY_VALUE(&arguments[i], ZEND_CALL_ARG(execute_data, i + 1));
        } else {
            ZVAL_NULL(&arguments[i]);
        }
    }
    zval* environment = &arguments[kEnvironment - 1];
    current_worker()->environment.list_all(environment);
    if (EG(exception) == nullptr) {
        zend_call_known_function(&engine_proc_open, nullptr, nullptr, return_value, kArguments, arguments, nullptr);
    }
    if (Z_TYPE_P(return_value) == IS_UNDEF) {  // it threw
        ZVAL_NULL(return_value);
    }
    zval_ptr_dtor(environment);
}

void popen(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    if (!environment_is_own()) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
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
    Child child;
    if (!start(command, write, &child)) {
        RETURN_FALSE;
    }
    child.stream->ops = &pipe_ops;
    ZVAL_COPY_VALUE(&child.stream->wrapperdata, &child.process);
    php_stream_to_zval(child.stream, return_value);
}

void exec(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    if (environment_is_own()) {
        run(original, Output::lines, INTERNAL_FUNCTION_PARAM_PASSTHRU);
    } else {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    }
}

void system(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    if (environment_is_own()) {
        run(original, Output::print_lines, INTERNAL_FUNCTION_PARAM_PASSTHRU);
    } else {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    }
}

void passthru(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    if (environment_is_own()) {
        run(original, Output::print_bytes, INTERNAL_FUNCTION_PARAM_PASSTHRU);
    } else {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    }
}

void shell_exec(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    if (!environment_is_own()) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    zend_string* command;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(command)
    ZEND_PARSE_PARAMETERS_END();
    if (!is_well_formed(command)) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says what is wrong
        return;
    }
    Child child;
    if (!start(command, false, &child)) {
        RETURN_FALSE;
    }
    zend_string* output = php_stream_copy_to_mem(child.stream, PHP_STREAM_COPY_ALL, 0);
    finish(&child);
    if (output != nullptr && ZSTR_LEN(output) > 0) {
        RETVAL_STR(output);
    }
}

void send_mail(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
#ifndef PHP_WIN32
    if (environment_is_own()) {
        send_with_environment(original, INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
#endif
    original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void install() noexcept {
    auto* function = static_cast<zend_function*>(zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("proc_open")));
    if (function != nullptr) {
        zend_internal_function& own = engine_proc_open.internal_function;
        own = function->internal_function;
        ZEND_ASSERT(own.num_args == kArguments);
        memcpy(argument_info, own.arg_info - 1, sizeof(argument_info));
        own.arg_info = argument_info + 1;
        // What observers keep for a function is made later, and not for one that is disabled: they do not see this one.
        ZEND_MAP_PTR_INIT(engine_proc_open.common.run_time_cache, nullptr);
    }
    pipe_ops = php_stream_stdio_ops;
    pipe_ops.close = close_pipe;
}

}  // namespace commands
}  // namespace bgworkers
