#include "support/sync_points.h"

#include <algorithm>
#include <atomic>

#include "core/base/sync_point.h"
#include "support/failing_new.h"

namespace bgworkers {

namespace test {

namespace {
std::mutex all_mutex;
std::vector<StopAt*> all;
std::atomic<int> active{0};
std::atomic<void (*)(const char*) noexcept> also_called{nullptr};
}  // namespace

void also_call_at_sync_points(void (*also)(const char* place) noexcept) { also_called = also; }

StopAt::StopAt(const char* place) : place_(place) {
    std::lock_guard<std::mutex> lock(all_mutex);
    all.push_back(this);
    ++active;
}

StopAt::~StopAt() {
    let_go();
    {
        std::lock_guard<std::mutex> lock(all_mutex);
        all.erase(std::find(all.begin(), all.end(), this));
        --active;
    }
    eventually([this] {
        std::lock_guard<std::mutex> lock(all_mutex);
        return inside_ == 0;
    });
}

void arrive(const char* place) noexcept {
    if (active.load() == 0) {
        return;
    }
    StopAt* stop = nullptr;
    {
        std::lock_guard<std::mutex> lock(all_mutex);
        for (StopAt* one : all) {
            if (!one->taken_ && one->place_ == place) {
                stop = one;
                stop->taken_ = true;
                ++stop->inside_;
                break;
            }
        }
    }
    if (stop != nullptr) {
        stop->reached_.open();
        stop->let_go_.wait();
        std::lock_guard<std::mutex> lock(all_mutex);
        --stop->inside_;
    }
}

}  // namespace test

void sync_point_reached(const char* name) noexcept {
    test::note_loop_thread(name);
    test::arrive(name);
    if (const auto also = test::also_called.load()) {
        also(name);
    }
}

}  // namespace bgworkers
