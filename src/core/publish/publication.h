// What a worker has published last: a version, a block, a time. Plain data of standard layout, without locks or
// pointers to code, so that it may lie in memory that processes share.
//
// Written by the publisher under its slot's mutex. `version` is read by every get_vars() without it: a reader that
// holds this version already does nothing else, so between two publications no shared cache line is written.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace bgworkers {

struct Publication {
    alignas(64) std::atomic<uint64_t> version{0};  // 0: nothing published yet
    const void* data = nullptr;                    // the block's
    size_t bytes = 0;
    double published_at = 0;                       // unix time, seconds
    uint64_t publications = 0;                     // how many there were
};
static_assert(std::is_standard_layout_v<Publication>);

}  // namespace bgworkers
