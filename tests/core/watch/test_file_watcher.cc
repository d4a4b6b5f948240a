#include "core/watch/file_watcher.h"

#include <catch2/catch_test_macros.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/temp_directory.h"

using namespace bgworkers;
namespace fs = std::filesystem;

namespace {

constexpr double kLongEnough = 20;  // for what has to come
constexpr double kQuiet = 0.4;      // for what must not come: two bursts long

// A loop that runs until something is true, and a counter of calls.
class Watching {
public:
    Watching() {
        uv_loop_init(&loop);
        uv_timer_init(&loop, &tick_);
        tick_.data = this;
    }
    ~Watching() {
        watcher.reset();
        uv_close(reinterpret_cast<uv_handle_t*>(&tick_), nullptr);
        uv_run(&loop, UV_RUN_DEFAULT);
        CHECK(uv_loop_close(&loop) == 0);  // no handle was left behind
    }

    void watch(std::vector<std::string> patterns, double net = FileWatcher::kNetInterval, LogFiles logs = {}) {
        const auto changed = [this](const std::string& its) {
            ++calls;
            file = its;
            if (on_call) {
                on_call();
            }
        };
        watcher = std::make_unique<FileWatcher>(&loop, std::move(patterns), changed, std::move(logs), net);
    }

    bool run_until(std::function<bool()> done, double seconds) {
        done_ = std::move(done);
        deadline_ = uv_hrtime() + static_cast<uint64_t>(seconds * 1e9);
        uv_update_time(&loop);
        uv_timer_start(
            &tick_,
            [](uv_timer_t* timer) {
                Watching* self = static_cast<Watching*>(timer->data);
                if (self->done_() || uv_hrtime() > self->deadline_) {
                    uv_stop(timer->loop);
                }
            },
            0, 5);
        uv_run(&loop, UV_RUN_DEFAULT);
        uv_timer_stop(&tick_);
        return done_();
    }
    // Exactly one call comes for what was done before.
    bool one_call() {
        const int before = calls;
        const bool came = run_until([&] { return calls > before; }, kLongEnough);
        return came && quiet() && calls == before + 1;
    }
    bool quiet(double seconds = kQuiet) {
        const int before = calls;
        return !run_until([&] { return calls > before; }, seconds);
    }

    uv_loop_t loop;
    std::unique_ptr<FileWatcher> watcher;
    std::function<void()> on_call;
    int calls = 0;
    std::string file;  // that the last call named

private:
    uv_timer_t tick_;
    std::function<bool()> done_;
    uint64_t deadline_ = 0;
};

}  // namespace

TEST_CASE("a watched file that is written calls back once", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("config.php", "one");
    Watching w;
    w.watch({file});
    CHECK(w.quiet());
    directory.write("config.php", "longer");
    CHECK(w.one_call());
    directory.write("config.php", "again");
    CHECK(w.one_call());
}

TEST_CASE("the call names the file that changed", "[file_watcher]") {
    TempDirectory directory;
    directory.write("a/b/old.php", "one");
    directory.write("a/c.php", "one");
    Watching w;
    w.watch({directory.path()});
    directory.write("a/c.php", "two");
    CHECK(w.one_call());
    CHECK(std::filesystem::path(w.file) == directory.at("a/c.php"));
    directory.write("a/b/new.php", "x");
    CHECK(w.one_call());
    CHECK(std::filesystem::path(w.file) == directory.at("a/b/new.php"));
    fs::remove(directory.at("a/b/old.php"));
    CHECK(w.one_call());
    CHECK(std::filesystem::path(w.file) == directory.at("a/b/old.php"));
}

