// What every PHP thread keeps for bgworkers: INI values, its request's scope, and its read caches.
//
// One copy per thread (TSRM); only its own thread reads or writes it. Plain data: made zeroed, freed by the engine
// when the thread leaves.
#pragma once

#include "host/php.h"

namespace bgworkers {
class ReaderPins;
class Scope;
struct Pin;
struct ReadCache;
struct RunState;
class Snapshot;
}  // namespace bgworkers

ZEND_BEGIN_MODULE_GLOBALS(bgworkers)
    // INI. Valid during a request.
    char* config;
    char* entrypoint;
    char* scope_label;
    double shutdown_grace;
    zend_long max_snapshot_size;
    zend_long max_threads;
    zend_long task_memory;
    zend_long shared_memory;
    bool cli_autostart;
    double stuck_limit;
    char* log_level;
    bool frankenphp_aliases;

    bgworkers::Scope* scope;            // of the present request; nullptr = not looked up yet, or none configured
    bool scope_known;  // it was looked up, and since then no setting has changed that names it
    bgworkers::ReadCache* read_caches;  // list, one a scope that this thread has read from
    bgworkers::ReadCache* read_cache;   // the present scope's
    bgworkers::ReaderPins* reader_pins;  // what the thread keeps from request to request; nullptr before its first read
    bgworkers::Pin* late_pins;  // in use beyond their entry, see zend/values/read_cache
    uint32_t late_pin_count;
    uint32_t late_pin_room;
    uint32_t functions_seen;  // in the thread's table at its last request, see host/callable_functions
    uint64_t request;  // counts this thread's requests that read
    uint32_t left_shared;  // Slot::left_shared(), when the read caches took the words of slots
    bool reading;  // this request has read, or the last one has and was not cleaned up after
    bool holds_request_memory;  // some cache entry's value lies in request memory
    bool request_over;  // RSHUTDOWN is done: nothing of this request may be cached any more
    char* pending_error;  // message on its way into an exception, see zend/api/errors
    bgworkers::Snapshot* kept_results[8];  // of tasks, handed out to this request as they are; see zend/tasks/results
    uint32_t kept_result_count;
    size_t kept_result_bytes;
    bgworkers::RunState* run;  // worker threads: what the present run remembers; none after RSHUTDOWN
ZEND_END_MODULE_GLOBALS(bgworkers)

ZEND_EXTERN_MODULE_GLOBALS(bgworkers)
#define BGW_G(field) ZEND_MODULE_GLOBALS_ACCESSOR(bgworkers, field)
