// What a task there and back cannot be faster than: two threads that wake each other with a mutex and condition
// variables, and copy 1 KB each way. usage: round_trip_floor ROUNDS. Prints nanoseconds, as a JSON array.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

namespace {

std::mutex mutex;
std::condition_variable news;
std::string there, back;
bool has_there = false, has_back = false, over = false;

void echo() {
    std::unique_lock lock(mutex);
    while (true) {
        news.wait(lock, [] { return has_there || over; });
        if (over) {
            return;
        }
        has_there = false;
        back = there;
        has_back = true;
        news.notify_one();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? atoi(argv[1]) : 1000;
    std::thread thread(echo);
    const std::string text(1000, 'x');
    std::string read;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    for (int i = -100; i < rounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (i > 100 && start > end) {  // the machine has other work
            break;
        }
        {
            std::unique_lock lock(mutex);
            there = text;
            has_there = true;
            news.notify_one();
            news.wait(lock, [] { return has_back; });
            has_back = false;
            read = back;
        }
        const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
        if (i >= 0) {
            printf("%s%lld", i == 0 ? "[" : ", ", static_cast<long long>(took.count()));
        }
    }
    puts("]");
    {
        const std::lock_guard lock(mutex);
        over = true;
        news.notify_one();
    }
    thread.join();
}
