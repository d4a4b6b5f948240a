#include "host/command_line.h"

#include <string_view>

#include "host/guarded_functions.h"
#include "host/worker_context.h"

namespace bgworkers {
namespace command_line {

namespace {

zend_constant* constant(std::string_view name) {
    return static_cast<zend_constant*>(zend_hash_str_find_ptr(EG(zend_constants), name.data(), name.size()));
}

// The string belongs to this thread's table, which frees it at the thread's end. Scripts get copies of it.
void set_constant(std::string_view name, std::string_view value) {
    if (zend_constant* entry = constant(name)) {
        zval_internal_ptr_dtor(&entry->value);
        ZVAL_NEW_STR(&entry->value, zend_string_init(value.data(), value.size(), 1));
    }
}

// Writes the path of the cli's program; an empty one if there is none.
void find_cli(char* path, size_t room) {
    const zend_constant* directory = constant("PHP_BINDIR");
    path[0] = '\0';
    if (directory == nullptr || Z_TYPE(directory->value) != IS_STRING) {
        return;
    }
#ifdef PHP_WIN32
    const char* const program = "php.exe";
#else
    const char* const program = "php";
#endif
    zend_stat_t status;
    // Looked for, not guessed: an image of php-fpm may lack the cli, and then PHP_BINARY is empty, as where PHP does
    // not know it.
    const int length = snprintf(path, room, "%s%c%s", Z_STRVAL(directory->value), DEFAULT_SLASH, program);
    if (length < 0 || static_cast<size_t>(length) >= room || VCWD_STAT(path, &status) != 0 ||
        (status.st_mode & S_IFMT) != S_IFREG) {
        path[0] = '\0';
    }
}

// $_SERVER['argv'], where getopt() looks; nullptr if it is none of ours.
zval* server_arguments() {
    zval* server = &PG(http_globals)[TRACK_VARS_SERVER];
    if (Z_TYPE_P(server) != IS_ARRAY) {
        return nullptr;
    }
    zval* argv = zend_hash_find_ind(Z_ARRVAL_P(server), ZSTR_KNOWN(ZEND_STR_ARGV));
    return argv != nullptr && Z_TYPE_P(argv) == IS_ARRAY ? argv : nullptr;
}

// The arguments without the worker's name. false: it is not there.
bool without_name(HashTable* arguments, std::string_view name, zval* result) {
    const zval* second = zend_hash_index_find(arguments, 1);
    if (second == nullptr || Z_TYPE_P(second) != IS_STRING ||
        std::string_view(Z_STRVAL_P(second), Z_STRLEN_P(second)) != name) {
        return false;
    }
    array_init_size(result, zend_hash_num_elements(arguments));
    zval* argument;
    ZEND_HASH_FOREACH_VAL(arguments, argument) {
        if (argument != second) {
            Z_TRY_ADDREF_P(argument);
            zend_hash_next_index_insert_new(Z_ARRVAL_P(result), argument);
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

// Converts what the script has given, in place: from here on reading it runs no PHP code. False: an exception is set.
bool convert_arguments(INTERNAL_FUNCTION_PARAMETERS) {
    zend_string* short_options;
    HashTable* long_options = nullptr;
    zval* rest_index = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_STR(short_options)
        Z_PARAM_OPTIONAL
        Z_PARAM_ARRAY_HT(long_options)
        Z_PARAM_ZVAL(rest_index)
        ZEND_PARSE_PARAMETERS_END_EX(return false);
        if (long_options == nullptr) {
            return true;
        }
        zval plain;
        array_init_size(&plain, zend_hash_num_elements(long_options));
        zval* option;
        ZEND_HASH_FOREACH_VAL(long_options, option) {
            zval text;
            ZVAL_STR(&text, zval_get_string(option));
            zend_hash_next_index_insert_new(Z_ARRVAL(plain), &text);
        }
        ZEND_HASH_FOREACH_END();
        zval* argument = ZEND_CALL_ARG(execute_data, 2);
        zval given;
        ZVAL_COPY_VALUE(&given, argument);
        ZVAL_COPY_VALUE(argument, &plain);
        // Last: a destructor that runs here finds the arguments whole.
        zval_ptr_dtor(&given);
        return EG(exception) == nullptr;
}

}  // namespace

void pretend_cli() noexcept {
    char path[MAXPATHLEN];
    find_cli(path, sizeof(path));
    set_constant("PHP_SAPI", "cli");
    set_constant("PHP_BINARY", path);
}

void php_sapi_name(INTERNAL_FUNCTION_PARAMETERS) {
    ZEND_PARSE_PARAMETERS_NONE();
    const bool command = current_worker()->instance->worker().spec().command;
    RETURN_STRING(command ? "cli" : sapi_module.name);
}

void getopt(INTERNAL_FUNCTION_PARAMETERS) {
    static const zif_handler of_engine = guarded_functions::engine_function("getopt");
    const Worker& worker = current_worker()->instance->worker();
    if (worker.spec().command) {
        // A command has no worker's name among its arguments.
        of_engine(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    if (!convert_arguments(INTERNAL_FUNCTION_PARAM_PASSTHRU)) {
        RETURN_THROWS();
    }
    zval* const arguments = server_arguments();
    zval shorter;
    if (arguments == nullptr || !without_name(Z_ARRVAL_P(arguments), worker.name(), &shorter)) {
        of_engine(INTERNAL_FUNCTION_PARAM_PASSTHRU);
        return;
    }
    zval whole;
    // In place, since PHP's getopt() looks there. If the memory limit ends it, the shorter array stays, and goes with
    // the request.
    ZVAL_COPY_VALUE(&whole, arguments);
    ZVAL_COPY_VALUE(arguments, &shorter);
    of_engine(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    ZVAL_COPY_VALUE(arguments, &whole);
    zval_ptr_dtor(&shorter);
    // &$rest_index counts the name, as $argv does.
    zval* rest_index = ZEND_NUM_ARGS() < 3 ? nullptr : ZEND_CALL_ARG(execute_data, 3);
    if (rest_index != nullptr) {
        ZVAL_DEREF(rest_index);
        if (Z_TYPE_P(rest_index) == IS_LONG) {
            Z_LVAL_P(rest_index) += 1;
        }
    }
}

}  // namespace command_line
}  // namespace bgworkers
