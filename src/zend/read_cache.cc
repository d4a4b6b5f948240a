#include "zend/read_cache.h"

#include <cstdlib>

#include "zend/snapshot_reader.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

namespace bgworkers {
namespace read_cache {

namespace {

void free_entry(zval* value) {
    auto* entry = static_cast<CacheEntry*>(Z_PTR_P(value));
    if (entry->pin != nullptr) {
        entry->pin->unpin();
    }
    free(entry);
}

// Room for one more pin that waits for the end of the request. False: memory is out.
bool make_room_for_pin() noexcept {
    if (BGW_G(late_pin_count) < BGW_G(late_pin_room)) {
        return true;
    }
    const uint32_t room = BGW_G(late_pin_room) == 0 ? 16 : BGW_G(late_pin_room) * 2;
    void* pins = realloc(BGW_G(late_pins), room * sizeof(Snapshot*));
    if (pins == nullptr) {
        return false;
    }
    BGW_G(late_pins) = static_cast<Snapshot**>(pins);
    BGW_G(late_pin_room) = room;
    return true;
}

void drop_value(CacheEntry* entry) {
    if (entry->in_request_memory) {
        zval old;
        ZVAL_COPY_VALUE(&old, &entry->value);
        entry->in_request_memory = false;
        ZVAL_UNDEF(&entry->value);
        zval_ptr_dtor(&old);
    } else {
        ZVAL_UNDEF(&entry->value);
    }
}

// Pins the newest snapshot in place of the present one. False: memory is out, nothing has changed.
bool renew_pin(CacheEntry* entry) noexcept {
    if (entry->handed_out && !make_room_for_pin()) {
        return false;
    }
    Snapshot* newest = entry->slot->pin_current();
    if (entry->pin != nullptr) {
        if (entry->handed_out) {
            BGW_G(late_pins)[BGW_G(late_pin_count)++] = entry->pin;
        } else {
            entry->pin->unpin();
        }
    }
    entry->pin = newest;
    entry->version = newest->version();
    entry->handed_out = false;
    return true;
}

}  // namespace

ReadCache* of_scope(Scope* scope) noexcept {
    for (ReadCache* cache = BGW_G(read_caches); cache != nullptr; cache = cache->next) {
        if (cache->scope == scope) {
            return cache;
        }
    }
    auto* cache = static_cast<ReadCache*>(malloc(sizeof(ReadCache)));
    if (cache != nullptr) {
        cache->scope = scope;
        zend_hash_init(&cache->entries, 8, nullptr, free_entry, 1);
        cache->next = BGW_G(read_caches);
        BGW_G(read_caches) = cache;
    }
    return cache;
}

// The key is a copy of our own: the caller's string belongs to its request, or to OPcache.
CacheEntry* add(ReadCache* cache, zend_string* name, Worker* worker) noexcept {
    auto* entry = static_cast<CacheEntry*>(calloc(1, sizeof(CacheEntry)));
    if (entry != nullptr) {
        entry->worker = worker;
        entry->slot = &worker->slot();
        ZVAL_UNDEF(&entry->value);
        zend_hash_str_update_ptr(&cache->entries, ZSTR_VAL(name), ZSTR_LEN(name), entry);
    }
    return entry;
}

bool refresh(CacheEntry* entry, zval* result) {
    if (entry->request != BGW_G(request)) {
        // A value that outlived its request may have been handed out in this one: the fast path does not note it.
        entry->request = BGW_G(request);
        entry->handed_out = Z_TYPE(entry->value) != IS_UNDEF;
        entry->shared = entry->handed_out ? 1 : 0;
    }
    if (const zval* value = newest(entry)) {
        ZVAL_COPY(result, value);
        return true;
    }
    if (entry->version != entry->slot->version()) {
        drop_value(entry);  // may run destructors of nothing but arrays and enum cases: no PHP code
        if (!renew_pin(entry)) {
            zend_throw_exception(spl_ce_RuntimeException, "out of memory", 0);
            return false;
        }
    }
    const uint64_t version = entry->version;
    const bool private_copy = entry->shared >= kSharedVersions && !entry->handed_out;
    if (!private_copy && !entry->handed_out) {
        entry->handed_out = true;
        ++entry->shared;
    }
    zval value;
    bool in_request_memory;
    // May run PHP, which may read the same worker and renew the entry. What is read here stays pinned: it is the entry's
    // pin, or a late one, since it counts as handed out; a private copy of a snapshot with enums counts too.
    const bool was_handed_out = entry->handed_out;
    entry->handed_out = true;
    if (!read_snapshot(entry->pin, private_copy, &value, &in_request_memory)) {
        return false;
    }
    if (entry->version != version || Z_TYPE(entry->value) != IS_UNDEF || BGW_G(request_over)) {
        // Renewed meanwhile, or too late to keep anything: this call's own value goes to its caller alone.
        ZVAL_COPY_VALUE(result, &value);
        return true;
    }
    entry->handed_out = was_handed_out;
    ZVAL_COPY_VALUE(&entry->value, &value);
    entry->in_request_memory = in_request_memory;
    BGW_G(holds_request_memory) |= in_request_memory;
    ZVAL_COPY(result, &entry->value);
    return true;
}

void release_values() noexcept {
    if (!BGW_G(holds_request_memory)) {
        return;
    }
    BGW_G(holds_request_memory) = false;
    for (ReadCache* cache = BGW_G(read_caches); cache != nullptr; cache = cache->next) {
        void* pointer;
        ZEND_HASH_FOREACH_PTR(&cache->entries, pointer) {
            auto* entry = static_cast<CacheEntry*>(pointer);
            if (entry->in_request_memory) {
                if (CG(unclean_shutdown)) {
                    // After a bailout the request's memory goes as a whole.
                    entry->in_request_memory = false;
                    ZVAL_UNDEF(&entry->value);
                } else {
                    drop_value(entry);
                }
            }
        } ZEND_HASH_FOREACH_END();
    }
}

void end_request() noexcept {
    for (uint32_t i = 0; i < BGW_G(late_pin_count); ++i) {
        BGW_G(late_pins)[i]->unpin();
    }
    BGW_G(late_pin_count) = 0;
    ++BGW_G(request);
}

void end_thread(zend_bgworkers_globals* globals) noexcept {
    for (uint32_t i = 0; i < globals->late_pin_count; ++i) {
        globals->late_pins[i]->unpin();
    }
    free(globals->late_pins);
    globals->late_pins = nullptr;
    globals->late_pin_count = globals->late_pin_room = 0;
    while (ReadCache* cache = globals->read_caches) {
        globals->read_caches = cache->next;
        zend_hash_destroy(&cache->entries);
        free(cache);
    }
    free(globals->pending_error);
    globals->pending_error = nullptr;
}

}  // namespace read_cache
}  // namespace bgworkers
