#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include <sys/socket.h>

#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;
using Event = Leadership::Event;

namespace {

std::unique_ptr<Reservation> reserve(const PoolSettings& settings = small_pool()) {
    auto made = Reservation::make(settings);
    REQUIRE(made.ok());
    return std::move(made.value());
}

// A process that does what it is told, one letter each, and answers with a letter.
class Puppet {
public:
    explicit Puppet(Reservation& reservation) {
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_) == 0);
        pid_ = fork();
        if (pid_ == 0) {
            alarm(60);
            _exit(obey(reservation, ends_[1]));
        }
        ::close(ends_[1]);
    }
    ~Puppet() {
        end();
        ::close(ends_[0]);
    }
    Puppet(const Puppet&) = delete;
    Puppet& operator=(const Puppet&) = delete;

    char ask(char what) {
        char answer = '?';
        (void)!::write(ends_[0], &what, 1);
        (void)!::read(ends_[0], &answer, 1);
        return answer;
    }
    void send(int signal) const { ::kill(pid_, signal); }
    void kill_without_reaping() {
        ::kill(pid_, SIGKILL);
        siginfo_t info;
        waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
    }
    void end() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            pid_ = -1;
        }
    }

private:
    static int obey(Reservation& reservation, int line) {
        Member member;
        if (!member.enter(reservation)) {
            return 1;
        }
        for (char what; ::read(line, &what, 1) == 1;) {
            char answer = 'n';
            switch (what) {
                case 'j':
                    member.leadership->join_line();
                    answer = member.leadership->in_line() ? 'y' : 'n';
                    break;
                case 'l': answer = member.leadership->look() ? 'y' : 'n'; break;
                case 't': answer = static_cast<char>('0' + static_cast<int>(member.leadership->tick())); break;
                case 'o': {
                    auto opened = Store::open(*member.region, member.scope);
                    if (opened.ok()) {
                        member.store = std::move(opened.value());
                        answer = 'y';
                    }
                    break;
                }
                case 'p': answer = member.store && member.publish(0, 1) ? 'y' : 'n'; break;
                case 'h':
                    member.stop_leading();
                    answer = 'y';
                    break;
                case 'x':
                    lose_all_locks(*member.region);
                    answer = is_byte_held_by_this(member) ? 'n' : 'y';
                    break;
                case 'u': answer = member.leadership->is_hung() ? 'y' : 'n'; break;
                case 'c': answer = static_cast<char>('0' + member.leadership->took_over()); break;
                case 'r': {
                    SharedPin pin;
                    answer = member.marks->pin(member.scope, 0, &pin) == PinResult::pinned && is_whole(pin) ? 'y' : 'n';
                    break;
                }
                default: break;
            }
            (void)!::write(line, &answer, 1);
        }
        return 0;
    }
    static bool is_byte_held_by_this(const Member& member) {
        const int child = in_child(
            [&] { return is_byte_held(member.region->file(), row_byte(member.region->self().row())) ? 1 : 0; });
        return !ended_with(child, 0);
    }

    pid_t pid_ = -1;
    int ends_[2];
};

char told(Event event) { return static_cast<char>('0' + static_cast<int>(event)); }

#define SKIP_UNDER_TSAN \
    if (kUnderThreadSanitizer) { \
        SKIP("ThreadSanitizer does not follow processes"); \
    }

}  // namespace

TEST_CASE("the first in line leads, the next waits, and takes over when the leader is killed", "[pool][leader]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Puppet first(*reservation), second(*reservation);
    CHECK(first.ask('j') == 'y');
    CHECK(first.ask('t') == told(Event::leads));
    CHECK(first.ask('o') == 'y');
    CHECK(first.ask('p') == 'y');
    CHECK(second.ask('j') == 'y');
    CHECK(second.ask('t') == told(Event::none));
    CHECK(second.ask('r') == 'y');
    // Killed, not yet asked for by its parent: dead all the same.
    first.kill_without_reaping();
    CHECK(second.ask('t') == told(Event::took_over));
    CHECK(second.ask('c') == '1');
    CHECK(second.ask('o') == 'y');
    CHECK(second.ask('p') == 'y');
}

TEST_CASE("a leader that hands over is succeeded at the next tick, and that is no crash", "[pool][leader]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Puppet first(*reservation), second(*reservation);
    first.ask('j');
    REQUIRE(first.ask('t') == told(Event::leads));
    second.ask('j');
    CHECK(first.ask('h') == 'y');
    CHECK(second.ask('t') == told(Event::leads));
    CHECK(second.ask('c') == '1');
    CHECK(first.ask('t') == told(Event::none));
    CHECK(first.ask('l') == 'y');  // nobody is in line now
}

