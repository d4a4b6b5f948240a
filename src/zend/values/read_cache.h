// What a thread has read: by worker the array that this request got, and the pins that keep it alive.
//
// The fast path of get_vars(): find the entry, compare its version with the slot's, hand out its value. No lock, and no
// cache line that another thread writes but when something is published.
//
// Pins. An entry pins the snapshot that its value comes from, also beyond the end of the request: the next
// request reads it as fast. When a newer one replaces it while the older is still in use, the older pin waits in a list
// (late pins). A pin is in use
//   - if memory of its snapshot was handed out to PHP code, until the request is over: PHP keeps no count of it;
//   - while a read of its snapshot is in flight. A read may run PHP (autoloaders, error handlers, destructors that the
//     garbage collector calls), which may read the same worker again, suspend its fiber, or throw. So each pin counts
//     its reads, and a read finds its pin again, by the snapshot, when that code has returned. Nothing is saved before
//     such code and written back after it.
// A pin that is not in use goes at once, wherever it is: after a read that failed, and after one that was copied.
// After kSharedVersions versions of one worker in one request, that request gets copies in its own memory instead, so a
// request that never ends does not pile up snapshots.
//
// When the request is over (end_request()). post_deactivate comes after the last PHP code, symbol tables, classes,
// objects, resources, output handlers, and after INI settings got their old values back (php_request_shutdown() of 8.2
// and 8.4 was read). What the engine frees later was looked through for strings and arrays that may be a snapshot's:
//   - the request's tables of stream wrappers and filters (php_shutdown_stream_hashes()) have such strings as keys.
//     Where they exist, the pins stay until the thread's next request begins, or until the thread leaves;
//   - request_info, headers, names of uploads, the working directory, messages of stream wrappers: copies;
//   - the table of interned strings takes no string that is interned already;
//   - post_deactivate of other modules (date, libxml, OPcache): nothing of a script's.
//
// Threads: each has its own caches, and only that one touches them. Fork: the child's one thread keeps its own.
// Between two requests a thread keeps the newest snapshot of what it has read. It stands in a table of the process
// (core/reader_pins.h), where a publisher takes it back once it is stale: pin.snapshot may have become nullptr when a
// request begins. A worker's thread keeps nothing from run to run: its next run may last for months.
//
// Bailout: it drops the frames of reads, so their pins stay in use until the request is over; the next request counts
// from 0. Everything that is pinned is listed here before the engine is called, so end_request() finds it; where an
// earlier module's bailout skips that, the next request's start or the thread's end makes up for it.
#pragma once

#include "core/publish/reader_pins.h"
#include "core/publish/snapshot.h"
#include "core/workers/registry.h"
#include "host/php.h"
#include "zend/api/globals.h"

namespace bgworkers {

constexpr uint32_t kSharedVersions = 8;

struct Pin {
    Snapshot* snapshot;
    uint32_t reads;  // in flight, on any stack of this thread
    bool handed_out;  // the snapshot's own memory, in this request
};

struct CacheEntry {
    Worker* worker;
    Slot* slot;
    const std::atomic<uint64_t>* word;  // the slot's, which may lie in memory of several processes
    uint64_t version;  // of `value` and of `pin`; 0 = none
    zval value;  // IS_UNDEF: has to be read (again)
    Pin pin;  // its snapshot is nullptr where nothing needs it
    KeptPin kept;  // names pin.snapshot in the table of the process
    uint64_t request;  // the request that `shared` and the pin's marks speak of
    uint32_t shared;  // versions handed out without a copy
    bool in_request_memory;  // `value` is refcounted and ours until the end of the request
};

struct ReadCache {
    Scope* scope;
    HashTable entries;  // name -> CacheEntry*, persistent
    ReadCache* next;
};

namespace read_cache {

// The thread's cache for a scope, made if need be; nullptr if out of memory.
ReadCache* of_scope(Scope* scope) noexcept;

inline CacheEntry* find(const ReadCache* cache, const zend_string* name) {
    return static_cast<CacheEntry*>(zend_hash_find_ptr(&cache->entries, const_cast<zend_string*>(name)));
}
CacheEntry* add(ReadCache* cache, zend_string* name, Worker* worker) noexcept;

// The array if it is the newest, else nullptr.
inline const zval* newest(const CacheEntry* entry) {
    return entry->version == entry->word->load(std::memory_order_acquire) && Z_TYPE(entry->value) != IS_UNDEF
               ? &entry->value
               : nullptr;
}

// Where slots have stopped following shared publications since this was called last, entries look at another word.
// Without it a thread would go on with what it has as long as nothing changes there.
void look_at_new_words() noexcept;
inline void follow_slots() noexcept {
    if (UNEXPECTED(BGW_G(left_shared) != Slot::left_shared())) {
        look_at_new_words();
    }
}

// Before the first look at a cache in a request; the later ones cost a test. From here on no publisher takes back what
// this thread keeps, until end_request().
inline void begin_reading() noexcept {
    if (UNEXPECTED(!BGW_G(reading))) {
        BGW_G(reading) = true;
        follow_slots();
        if (BGW_G(reader_pins) != nullptr) {
            BGW_G(reader_pins)->enter();
        }
    }
}
enum class Read {
    done,
    failed,  // an exception is set
    again,  // the worker was shared, and its memory is spoilt: it is this process's own now, and may not be ready
};
// The newest array of a ready worker. May run PHP.
Read refresh(CacheEntry* entry, zval* result);

// RSHUTDOWN: gives up what lies in request memory. May run PHP.
void release_values();
// post_deactivate, or where that is too early the next RINIT: drops the pins that only the request that is over needed.
// Nothing to do after a request that never called begin_reading().
void end_request() noexcept;
// The thread leaves: drops everything.
void end_thread(zend_bgworkers_globals* globals) noexcept;

}  // namespace read_cache
}  // namespace bgworkers
