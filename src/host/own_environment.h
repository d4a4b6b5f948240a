// The environment variables of one worker: those of the process, changed by env[KEY] of the workers file and by the
// run's own putenv().
//
// A worker never writes the environment of the process. PHP's putenv() keeps what it replaced and puts it back at the
// end of the request; in a process with threads that is often memory that another thread has freed. So putenv() of
// a worker notes the change here, getenv() looks here first, and children get it from here (host/commands.h).
// The process's own variables are read when they are asked for, under PHP's lock for them.
//
// Written and read by the worker's own thread. No function here runs PHP code; those that make PHP values may bail
// out (memory_limit), and hold no lock then. Fork: refused on these threads.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/php.h"

namespace bgworkers {

struct WorkerContext;

class OwnEnvironment {
public:
    using Declared = std::vector<std::pair<std::string, std::string>>;

    // At the start of a run: what the workers file says, nothing of the run before. false: out of memory.
    bool begin_run(const Declared& declared) noexcept;

    // nullopt: the variable is unset here. false: out of memory.
    bool change(std::string_view name, std::optional<std::string_view> value) noexcept;

    // nullptr: the process's value holds. Otherwise the value, or nullopt if it is unset here.
    const std::optional<std::string>* find(std::string_view name) const noexcept;

    bool empty() const noexcept { return changes_.empty(); }

    // The whole environment as a list of "NAME=value", as proc_open() takes it. (Under names as keys PHP leaves out
    // variables that are empty.)
    void list_all(zval* list);

    // The same, not of the engine. false: out of memory, or the process's variables cannot be found.
    bool copy_all(std::vector<std::string>* entries) const noexcept;

    // Applies the changes to an array of names and values.
    void apply(HashTable* array) const;

    // Writes `export` and `unset` commands for a shell into a new file that this user alone can read. Not the values
    // on a command line: every user can see those. Names that no shell takes from its environment are left out.
    // path: the directory it shall lie in, then the file's path. false, and errno: that was not possible.
    bool write_exports(char* path, size_t room) const noexcept;

private:
    std::map<std::string, std::optional<std::string>, std::less<>> changes_;
    // The copy that list_all() works on. A member, for a bailout would leave a local one behind.
    std::vector<std::string> of_process_;
};

namespace own_environment {

// In a worker in the place of PHP's (and of FrankenPHP's, which keeps environments of its own for requests).
void getenv(INTERNAL_FUNCTION_PARAMETERS);
void putenv(INTERNAL_FUNCTION_PARAMETERS);

// sys_get_temp_dir() looks at TMPDIR once in a run: at the worker's own.
void choose_temporary_directory(const OwnEnvironment& environment);

}  // namespace own_environment
}  // namespace bgworkers
