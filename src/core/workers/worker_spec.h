// What was declared in a workers file, or in those of a directory, as plain data, and its validation.
//
// Parsing the INI text is PHP's business (zend/scope/workers_file); this room turns its raw entries into
// specs and finds every mistake: unknown key, bad number, missing script, a name twice. worker_keys has the keys.
//
// Plain values without locks; built by one thread, immutable afterwards. Reads the file system
// (does the script exist?), so it may block.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/workers/declared_files.h"

namespace bgworkers {

constexpr size_t kMaxNameLength = 255;
constexpr int kDefaultCatchAllThreads = 16;
constexpr int kDefaultMaxFailures = 6;
constexpr double kShortestEvery = 0.01;  // seconds

struct WorkerSpec {
    std::string name;    // "" for the catch-all
    std::string script;  // absolute path, symbolic links not resolved
    bool enabled = true;
    int num = 0;         // instances that start with the process; > 1 is a pool
    std::vector<std::string> args;
    std::vector<std::pair<std::string, std::string>> env;
    std::vector<std::pair<std::string, std::string>> ini;
    int max_threads = kDefaultCatchAllThreads;              // catch-all only
    int max_consecutive_failures = kDefaultMaxFailures;     // -1 = never give up
    std::optional<double> shutdown_grace;                   // seconds; unset = bgworkers.shutdown_grace
    std::vector<std::string> watch;                         // absolute paths or globs
    bool opcache = false;
    bool command = false;  // the script was written for the cli
    bool shared = false;  // one for all processes that a server forks
    std::optional<double> every;  // seconds: a job, due at the multiples of it
    // Tasks.
    int queue = 128;                        // that may wait
    int64_t max_task_size = 1024 * 1024;    // bytes of a payload, an update, a result; 0 = no limit
    std::optional<double> task_timeout;     // seconds a task may run; unset or 0 = no limit
    int max_tasks = 0;                      // after so many the run has to stop; 0 = no limit
    int concurrency = 1;                    // open tasks that an instance may have
};

struct ScopeSpec {
    std::string working_directory;  // of the workers file, or of the entrypoint; a directory of workers files itself
    std::vector<WorkerSpec> workers;
    std::optional<WorkerSpec> catch_all;
    uint64_t hash =
        0;  // of all that was declared, as it was written: between processes an edited file is another scope
    double shutdown_grace = 5;  // seconds; bgworkers.shutdown_grace, for workers that have none of their own
    // Names with `enabled = 0`, "*" for the catch-all: they are not among the others. Where that stands, "PATH:LINE".
    std::map<std::string, std::string, std::less<>> switched_off;
    DeclaredFiles files;

    bool has_shared() const noexcept;

    // Names of `workers`, sorted, joined with ", "; "none" if there are none. For messages.
    std::string declared_names() const;
};

// One line of a workers file as PHP's INI scanner (raw mode) delivers it.
struct RawEntry {
    std::string section;  // "" before the first section
    std::string key;  // "" announces a section
    std::optional<std::string> index;  // key[index] = value; "" for key[] = value; unset for key = value
    std::string value;
    int line = 0;  // 1-based
};

// One workers file.
struct RawFile {
    std::string path;  // for messages
    std::string directory;  // what relative paths in it count from
    std::vector<RawEntry> entries;
    // Why it could not be read, or not to its end; "" if it could. Line 0: of the file as a whole.
    std::string defect;
    int defect_line = 0;
};

// What is wrong with ini[name]; a rule that is not there finds nothing. And is there memory for `shared = 1`?
struct IniRules {
    bool (*forced)(std::string_view name) = nullptr;  // of a lower-case name: bgworkers sets it itself
    std::string (*defect)(const std::string& name) = nullptr;  // "" if there is such a setting
    bool shared_memory = true;
};

// Specs of workers files, in the order in which they were read: a section of a later file overrides single keys of the
// section of that name in an earlier one, and a list (args[], watch[]) as a whole. Keys have to be known everywhere;
// what was overridden, and sections with enabled = 0, need not be right beyond that.
//
// Errors (kind runtime) have all mistakes (up to kMostMistakes), a line each, in the order of files and lines. They
// read "PATH:LINE: cause" and hold no value of an env[] or args[].
constexpr size_t kMostMistakes = 20;
Result<ScopeSpec> build_scope_spec(const std::string& working_directory, const std::vector<RawFile>& files,
                                   const IniRules& ini);

// Spec of `bgworkers.entrypoint`: the one script is the catch-all. Errors read "bgworkers.entrypoint: cause".
Result<ScopeSpec> build_entrypoint_spec(const std::string& script);

// {instance} and {pid} in a value of args[] or env[]; all else stays as it is.
std::string fill_in_placeholders(std::string text, int instance, int pid);

// What is said to a line that begins with "#", here and where PHP's parser stumbles over it.
constexpr const char* kHashComment = "comments begin with \";\", not with \"#\"";

// Is this a worker's name that get_vars() accepts and a section may have? Returns the cause if not
// ("must not be empty", "must not be longer than 255 bytes", ...), nullptr if it is.
const char* name_defect(std::string_view name) noexcept;

}  // namespace bgworkers