TEST_CASE("a log in a watched directory, and its rotation, are no changes", "[file_watcher]") {
    TempDirectory directory;
    const std::string log = directory.write("app.log", "one\n");
    Watching w;
    w.watch({directory.path()}, 0.1, LogFiles({log}));
    directory.write("app.log", "two\nlines\n");
    CHECK(w.quiet());
    fs::rename(log, directory.at("app.log.1"));
    directory.write("app.log", "new\n");
    directory.write("app.log-20260101.gz", "old");
    CHECK(w.quiet());
    directory.write("app.php", "x");
    CHECK(w.one_call());
    CHECK(std::filesystem::path(w.file) == directory.at("app.php"));
}

TEST_CASE("a write at once that keeps the size is seen", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "one");
    Watching w;
    w.watch({file});
    directory.write("f", "two");
    CHECK(w.one_call());
}

TEST_CASE("a touch is a change, reading is none", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "one");
    Watching w;
    w.watch({directory.path()});
    std::string text;
    std::ifstream(file) >> text;
    CHECK(text == "one");
    CHECK(w.quiet());
    fs::last_write_time(file, fs::file_time_type::clock::now());
    CHECK(w.one_call());
}

TEST_CASE("a rename over a watched file is seen, and the new file is watched", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "one");
    Watching w;
    w.watch({file});
    fs::rename(directory.write("f.tmp", "two"), file);
    CHECK(w.one_call());
    directory.write("f", "six");
    CHECK(w.one_call());
}

TEST_CASE("a file that vanishes and one that comes back are changes", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "one");
    Watching w;
    w.watch({file});
    fs::remove(file);
    CHECK(w.one_call());
    directory.write("f", "one");
    CHECK(w.one_call());
}

TEST_CASE("a glob sees new matches and nothing else in the directory", "[file_watcher]") {
    TempDirectory directory;
    directory.write("conf/a.php");
    Watching w;
    w.watch({directory.path() + "/conf/*.php"});
    directory.write("conf/b.php");
    CHECK(w.one_call());
    directory.write("conf/b.php.swp", "x");
    directory.write("conf/c.txt", "x");
    directory.write("conf/.hidden.php", "x");  // as glob(): a leading dot has to be written
    directory.write("conf/sub/d.php", "x");    // * stops at a slash
    directory.write("other.php", "x");
    CHECK(w.quiet());
    fs::remove(directory.at("conf/a.php"));
    CHECK(w.one_call());
}

#ifndef _WIN32  // there: * and ? alone, nothing is quoted
TEST_CASE("globs are read as glob() reads them", "[file_watcher]") {
    TempDirectory directory;
    directory.make_directory("d");
    Watching w;
    w.watch({directory.path() + "/d/[ab]?.php", directory.path() + "/d/star\\*", directory.path() + "/d/{x,y}"});
    for (const char* other : {"d/c1.php", "d/a.php", "d/starry", "d/x", "d/y"}) {
        directory.write(other);
    }
    CHECK(w.quiet());
    for (const char* match : {"d/a1.php", "d/star*", "d/{x,y}"}) {
        INFO(match);
        directory.write(match);
        CHECK(w.one_call());
    }
}
#endif

#ifndef _WIN32  // there a watched directory cannot be removed
TEST_CASE("a glob over directories sees directories that come later", "[file_watcher]") {
    TempDirectory directory;
    directory.make_directory("modules");
    Watching w;
    w.watch({directory.path() + "/modules/*/config/*.yaml"});
    directory.make_directory("modules/shop");
    directory.write("modules/readme");
    CHECK(w.quiet());
    directory.write("modules/shop/config/a.yaml", "1");
    CHECK(w.one_call());
    directory.write("modules/shop/config/a.yaml", "2");
    CHECK(w.one_call());
    directory.write("modules/blog/config/b.yaml", "1");
    CHECK(w.one_call());
    fs::remove_all(directory.at("modules/shop"));
    CHECK(w.one_call());
}
#endif

TEST_CASE("a path of which nothing exists yet is awaited step by step", "[file_watcher]") {
    TempDirectory directory;
    Watching w;
    w.watch({directory.path() + "/a/b/c/file"});
    for (const char* step : {"a", "a/b", "a/b/c"}) {
        directory.make_directory(step);
        CHECK(w.quiet());
    }
    directory.write("a/b/c/file", "x");
    CHECK(w.one_call());
    directory.write("a/b/c/other", "x");
    CHECK(w.quiet());
}

