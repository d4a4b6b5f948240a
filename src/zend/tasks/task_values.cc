#include "zend/tasks/task_values.h"

#include "host/worker_context.h"
#include "zend/values/snapshot_reader.h"

namespace bgworkers {

static_assert(sizeof(zend_bgworkers_globals::kept_results) / sizeof(Snapshot*) == kKeptResults);

Snapshot* write_task_value(const zend_array* value, const char* variable, const char* noun, bool is_result,
                           Worker& worker, ErrorKind* error) {
    const auto limit = static_cast<size_t>(worker.spec().max_task_size);
    const size_t hashes_from = is_result ? kKeptFrom : SIZE_MAX;
    const WriteTerms terms{variable, "send", noun, "max_task_size", limit, hashes_from};
    Written written;
    *error = hold_result([&] { return write_snapshot(value, terms, &written); });
    if (*error != ErrorKind::none) {
        return nullptr;
    }
    Snapshot* snapshot = Snapshot::of(std::move(written.block));
    if (snapshot == nullptr) {
        *error = hold_out_of_memory();
    }
    return snapshot;
}

namespace {

bool build(const Snapshot* value, bool private_copy, zval* result) {
    Cases cases;
    if (!find_cases(head_of(value), &cases)) {
        return false;
    }
    build_array(head_of(value), cases, private_copy, result);
    release_cases(cases);
    return true;
}

}  // namespace

bool copy_task_value(const Snapshot* value, zval* result) { return build(value, true, result); }

// It is kept before anything of it can reach a script.
bool hand_out_result(Snapshot* value, zval* result) {
    const bool keeps = value->size() >= kKeptFrom && current_worker() == nullptr && !BGW_G(request_over) &&
                       BGW_G(kept_result_count) < kKeptResults &&
                       BGW_G(kept_result_bytes) + value->size() <= kKeptBytes;
    if (!keeps) {
        return build(value, true, result);
    }
    // A pin of the request's: the task's own goes with its object, and the array may outlive that.
    value->pin();
    BGW_G(kept_results)[BGW_G(kept_result_count)++] = value;
    BGW_G(kept_result_bytes) += value->size();
    return build(value, false, result);
}

void forget_kept_results(zend_bgworkers_globals* globals) noexcept {
    while (globals->kept_result_count > 0) {
        globals->kept_results[--globals->kept_result_count]->unpin();
    }
    globals->kept_result_bytes = 0;
}

}  // namespace bgworkers
