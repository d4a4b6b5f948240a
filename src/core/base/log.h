// The lines that bgworkers writes about its workers, and the door through which they leave.
//
// One line an event: `bgworkers: level=notice worker=NAME event=started instance=0 run=1 ...`.
// Values that are published appear in no line.
#pragma once

#include <string>
#include <string_view>

namespace bgworkers {

// Ordered: a line is written if its level is at or above bgworkers.log_level.
enum class LogLevel { debug, info, notice, warning, error };

const char* log_level_name(LogLevel level) noexcept;
// Case-insensitive name to level; false if there is no such level.
bool parse_log_level(std::string_view text, LogLevel* level) noexcept;

// Where lines go. Implemented by host/log_sink, by a recorder in tests. Called from any thread; must not need TSRM.
class LogSink {
public:
    virtual ~LogSink() = default;
    virtual void write(LogLevel level, std::string_view line) noexcept = 0;
    // The path of the file that lines go to; "" if they go elsewhere. Throws std::bad_alloc at the most.
    virtual std::string file() const { return {}; }
};

// Builds one event line. Values with anything but [A-Za-z0-9_./:+-] are quoted, with \" \\ \n \r \t and \xNN for other
// control bytes escaped, so that one event is always one line. Keys are ours and written as they are. A field that
// finds no memory is left out.
class LogEvent {
public:
    // worker: "" where an event is about none; the line has no worker= then.
    LogEvent(LogLevel level, std::string_view worker, std::string_view event) noexcept;
    LogEvent& field(std::string_view key, std::string_view value) noexcept;
    LogEvent& field(std::string_view key, long long value) noexcept;
    LogEvent& seconds(std::string_view key, double value) noexcept;  // three decimals
    LogLevel level() const noexcept { return level_; }
    const std::string& line() const noexcept { return line_; }
    void write_to(LogSink& sink) const noexcept { sink.write(level_, line_); }

private:
    LogLevel level_;
    std::string line_;
};

}  // namespace bgworkers
