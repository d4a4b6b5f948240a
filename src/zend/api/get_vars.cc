// BgWorkers\get_vars(): what this thread holds already, else from the workers, which are started and waited for.
//
// The frames here call into the engine, so they own nothing with a destructor; what has to make strings does so in
// helpers that return before the engine is called again.
#include "core/workers/worker_spec.h"
#include "zend/api/errors.h"
#include "zend/api/globals.h"
#include "zend/scope/current_scope.h"
#include "zend/scope/waiting.h"
#include "zend/values/hot_reads.h"
#include "zend/values/read_cache.h"

using namespace bgworkers;

namespace {

// The thread's cache entry for a name, with its worker. nullptr: *error was held.
CacheEntry* entry_of(zend_string* name, ErrorKind* error) {
    CacheEntry* entry = nullptr;
    *error = hold_result([&] { return find_entry(name, &entry); });
    return entry;
}

void get_one(zend_string* name, double timeout, zval* result) {
    if (const char* defect = name_defect({ZSTR_VAL(name), ZSTR_LEN(name)})) {
        zend_argument_value_error(1, "%s", defect);
        return;
    }
    ErrorKind error = ErrorKind::none;
    CacheEntry* entry = entry_of(name, &error);
    if (entry == nullptr) {
        throw_held(error);
        return;
    }
    Worker* worker = entry->worker;
    auto read = read_cache::Read::again;
    while (read == read_cache::Read::again) {
        // Asked in each round: spoilt memory makes a shared worker this process's own, and that one may have to start.
        if (entry->slot->version() == 0 && !start_and_wait(&worker, 1, timeout)) {
            return;
        }
        read = read_cache::refresh(entry, result);
    }
    if (read == read_cache::Read::done) {
        hot_reads::note(name, entry);
    }
}

// Every name's newest array, if all are cached. False: *result is not complete.
bool get_list_from_cache(HashTable* names, HashTable* result) {
    const ReadCache* cache = BGW_G(read_cache);
    zval* name;
    ZEND_HASH_FOREACH_VAL(names, name) {
        ZVAL_DEREF(name);
        CacheEntry* entry =
            Z_TYPE_P(name) == IS_STRING && cache != nullptr ? read_cache::find(cache, Z_STR_P(name)) : nullptr;
        const zval* value = entry == nullptr ? nullptr : read_cache::newest(entry);
        if (value == nullptr) {
            return false;
        }
        // A copy: a name that occurs twice lets go of its first value, which may run the garbage collector.
        zval copy;
        ZVAL_COPY(&copy, value);
        zend_symtable_update(result, Z_STR_P(name), &copy);
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

// What get_vars() keeps of a list of names: the caller's array may hold references, so it is read once, before anything
// that may run PHP. In request memory; after a bailout it goes as a whole.
struct Names {
    zend_string** names;  // counted
    CacheEntry** entries;
    Worker** workers;
    uint32_t count;
};

// False: an exception is set.
bool take_names(HashTable* list, Names* taken) {
    zval* name;
    ZEND_HASH_FOREACH_VAL(list, name) {
        ZVAL_DEREF(name);
        if (Z_TYPE_P(name) != IS_STRING) {
            zend_argument_type_error(1, "must be a list of strings, %s given", zend_zval_type_name(name));
            return false;
        }
        if (const char* defect = name_defect({Z_STRVAL_P(name), Z_STRLEN_P(name)})) {
            zend_argument_value_error(1, "must be a list of names, each of which %s", defect);
            return false;
        }
        taken->names[taken->count++] = zend_string_copy(Z_STR_P(name));
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

bool find_entries(Names* taken) {
    ErrorKind error = ErrorKind::none;
    for (uint32_t i = 0; i < taken->count; ++i) {
        taken->entries[i] = entry_of(taken->names[i], &error);
        if (taken->entries[i] == nullptr) {
            throw_held(error);
            return false;
        }
        taken->workers[i] = taken->entries[i]->worker;
    }
    return true;
}

read_cache::Read read_entries(const Names& taken, HashTable* result) {
    for (uint32_t i = 0; i < taken.count; ++i) {
        zval value;
        const read_cache::Read read = read_cache::refresh(taken.entries[i], &value);
        // What was filled in stays: if there is a next round, it writes over it.
        if (read != read_cache::Read::done) {
            return read;
        }
        zend_symtable_update(result, taken.names[i], &value);
    }
    return read_cache::Read::done;
}

void get_list(HashTable* list, double timeout, zval* result) {
    const uint32_t count = zend_hash_num_elements(list);
    if (count == 0) {
        zend_argument_value_error(1, "must not be empty");
        return;
    }
    array_init_size(result, count);
    if (get_list_from_cache(list, Z_ARRVAL_P(result))) {
        return;
    }
    zend_hash_clean(Z_ARRVAL_P(result));
    // One block for all three, so there is one thing to give back.
    auto* room = static_cast<void**>(safe_emalloc(count, 3 * sizeof(void*), 0));
    Names taken{reinterpret_cast<zend_string**>(room), reinterpret_cast<CacheEntry**>(room + count),
                reinterpret_cast<Worker**>(room + 2 * static_cast<size_t>(count)), 0};
    if (take_names(list, &taken) && find_entries(&taken)) {
        // It puts the workers in another order; entries and names keep the caller's.
        while (start_and_wait(taken.workers, taken.count, timeout) &&
               read_entries(taken, Z_ARRVAL_P(result)) == read_cache::Read::again) {
        }
    }
    for (uint32_t i = 0; i < taken.count; ++i) {
        zend_string_release(taken.names[i]);
    }
    efree(room);
}

}  // namespace

PHP_FUNCTION(BgWorkers_get_vars) {
    // Before anything is parsed: a hit needs nothing of what follows.
    if (EXPECTED(ZEND_NUM_ARGS() == 1 && Z_TYPE_P(ZEND_CALL_ARG(execute_data, 1)) == IS_STRING)) {
        if (const zval* value = hot_reads::find(Z_STR_P(ZEND_CALL_ARG(execute_data, 1))); EXPECTED(value != nullptr)) {
            RETURN_COPY(value);
        }
    }
    HashTable* names = nullptr;
    zend_string* name = nullptr;
    double timeout = 30.0;
    ZEND_PARSE_PARAMETERS_START(1, 2)
        Z_PARAM_ARRAY_HT_OR_STR(names, name)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();

    if (!check_timeout(timeout, 2)) {
        RETURN_THROWS();
    }
    read_cache::begin_reading();
    if (names != nullptr) {
        get_list(names, timeout, return_value);
        return;
    }
    if (EXPECTED(BGW_G(read_cache) != nullptr)) {
        if (CacheEntry* entry = read_cache::find(BGW_G(read_cache), name)) {
            if (const zval* value = read_cache::newest(entry)) {
                hot_reads::note(name, entry);
                RETURN_COPY(value);
            }
        }
    }
    get_one(name, timeout, return_value);
}