TEST_CASE("the youngest is next: the older one leaves the line at its next tick", "[pool][leader]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Puppet leader(*reservation), older(*reservation), younger(*reservation);
    leader.ask('j');
    REQUIRE(leader.ask('t') == told(Event::leads));
    older.ask('j');
    CHECK(older.ask('t') == told(Event::none));
    younger.ask('j');
    CHECK(older.ask('t') == told(Event::out_of_line));
    CHECK(older.ask('t') == told(Event::none));
    CHECK(older.ask('l') == 'n');  // the younger one lives
    leader.end();
    CHECK(older.ask('t') == told(Event::none));
    CHECK(younger.ask('t') == told(Event::took_over));
}

TEST_CASE("when the next in line is killed the next request of anybody takes its place", "[pool][leader]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Puppet leader(*reservation), next(*reservation), other(*reservation);
    leader.ask('j');
    REQUIRE(leader.ask('t') == told(Event::leads));
    next.ask('j');
    next.end();
    std::this_thread::sleep_for(std::chrono::milliseconds(10 * Leadership::kLate + 50));
    SECTION("seen by the leader") {
        leader.ask('t');
        CHECK(other.ask('l') == 'y');
    }
    SECTION("seen by the request, with the leader dead as well") {
        leader.end();
        CHECK(other.ask('l') == 'y');
        CHECK(other.ask('t') == told(Event::took_over));
    }
}

TEST_CASE("a process that lost its locks by way of /proc is taken for dead by nobody", "[pool][leader]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Puppet leader(*reservation), next(*reservation);
    leader.ask('j');
    REQUIRE(leader.ask('t') == told(Event::leads));
    leader.ask('o');
    next.ask('j');
    REQUIRE(leader.ask('x') == 'y');
    CHECK(next.ask('t') == told(Event::none));
    // Its row is not given away either.
    Puppet third(*reservation);
    CHECK(third.ask('j') == 'y');
    CHECK(leader.ask('p') == 'y');  // and it has its byte again
    CHECK(third.ask('r') == 'y');
    leader.end();
    CHECK(third.ask('t') == told(Event::took_over));
}

TEST_CASE("a leader that is stopped leads on, is called hung, and readers do not mind", "[pool][leader]") {
    SKIP_UNDER_TSAN
    auto reservation = reserve();
    Puppet leader(*reservation), next(*reservation);
    leader.ask('j');
    REQUIRE(leader.ask('t') == told(Event::leads));
    leader.ask('o');
    leader.ask('p');
    next.ask('j');
    CHECK(next.ask('u') == 'n');
    leader.send(SIGSTOP);
    CHECK(eventually([&] { return next.ask('u') == 'y'; }));
    CHECK(next.ask('t') == told(Event::none));
    CHECK(next.ask('r') == 'y');
    leader.send(SIGCONT);
    CHECK(leader.ask('t') == told(Event::none));
    CHECK(next.ask('u') == 'n');
    CHECK(leader.ask('p') == 'y');
    // Killed while it is stopped.
    leader.send(SIGSTOP);
    leader.end();
    CHECK(next.ask('t') == told(Event::took_over));
}

TEST_CASE("many want to lead at once, and one does", "[pool][leader]") {
    SKIP_UNDER_TSAN
    struct Shared {
        std::atomic<int> go, leaders, inside, twice;
    };
    constexpr int kProcesses = 6, kRounds = 400, kLeast = 10;  // leaders, however the system lets the processes run
    auto reservation = reserve();
    Common<Shared> shared;
    std::vector<std::unique_ptr<Child>> children;
    for (int i = 0; i < kProcesses; ++i) {
        children.push_back(std::make_unique<Child>([&](const Child::Line& line) {
            Member member;
            if (!member.enter(*reservation)) {
                return 1;
            }
            line.say();
            while (shared->go == 0) {
            }
            for (int round = 0; round < kRounds || shared->leaders < kLeast; ++round) {
                member.leadership->join_line();
                const Event event = member.leadership->tick();
                if (event == Event::leads || event == Event::took_over) {
                    ++shared->leaders;
                    shared->twice += shared->inside.fetch_add(1) != 0;
                    for (int k = 0; k < 50; ++k) {
                        sched_yield();
                    }
                    --shared->inside;
                    if (round % 8 == 3 && member.region->self().row() % 2 == 1) {
                        raise(SIGKILL);
                    }
                    member.leadership->hand_over();
                }
            }
            return 0;
        }));
        REQUIRE(children.back()->wait_until_said());
    }
    shared->go = 1;
    for (auto& child : children) {
        const int status = child->wait();
        CHECK((ended_with(status, 0) || WIFSIGNALED(status)));
    }
    CHECK(shared->twice == 0);
}
#endif
