#include "zend/report/worker_rows.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "host/process.h"
#include "zend/scope/current_scope.h"

namespace bgworkers {

namespace {

char* copy_of(const std::string& text) {
    char* copy = static_cast<char*>(malloc(text.size() + 1));
    if (copy != nullptr) {
        memcpy(copy, text.c_str(), text.size() + 1);
    }
    return copy;
}

WorkerRows gather_or_throw(Scope& scope) {
    const std::vector<Worker*> workers = Process::current()->registry().workers(scope);
    std::vector<WorkerFacts> all_facts;
    for (Worker* worker : workers) {
        all_facts.push_back(worker->facts());
    }
    const std::string edited = edited_file(scope);
    // Nothing from here on throws.
    WorkerRows table{static_cast<WorkerRow*>(calloc(workers.size() + 1, sizeof(WorkerRow))), 0,
                     edited.empty() ? nullptr : copy_of(edited)};
    bool complete = table.rows != nullptr && (edited.empty() || table.edited_file != nullptr);
    for (size_t i = 0; i < workers.size() && complete; ++i) {
        Worker* const worker = workers[i];
        const WorkerFacts& facts = all_facts[i];
        WorkerRow& row = table.rows[table.count++];
        row.name = copy_of(worker->name());
        row.name_length = worker->name().size();
        row.last_error = facts.last_error.empty() ? nullptr : copy_of(facts.last_error);
        complete = row.name != nullptr && (facts.last_error.empty() || row.last_error != nullptr);
        row.state = facts.state;
        row.state_name = state_name(facts);
        row.shared = facts.shared;
        row.leader = facts.leader;
        row.took_over = facts.took_over;
        row.instances = facts.instances;
        row.runs = facts.runs;
        row.crashes = facts.crashes;
        row.consecutive_failures = facts.consecutive_failures;
        row.has_exit_status = facts.last_exit_status.has_value();
        row.exit_status = facts.last_exit_status.value_or(0);
        row.published = worker->slot().facts();
        row.tasks = worker->tasks().facts();
        row.has_next_run = facts.next_run.has_value();
        row.next_run = facts.next_run.value_or(0);
        if (row.state == WorkerState::waiting && Process::current()->orphaned() && !row.shared) {
            row.state = WorkerState::idle;  // it is the parent that waits; nothing is planned in a forked child
            row.state_name = worker_state_name(row.state);
            row.has_next_run = false;
        }
    }
    if (!complete) {
        table.release();
        return {nullptr, 0, nullptr};
    }
    return table;
}

}  // namespace

void WorkerRows::release() noexcept {
    for (size_t i = 0; i < count; ++i) {
        free(rows[i].name);
        free(rows[i].last_error);
    }
    free(rows);
    free(edited_file);
}

WorkerRows gather_worker_rows(Scope& scope) noexcept {
    try {
        return gather_or_throw(scope);
    } catch (const std::bad_alloc&) {
        return {nullptr, 0, nullptr};
    }
}

}  // namespace bgworkers
