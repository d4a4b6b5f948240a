#include "zend/report/status_table.h"

#include <chrono>

#include "core/base/utf8.h"
#include "core/os/process_life.h"
#include "host/log_sink.h"
#include "host/process.h"
#include "zend/report/worker_rows.h"

extern "C" {
#include "ext/date/php_date.h"
}

namespace bgworkers {

namespace {

double age_of(const WorkerRow& row) {
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    // The clock may have been set back since.
    return now > row.published.published_at ? now - row.published.published_at : 0.0;
}

// sent = queued + running + all outcomes, at any moment.
void tasks_to_array(const TaskQueue::Facts& facts, zval* result) {
    add_assoc_long(result, "queued", static_cast<zend_long>(facts.queued));
    if (facts.oldest) {
        add_assoc_double(result, "oldest_queued", *facts.oldest);
    } else {
        add_assoc_null(result, "oldest_queued");
    }
    add_assoc_long(result, "busy", facts.busy);
    zval tasks;
    array_init_size(&tasks, kTaskOutcomes + 2);
    add_assoc_long(&tasks, "sent", static_cast<zend_long>(facts.sent));
    add_assoc_long(&tasks, "running", static_cast<zend_long>(facts.running));
    for (int outcome = 1; outcome < kTaskOutcomes; ++outcome) {
        add_assoc_long(&tasks, task_outcome_name(static_cast<TaskOutcome>(outcome)),
                       static_cast<zend_long>(facts.ended[outcome]));
    }
    add_assoc_zval(result, "tasks", &tasks);
}

void add_text(zval* result, const char* key, const char* text) {
    if (text != nullptr) {
        add_assoc_string(result, key, text);
    } else {
        add_assoc_null(result, key);
    }
}

// log_error, edited_file: nullptr = none.
void row_to_array(const WorkerRow& row, const char* log_error, const char* edited_file, zval* result) {
    array_init_size(result, 32);
    add_assoc_string(result, "state", row.state_name);
    if (row.since != 0) {
        add_assoc_double(result, "since", row.since);
    } else {
        add_assoc_null(result, "since");
    }
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
    add_text(result, "last_error", row.last_error);
    add_assoc_long(result, "version", static_cast<zend_long>(row.published.version));
    add_assoc_long(result, "bytes", static_cast<zend_long>(row.published.bytes));
    add_assoc_long(result, "pinned_bytes", static_cast<zend_long>(row.published.replaced_bytes));
    if (row.published.version != 0) {
        add_assoc_double(result, "published_at", row.published.published_at);
        add_assoc_double(result, "age", age_of(row));
    } else {
        add_assoc_null(result, "published_at");
        add_assoc_null(result, "age");
    }
    if (row.published.looked_at != 0) {
        add_assoc_double(result, "looked_at", row.published.looked_at);
    } else {
        add_assoc_null(result, "looked_at");
    }
    if (row.has_next_run) {
        add_assoc_double(result, "next_run", row.next_run);
    } else {
        add_assoc_null(result, "next_run");
    }
    tasks_to_array(row.tasks, result);
    add_assoc_bool(result, "shared", row.shared);
    if (row.leader != 0) {
        add_assoc_long(result, "leader", row.leader);
    } else {
        add_assoc_null(result, "leader");
    }
    add_assoc_long(result, "took_over", static_cast<zend_long>(row.took_over));
    add_text(result, "log_error", log_error);
    add_text(result, "edited_file", edited_file);
}

// phpinfo() shows a text that is no UTF-8 as an empty cell, and as plain text a line break would begin a row.
void make_printable(char* text) {
    for (size_t left = text == nullptr ? 0 : strlen(text); left > 0;) {
        const size_t length = utf8_length({text, left});
        const auto byte = static_cast<unsigned char>(*text);
        if (length == 0) {
            *text = '?';
        } else if (byte < 0x20 || byte == 0x7F) {
            *text = ' ';
        }
        text += length == 0 ? 1 : length;
        left -= length == 0 ? 1 : length;
    }
}

// What a cell shows of a number.
struct Cell {
    char text[32] = "-";

