#include "core/workers/stop_channel.h"

#include <catch2/catch_test_macros.hpp>

#ifndef _WIN32
#include <poll.h>
#include <sys/socket.h>
#endif

#include <set>

#include "support/support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

#ifdef _WIN32
// libuv starts Winsock with its first loop. In a process that is the supervisor's, before any channel.
const bool winsock_started = [] {
    uv_loop_t loop;
    return uv_loop_init(&loop) == 0 && uv_loop_close(&loop) == 0;
}();
#endif

#ifdef _WIN32
bool readable(SOCKET socket, int milliseconds = 0) {
    WSAPOLLFD entry{socket, POLLRDNORM, 0};
    return WSAPoll(&entry, 1, milliseconds) == 1 && entry.revents != 0;
}

bool at_end(SOCKET socket) {
    char byte;
    return recv(socket, &byte, 1, 0) == 0;
}
#else
bool readable(int fd, int milliseconds = 0) {
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, milliseconds) == 1 && (entry.revents & POLLIN) != 0;
}

bool at_end(int fd) {
    char byte;
    return ::read(fd, &byte, 1) == 0;
}

std::set<int> descriptors() {
    std::set<int> open;
    for (int fd = 0; fd < 1024; ++fd) {
        if (fcntl(fd, F_GETFD) != -1) {
            open.insert(fd);
        }
    }
    return open;
}
#endif

}  // namespace

TEST_CASE("a stop reaches every duplicate, and closing one leaves the channel alone", "[stop_channel]") {
    StopChannel channel;
    REQUIRE(channel.open().ok());
    const uv_os_sock_t closed = duplicate_socket(channel.reader());
    const uv_os_sock_t kept = duplicate_socket(channel.reader());
    REQUIRE(closed != kNoSocket);
    REQUIRE(kept != kNoSocket);
    close_socket(closed);
    channel.request_stop();
    wait_readable(kept, -1);  // or this test never ends
    char byte;
    CHECK(recv(kept, &byte, 1, 0) == 0);
    close_socket(kept);
}

TEST_CASE("a closed channel has no reader; to stop or to close it does nothing", "[stop_channel]") {
    StopChannel channel;
    CHECK(channel.reader() == kNoSocket);
    channel.close();
    channel.request_stop();
    CHECK(channel.requested());
    REQUIRE(channel.open().ok());
    CHECK_FALSE(channel.requested());  // a new run has not been asked to stop
}

TEST_CASE("the reader is silent until the stop, then at its end for ever", "[stop_channel]") {
    StopChannel channel;
    REQUIRE(channel.open().ok());
    CHECK_FALSE(channel.requested());
    CHECK_FALSE(readable(channel.reader()));
    const auto began = Clock::now();
    channel.wait(20);
    CHECK(seconds_since(began) >= 0.019);

    channel.request_stop();
    CHECK(channel.requested());
    for (int i = 0; i < 2; ++i) {
        CHECK(readable(channel.reader()));
        CHECK(at_end(channel.reader()));
    }
    channel.wait(-1);      // at once
    channel.request_stop();  // the second changes nothing
    CHECK(channel.requested());
    CHECK(at_end(channel.reader()));
}

TEST_CASE("a stop ends a poll and a read that are under way", "[stop_channel]") {
    StopChannel channel;
    REQUIRE(channel.open().ok());
    std::atomic<bool> polled{false}, read{false};
    Threads threads;
    threads.run([&] {
        channel.wait(-1);
        polled = channel.requested();
    });
    threads.run([&] { read = at_end(channel.reader()); });
    channel.request_stop();
    threads.join();
    CHECK(polled);
    CHECK(read);
}

#ifndef _WIN32
TEST_CASE("dups of the reader see the end, made before or after the stop", "[stop_channel]") {
    StopChannel channel;
    REQUIRE(channel.open().ok());
    const int before = fcntl(channel.reader(), F_DUPFD_CLOEXEC, 0);
    channel.request_stop();
    const int after = fcntl(channel.reader(), F_DUPFD_CLOEXEC, 0);
    CHECK(readable(before, 1000));
    CHECK(at_end(before));
    CHECK(at_end(after));
    channel.close();  // the script's stream outlives the channel
    CHECK(at_end(before));
    ::close(before);
    ::close(after);
}

TEST_CASE("the stop arrives though a forked child holds both ends", "[stop_channel]") {
    StopChannel channel;
    REQUIRE(channel.open().ok());
    int release[2];
    REQUIRE(::pipe(release) == 0);
    const pid_t child = fork();
    if (child == 0) {
        ::close(release[1]);
        alarm(60);
        at_end(release[0]);
        channel.close();  // closes its own copies only
        _exit(0);
    }
    channel.request_stop();
    CHECK(readable(channel.reader(), 1000));
    CHECK(at_end(channel.reader()));
    ::close(release[1]);
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(ended_with(status, 0));
    ::close(release[0]);
}

TEST_CASE("a child that closes the channel does not stop the parent's run", "[stop_channel]") {
    StopChannel channel;
    REQUIRE(channel.open().ok());
    CHECK(ended_with(in_child([&] {
                         channel.close();
                         return 0;
                     }),
                     0));
    CHECK_FALSE(readable(channel.reader()));
    CHECK_FALSE(channel.requested());
}

TEST_CASE("neither end reaches a program that is executed", "[stop_channel]") {
    const std::set<int> before = descriptors();
    StopChannel channel;
    REQUIRE(channel.open().ok());
    int ends = 0;
    for (int fd : descriptors()) {
        if (before.count(fd) == 0) {
            ++ends;
            CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        }
    }
    CHECK(ends == 2);
}
#endif

TEST_CASE("a channel can be opened for run after run and leaves no descriptor", "[stop_channel]") {
    const size_t before = open_descriptors();
    {
        StopChannel channel;
        for (int i = 0; i < 2000; ++i) {
            REQUIRE(channel.open().ok());
            REQUIRE_FALSE(channel.requested());
            if (i % 2 == 0) {
                channel.request_stop();
            }
            channel.close();
            REQUIRE(channel.reader() == kNoSocket);
        }
        REQUIRE(channel.open().ok());
    }
    CHECK(open_descriptors() == before);
}

#ifndef _WIN32
TEST_CASE("descriptors that run out are an error that says so; a later try works", "[stop_channel]") {
    for (int left : {0, 1}) {
        INFO(left << " left");
        StopChannel channel;
        Status status;
        {
            FewDescriptors limit(left);
            status = channel.open();
        }
        CHECK_FALSE(status.ok());
        CHECK(status.kind() == ErrorKind::runtime);
        CHECK(status.message().find("cannot create the stop channel: too many open files") == 0);
        CHECK(channel.reader() == kNoSocket);
        channel.request_stop();
        CHECK(channel.open().ok());
        CHECK_FALSE(channel.requested());
    }
}
#endif
