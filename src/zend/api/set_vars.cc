// BgWorkers\set_vars(): nothing if readers see an equal array already, else a new snapshot.
//
// The frames here call into the engine, so they own nothing with a destructor; what has to make strings does so in
// helpers that return before the engine is called again.
#include <uv.h>

#include "core/workers/instance_events.h"
#include "host/log_sink.h"
#include "host/process.h"
#include "host/worker_context.h"
#include "zend/api/errors.h"
#include "zend/api/globals.h"
#include "zend/scope/current_scope.h"
#include "zend/scope/run_state.h"
#include "zend/values/array_layout.h"
#include "zend/values/snapshot_compare.h"
#include "zend/values/snapshot_writer.h"

using namespace bgworkers;

namespace {

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
    // In any case, unlike below: the supervisor keeps for a successor that this run works.
    if (first) {
        worker.instance->wake();
    }
    return error;
}

// Publishes unless readers see an equal array already.
ErrorKind publish(const zend_array* vars, WorkerContext& worker, Slot& slot, Published* published) {
    // Pinned while it is compared: another instance of this worker may publish meanwhile.
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
        // Left just now, it is a worker of this process, and what follows publishes for that.
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

constexpr size_t kLarge = 1 << 20;  // bytes: what an array of that size leaves in PHP's heap is worth giving back

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
    // Last, for it may run PHP, which may publish as well.
    zval_ptr_dtor(&earlier);
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
