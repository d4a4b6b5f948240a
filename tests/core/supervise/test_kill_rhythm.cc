#include <catch2/catch_test_macros.hpp>

#include "core/supervise/kill_rhythm.h"

using namespace bgworkers;

TEST_CASE("the first steps of a kill come fast, three of them with a signal", "[kill_rhythm]") {
    for (int step : {0, 1, 2}) {
        CHECK(kill_step(step).signal);
        CHECK(kill_step(step).next <= 0.01);
    }
    CHECK_FALSE(kill_step(3).signal);
}

TEST_CASE("the interrupt is raised at least ten times a second, however long it takes", "[kill_rhythm]") {
    for (int step = 0; step < 10'000; ++step) {
        CHECK(kill_step(step).next <= 0.1);
    }
}

TEST_CASE("a run becomes stuck once, a second after the kill began", "[kill_rhythm]") {
    double elapsed = 0;
    int became_stuck = 0;
    for (int step = 0; step < 1'000; ++step) {
        if (kill_step(step).stuck) {
            ++became_stuck;
            CHECK(elapsed > 0.99 * kStuckAfter);
            CHECK(elapsed < 1.01 * kStuckAfter);
        }
        elapsed += kill_step(step).next;
    }
    CHECK(became_stuck == 1);
}

TEST_CASE("signals back off, so that a socket's time-out can expire between bursts", "[kill_rhythm]") {
    double elapsed = 0;
    double last_signal = 0;
    double longest_pause = 0;
    for (int step = 0; elapsed < 20; ++step) {
        if (kill_step(step).signal) {
            longest_pause = elapsed - last_signal > longest_pause ? elapsed - last_signal : longest_pause;
            last_signal = elapsed;
        }
        elapsed += kill_step(step).next;
    }
    CHECK(longest_pause > 4);
}
