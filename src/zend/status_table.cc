#include "zend/status_table.h"

#include <chrono>
#include <cstdlib>
#include <new>

#include "host/process.h"

namespace bgworkers {

namespace {

// Plain memory, so that a bailout leaks at the worst.
struct Row {
    char* name;
    size_t name_length;
    char* last_error;  // nullptr = none
    WorkerState state;
    int instances;
    uint64_t runs;
    uint64_t crashes;
    uint32_t consecutive_failures;
    bool has_exit_status;
    int exit_status;
    Slot::Facts published;
};

struct Rows {
    Row* rows;
    size_t count;

    void release() {
        for (size_t i = 0; i < count; ++i) {
            free(rows[i].name);
            free(rows[i].last_error);
        }
        free(rows);
    }
};

char* copy_of(const std::string& text) {
    char* copy = static_cast<char*>(malloc(text.size() + 1));
    if (copy != nullptr) {
        memcpy(copy, text.c_str(), text.size() + 1);
    }
    return copy;
}

Rows gather_rows(Scope& scope) {
    const std::vector<Worker*> workers = Process::current()->registry().workers(scope);
    std::vector<WorkerFacts> all_facts;
    for (Worker* worker : workers) {
        all_facts.push_back(worker->facts());
    }
    // Nothing from here on throws.
    Rows table{static_cast<Row*>(calloc(workers.size() + 1, sizeof(Row))), 0};
    bool complete = table.rows != nullptr;
    for (size_t i = 0; i < workers.size() && complete; ++i) {
        Worker* const worker = workers[i];
        const WorkerFacts& facts = all_facts[i];
        Row& row = table.rows[table.count++];
        row.name = copy_of(worker->name());
        row.name_length = worker->name().size();
        row.last_error = facts.last_error.empty() ? nullptr : copy_of(facts.last_error);
        complete = row.name != nullptr && (facts.last_error.empty() || row.last_error != nullptr);
        row.state = facts.state;
        row.instances = facts.instances;
        row.runs = facts.runs;
        row.crashes = facts.crashes;
        row.consecutive_failures = facts.consecutive_failures;
        row.has_exit_status = facts.last_exit_status.has_value();
        row.exit_status = facts.last_exit_status.value_or(0);
        row.published = worker->slot().facts();
    }
    if (!complete) {
        table.release();
        return {nullptr, 0};
    }
    return table;
}

// Its rows are nullptr if memory is out.
Rows gather(Scope& scope) noexcept {
    try {
        return gather_rows(scope);
    } catch (const std::bad_alloc&) {
        return {nullptr, 0};
    }
}

double age_of(const Row& row) {
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    return now > row.published.published_at ? now - row.published.published_at : 0.0;
}

void row_to_array(const Row& row, zval* result) {
    array_init_size(result, 12);
    add_assoc_string(result, "state", worker_state_name(row.state));
    add_assoc_bool(result, "ready", row.published.version != 0);
    add_assoc_long(result, "instances", row.instances);
    add_assoc_long(result, "runs", static_cast<zend_long>(row.runs));
    add_assoc_long(result, "crashes", static_cast<zend_long>(row.crashes));
    add_assoc_long(result, "consecutive_failures", row.consecutive_failures);
    if (row.has_exit_status) {
        add_assoc_long(result, "last_exit_status", row.exit_status);
    } else {
        add_assoc_null(result, "last_exit_status");
    }
    if (row.last_error != nullptr) {
        add_assoc_string(result, "last_error", row.last_error);
    } else {
        add_assoc_null(result, "last_error");
    }
    add_assoc_long(result, "version", static_cast<zend_long>(row.published.version));
    add_assoc_long(result, "bytes", static_cast<zend_long>(row.published.bytes));
    if (row.published.version != 0) {
        add_assoc_double(result, "published_at", row.published.published_at);
        add_assoc_double(result, "age", age_of(row));
    } else {
        add_assoc_null(result, "published_at");
        add_assoc_null(result, "age");
    }
}

}  // namespace

bool status_to_array(Scope& scope, zval* result) {
    Rows table = gather(scope);
    if (table.rows == nullptr) {
        return false;
    }
    array_init_size(result, static_cast<uint32_t>(table.count));
    for (size_t i = 0; i < table.count; ++i) {
        zval row;
        row_to_array(table.rows[i], &row);
        zend_symtable_str_update(Z_ARRVAL_P(result), table.rows[i].name, table.rows[i].name_length, &row);
    }
    table.release();
    return true;
}

void status_to_info(Scope* scope) {
    if (scope == nullptr) {
        return;
    }
    Rows table = gather(*scope);
    php_info_print_table_start();
    php_info_print_table_header(8, "Worker", "State", "Ready", "Instances", "Runs", "Crashes", "Last exit status",
                                "Last error");
    for (size_t i = 0; i < table.count; ++i) {
        const Row& row = table.rows[i];
        char instances[16];
        char runs[24];
        char crashes[24];
        char status[16];
        snprintf(instances, sizeof(instances), "%d", row.instances);
        snprintf(runs, sizeof(runs), "%llu", static_cast<unsigned long long>(row.runs));
        snprintf(crashes, sizeof(crashes), "%llu", static_cast<unsigned long long>(row.crashes));
        snprintf(status, sizeof(status), "%d", row.exit_status);
        php_info_print_table_row(8, row.name, worker_state_name(row.state), row.published.version != 0 ? "yes" : "no",
                                 instances, runs, crashes, row.has_exit_status ? status : "-",
                                 row.last_error == nullptr ? "-" : row.last_error);
    }
    php_info_print_table_end();
    table.release();
}

}  // namespace bgworkers
