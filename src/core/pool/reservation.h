// What a parent prepares before it forks: addresses for the memory that its children will share, and a file for each
// user that they may become.
//
// Made by the parent while it has one thread (module start). It maps no file. A child, before any PHP code of a request
// runs there, choose()s as the user that it is by then, which lets go of everybody else's memory; enter() gives it a
// Region once it wants one. A child that wants none calls let_go(). All children of a parent have a region at the same
// addresses, so a block may point into itself.
//
// The directory page says which file is whose. A word of it is written by CAS from 0 to a user, by the first of that
// user's processes, and never again: a death right after it leaves a file that belongs to that user.
//
// Fork: the child has a copy that is as good. Blocking: no.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace bgworkers {

class Region;

struct PoolSettings {
    uint64_t limit_bytes = 256ull << 20;  // of one user's data
    uint64_t slice_bytes = 0;  // addresses for one scope's data; 0: the limit, and some for the holes
    uint32_t scopes = 8;  // of one user
    uint32_t users = 1;
    uint64_t fingerprint = 0;  // of the build
};

class Reservation {
public:
    // An error, with what to do, where it is not possible: another system, no memfd, no addresses, RLIMIT_FSIZE.
    static Result<std::unique_ptr<Reservation>> make(const PoolSettings& settings);
    ~Reservation() { let_go(); }
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;

    // user: any number but ~0. An error if there are more users than files: nothing is left here then. Once.
    Status choose(uint64_t user) noexcept;
    // After that, once; nothing is left here then.
    Result<std::unique_ptr<Region>> enter();
    Result<std::unique_ptr<Region>> enter(uint64_t user);  // both
    void let_go() noexcept;

private:
    Reservation() = default;
    void let_go_of_others() noexcept;
    size_t bytes() const noexcept;

    PoolSettings settings_;
    void* addresses_ = nullptr;
    void* directory_ = nullptr;
    std::vector<int> files_;
    int chosen_ = -1;
};

}  // namespace bgworkers
