#include "host/commands.h"

#include <ctype.h>
#include <errno.h>

#include <type_traits>

#include "host/child_output.h"
#include "host/os.h"
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

struct MailFiles {
    char exports[MAXPATHLEN];  // "" if there are none
    char output[MAXPATHLEN];   // what the program prints, "" if it goes nowhere
};

bool make(MailFiles* files) {
    const OwnEnvironment& environment = current_worker()->environment;
    snprintf(files->output, sizeof(files->output), "%s", php_get_temporary_directory());
    if (!os::write_private_file(files->output, sizeof(files->output), "")) {
        files->output[0] = '\0';
    }
    files->exports[0] = '\0';
    if (environment.empty()) {
        return true;
    }
    snprintf(files->exports, sizeof(files->exports), "%s", php_get_temporary_directory());
    return environment.write_exports(files->exports, sizeof(files->exports));
}

void remove(const MailFiles& files) {
    if (files.output[0] != '\0') {
        os::copy_file(files.output, [](std::string_view bytes) { current_worker()->output.write(bytes); });
        current_worker()->output.flush();
        os::remove_file(files.output);
    }
    if (files.exports[0] != '\0') {
        os::remove_file(files.exports);
    }
}

zend_string* quoted(const char* path) {
    zend_string* text = zend_string_init(path, strlen(path), 0);
    zend_string* result = escape_shell_arg(text);
    zend_string_release(text);
    return result;
}

// PHP calls "sendmail_path arguments" with popen(3). While it does, the setting has before it what gives the program
// the worker's environment, and takes what it prints: that goes to a file, and from there to the log.
[[maybe_unused]] void send(zif_handler original, INTERNAL_FUNCTION_PARAMETERS) {
    auto* setting =
        static_cast<zend_ini_entry*>(zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("sendmail_path")));
    if (setting == nullptr || setting->value == nullptr || ZSTR_LEN(setting->value) == 0) {
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);  // says that there is none
        return;
    }
    MailFiles files;
    if (!make(&files)) {
        const int error = errno;
        files.exports[0] = '\0';
        remove(files);
        php_error_docref(nullptr, E_WARNING, "Cannot hand on the environment of this worker in %s: %s",
                         php_get_temporary_directory(), strerror(error));
        RETURN_FALSE;
    }
    // The setting belongs to the system, so no script can change it meanwhile. It is this thread's own.
    zend_string* path_of_sendmail = setting->value;
    volatile bool bailed_out = false;
    zend_try {
        zend_string* exports = quoted(files.exports);
        zend_string* output = quoted(files.output[0] == '\0' ? "/dev/null" : files.output);
        setting->value =
            zend_strpprintf(0, "%s%s%sexec >%s 2>&1; %s", files.exports[0] == '\0' ? "" : ". ",
                            files.exports[0] == '\0' ? "" : ZSTR_VAL(exports), files.exports[0] == '\0' ? "" : "; ",
                            ZSTR_VAL(output), ZSTR_VAL(path_of_sendmail));
        zend_string_release(exports);
        zend_string_release(output);
        original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    }
    zend_catch { bailed_out = true; }
    zend_end_try();
    if (setting->value != path_of_sendmail) {
        zend_string_release(setting->value);
        setting->value = path_of_sendmail;
    }
    remove(files);
    if (bailed_out) {
        zend_bailout();
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
    if (Z_TYPE(arguments[kEnvironment - 1]) == IS_NULL && environment_is_own()) {
        current_worker()->environment.list_all(&environment);
        ZVAL_COPY_VALUE(&arguments[kEnvironment - 1], &environment);
    }
    if (EG(exception) == nullptr) {
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
