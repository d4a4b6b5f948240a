// Gathers what a worker prints into lines and sends them to the log, each with the worker's name.
//
// The worker's thread only. Its buffer comes from malloc, so neither a bailout nor the end of a request touches it.
#pragma once

#include <string>
#include <string_view>

namespace bgworkers {

class LineWriter {
public:
    static constexpr size_t kLongestLine = 8 * 1024;  // bytes; longer lines are cut into pieces of this size

    explicit LineWriter(const std::string& worker) : prefix_("bgworkers: [" + worker + "] ") {}

    void write(std::string_view bytes) noexcept;
    // Sends what has no line end yet.
    void flush() noexcept;
    // What is written from here on is dropped: the run is being killed. Allocates nothing and sends nothing.
    void mute() noexcept { muted_ = true; }
    void unmute() noexcept { muted_ = false; }

private:
    void send(std::string_view line) noexcept;

    const std::string prefix_;
    std::string pending_;
    bool muted_ = false;
};

}  // namespace bgworkers
