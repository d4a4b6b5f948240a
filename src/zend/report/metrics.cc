#include "zend/report/metrics.h"

#include "core/base/utf8.h"
#include "zend/api/version.h"
#include "zend/report/worker_rows.h"

extern "C" {
#include "Zend/zend_smart_str.h"
}

namespace bgworkers {

namespace {

// A worker's name may be any bytes but control characters, a label is UTF-8: other bytes become \xNN.
void append_label(smart_str* out, const char* text, size_t length) {
    for (size_t i = 0; i < length;) {
        const size_t character = utf8_length({text + i, length - i});
        if (character == 0) {
            smart_str_append_printf(out, "\\\\x%02x", static_cast<unsigned char>(text[i]));
        } else if (text[i] == '"' || text[i] == '\\') {
            smart_str_appendc(out, '\\');
            smart_str_appendc(out, text[i]);
        } else {
            smart_str_appendl(out, text + i, character);
        }
        i += character == 0 ? 1 : character;
    }
}

struct Family {
    const char* name;
    const char* type;
    const char* unit;  // nullptr = none
    const char* help;
};

void begin_family(smart_str* out, const Family& family) {
    smart_str_append_printf(out, "# TYPE %s %s\n", family.name, family.type);
    if (family.unit != nullptr) {
        smart_str_append_printf(out, "# UNIT %s %s\n", family.name, family.unit);
    }
    smart_str_append_printf(out, "# HELP %s %s\n", family.name, family.help);
}

void begin_sample(smart_str* out, const char* name, const char* suffix, const WorkerRow& row) {
    smart_str_append_printf(out, "%s%s{worker=\"", name, suffix);
    append_label(out, row.name, row.name_length);
    smart_str_appendc(out, '"');
    // Counters of each process are series of their own. Of a shared worker all tell the same, which is one series.
    if (!row.shared) {
        smart_str_append_printf(out, ",pid=\"%d\"", static_cast<int>(row.pid));
    }
}

// value: appends a row's value, or returns false if the row has none.
template <typename Value>
void append_family(smart_str* out, const WorkerRows& table, const Family& family, Value value) {
    begin_family(out, family);
    const char* suffix = strcmp(family.type, "counter") == 0 ? "_total" : "";
    for (size_t i = 0; i < table.count; ++i) {
        double number = 0;
        if (value(table.rows[i], &number)) {
            begin_sample(out, family.name, suffix, table.rows[i]);
            // %F, not %f: a locale of the host's may write 0,5.
            smart_str_append_printf(out, "} %.*F\n",
                                    number == static_cast<double>(static_cast<int64_t>(number)) ? 0 : 3, number);
        }
    }
}

void append_states(smart_str* out, const WorkerRows& table) {
    const Family family = {"bgworkers_worker_state", "stateset", nullptr,
                           "What the worker does; 1 for the state it is in."};
    begin_family(out, family);
    for (size_t i = 0; i < table.count; ++i) {
        for (int state = 0; state < kWorkerStateCount; ++state) {
            begin_sample(out, family.name, "", table.rows[i]);
            smart_str_append_printf(
                out, ",%s=\"%s\"} %d\n", family.name, worker_state_name(static_cast<WorkerState>(state)),
                strcmp(table.rows[i].state_name, worker_state_name(static_cast<WorkerState>(state))) == 0);
        }
        // Only another process can say of a leader that it hangs.
        if (table.rows[i].shared) {
            begin_sample(out, family.name, "", table.rows[i]);
            smart_str_append_printf(out, ",%s=\"hung\"} %d\n", family.name,
                                    strcmp(table.rows[i].state_name, "hung") == 0);
        }
    }
}

void append_families(smart_str* out, const WorkerRows& table) {
    using Row = const WorkerRow&;
    append_states(out, table);
    append_family(out, table, {"bgworkers_worker_ready", "gauge", nullptr, "1 once the worker has published."},
                  [](Row row, double* value) {
                      *value = row.published.version != 0;
                      return true;
                  });
    append_family(out, table,
                  {"bgworkers_worker_instances", "gauge", nullptr, "Threads that the worker has when all run."},
                  [](Row row, double* value) {
                      *value = row.instances;
                      return true;
                  });
    append_family(out, table, {"bgworkers_worker_runs", "counter", nullptr, "Runs of the script that were started."},
                  [](Row row, double* value) {
                      *value = static_cast<double>(row.runs);
                      return true;
                  });
    append_family(out, table,
                  {"bgworkers_worker_crashes", "counter", nullptr,
                   "Runs that ended with a status other than 0, or were never begun."},
                  [](Row row, double* value) {
                      *value = static_cast<double>(row.crashes);
                      return true;
                  });
    append_family(out, table,
                  {"bgworkers_worker_consecutive_failures", "gauge", nullptr,
                   "Failed runs in a row; at max_consecutive_failures the worker gives up."},
                  [](Row row, double* value) {
                      *value = row.consecutive_failures;
                      return true;
                  });
    append_family(out, table,
                  {"bgworkers_worker_last_exit_status", "gauge", nullptr, "Exit status of the last run that ended."},
                  [](Row row, double* value) {
                      *value = row.exit_status;
                      return row.has_exit_status;
                  });
    append_family(out, table,
                  {"bgworkers_worker_leader_pid", "gauge", nullptr, "Process that leads a shared worker; 0: none."},
                  [](Row row, double* value) {
                      *value = row.leader;
                      return row.shared;
                  });
    append_family(
        out, table,
        {"bgworkers_worker_takeovers", "counter", nullptr, "How often another process went on with a shared worker."},
        [](Row row, double* value) {
            *value = static_cast<double>(row.took_over);
            return row.shared;
        });
    append_family(out, table,
                  {"bgworkers_worker_publications", "counter", nullptr, "Snapshots published; an equal one is none."},
                  [](Row row, double* value) {
                      *value = static_cast<double>(row.published.publications);
                      return true;
                  });
    append_family(out, table,
                  {"bgworkers_worker_snapshot_size_bytes", "gauge", "bytes", "Size of the present snapshot."},
                  [](Row row, double* value) {
                      *value = static_cast<double>(row.published.bytes);
                      return row.published.version != 0;
                  });
    append_family(out, table,
                  {"bgworkers_worker_snapshot_timestamp_seconds", "gauge", "seconds",
                   "When the present snapshot was published, in unix time."},
                  [](Row row, double* value) {
                      *value = row.published.published_at;
                      return row.published.version != 0;
                  });
    append_family(out, table,
                  {"bgworkers_worker_looked_timestamp_seconds", "gauge", "seconds",
                   "When set_vars() was called last, be it with an equal array, in unix time."},
                  [](Row row, double* value) {
                      *value = row.published.looked_at;
                      return row.published.looked_at != 0;
                  });
    append_family(out, table,
                  {"bgworkers_worker_next_run_timestamp_seconds", "gauge", "seconds",
                   "When the next run of a job is due, in unix time."},
                  [](Row row, double* value) {
                      *value = row.next_run;
                      return row.has_next_run;
                  });
}

void append_task_outcomes(smart_str* out, const WorkerRows& table) {
    const Family family = {"bgworkers_worker_tasks", "counter", nullptr, "Tasks that have ended, by how they ended."};
    begin_family(out, family);
    for (size_t i = 0; i < table.count; ++i) {
        for (int outcome = 1; outcome < kTaskOutcomes; ++outcome) {
            begin_sample(out, family.name, "_total", table.rows[i]);
            smart_str_append_printf(out, ",outcome=\"%s\"} %llu\n",
                                    task_outcome_name(static_cast<TaskOutcome>(outcome)),
                                    static_cast<unsigned long long>(table.rows[i].tasks.ended[outcome]));
        }
    }
}

void append_task_families(smart_str* out, const WorkerRows& table) {
    using Row = const WorkerRow&;
    append_family(out, table, {"bgworkers_worker_tasks_queued", "gauge", nullptr, "Tasks that wait for an instance."},
                  [](Row row, double* value) {
                      *value = static_cast<double>(row.tasks.queued);
                      return true;
                  });
    append_family(out, table,
                  {"bgworkers_worker_oldest_queued_task_seconds", "gauge", "seconds",
                   "How long the first task of the queue has waited; 0 if none waits."},
                  [](Row row, double* value) {
                      *value = row.tasks.oldest.value_or(0);
                      return true;
                  });
    append_family(out, table, {"bgworkers_worker_busy_instances", "gauge", nullptr, "Instances with an open task."},
                  [](Row row, double* value) {
                      *value = row.tasks.busy;
                      return true;
                  });
    append_task_outcomes(out, table);
}

bool to_string(WorkerRows table, zval* result) {
    if (table.rows == nullptr) {
        return false;
    }
    smart_str text{};
    begin_family(&text, {"bgworkers", "info", nullptr, "The extension."});
    smart_str_appends(&text, "bgworkers_info{version=\"" BGWORKERS_VERSION "\"} 1\n");
    append_families(&text, table);
    append_task_families(&text, table);
    smart_str_appends(&text, "# EOF\n");
    table.release();
    ZVAL_STR(result, smart_str_extract(&text));
    return true;
}

}  // namespace

bool metrics_to_string(Scope& scope, zval* result) { return to_string(gather_worker_rows(scope), result); }

bool all_metrics_to_string(Scope& scope, zval* result) {
    return to_string(gather_all_worker_rows(scope, OwnRows::as_told), result);
}

}  // namespace bgworkers
