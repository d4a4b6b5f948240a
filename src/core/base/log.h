// The lines that bgworkers writes about its workers, and the door through which they leave.
//
// One line an event, `level=notice worker=NAME event=started instance=0 run=1 ...`, and one for each line that a worker
// prints, `[NAME] what it printed`; or the same as members of a JSON object, `"level":"notice","worker":"NAME",...`.
// What stands around them (time, process) is the sink's. Values that are published appear in no line.
#pragma once

#include <string>
#include <string_view>

namespace bgworkers {

// Ordered: a line is written if its level is at or above bgworkers.log_level.
enum class LogLevel { debug, info, notice, warning, error };

enum class LogFormat { text, json };

// Of all lines of the process. Set at module start, before there is a thread of ours.
void set_log_format(LogFormat format) noexcept;
LogFormat log_format() noexcept;

const char* log_level_name(LogLevel level) noexcept;
// Case-insensitive name to level; false if there is no such level.
bool parse_log_level(std::string_view text, LogLevel* level) noexcept;

// Where lines go. Implemented by host/log_sink, by a recorder in tests. Called from any thread; must not need TSRM.
class LogSink {
public:
    virtual ~LogSink() = default;
    virtual void write(LogLevel level, std::string_view line) noexcept = 0;
    // False: a line of that level goes nowhere, so it need not be made.
    virtual bool takes(LogLevel) const noexcept { return true; }
    // The path of the file that lines go to; "" if they go elsewhere. Throws std::bad_alloc at the most.
    virtual std::string file() const { return {}; }
};

// What a worker has printed, as a line. more: how often it has done that again meanwhile. Throws std::bad_alloc at the
// most.
std::string printed_line(std::string_view worker, std::string_view text, unsigned long long more);

// Builds one event line. As text, values with anything but [A-Za-z0-9_./:+-] are quoted, with \" \\ \n \r \t and \xNN
// for other control bytes escaped, so that one event is always one line. As JSON, numbers are numbers, and bytes that
// are not UTF-8 are shown as \xNN. Keys are ours and written as they are. A field that finds no memory is left out.
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
    LogEvent& add(std::string_view key, std::string_view value, bool number) noexcept;

    LogLevel level_;
    std::string line_;
};

}  // namespace bgworkers
