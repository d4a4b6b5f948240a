// What the system may refuse, and what a broken process may write: errors, never a signal.
#ifdef __linux__
#include <catch2/catch_test_macros.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "pool/pool_support.h"

using namespace bgworkers;
using namespace bgworkers::test;

namespace {

// Has to fail with words that say so; and no signal may come.
int refuses(const PoolSettings& settings, const char* words) {
    auto made = Reservation::make(settings);
    return !made.ok() && made.status().message().find(words) != std::string::npos ? 0 : 1;
}

int with_limit(int resource, rlim_t limit, const std::function<int()>& body) {
    return in_child([&] {
        rlimit now{limit, limit};
        setrlimit(static_cast<__rlimit_resource_t>(resource), &now);
        return body();
    });
}

// From here on the system refuses this call of this process with this error.
bool refuse_call(unsigned call, int error) {
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog program{std::size(filter), filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

TEST_CASE("a system without memfd is an error of the reservation", "[pool][limits]") {
    const int status = in_child(
        [] { return !refuse_call(SYS_memfd_create, ENOSYS) ? 2 : refuses(small_pool(), "Function not implemented"); });
    CHECK(ended_with(status, 0));
}

TEST_CASE("when the system has no page left a publication is refused, and what is there stays", "[pool][limits]") {
    for (const int error : {ENOSPC, ENOMEM}) {
        auto made = Reservation::make(small_pool());
        REQUIRE(made.ok());
        const int status = in_child([&] {
            Member member;
            if (!member.enter(*made.value()) || !member.lead() || !member.publish(0, 1, 1 << 20) ||
                !refuse_call(SYS_fallocate, error)) {
                return 1;
            }
            const uint64_t committed = member.store->figures().committed_pages;
            auto draft = member.store->reserve(1 << 20);
            if (draft.ok() || draft.status().message().find("no shared memory for 1048576 bytes") != 0) {
                return 2;
            }
            SharedPin pin;
            return member.marks->pin(member.scope, 0, &pin) == PinResult::pinned && is_whole(pin) &&
                           member.store->figures().blocks == 1 && member.store->figures().committed_pages == committed
                       ? 0
                       : 3;
        });
        CHECK(ended_with(status, 0));
    }
}

TEST_CASE("a region that finds no page is no region", "[pool][limits]") {
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    const int status =
        in_child([&] { return refuse_call(SYS_fallocate, ENOSPC) && !made.value()->enter(0).ok() ? 0 : 1; });
    CHECK(ended_with(status, 0));
}

TEST_CASE("RLIMIT_FSIZE is an error of the reservation, not a SIGXFSZ", "[pool][limits]") {
    const int status = with_limit(RLIMIT_FSIZE, 1 << 20, [] { return refuses(small_pool(), "File too large"); });
    CHECK(ended_with(status, 0));
}

TEST_CASE("RLIMIT_FSIZE that comes later does not disturb what is there", "[pool][limits]") {
    auto made = Reservation::make(small_pool());
    REQUIRE(made.ok());
    const int status = with_limit(RLIMIT_FSIZE, 0, [&] {
        Member member;
        return member.enter(*made.value()) && member.lead() && member.publish(0, 1, 1 << 20) ? 0 : 1;
    });
    CHECK(ended_with(status, 0));
}

TEST_CASE("a SIGXFSZ of the caller's own is left alone", "[pool][limits]") {
    const int status = with_limit(RLIMIT_FSIZE, 1 << 20, [] {
        sigset_t set, pending;
        sigemptyset(&set);
        sigaddset(&set, SIGXFSZ);
        pthread_sigmask(SIG_BLOCK, &set, nullptr);
        raise(SIGXFSZ);
        const int result = refuses(small_pool(), "File too large");
        sigpending(&pending);
        return result == 0 && sigismember(&pending, SIGXFSZ) == 1 ? 0 : 1;
    });
    CHECK(ended_with(status, 0));
}

TEST_CASE("no address space is an error of the reservation", "[pool][limits]") {
    if (kUnderSanitizer) {
        SKIP("a sanitizer needs address space itself");
    }
    const int status =
        with_limit(RLIMIT_AS, 256 << 20, [] { return refuses(small_pool(uint64_t{1} << 30, 8), "address space"); });
    CHECK(ended_with(status, 0));
}

TEST_CASE("no descriptor left is an error of the reservation, and none is lost", "[pool][limits]") {
    const size_t before = open_descriptors();
    {
        FewDescriptors few(1);
        CHECK(refuses(small_pool(1 * kMiB, 1, 3), "Too many open files") == 0);
    }
    CHECK(open_descriptors() == before);
    {
        auto made = Reservation::make(small_pool(1 * kMiB, 1, 3));
        REQUIRE(made.ok());
        CHECK(open_descriptors() == before + 3);
        made.value()->let_go();
        CHECK(open_descriptors() == before);
        CHECK_FALSE(made.value()->enter(0).ok());
    }
    CHECK(open_descriptors() == before);
}

TEST_CASE("settings out of range are refused", "[pool][limits]") {
    for (const auto& [limit, scopes, users] : {std::tuple{uint64_t{100}, 1u, 1u},
                                               {uint64_t{1} << 41, 1u, 1u},
                                               {kMiB, 0u, 1u},
                                               {kMiB, 65u, 1u},
                                               {kMiB, 1u, 0u},
                                               {kMiB, 1u, 513u}}) {
        CHECK(refuses(small_pool(limit, scopes, users), "out of its range") == 0);
    }
}

TEST_CASE("memory that another build has made is not entered", "[pool][limits]") {
    PoolHead head{};
    head.magic = PoolHead::kMagic;
    head.layout = kPoolLayout;
    head.fingerprint = 42;
    head.scopes = 1;
    head.slice_bytes = sizeof(SliceHead) + kSharedPage;
    head.limit_bytes = 1 << 20;
    const size_t bytes = kControlBytes + head.slice_bytes;
    const auto entered = [&](const PoolHead& other, size_t size) {
        const int file = make_shared_file(size);
        write_shared(file, 0, &other, sizeof(other));
        return Region::map(reserve_addresses(size), size, file, 42) != nullptr;
    };
    CHECK(entered(head, bytes));
    CHECK_FALSE(entered(head, bytes - kSharedPage));
    CHECK_FALSE(entered(head, kControlBytes));
    for (uint64_t PoolHead::* field : {&PoolHead::magic, &PoolHead::layout, &PoolHead::fingerprint}) {
        PoolHead other = head;
        ++(other.*field);
        CHECK_FALSE(entered(other, bytes));
    }
    for (const uint64_t wrong : {uint64_t{0}, uint64_t{65}, UINT64_MAX}) {
        PoolHead other = head;
        other.scopes = wrong;
        CHECK_FALSE(entered(other, bytes));
    }
    for (const uint64_t wrong : {uint64_t{0}, head.slice_bytes + 1, sizeof(SliceHead) + 0ul, UINT64_MAX - 4095}) {
        PoolHead other = head;
        other.slice_bytes = wrong;
        CHECK_FALSE(entered(other, bytes));
    }
}

TEST_CASE("control data that a broken process has written over is an error, never a wild read", "[pool][limits]") {
    auto made = Reservation::make(small_pool(1 * kMiB, 2));
    REQUIRE(made.ok());
    int failures = 0, refusals = 0;
    for (unsigned seed = 0; seed < (kUnderSanitizer ? 60u : 300u); ++seed) {
        const int status = in_child([&] {
            alarm(20);
            std::mt19937_64 random(seed);
            auto fresh = Reservation::make(small_pool(1 * kMiB, 2));
            Member member;
            if (!member.enter(*fresh.value()) || !member.lead()) {
                return 1;
            }
            Region& region = *member.region;
            region.set_patience(10, 2);
            for (uint32_t i = 0; i < 4; ++i) {
                member.publish(i, i, 5000);
            }
            // The words that lead somewhere, spoilt one by one and then in storms.
            SliceHead& slice = region.slice(member.scope);
            const auto nonsense = [&]() -> uint64_t {
                switch (random() % 4) {
                    case 0: return random();
                    case 1: return UINT64_MAX;
                    case 2: return random() % 64;
                    default: return uint64_t{1} << random() % 64;
                }
            };
            const int spoilt = seed % 3 == 0 ? 1 : 200;
            for (int i = 0; i < spoilt; ++i) {
                switch (random() % 6) {
                    case 0: slice.publications[random() % 4].word.store(nonsense()); break;
                    case 1: slice.blocks[random() % 8].place.store(nonsense()); break;
                    case 2: slice.blocks[random() % 8].bytes.store(nonsense()); break;
                    case 3: region.row(random() % 4 + 1).owner.store(nonsense()); break;
                    case 4: region.row(random() % 4 + 1).marks[random() % 4].store(nonsense()); break;
                    default:
                        reinterpret_cast<SharedWord*>(&region.row(random() % 4 + 1))[1 + random() % 2].store(
                            nonsense());
                        break;
                }
            }
            int refused = 0;
            const auto try_all = [&] {
                for (uint32_t i = 0; i < 6; ++i) {
                    SharedPin pin;
                    const PinResult result = member.marks->pin(member.scope, i, &pin);
                    refused += result == PinResult::spoilt;
                    if (result == PinResult::pinned) {
                        volatile unsigned char sum = 0;
                        for (size_t b = 0; b < pin.bytes; b += 512) {
                            sum = sum + static_cast<const unsigned char*>(pin.data)[b];
                        }
                        member.marks->unpin(pin);
                    }
                    if (member.store) {
                        refused += !member.publish(i, i, 3000);
                    }
                }
            };
            try_all();
            region.sweep();
            member.stop_leading();
            member.leadership->look();
            member.leadership->tick();
            auto again = Store::open(region, member.scope);
            refused += !again.ok();
            member.store = again.ok() ? std::move(again.value()) : nullptr;
            try_all();
            uint32_t scope;
            region.scopes().busy.store(seed % 2 == 0 ? nonsense() : 0);
            region.scopes().rows[1].key.store(nonsense());
            join_scope(region, seed + 1, &scope);
            return refused > 0 ? 2 : 0;
        });
        failures += !ended_with(status, 0) && !ended_with(status, 2);
        refusals += ended_with(status, 2);
        if (!ended_with(status, 0) && !ended_with(status, 2)) {
            UNSCOPED_INFO("seed " << seed << " ended with " << status);
        }
    }
    CHECK(failures == 0);
    CHECK(refusals > 10);
}
#endif
