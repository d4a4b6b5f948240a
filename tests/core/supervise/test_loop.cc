// The loop and its clients.
#include <atomic>

#include <catch2/catch_test_macros.hpp>

#include "core/supervise/loop.h"
#include "support/support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

class Counting final : public LoopClient {
public:
    void on_loop_begin(uv_loop_t* loop) noexcept override {
        begun_before_woken = woken == 0;
        uv_timer_init(loop, &timer);
    }
    void on_wake() noexcept override {
        ++woken;
        if (leaves.exchange(false)) {
            uv_close(reinterpret_cast<uv_handle_t*>(&timer), nullptr);
        }
        if (Loop* loop = ends.exchange(nullptr)) {
            loop->end();
        }
    }

    uv_timer_t timer{};
    std::atomic<int> woken{0};
    std::atomic<bool> begun_before_woken{false};
    std::atomic<bool> leaves{false};   // closes its handle at the next wake-up
    std::atomic<Loop*> ends{nullptr};  // and ends this loop
};

}  // namespace

TEST_CASE("every client of the loop is told of the beginning, then of each wake-up", "[loop]") {
    Loop loop;
    Counting first;
    Counting second;
    loop.add(first);
    loop.add(second);
    loop.wake();  // before there is a loop: it looks for work when it begins
    CHECK_FALSE(loop.running());
    REQUIRE(loop.start().ok());
    REQUIRE(loop.start().ok());
    CHECK(loop.running());
    CHECK(eventually([&] { return first.woken > 0 && second.woken > 0; }));
    CHECK(first.begun_before_woken);
    CHECK(second.begun_before_woken);

    const int before = second.woken;
    loop.wake();
    CHECK(eventually([&] { return second.woken > before; }));

    first.leaves = second.leaves = true;
    first.ends = &loop;
    loop.wake();
    loop.join();
    CHECK_FALSE(loop.running());
    const int after = first.woken;
    loop.wake();  // nobody is there any more
    CHECK(first.woken == after);
}

TEST_CASE("a loop that never started leaves nothing behind", "[loop]") {
    const size_t descriptors = open_descriptors();
    const size_t threads = running_threads();
    {
        Loop loop;
        Counting client;
        loop.add(client);
        loop.wake();
        CHECK(client.woken == 0);
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(running_threads() <= threads);
}
