// Gathers what a worker prints into lines and sends them to the log, each with the worker's name.
//
// A line that comes again and again is written kAsItIs times, and then every kFoldFor seconds with how often it came
// meanwhile: a source that is down must not fill the disk. That is told when a line comes, another or the same, and at
// the end of the run.
//
// One thread at a time: the worker's own, or under its owner's mutex. Its buffers come from malloc, so neither a
// bailout nor the end of a request touches them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bgworkers {

class LineWriter {
public:
    static constexpr size_t kLongestLine = 8 * 1024;  // bytes; longer lines are cut into pieces of this size
    static constexpr int kAsItIs = 3;
    static constexpr uint64_t kFoldFor = 10;  // seconds

    explicit LineWriter(const std::string& worker) : worker_(worker) {}

    void write(std::string_view bytes) noexcept;
    // Sends what has no line end yet.
    void flush() noexcept;
    // The run is over: sends that, too, and how often its last line came. The next run's lines are new.
    void end_run() noexcept;
    // What is written from here on is dropped: the run is being killed. Allocates nothing and sends nothing.
    void mute() noexcept { muted_ = true; }
    void unmute() noexcept { muted_ = false; }

private:
    void send(std::string_view line) noexcept;
    void put(std::string_view line) noexcept;
    void tell_repeats() noexcept;

    const std::string worker_;
    std::string pending_;
    std::string last_;       // what was sent last; what comes now is held against it
    int times_ = 0;          // that it was sent as it is; 0: there is none
    bool muted_ = false;
    uint64_t repeats_ = 0;   // of it, that were not sent
    uint64_t sent_at_ = 0;   // uv_hrtime
};

}  // namespace bgworkers
