#include "zend/report/worker_rows.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <new>

#include <uv.h>

#include "core/os/process_life.h"
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

double unix_now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

// Written by another process: what is no number of the kind that it should be is shown as it is, and leads nowhere.
bool fill_in(const ToldFacts& told, double now, WorkerRow* row) {
    const FactNumbers& numbers = told.facts.numbers;
    row->name = copy_of(told.facts.name);
    row->name_length = told.facts.name.size();
    row->last_error = told.facts.error.empty() ? nullptr : copy_of(told.facts.error);
    row->pid = told.process;
    row->told_at = told.told_at;
    row->resident = told.resident;
    row->state = numbers.state < kWorkerStateCount ? static_cast<WorkerState>(numbers.state) : WorkerState::idle;
    row->state_name = numbers.hung != 0 ? "hung" : worker_state_name(row->state);
    row->since = numbers.since;
    row->shared = numbers.shared != 0;
    row->leader = static_cast<uint32_t>(numbers.leader);
    row->took_over = numbers.took_over;
    row->instances = static_cast<int>(numbers.instances);
    row->runs = numbers.runs;
    row->crashes = numbers.crashes;
    row->consecutive_failures = static_cast<uint32_t>(numbers.failures);
    row->has_exit_status = (numbers.exit_status & FactNumbers::kHasExitStatus) != 0;
    // The low half is the status, the bits above say that there is one.
    row->exit_status = static_cast<int>(static_cast<uint32_t>(numbers.exit_status));
    row->has_next_run = numbers.next_run != 0;
    row->next_run = numbers.next_run;
    row->published = {numbers.version,   numbers.bytes,        numbers.published_at,
                      numbers.looked_at, numbers.publications, numbers.pinned_bytes};
    row->tasks.queued = numbers.queued;
    row->tasks.sent = numbers.sent;
    row->tasks.running = numbers.running;
    row->tasks.busy = static_cast<int>(numbers.busy);
    if (numbers.oldest_at != 0) {
        row->tasks.oldest = std::max(0.0, now - numbers.oldest_at);
    }
    std::copy(std::begin(numbers.ended), std::end(numbers.ended), std::begin(row->tasks.ended));
    return row->name != nullptr && (told.facts.error.empty() || row->last_error != nullptr);
}

bool is_told(const std::vector<ToldFacts>& told, Worker* worker) {
    return std::any_of(told.begin(), told.end(), [&](const ToldFacts& facts) {
        return facts.process == this_process() && facts.facts.name == worker->name();
    });
}

// Workers of this process, but for those that are among the told, and then these.
WorkerRows gather_or_throw(Scope& scope, const std::vector<ToldFacts>& told) {
    std::vector<Worker*> workers = Process::current()->registry().workers(scope);
    workers.erase(std::remove_if(workers.begin(), workers.end(), [&](Worker* worker) { return is_told(told, worker); }),
                  workers.end());
    std::vector<WorkerFacts> all_facts;
    for (Worker* worker : workers) {
        all_facts.push_back(worker->facts());
    }
    const std::string edited = edited_file(scope);
    const double now = unix_now();
    // Nothing from here on throws.
    // One more than there are: calloc(0) may be nullptr, which stands for no memory.
    WorkerRows table{static_cast<WorkerRow*>(calloc(workers.size() + told.size() + 1, sizeof(WorkerRow))), 0,
                     edited.empty() ? nullptr : copy_of(edited)};
    bool complete = table.rows != nullptr && (edited.empty() || table.edited_file != nullptr);
    for (size_t i = 0; i < workers.size() && complete; ++i) {
        Worker* const worker = workers[i];
        const WorkerFacts& facts = all_facts[i];
        WorkerRow& row = table.rows[table.count++];
        row.pid = this_process();
        row.told_at = now;
        row.name = copy_of(worker->name());
        row.name_length = worker->name().size();
        row.last_error = facts.last_error.empty() ? nullptr : copy_of(facts.last_error);
        complete = row.name != nullptr && (facts.last_error.empty() || row.last_error != nullptr);
        row.state = facts.state;
        row.state_name = state_name(facts);
        row.since = facts.since;
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
    for (size_t i = 0; i < told.size() && complete; ++i) {
        complete = fill_in(told[i], now, &table.rows[table.count++]);
    }
    // All or nothing: a worker that is missing would look as if nobody had declared it.
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
        return gather_or_throw(scope, {});
    } catch (const std::bad_alloc&) {
        return {nullptr, 0, nullptr};
    }
}

WorkerRows gather_all_worker_rows(Scope& scope, OwnRows own) noexcept {
    try {
        std::vector<ToldFacts> told;
        if (ProcessFacts& facts = Process::current()->facts(); facts.entered()) {
            const ScopeKey& key = scope.key();
            told = facts.read(facts.key_of(key.config, key.entrypoint, key.label));
        }
        told.erase(std::remove_if(told.begin(), told.end(),
                                  [&](const ToldFacts& facts) {
                                      return own == OwnRows::exact ? facts.process == this_process()
                                                                   : facts.facts.numbers.shared != 0;
                                  }),
                   told.end());
        WorkerRows table = gather_or_throw(scope, told);
        size_t resident = 0;
        uv_resident_set_memory(&resident);
        for (size_t i = 0; i < table.count; ++i) {
            WorkerRow& row = table.rows[i];
            row.resident = row.pid == this_process() ? resident : row.resident;
        }
        std::sort(table.rows, table.rows + table.count, [](const WorkerRow& one, const WorkerRow& other) {
            return one.pid != other.pid ? one.pid < other.pid : strcmp(one.name, other.name) < 0;
        });
        return table;
    } catch (const std::bad_alloc&) {
        return {nullptr, 0, nullptr};
    }
}

}  // namespace bgworkers
