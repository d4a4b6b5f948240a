#include "zend/values/read_cache.h"

#include <cstdlib>
#include <new>

#include "core/shared/shared_memory.h"
#include "host/process.h"
#include "host/worker_context.h"
#include "zend/values/hot_reads.h"
#include "zend/values/snapshot_reader.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

namespace bgworkers {

constinit thread_local hot_reads::Place hot_reads::places[kPlaces] = {};

namespace read_cache {

namespace {

void free_entry(zval* value) {
    auto* entry = static_cast<CacheEntry*>(Z_PTR_P(value));
    if (entry->pin.snapshot != nullptr) {
        entry->pin.snapshot->unpin();
    }
    free(entry);
}

// Room for one more pin that waits for the end of the request. False: out of memory.
bool make_room_for_pin() noexcept {
    if (BGW_G(late_pin_count) < BGW_G(late_pin_room)) {
        return true;
    }
    const uint32_t room = BGW_G(late_pin_room) == 0 ? 16 : BGW_G(late_pin_room) * 2;
    void* pins = realloc(BGW_G(late_pins), room * sizeof(Pin));
    if (pins == nullptr) {
        return false;
    }
    BGW_G(late_pins) = static_cast<Pin*>(pins);
    BGW_G(late_pin_room) = room;
    return true;
}

bool in_use(const Pin& pin) { return pin.handed_out || pin.reads != 0; }

// The pin of a read in flight: the entry's, or by now a late one. Each snapshot has one pin in a thread.
Pin* pin_of(CacheEntry* entry, const Snapshot* snapshot) {
    if (entry->pin.snapshot == snapshot) {
        return &entry->pin;
    }
    Pin* pin = BGW_G(late_pins) + BGW_G(late_pin_count);
    do {
        ZEND_ASSERT(pin != BGW_G(late_pins));
    } while ((--pin)->snapshot != snapshot);
    return pin;
}

void let_go_unless_in_use(CacheEntry* entry, Pin* pin) {
    if (in_use(*pin)) {
        return;
    }
    Snapshot* snapshot = pin->snapshot;
    if (pin == &entry->pin) {
        pin->snapshot = nullptr;
    } else {
        *pin = BGW_G(late_pins)[--BGW_G(late_pin_count)];
    }
    snapshot->unpin();
}

// The entry has no value any more. The caller destroys the old one, which may run PHP: one reference less to an array
// can set off the garbage collector, and that calls destructors of whatever it finds.
zval take_value(CacheEntry* entry) {
    zval old;
    ZVAL_UNDEF(&old);
    if (entry->in_request_memory) {
        ZVAL_COPY_VALUE(&old, &entry->value);
        entry->in_request_memory = false;
    }
    ZVAL_UNDEF(&entry->value);
    return old;
}

// All values that lie in request memory. Where it frees them it may run PHP, which may add entries.
void forget_values(bool free_them) {
    if (!BGW_G(holds_request_memory)) {
        return;
    }
    for (ReadCache* cache = BGW_G(read_caches); cache != nullptr; cache = cache->next) {
        // By index, since an entry that is added meanwhile may move the table.
        for (uint32_t i = 0; i < cache->entries.nNumUsed; ++i) {
            auto* entry = static_cast<CacheEntry*>(Z_PTR(cache->entries.arData[i].val));
            if (entry->in_request_memory) {
                zval old = take_value(entry);
                if (free_them) {
                    zval_ptr_dtor(&old);
                }
            }
        }
    }
    BGW_G(holds_request_memory) = false;  // last: a bailout in here leaves the rest to end_request()
}

// For a thread that is inside a request, or was until now.
void keep_nothing() noexcept {
    for (ReadCache* cache = BGW_G(read_caches); cache != nullptr; cache = cache->next) {
        void* each;
        ZEND_HASH_FOREACH_PTR(&cache->entries, each) {
            auto* entry = static_cast<CacheEntry*>(each);
            ZVAL_UNDEF(&entry->value);  // it points into the snapshot: request memory was given up before
            if (Snapshot* const snapshot = entry->kept.take()) {
                snapshot->unpin();
            }
        }
        ZEND_HASH_FOREACH_END();
    }
}

void enter_request(CacheEntry* entry) {
    if (entry->request != BGW_G(request)) {
        // A value that outlived its request may have been handed out in this one: the fast path does not note it.
        entry->request = BGW_G(request);
        entry->pin.handed_out = Z_TYPE(entry->value) != IS_UNDEF;
        entry->pin.reads = 0;
        entry->shared = entry->pin.handed_out ? 1 : 0;
    }
}

// Makes the newest snapshot the entry's; *old is for the caller to destroy. nullptr, or why there is none.
const char* pin_newest(CacheEntry* entry, zval* old) noexcept {
    ZVAL_UNDEF(old);
    const char* why = nullptr;
    if (entry->pin.snapshot != nullptr) {
        if (entry->version == entry->slot->version()) {
            return nullptr;
        }
        // Before the newer one is pinned, so that nothing has to be undone.
        if (in_use(entry->pin) && !make_room_for_pin()) {
            return "out of memory";
        }
    }
    Snapshot* const newest = entry->slot->pin_current(&why);
    if (newest == nullptr) {
        return why == nullptr ? "its publication is gone" : why;
    }
    if (entry->pin.snapshot == newest) {
        newest->unpin();  // published again meanwhile, and this is as new as it was
        return nullptr;
    }
    if (entry->pin.snapshot != nullptr) {
        if (in_use(entry->pin)) {
            BGW_G(late_pins)[BGW_G(late_pin_count)++] = entry->pin;
        } else {
            entry->pin.snapshot->unpin();
        }
    }
    // A value has memory of its snapshot in it only if that was handed out. Then its pin is a late one now.
    *old = take_value(entry);
    entry->pin = {newest, 0, false};
    entry->version = newest->version();
    return nullptr;
}

// Gives the caller its array. Runs no PHP, but may bail out.
void hand_out(CacheEntry* entry, Pin* pin, const Cases& cases, zval* result) {
    const bool newest_known = pin == &entry->pin;
    if (newest_known && Z_TYPE(entry->value) != IS_UNDEF) {
        ZVAL_COPY(result, &entry->value);  // another read of this version was done first: a version is one instance
        return;
    }
    const uint32_t most = entry->slot->is_scarce() ? 1 : kSharedVersions;
    const bool private_copy = !pin->handed_out && entry->shared >= most;
    const bool in_request_memory = build_array(head_of(pin->snapshot), cases, private_copy, result);
    if (!private_copy && !pin->handed_out) {
        pin->handed_out = true;
        ++entry->shared;
    }
    // An older version goes to its caller alone. So does everything after RSHUTDOWN: it is too late to keep anything.
    if (newest_known && !BGW_G(request_over)) {
        ZVAL_COPY(&entry->value, result);
        entry->in_request_memory = in_request_memory;
        BGW_G(holds_request_memory) |= in_request_memory;
    }
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
    if (BGW_G(reader_pins) == nullptr) {
        BGW_G(reader_pins) = new (std::nothrow) ReaderPins;
        if (BGW_G(reader_pins) == nullptr) {
            return nullptr;
        }
    }
    auto* entry = static_cast<CacheEntry*>(calloc(1, sizeof(CacheEntry)));
    if (entry != nullptr) {
        entry->worker = worker;
        entry->slot = &worker->slot();
        entry->word = &entry->slot->word();
        ZVAL_UNDEF(&entry->value);
        entry->kept = {entry->slot, &entry->pin.snapshot, nullptr};
        BGW_G(reader_pins)->add(&entry->kept);
        zend_hash_str_update_ptr(&cache->entries, ZSTR_VAL(name), ZSTR_LEN(name), entry);
    }
    return entry;
}

void look_at_new_words() noexcept {
    // First: what leaves while the words are taken is looked at once more.
    BGW_G(left_shared) = Slot::left_shared();
    for (ReadCache* cache = BGW_G(read_caches); cache != nullptr; cache = cache->next) {
        void* each;
        ZEND_HASH_FOREACH_PTR(&cache->entries, each) {
            auto* entry = static_cast<CacheEntry*>(each);
            entry->word = &entry->slot->word();
        }
        ZEND_HASH_FOREACH_END();
    }
}

Read refresh(CacheEntry* entry, zval* result) {
    ZEND_ASSERT(BGW_G(reader_pins)->is_inside());
    enter_request(entry);
    // The slot may follow another publication since the entry was made.
    entry->word = &entry->slot->word();
    if (const zval* value = newest(entry)) {
        ZVAL_COPY(result, value);
        return Read::done;
    }
    zval old;
    if (const char* why = pin_newest(entry, &old)) {
        if (why == SharedMemory::kSpoilt) {
            Process::current()->leave_shared(entry->worker->scope());
            return Read::again;
        }
        if (entry->slot->version() == 0) {
            return Read::again;  // another thread has found it spoilt
        }
        if (strcmp(why, "out of memory") == 0) {
            zend_throw_exception(spl_ce_RuntimeException, why, 0);
        } else {
            zend_throw_exception_ex(spl_ce_RuntimeException, 0, "cannot read what worker \"%s\" has published: %s",
                                    entry->worker->name().c_str(), why);
        }
        return Read::failed;
    }
    Snapshot* const snapshot = entry->pin.snapshot;
    ++entry->pin.reads;
    zval_ptr_dtor(&old);  // may run PHP, and so may this:
    Cases cases;
    const bool complete = EG(exception) == nullptr && find_cases(head_of(snapshot), &cases);
    Pin* pin = pin_of(entry, snapshot);
    --pin->reads;
    if (complete) {
        hand_out(entry, pin, cases, result);
    }
    let_go_unless_in_use(entry, pin);
    if (complete) {
        release_cases(cases);
    }
    return complete ? Read::done : Read::failed;
}

void release_values() {
    forget_values(!CG(unclean_shutdown));  // after a bailout the request's memory goes as a whole
}

void end_request() noexcept {
    hot_reads::forget();
    forget_values(false);  // for a request that never came to its RSHUTDOWN: its memory is gone
    for (uint32_t i = 0; i < BGW_G(late_pin_count); ++i) {
        BGW_G(late_pins)[i].snapshot->unpin();
    }
    BGW_G(late_pin_count) = 0;
    ++BGW_G(request);
    if (BGW_G(reader_pins) != nullptr) {
        if (current_worker() != nullptr) {
            keep_nothing();
        }
        BGW_G(reader_pins)->leave();
    }
    BGW_G(reading) = false;
}

void end_thread(zend_bgworkers_globals* globals) noexcept {
    hot_reads::forget();  // of the thread that calls; where that is another one, this one's will not read again
    for (uint32_t i = 0; i < globals->late_pin_count; ++i) {
        globals->late_pins[i].snapshot->unpin();
    }
    free(globals->late_pins);
    globals->late_pins = nullptr;
    globals->late_pin_count = globals->late_pin_room = 0;
    delete globals->reader_pins;  // gives back what the entries name, so it comes before them
    globals->reader_pins = nullptr;
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
