// The tests' side of core/sync_point.h.
#pragma once

#include <string>

#include "support/support.h"

namespace bgworkers::test {

// Stops the first thread that comes to the place, until it is let go. Later ones pass. Made by the test's thread.
class StopAt {
public:
    explicit StopAt(const char* place);
    ~StopAt();
    StopAt(const StopAt&) = delete;
    StopAt& operator=(const StopAt&) = delete;

    // True once a thread stands there.
    bool wait_until_reached() { return reached_.wait(); }
    void let_go() { let_go_.open(); }

private:
    friend void arrive(const char* place) noexcept;
    const std::string place_;
    bool taken_ = false;   // under the mutex of all places
    int inside_ = 0;       // threads that still use this object; same mutex
    Gate reached_;
    Gate let_go_;
};

// From now on `also` is called at every sync point, too, by whatever thread comes there.
void also_call_at_sync_points(void (*also)(const char* place) noexcept);

}  // namespace bgworkers::test
