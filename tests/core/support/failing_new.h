// `operator new` of the test program: it counts, and it fails when a test wants it to.
//
// Only what C++ asks for fails, never libuv's or the system's own malloc, and only on the threads of supervisors'
// loops: tests and fakes need their memory.
#pragma once

#include <cstddef>

namespace bgworkers::test {

// While it lives, the n-th allocation from now on (counted from 1) fails on loops' threads, and `times` - 1 after it.
// One at a time.
class FailingNew {
public:
    FailingNew(long n, long times);
    ~FailingNew();
    FailingNew(const FailingNew&) = delete;
    FailingNew& operator=(const FailingNew&) = delete;
    // How many have failed so far.
    long failures() const;
};

// While it lives, nothing fails on this thread: for the fakes that a loop's thread calls.
class SparedFromFailingNew {
public:
    SparedFromFailingNew();
    ~SparedFromFailingNew();
};

// How many bytes this thread has asked for so far.
size_t bytes_asked_for();

// A sync point was reached: the thread of a loop is known by its own.
void note_loop_thread(const char* place) noexcept;

}  // namespace bgworkers::test
