#include "host/worker_environment.h"

#include "host/standard_streams.h"

namespace bgworkers {

namespace {

bool frankenphp_variables = false;

const WorkerSpec& spec_of(WorkerContext& worker) { return worker.instance->worker().spec(); }

// Numeric-looking keys become int keys, as everywhere in PHP arrays of input.
void set_string(HashTable* array, std::string_view key, std::string_view value) {
    zval entry;
    ZVAL_STRINGL(&entry, value.data(), value.size());
    zend_symtable_str_update(array, key.data(), key.size(), &entry);
}

void set_flag(HashTable* array, const char* key) {
    zval entry;
    ZVAL_TRUE(&entry);
    zend_hash_str_update(array, key, strlen(key), &entry);
}

// The super-global's array, made now if the engine would make it later, for us alone to write.
HashTable* own_super_global(int track, zend_string* name) {
    zend_is_auto_global(name);
    zval* variable = &PG(http_globals)[track];
    zval* symbol = zend_hash_find(&EG(symbol_table), name);
    if (Z_TYPE_P(variable) != IS_ARRAY) {
        array_init(variable);
    }
    // Both names of the array give way to one copy.
    zend_array* own = zend_array_dup(Z_ARRVAL_P(variable));
    if (HT_FLAGS(own) & HASH_FLAG_UNINITIALIZED) {
        zend_hash_real_init_mixed(own);  // now, for it would drop the leave given below
    }
    zval_ptr_dtor(variable);
    ZVAL_ARR(variable, own);
    if (symbol != nullptr) {
        zval_ptr_dtor(symbol);
        ZVAL_COPY(symbol, variable);
    } else {
        Z_ADDREF_P(variable);
        zend_hash_update(&EG(symbol_table), name, variable);
    }
    // Two names hold it from here on, and it is still written to: a debug engine would complain.
    HT_ALLOW_COW_VIOLATION(own);
    return own;
}

}  // namespace

void set_frankenphp_variables(bool on) noexcept { frankenphp_variables = on; }

void register_worker_variables(WorkerContext& worker, zval* array) {
    const std::string& script = spec_of(worker).script;
    for (const char* key : {"PHP_SELF", "SCRIPT_NAME", "SCRIPT_FILENAME", "PATH_TRANSLATED"}) {
        set_string(Z_ARRVAL_P(array), key, script);
    }
    set_string(Z_ARRVAL_P(array), "DOCUMENT_ROOT", "");
}

void complete_environment(WorkerContext& worker) {
    const std::string& name = worker.instance->worker().name();

    zend_string* env_name = ZSTR_KNOWN(ZEND_STR_AUTOGLOBAL_ENV);
    HashTable* env = own_super_global(TRACK_VARS_ENV, env_name);
    HashTable* server = own_super_global(TRACK_VARS_SERVER, ZSTR_KNOWN(ZEND_STR_AUTOGLOBAL_SERVER));
    for (HashTable* array : {env, server}) {
        for (const auto& [key, value] : worker.variables) {
            set_string(array, key, value);
        }
    }
    // After the configured env, which cannot spoof them.
    for (HashTable* array : {env, server}) {
        for (const char* key : {"BGWORKERS_NAME", "BGWORKERS_BACKGROUND", "FRANKENPHP_WORKER_NAME",
                                "FRANKENPHP_WORKER_BACKGROUND", "FRANKENPHP_WORKER"}) {
            zend_hash_str_del(array, key, strlen(key));
        }
    }
    set_string(server, "BGWORKERS_NAME", name);
    set_flag(server, "BGWORKERS_BACKGROUND");
    if (frankenphp_variables) {
        set_string(server, "FRANKENPHP_WORKER_NAME", name);
        set_flag(server, "FRANKENPHP_WORKER_BACKGROUND");
    }
    // $argv and $argc were made by the engine from the request's arguments; $_SERVER has them with any variables_order.
    for (zend_string* key : {ZSTR_KNOWN(ZEND_STR_ARGV), ZSTR_KNOWN(ZEND_STR_ARGC)}) {
        if (zval* value = zend_hash_find_ind(&EG(symbol_table), key)) {
            Z_TRY_ADDREF_P(value);
            zend_hash_update(server, key, value);
        }
    }

    own_environment::choose_temporary_directory(worker.environment);
    standard_streams::define();
}

}  // namespace bgworkers