TEST_CASE("a directory means all below it, also what comes later", "[file_watcher]") {
    TempDirectory directory;
    const std::string root = directory.make_directory("src");
    Watching w;
    w.watch({root});
    directory.write("src/deep/er/est/file", "1");
    CHECK(w.one_call());
    directory.write("src/deep/er/est/file", "2");
    CHECK(w.one_call());
    directory.write("src/deep/.env", "1");
    CHECK(w.one_call());
    fs::rename(directory.at("src/deep/er"), directory.at("src/moved"));
    CHECK(w.one_call());
    directory.write("src/moved/est/file", "3");
    CHECK(w.one_call());
    directory.write("beside", "x");
    CHECK(w.quiet());
}

#ifndef _WIN32  // there a watched directory cannot be removed
TEST_CASE("a directory that is removed and made anew is watched again", "[file_watcher]") {
    TempDirectory directory;
    directory.write("src/sub/file", "1");
    Watching w;
    w.watch({directory.path() + "/src"});
    for (int round = 0; round < 3; ++round) {
        INFO("round " << round);
        fs::remove_all(directory.path() + "/src");  // the new one may get the same inode
        directory.write("src/sub/file", "1");
        CHECK(w.one_call());
        directory.write("src/sub/file", "2");
        CHECK(w.one_call());
    }
}
#endif

#ifndef _WIN32
TEST_CASE("a deploy that swaps a symbolic link is seen, and the new target watched", "[file_watcher]") {
    TempDirectory directory;
    directory.write("releases/1/config/a.php", "1");
    directory.write("releases/2/config/a.php", "1");
    fs::create_directory_symlink("releases/1", directory.at("current"));
    Watching w;
    w.watch({directory.path() + "/current/config/*.php"});
    fs::create_directory_symlink("releases/2", directory.at("current.new"));
    fs::rename(directory.at("current.new"), directory.at("current"));
    CHECK(w.one_call());
    directory.write("releases/1/config/a.php", "of old");
    CHECK(w.quiet());
    directory.write("releases/2/config/a.php", "of new");
    CHECK(w.one_call());
}

TEST_CASE("a watched directory that is a link is followed, a link to a directory below it is not", "[file_watcher]") {
    TempDirectory directory;
    directory.write("real/file", "1");
    directory.write("elsewhere/file", "1");
    fs::create_directory_symlink("../elsewhere", directory.at("real/link"));
    fs::create_directory_symlink("..", directory.at("real/cycle"));
    fs::create_directory_symlink("real", directory.at("top"));
    Watching w;
    w.watch({directory.path() + "/top"});
    directory.write("elsewhere/file", "2");
    CHECK(w.quiet());
    directory.write("real/file", "2");
    CHECK(w.one_call());
}

TEST_CASE("a mounted ConfigMap that swaps a directory behind two links is seen", "[file_watcher]") {
    TempDirectory directory;
    directory.write("map/..v1/app.yaml", "1");
    directory.write("map/..v2/app.yaml", "1");
    fs::create_directory_symlink("..v1", directory.at("map/..data"));
    fs::create_symlink("..data/app.yaml", directory.at("map/app.yaml"));
    Watching w;
    w.watch({directory.path() + "/map/*.yaml"});
    CHECK(w.quiet());
    fs::create_directory_symlink("..v2", directory.at("map/..tmp"));
    fs::rename(directory.at("map/..tmp"), directory.at("map/..data"));
    CHECK(w.one_call());
    directory.write("map/..v2/app.yaml", "2");
    CHECK(w.one_call());
}

