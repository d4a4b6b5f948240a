// The functions of the API: parse, call, translate a Status into an exception.
//
// These frames call into the engine, so they own nothing with a destructor; what has to make strings does so in
// helpers that return before the engine is called again.
#include <uv.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "core/workers/instance_events.h"
#include "core/workers/worker_spec.h"
#include "host/log_sink.h"
#include "host/process.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/api/globals.h"
#include "zend/report/metrics.h"
#include "zend/report/status_table.h"
#include "zend/scope/current_scope.h"
#include "zend/scope/run_state.h"
#include "zend/scope/waiting.h"
#include "zend/scope/worker_handle.h"
#include "zend/values/array_layout.h"
#include "zend/values/hot_reads.h"
#include "zend/values/read_cache.h"
#include "zend/values/snapshot_compare.h"
#include "zend/values/snapshot_writer.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

using namespace bgworkers;

namespace {

// --- set_vars ---------------------------------------------------------------------------------------------------

// The very array that this run published last, and nobody published since: nothing to look at. Immutable arrays carry
// no count that would keep theirs from going away, so they are always looked at.
bool is_published_array(const zend_array* vars, Slot& slot) {
    RunState* run = BGW_G(run);
    return run != nullptr && Z_TYPE(run->published) == IS_ARRAY && Z_ARR(run->published) == vars &&
           run->published_version == slot.version();
}

// True: it is the run's first one, and the supervisor may have yet to be woken.
bool note_publication(WorkerContext& worker) {
    if (worker.published) {
        return false;
    }
    worker.published = true;
    worker.note_work();
    worker.instance->leave(Instance::mail_published);
    return true;
}

WriteTerms terms_of_set_vars() {
    return {"$vars", "publish", "a snapshot", "bgworkers.max_snapshot_size",
            static_cast<size_t>(BGW_G(max_snapshot_size))};
}

// Before readers are woken: what they do then may be logged, too.
void log_first_publication(WorkerContext& worker) noexcept {
    log_ready(*worker.instance, static_cast<double>(uv_hrtime() - worker.began_at) / 1e9, log_sink());
}

struct Published {
    uint64_t version = 0;
    size_t bytes = 0;
    bool has_references = false;
};

// Written in place, in memory that processes share.
ErrorKind publish_to_all(const zend_array* vars, WorkerContext& worker, SharedWorker& shared, Published* published) {
    bool first = false;
    const ErrorKind error = hold_result([&] {
        return shared.publish(
            [&](const TakeMemory& take) {
                const Status written = write_snapshot(vars, terms_of_set_vars(), take, &published->has_references);
                first = written.ok() && note_publication(worker);
                if (first) {
                    log_first_publication(worker);
                }
                return written;
            },
            &published->bytes, &published->version);
    });
    if (error == ErrorKind::none) {
        worker.instance->worker().slot().published_elsewhere();
    }
    if (first) {
        worker.instance->wake();
    }
    return error;
}

// Publishes unless readers see an equal array already.
ErrorKind publish(const zend_array* vars, WorkerContext& worker, Slot& slot, Published* published) {
    if (Snapshot* current = slot.pin_current()) {
        const bool equal = equals_snapshot(head_of(current)->array, vars, &published->has_references);
        published->version = current->version();
        published->bytes = current->size();
        current->unpin();
        if (equal) {
            slot.note_look();
            if (note_publication(worker)) {
                log_first_publication(worker);
                worker.instance->wake_if_given_up();
            }
            return ErrorKind::none;
        }
    }
    Worker& its = worker.instance->worker();
    if (SharedWorker* shared = its.shared()) {
        const ErrorKind error = publish_to_all(vars, worker, *shared, published);
        if (shared->scope().is_spoilt()) {
            Process::current()->leave_shared(its.scope());
        }
        if (its.shared() != nullptr) {
            return error;
        }
    }
    Written written;
    const ErrorKind error = hold_result([&] { return write_snapshot(vars, terms_of_set_vars(), &written); });
    if (error != ErrorKind::none) {
        return error;
    }
    published->has_references = written.has_references;
    published->bytes = written.block.size();
    Snapshot* snapshot = Snapshot::of(std::move(written.block));
    if (snapshot == nullptr) {
        return hold_out_of_memory();
    }
    const bool first = note_publication(worker);  // before a reader can wake: it may end the process
    if (first) {
        log_first_publication(worker);
    }
    published->version = slot.publish(snapshot);
    if (first) {
        worker.instance->wake_if_given_up();  // readers are in a greater hurry
    }
    return ErrorKind::none;
}

// PHP's heap keeps the pages of many small values that are freed: the next large array would have to fault them in
// anew. A worker that waits for so long has no next one soon.
constexpr size_t kLarge = 1 << 20;  // bytes
constexpr double kIdle = 0.25;  // seconds

void remember_published(zval* vars, const Published& published) {
    RunState* run = run_state();
    if (run == nullptr) {
        return;
    }
    zval earlier;
    ZVAL_COPY_VALUE(&earlier, &run->published);
    ZVAL_UNDEF(&run->published);
    // Through a reference the array changes without being written to. One that nobody but this call has can never come
    // again, and is better freed.
    if (!published.has_references && Z_REFCOUNTED_P(vars) && Z_REFCOUNT_P(vars) > 1) {
        ZVAL_COPY(&run->published, vars);
        run->published_version = published.version;
    } else if (published.bytes >= kLarge) {
        run->holds_garbage = true;
    }
    zval_ptr_dtor(&earlier);
}

// --- get_vars ---------------------------------------------------------------------------------------------------

Status find_entry(zend_string* name, CacheEntry** entry) {
    Result<Scope*> scope = loaded_scope();
    if (!scope.ok()) {
        return scope.status();
    }
    *entry = read_cache::find(BGW_G(read_cache), name);
    if (*entry != nullptr) {
        return {};
    }
    Result<Worker*> worker =
        Process::current()->registry().worker(*scope.value(), std::string(ZSTR_VAL(name), ZSTR_LEN(name)));
    if (!worker.ok()) {
        return with_edit(*scope.value(), worker.status());
    }
    *entry = read_cache::add(BGW_G(read_cache), name, worker.value());
    return *entry == nullptr ? Status::runtime("out of memory") : Status();
}

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
    auto* room = static_cast<void**>(safe_emalloc(count, 3 * sizeof(void*), 0));
    Names taken{reinterpret_cast<zend_string**>(room), reinterpret_cast<CacheEntry**>(room + count),
                reinterpret_cast<Worker**>(room + 2 * static_cast<size_t>(count)), 0};
    if (take_names(list, &taken) && find_entries(&taken)) {
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

PHP_FUNCTION(BgWorkers_set_vars) {
    zval* vars;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY(vars)
    ZEND_PARSE_PARAMETERS_END();

    WorkerContext* worker = caller_in_run("set_vars");
    if (worker == nullptr) {
        RETURN_THROWS();
    }
    Slot& slot = worker->instance->worker().slot();
    if (is_published_array(Z_ARR_P(vars), slot)) {
        slot.note_look();
        return;
    }
    Published published;
    const ErrorKind error = publish(Z_ARR_P(vars), *worker, slot, &published);
    if (error != ErrorKind::none) {
        throw_held(error);
        RETURN_THROWS();
    }
    remember_published(vars, published);
}

PHP_FUNCTION(BgWorkers_get_vars) {
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

PHP_FUNCTION(BgWorkers_get_worker_handle) {
    ZEND_PARSE_PARAMETERS_NONE();
    WorkerContext* worker = caller_in_run("get_worker_handle");
    if (worker == nullptr) {
        RETURN_THROWS();
    }
    int errno_value = 0;
    if (!worker_handle(worker->instance->stop_channel(), return_value, &errno_value)) {
        zend_throw_exception_ex(spl_ce_RuntimeException, 0, "cannot open the worker handle: %s", strerror(errno_value));
    }
}

PHP_FUNCTION(BgWorkers_should_stop) {
    double timeout = 0.0;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();

    WorkerContext* worker = caller_in_run("should_stop");
    if (worker == nullptr) {
        RETURN_THROWS();
    }
    if (!check_timeout(timeout, 1)) {
        RETURN_THROWS();
    }
    read_cache::follow_slots();
    const StopChannel& channel = worker->instance->stop_channel();
    const uint64_t began = uv_hrtime();
    bool goes_on = true;
    while (goes_on) {
        const double left = timeout - static_cast<double>(uv_hrtime() - began) / 1e9;
        goes_on = left > 0 && !channel.requested();
        if (goes_on) {
            const bool holds_garbage = BGW_G(run) != nullptr && BGW_G(run)->holds_garbage;
            const double slice = holds_garbage ? std::min(left, kIdle) : left;
            channel.wait(slice > 1e6 ? 1000000000 : static_cast<int>(std::ceil(slice * 1000)));
            if (holds_garbage && left > kIdle && static_cast<double>(uv_hrtime() - began) / 1e9 >= kIdle) {
                zend_mm_gc(zend_mm_get_heap());
                BGW_G(run)->holds_garbage = false;
            }
        }
        // Also when the stop is known: its signal came before it.
        if (zend_atomic_bool_load(&EG(vm_interrupt))) {
            let_engine_interrupt();
            if (EG(exception)) {
                RETURN_THROWS();
            }
        }
    }
    RETURN_BOOL(channel.requested());
}

// Describes the caller's scope into the return value.
static void describe_scope(bool (*describe)(Scope&, zval*), zval* return_value) {
    Scope* scope = nullptr;
    const ErrorKind error = hold_result([&] {
        Result<Scope*> loaded = loaded_scope();
        scope = loaded.value();
        return loaded.status();
    });
    if (error != ErrorKind::none || !describe(*scope, return_value)) {
        throw_held(error == ErrorKind::none ? hold_out_of_memory() : error);
        RETURN_THROWS();
    }
}

PHP_FUNCTION(BgWorkers_status) {
    bool all = false;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL(all)
    ZEND_PARSE_PARAMETERS_END();

    describe_scope(all ? all_status_to_array : status_to_array, return_value);
}

PHP_FUNCTION(BgWorkers_metrics) {
    bool all = false;
    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL(all)
    ZEND_PARSE_PARAMETERS_END();

    describe_scope(all ? all_metrics_to_string : metrics_to_string, return_value);
}
