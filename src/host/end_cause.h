// Why a run ended, for those who ask later: the log, status(), the exceptions of readers.
//
// A run that ends by an error tells it. Many do not: a framework's own handler takes the exception, writes a page about
// it and ends with exit(255); scripts end with exit('no database'), or print to STDERR and exit(1). So beside PHP's
// fatal errors these are noted, and the first of them that there is counts:
//
//   1. the fatal error or uncaught exception, the first one, and where its chain of exceptions begins
//   2. the exception that reached the script's own handler
//   3. what ended the run before the script began (auto_prepend_file)
//   4. the text of exit('text') (PHP 8.2 and 8.3: unless an output buffer took it)
//   5. the last line that the script wrote to STDERR
//
// Never what it printed otherwise: that may hold secrets. Nor a trace: traces hold arguments.
//
// The worker's own thread, no lock. Nothing here bails out or runs PHP code: objects are only looked at. What finds no
// memory is not noted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

struct _zend_object;
struct _zend_string;

namespace bgworkers {

class EndCause {
public:
    void begin_run() noexcept;

    // In plain words; the first one counts.
    void failed(std::string_view why) noexcept;
    // From PHP's observer of errors: fatal ones, and whatever comes while a file is opened.
    void error(int type, _zend_string* file, unsigned line, _zend_string* message) noexcept;
    // If it cannot be opened, the first thing that PHP says meanwhile tells why.
    void begin_opening(const char* what, const char* path) noexcept;
    void opened() noexcept { opening_.clear(); }
    // An exception has left the script. Its handler gets it next, or PHP reports it.
    void exception(_zend_object* exception, bool to_handler) noexcept;
    // What it is reported as is known from exception().
    void being_reported(bool now) noexcept { being_reported_ = now; }
    // nullptr: the script begins.
    void ended_before_script(const char* file) noexcept;
    void exited(std::string_view text) noexcept;
    void wrote_to_stderr(std::string_view bytes) noexcept;

    // After the script. An error that its own handler was asked about counts if PHP took it in the end.
    void settle_handled(bool taken) noexcept;
    bool is_asked(_zend_string* message) const noexcept;

    // "" if nothing is known.
    std::string describe() const;

    // The first exception that left the script, whether a handler of its own got it or PHP.
    struct Thrown {
        std::string class_name;
        std::string message;
        std::string file;
        int line = 0;
    };
    const std::optional<Thrown>& thrown() const noexcept { return thrown_; }
    // As it lies there; runs no PHP code. Throws std::bad_alloc at the most.
    static Thrown look_at(_zend_object* exception);

private:
    std::string fatal_;
    std::string asked_;  // an error that the script's own error handler may deal with: its description,
    std::string asked_message_;  // and PHP's message
    std::string handled_;  // the exception that reached the handler
    std::string before_script_;
    std::string exit_text_;
    std::string stderr_line_;  // the last one that has something in it
    std::string stderr_pending_;  // what has no line end yet
    std::string opening_;  // "cannot open the script X", while it is being opened
    std::string opening_said_;  // PHP's first words since then
    std::optional<Thrown> thrown_;
    bool being_reported_ = false;
};

}  // namespace bgworkers
