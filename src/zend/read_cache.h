// What a thread has read: by worker the array that this request got, and the pins that keep it alive.
//
// The fast path of get_vars(): find the entry, compare its version with the slot's, hand out its value. No lock, and no
// cache line that another thread writes but when something is published.
//
// Pins. An entry pins the snapshot that its value comes from, also beyond the end of the request: the next
// request reads it as fast. When a newer one replaces it inside a request that may still use the older array, the older
// pin waits in a list until that request is over (end_request(), from post_deactivate: the first point where no PHP
// variable is left). After kSharedVersions versions of one worker in one request, that request gets copies in its own
// memory instead, so a request that never ends does not pile up snapshots.
//
// Threads: each has its own caches, and only that one touches them. Fork: the child's one thread keeps its own.
// Bailout: everything that is pinned is listed here before the engine is called, so end_request() finds it;
// where an earlier module's bailout skips that, the next request's start or the thread's end makes up for it.
#pragma once

#include "core/registry.h"
#include "core/snapshot.h"
#include "host/php.h"
#include "zend/globals.h"

namespace bgworkers {

constexpr uint32_t kSharedVersions = 8;

struct CacheEntry {
    Worker* worker;
    Slot* slot;
    uint64_t version;         // of `value`; 0 = none
    zval value;               // IS_UNDEF: has to be read (again) from `pin`
    Snapshot* pin;            // the snapshot of `version`
    uint64_t request;         // the request that `handed_out` and `shared` speak of
    uint32_t shared;          // versions handed out without a copy
    bool handed_out;          // `pin`'s memory was handed out
    bool in_request_memory;   // `value` is refcounted and ours until the end of the request
};

struct ReadCache {
    Scope* scope;
    HashTable entries;  // name -> CacheEntry*, persistent
    ReadCache* next;
};

namespace read_cache {

// The thread's cache for a scope, made if need be; nullptr if memory is out.
ReadCache* of_scope(Scope* scope) noexcept;

inline CacheEntry* find(const ReadCache* cache, const zend_string* name) {
    return static_cast<CacheEntry*>(zend_hash_find_ptr(&cache->entries, const_cast<zend_string*>(name)));
}
CacheEntry* add(ReadCache* cache, zend_string* name, Worker* worker) noexcept;

// The array if it is the newest, else nullptr.
inline const zval* newest(const CacheEntry* entry) {
    return entry->version == entry->slot->version() && Z_TYPE(entry->value) != IS_UNDEF ? &entry->value : nullptr;
}

// Brings the entry of a ready worker up to date, if it is not, and copies its array to *result. False: an exception is set.
bool refresh(CacheEntry* entry, zval* result);

// RSHUTDOWN: gives up what lies in request memory.
void release_values() noexcept;
// post_deactivate: drops the pins that only the request that is over needed. Idempotent.
void end_request() noexcept;
// The thread leaves: drops everything.
void end_thread(zend_bgworkers_globals* globals) noexcept;

}  // namespace read_cache
}  // namespace bgworkers
