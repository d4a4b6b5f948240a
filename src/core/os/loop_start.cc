#include "core/os/loop_start.h"

#include <cstdlib>

namespace bgworkers {

namespace {

// More than a loop takes on any system (Linux: 6 for the first, 4 for others), as pairs.
constexpr int kPairs = 4;
// And more bytes than it takes.
constexpr size_t kMemory = 64 * 1024;

// Tries them out. Another thread may take them meanwhile; that is as rare as it can be made from here.
int find_descriptors() noexcept {
    uv_file pairs[kPairs][2];
    int error = 0;
    int opened = 0;
    while (opened < kPairs && (error = uv_pipe(pairs[opened], 0, 0)) == 0) {
        ++opened;
    }
    for (int i = 0; i < opened; ++i) {
        for (uv_file file : pairs[i]) {
            uv_fs_t request;
            // Without a callback it is done here and now, and without a loop.
            uv_fs_close(nullptr, &request, file, nullptr);
            uv_fs_req_cleanup(&request);
        }
    }
    return error;
}

int find_memory() noexcept {
    void* volatile const memory = std::malloc(kMemory);  // volatile: compilers leave out what nobody uses
    std::free(memory);
    return memory == nullptr ? UV_ENOMEM : 0;
}

}  // namespace

int start_loop(uv_loop_t* loop) noexcept {
    if (const int error = find_memory(); error != 0) {
        return error;
    }
    if (const int error = find_descriptors(); error != 0) {
        return error;
    }
    return uv_loop_init(loop);
}

}  // namespace bgworkers