TEST_CASE("links in a ring do not hang the watcher", "[file_watcher]") {
    TempDirectory directory;
    fs::create_symlink("b/b/b", directory.at("a"));
    fs::create_symlink("a/a/a", directory.at("b"));
    fs::create_symlink("self", directory.at("self"));
    Watching w;
    w.watch({directory.path(), directory.path() + "/a", directory.path() + "/self/*"});
    directory.write("file");
    CHECK(w.one_call());
}
#endif

TEST_CASE("a burst is one call, and the next burst another", "[file_watcher]") {
    TempDirectory directory;
    directory.make_directory("src");
    Watching w;
    w.watch({directory.path() + "/src", directory.path() + "/src/*"});
    for (int i = 0; i < 100; ++i) {
        directory.write("src/file" + std::to_string(i % 10), std::to_string(i));
    }
    CHECK(w.one_call());
    for (int i = 0; i < 100; ++i) {
        directory.write("src/file" + std::to_string(i % 10), std::to_string(i));
    }
    CHECK(w.one_call());
}

TEST_CASE("a change is told about 200 ms after it, not before", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "1");
    Watching w;
    w.watch({file});
    const uint64_t start = uv_hrtime();
    directory.write("f", "2");
    REQUIRE(w.run_until([&] { return w.calls > 0; }, kLongEnough));
    // libuv counts in whole milliseconds
    CHECK(static_cast<double>(uv_hrtime() - start) / 1e9 >= FileWatcher::kSettle - 0.01);
}

TEST_CASE("a file that comes and goes within a burst is no change", "[file_watcher]") {
    TempDirectory directory;
    directory.write("src/file");
    Watching w;
    w.watch({directory.path() + "/src"});
    fs::remove(directory.write("src/temporary"));
    CHECK(w.quiet());
}

TEST_CASE("nothing comes after close, even while a burst settles", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "1");
    Watching w;
    w.watch({file, directory.path()});
    directory.write("f", "2");
    w.run_until([] { return false; }, FileWatcher::kSettle / 4);  // the event is read, the burst settles
    REQUIRE(w.calls == 0);
    w.watcher->close();
    w.watcher->close();  // twice does no harm
    directory.write("f", "3");
    CHECK(w.quiet());
}

TEST_CASE("a watcher may be destroyed by its own call", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "1");
    Watching w;
    w.on_call = [&w] { w.watcher.reset(); };
    w.watch({file, directory.path()});
    directory.write("f", "2");
    CHECK(w.one_call());
    directory.write("f", "3");
    CHECK(w.quiet());
}

TEST_CASE("a watcher that never ran is destroyed without a trace", "[file_watcher]") {
    TempDirectory directory;
    Watching w;
    w.watch({directory.path(), "/nonexistent/*/x", ""});
    w.watcher.reset();
}

TEST_CASE("two watchers of one directory are called both, and one stays when the other goes", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("f", "1");
    Watching w;
    int others = 0;
    auto other = std::make_unique<FileWatcher>(&w.loop, std::vector<std::string>{file},
                                               [&others](const std::string&) { ++others; });
    w.watch({file});
    directory.write("f", "2");
    CHECK(w.one_call());
    CHECK(others == 1);
    other.reset();
    directory.write("f", "3");
    CHECK(w.one_call());
    CHECK(others == 1);
}

#ifndef _WIN32  // minutes under wine
TEST_CASE("a tree of 2000 files is watched whole", "[file_watcher]") {
    TempDirectory directory;
    const auto name = [](int i) { return "tree/" + std::to_string(i / 100) + "/sub/" + std::to_string(i); };
    for (int i = 0; i < 2000; ++i) {
        directory.write(name(i), "1");
    }
    Watching w;
    w.watch({directory.path() + "/tree"});
    CHECK(w.quiet());
    for (int i : {0, 999, 1999}) {
        directory.write(name(i), "2");
        CHECK(w.one_call());
    }
    for (int i = 0; i < 2000; ++i) {
        directory.write(name(i), "3");
    }
    CHECK(w.one_call());
    fs::remove_all(directory.path() + "/tree");
    CHECK(w.one_call());
}
#endif