    static Cell of(uint64_t number) {
        Cell cell;
        snprintf(cell.text, sizeof(cell.text), "%llu", static_cast<unsigned long long>(number));
        return cell;
    }
    static Cell seconds(double seconds) {
        Cell cell;
        snprintf(cell.text, sizeof(cell.text), "%.1F", seconds);
        return cell;
    }
    // Unix time, in the zone of the request. 0 is none; another process may have written any number.
    static Cell time(double time) {
        constexpr double kYear10000 = 253402300800.0;
        Cell cell;
        if (time > 0 && time < kYear10000) {
            zend_string* const date = php_format_date(ZEND_STRL("Y-m-d H:i:s"), static_cast<time_t>(time), true);
            snprintf(cell.text, sizeof(cell.text), "%s", ZSTR_VAL(date));
            zend_string_release(date);
        }
        return cell;
    }
};

const char* error_to_show(const WorkerRow& row) { return row.last_error == nullptr ? "-" : row.last_error; }

void rows_to_info(const WorkerRows& table) {
    php_info_print_table_header(9, "Worker", "State", "Ready", "Instances", "Runs", "Crashes", "Tasks queued",
                                "Last exit status", "Last error");
    for (size_t i = 0; i < table.count; ++i) {
        const WorkerRow& row = table.rows[i];
        char status[16];
        snprintf(status, sizeof(status), "%d", row.exit_status);
        php_info_print_table_row(9, row.name, row.state_name, row.published.version != 0 ? "yes" : "no",
                                 Cell::of(static_cast<uint64_t>(row.instances)).text, Cell::of(row.runs).text,
                                 Cell::of(row.crashes).text, Cell::of(row.tasks.queued).text,
                                 row.has_exit_status ? status : "-", error_to_show(row));
    }
}

void all_rows_to_info(const WorkerRows& table) {
    php_info_print_table_header(11, "Process", "Worker", "State", "Since", "Runs", "Crashes", "Last error", "Version",
                                "Age (s)", "Bytes", "Resident bytes");
    for (size_t i = 0; i < table.count; ++i) {
        const WorkerRow& row = table.rows[i];
        const bool ready = row.published.version != 0;
        php_info_print_table_row(
            11, Cell::of(row.pid).text, row.name, row.state_name, Cell::time(row.since).text, Cell::of(row.runs).text,
            Cell::of(row.crashes).text, error_to_show(row), (ready ? Cell::of(row.published.version) : Cell()).text,
            (ready ? Cell::seconds(age_of(row)) : Cell()).text, (ready ? Cell::of(row.published.bytes) : Cell()).text,
            (row.resident != 0 ? Cell::of(row.resident) : Cell()).text);
    }
}

}  // namespace

bool status_to_array(Scope& scope, zval* result) {
    WorkerRows table = gather_worker_rows(scope);
    if (table.rows == nullptr) {
        return false;
    }
    char defect[512];
    const bool has_defect = log_sink().describe_defect(defect, sizeof(defect));
    array_init_size(result, static_cast<uint32_t>(table.count));
    for (size_t i = 0; i < table.count; ++i) {
        zval row;
        row_to_array(table.rows[i], has_defect ? defect : nullptr, table.edited_file, &row);
        zend_symtable_str_update(Z_ARRVAL_P(result), table.rows[i].name, table.rows[i].name_length, &row);
    }
    table.release();
    return true;
}

bool all_status_to_array(Scope& scope, zval* result) {
    WorkerRows table = gather_all_worker_rows(scope, OwnRows::exact);
    if (table.rows == nullptr) {
        return false;
    }
    char defect[512];
    const bool has_defect = log_sink().describe_defect(defect, sizeof(defect));
    array_init(result);
    zval* process = nullptr;
    for (size_t i = 0; i < table.count; ++i) {
        const WorkerRow& told = table.rows[i];
        const bool own = told.pid == this_process();
        // Rows are sorted by process, so another number begins the next array.
        if (i == 0 || told.pid != table.rows[i - 1].pid) {
            zval workers;
            array_init(&workers);
            process = zend_hash_index_update(Z_ARRVAL_P(result), told.pid, &workers);
        }
        zval row;
        // What the logs and files of other processes are like is not in their rows.
        row_to_array(told, own && has_defect ? defect : nullptr, own ? table.edited_file : nullptr, &row);
        if (told.resident != 0) {
            add_assoc_long(&row, "resident_bytes", static_cast<zend_long>(told.resident));
        } else {
            add_assoc_null(&row, "resident_bytes");
        }
        add_assoc_double(&row, "told_at", told.told_at);
        zend_symtable_str_update(Z_ARRVAL_P(process), told.name, told.name_length, &row);
    }
    // Without workers there is no row, and the process that was asked is there all the same.
    if (table.count == 0) {
        zval workers;
        array_init(&workers);
        zend_hash_index_update(Z_ARRVAL_P(result), this_process(), &workers);
    }
    table.release();
    return true;
}

void status_to_info(Scope* scope) {
    if (scope == nullptr) {
        return;
    }
    const bool all = Process::current()->facts().entered();
    // No look at table.rows: without memory the table is empty, and phpinfo() goes on.
    WorkerRows table = all ? gather_all_worker_rows(*scope, OwnRows::exact) : gather_worker_rows(*scope);
    for (size_t i = 0; i < table.count; ++i) {
        make_printable(table.rows[i].name);
        make_printable(table.rows[i].last_error);
    }
    php_info_print_table_start();
    if (all) {
        all_rows_to_info(table);
    } else {
        rows_to_info(table);
    }
    php_info_print_table_end();
    // Immutable, so that nothing is owned here.
    if (const auto& off = scope->spec().switched_off; !off.empty()) {
        php_info_print_table_start();
        php_info_print_table_header(2, "Switched off", "In");
        for (const auto& [name, place] : off) {
            php_info_print_table_row(2, name.c_str(), place.c_str());
        }
        php_info_print_table_end();
    }
    if (table.edited_file != nullptr) {
        php_info_print_table_start();
        php_info_print_table_row(2, "Edited after it was read, reload the host", table.edited_file);
        php_info_print_table_end();
    }
    table.release();
}

}  // namespace bgworkers
