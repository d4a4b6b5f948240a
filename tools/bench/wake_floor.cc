// How long a thread that is blocked on a condition variable takes to run again once it is notified: what the system
// itself needs to wake a reader. usage: wake_floor SAMPLES. Prints
// nanoseconds, as a JSON array.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

using Clock = std::chrono::steady_clock;

int main(int count, char** words) {
    const int samples = count == 2 ? std::atoi(words[1]) : 0;
    std::mutex mutex;
    std::condition_variable news;
    int published = 0;
    Clock::time_point at;

    std::thread reader([&] {
        const char* separator = "[";
        for (int seen = 0; seen < samples;) {
            std::unique_lock<std::mutex> lock(mutex);
            news.wait(lock, [&] { return published > seen; });
            seen = published;
            const std::chrono::nanoseconds took = Clock::now() - at;
            std::printf("%s%lld", separator, static_cast<long long>(took.count()));
            separator = ", ";
        }
    });
    for (int i = 0; i < samples; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        {
            std::lock_guard<std::mutex> lock(mutex);
            at = Clock::now();
            ++published;
        }
        news.notify_all();
    }
    reader.join();
    std::puts("]");
    return samples > 0 ? 0 : 2;
}