#ifndef _WIN32
TEST_CASE("no descriptors free for a while: no false call, and changes are seen afterwards", "[file_watcher]") {
    TempDirectory directory;
    const std::string file = directory.write("src/f", "1");
    Watching w;
    w.watch({directory.path() + "/src"});
    CHECK(w.quiet());
    const int writer = open(file.c_str(), O_WRONLY | O_APPEND);
    const int dir = open((directory.path() + "/src").c_str(), O_RDONLY | O_DIRECTORY);
    std::vector<int> hoard;
    for (int fd; hoard.size() < 100000 && (fd = dup(writer)) >= 0;) {
        hoard.push_back(fd);
    }
    const bool exhausted = hoard.size() < 100000;
    const bool unlinked = mkdirat(dir, "new", 0700) == 0;  // to be looked at, which is impossible now
    w.run_until([] { return false; }, kQuiet);
    const int false_calls = w.calls;
    for (int fd : hoard) {
        close(fd);
    }
    close(dir);
    close(writer);
    if (!exhausted) {
        SKIP("the limit of descriptors is too high to reach");
    }
    REQUIRE(unlinked);
    CHECK(false_calls == 0);
    CHECK(w.one_call());
    directory.write("src/new/g", "1");
    CHECK(w.one_call());
}
#endif

#ifdef __linux__
#ifndef _WIN32
TEST_CASE("a directory replaced while the kernel's queue of events runs over is watched again", "[file_watcher]") {
    int queue = 0;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue;
    if (queue <= 0 || queue > 50000) {
        SKIP("the queue of events is too long to fill");
    }
    TempDirectory directory;
    directory.write("src/sub/file", "1");
    Watching w;
    w.watch({directory.path() + "/src"});
    const int a = open(directory.at("src/a").c_str(), O_WRONLY | O_CREAT, 0600);
    const int b = open(directory.at("src/b").c_str(), O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i <= queue; ++i) {
        REQUIRE(write(i % 2 == 0 ? a : b, "x", 1) == 1);  // the same one twice would merge
    }
    close(a);
    close(b);
    fs::rename(directory.at("src/sub"), directory.at("away"));
    directory.write("src/sub/file", "1");
    CHECK(w.one_call());
    directory.write("src/sub/file", "2");
    CHECK(w.one_call());
}

TEST_CASE("a change is found even if the kernel's queue had no room for its event", "[file_watcher]") {
    int queue = 0;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue;
    if (queue <= 0 || queue > 50000) {
        SKIP("the queue of events is too long to fill");
    }
    TempDirectory directory;
    directory.write("settings.php", "1");
    Watching w;
    w.watch({directory.path() + "/*.php"}, 0.1);
    // Logs that nobody watches fill the queue, so that the event that matters is dropped.
    const int a = open(directory.at("a.log").c_str(), O_WRONLY | O_CREAT, 0600);
    const int b = open(directory.at("b.log").c_str(), O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i <= queue; ++i) {
        REQUIRE(write(i % 2 == 0 ? a : b, "x", 1) == 1);
    }
    close(a);
    close(b);
    directory.write("settings.php", "22");
    CHECK(w.one_call());
    CHECK(w.quiet());
}
#endif

TEST_CASE("where the system has no watches left it polls", "[file_watcher]") {
    TempDirectory directory;
    directory.write("src/sub/file", "1");
    Watching w;
    // A descriptor that is no inotify instance: every fs_event fails.
    w.loop.inotify_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    w.watch({directory.path() + "/src", directory.path() + "/*.php"});
    CHECK(w.quiet(FileWatcher::kPollInterval + kQuiet));
    directory.write("src/sub/file", "22");
    CHECK(w.one_call());
    directory.write("a.php");
    CHECK(w.one_call());
    fs::remove_all(directory.path() + "/src");
    CHECK(w.one_call());
    w.watcher.reset();
    close(w.loop.inotify_fd);
    w.loop.inotify_fd = -1;
}
#endif
