// What a slot asks of a publication that lies in memory of several processes, of which one writes. core/shared has it.
//
// Threads: any. Nothing here blocks but sleep(), and pin_newest() for a moment where all marks of this process are used
// up. Fork: the child reads on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bgworkers {

class Snapshot;

class SharedPublication {
public:
    // Changes with each publication and rises; 0: nothing yet. Its place never changes.
    virtual const std::atomic<uint64_t>& word() const noexcept = 0;

    // A snapshot of what is published now, made anew, with one pin. nullptr: *why says why, a constant text.
    virtual Snapshot* pin_newest(const char** why) noexcept = 0;

    struct Facts {
        uint64_t version = 0;
        size_t bytes = 0;
        double published_at = 0;  // unix time, seconds
        double looked_at = 0;  // the same, of the last note_look()
    };
    virtual Facts facts() noexcept = 0;

    // So little memory is left that nobody should keep two versions.
    virtual bool is_scarce() const noexcept = 0;

    // --- Those who wait for the first publication, in whatever process ---

    struct News {
        uint32_t count = 0;  // changes whenever a wait may be over
        bool given_up = false;
        bool ended_silently = false;
        uint32_t launch_failures = 0;
    };
    virtual News news() const noexcept = 0;
    // Until the count is another one, until then, or for no reason.
    virtual void sleep(uint32_t count, std::chrono::steady_clock::time_point until) const noexcept = 0;
    virtual void note_waiter() noexcept = 0;
    virtual bool awaited_since(std::chrono::steady_clock::time_point when) const noexcept = 0;

    // The leader's; they do nothing in another process.
    virtual void note_look() noexcept = 0;
    virtual void tell_published() noexcept = 0;
    virtual void tell_given_up(bool given_up) noexcept = 0;
    virtual void tell_ended_silently(bool ended) noexcept = 0;
    virtual void tell_launch_failed() noexcept = 0;

protected:
    ~SharedPublication() = default;
};

}  // namespace bgworkers
