#ifdef __linux__

#include "pool/pool_support.h"

#include "support/sync_points.h"

namespace bgworkers::test {

namespace {
thread_local int wanted = 0;
thread_local int seen_so_far = 0;
thread_local std::function<void()>* at_point = nullptr;

void reached(const char* place) noexcept {
    if (at_point != nullptr && std::strncmp(place, "pool.", 5) == 0 && ++seen_so_far == wanted) {
        (*at_point)();
    }
}
}  // namespace

AtPoint::AtPoint(int n, std::function<void()> act) {
    wanted = n;
    seen_so_far = 0;
    at_point = new std::function<void()>(std::move(act));
    also_call_at_sync_points(reached);
}

AtPoint::~AtPoint() {
    delete at_point;
    at_point = nullptr;
}

int AtPoint::seen() const { return seen_so_far; }

bool Member::enter(Reservation& reservation, uint64_t user, const char* name) {
    auto entered = reservation.enter(user);
    if (!entered.ok()) {
        return false;
    }
    region = std::move(entered.value());
    marks = std::make_unique<Marks>(*region);
    return region->claim_row() && join(name);
}

bool Member::join(const char* name) {
    key = scope_key(name);
    if (join_scope(*region, key, &scope) != JoinResult::joined) {
        return false;
    }
    leadership = std::make_unique<Leadership>(*region, scope);
    return true;
}

bool Member::lead(double seconds) {
    const auto began = Clock::now();
    while (!leadership->leads()) {
        if (leadership->look()) {
            leadership->tick();
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        if (seconds_since(began) > seconds) {
            return false;
        }
    }
    auto opened = Store::open(*region, scope);
    if (!opened.ok()) {
        return false;
    }
    store = std::move(opened.value());
    return true;
}

void Member::stop_leading() {
    store.reset();
    leadership->hand_over();
}

bool Member::publish(uint32_t publication, uint64_t value, size_t bytes, uint64_t* version) {
    auto draft = store->reserve(bytes);
    if (!draft.ok()) {
        return false;
    }
    auto* words = static_cast<uint64_t*>(draft.value().data);
    std::fill(words, words + bytes / sizeof(uint64_t), value);
    auto published = store->publish(publication, draft.value(), 1.5);
    if (published.ok() && version != nullptr) {
        *version = published.value();
    }
    return published.ok();
}

void Child::Line::say() const {
    const char byte = 1;
    (void)!::write(out, &byte, 1);
}

bool Child::Line::hear() const {
    char byte;
    ssize_t result;
    while ((result = ::read(in, &byte, 1)) < 0 && errno == EINTR) {
    }
    return result == 1;
}

Child::Child(const std::function<int(const Line&)>& body) {
    int down[2], up[2];
    if (::pipe2(down, O_CLOEXEC) != 0 || ::pipe2(up, O_CLOEXEC) != 0) {
        return;
    }
    pid_ = ::fork();
    if (pid_ == 0) {
        alarm(60);
        ::close(down[1]);
        ::close(up[0]);
        ::_exit(body({down[0], up[1]}));
    }
    ::close(down[0]);
    ::close(up[1]);
    to_ = down[1];
    from_ = up[0];
}

Child::~Child() {
    kill_it();
    ::close(to_);
    ::close(from_);
}

bool Child::wait_until_said() const { return Line{from_, -1}.hear(); }

void Child::let_go() const { Line{-1, to_}.say(); }

void Child::kill_it() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        wait();
    }
}

int Child::wait() {
    if (pid_ > 0) {
        ::waitpid(pid_, &status_, 0);
        pid_ = -1;
    }
    return status_;
}

}  // namespace bgworkers::test

#endif
