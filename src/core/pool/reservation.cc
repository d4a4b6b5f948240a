#include "core/pool/reservation.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

#include "core/base/sync_point.h"
#include "core/os/shared_file.h"
#include "core/pool/layout.h"
#include "core/pool/region.h"

namespace bgworkers {

namespace {

constexpr size_t kMostUsers = kSharedPage / sizeof(SharedWord);

size_t whole_pages(uint64_t bytes) { return (bytes + kSharedPage - 1) / kSharedPage * kSharedPage; }

Status not_possible(const char* what, int error) {
    return Status::runtime(std::string("shared memory is not possible here: ") + what + ": " +
                           std::generic_category().message(error));
}

}  // namespace

size_t Reservation::bytes() const noexcept { return kControlBytes + settings_.scopes * settings_.slice_bytes; }

Result<std::unique_ptr<Reservation>> Reservation::make(const PoolSettings& settings) {
    std::unique_ptr<Reservation> made(new Reservation);
    PoolSettings& wanted = made->settings_;
    wanted = settings;
    // 1 TiB, since the number of a page has to fit into 32 bits.
    if (wanted.scopes < 1 || wanted.scopes > kMostScopes || wanted.users < 1 || wanted.users > kMostUsers ||
        wanted.limit_bytes < kSharedPage || wanted.limit_bytes > (uint64_t{1} << 40)) {
        return Status::runtime("shared memory: a limit, or a number of scopes or users, is out of its range");
    }
    if (wanted.slice_bytes == 0) {
        wanted.slice_bytes = wanted.limit_bytes + wanted.limit_bytes / 2;  // addresses for the gaps between blocks
    }
    wanted.slice_bytes = sizeof(SliceHead) + whole_pages(wanted.slice_bytes);

    PoolHead head{};
    head.magic = PoolHead::kMagic;
    head.layout = kPoolLayout;
    head.fingerprint = wanted.fingerprint;
    head.scopes = wanted.scopes;
    head.slice_bytes = wanted.slice_bytes;
    head.limit_bytes = wanted.limit_bytes;
    for (uint32_t user = 0; user < wanted.users; ++user) {
        const int file = make_shared_file(made->bytes());
        if (file < 0) {
            return not_possible("memfd_create or ftruncate", errno);
        }
        made->files_.push_back(file);
        // By a write: what the parent maps, each child has mapped, whoever it becomes.
        if (const int error = write_shared(file, 0, &head, sizeof(head))) {
            return not_possible("write", error);
        }
    }
    made->addresses_ = reserve_addresses(made->bytes());
    if (made->addresses_ == nullptr) {
        return not_possible("address space (RLIMIT_AS)", errno);
    }
    made->directory_ = make_shared_page();
    if (made->directory_ == nullptr) {
        return not_possible("mmap", errno);
    }
    return made;
}

Status Reservation::choose(uint64_t user) noexcept try {
    if (addresses_ == nullptr) {
        return Status::runtime("shared memory: this process has let go of it");
    }
    auto* directory = static_cast<SharedWord*>(directory_);
    // In order, and no word ever changes again: so all processes of a user come to one file. + 1, since root is 0 and 0
    // is nobody.
    for (size_t i = 0; i < files_.size() && chosen_ < 0; ++i) {
        uint64_t owner = 0;
        if (directory[i].compare_exchange_strong(owner, user + 1) || owner == user + 1) {
            BGW_SYNC_POINT("pool.enter.chosen");
            chosen_ = std::exchange(files_[i], -1);
        }
    }
    let_go_of_others();
    if (chosen_ < 0) {
        let_go();
        return Status::runtime("shared memory: too many users");
    }
    return {};
} catch (const std::bad_alloc&) {
    let_go();
    return Status::runtime("out of memory");  // short enough to need none
}

Result<std::unique_ptr<Region>> Reservation::enter() {
    if (chosen_ < 0) {
        return Status::runtime("shared memory: this process has let go of it");
    }
    std::unique_ptr<Region> region =
        Region::map(std::exchange(addresses_, nullptr), bytes(), std::exchange(chosen_, -1), settings_.fingerprint);
    if (region == nullptr) {
        return Status::runtime("shared memory: it cannot be mapped, or another build made it");
    }
    return region;
}

Result<std::unique_ptr<Region>> Reservation::enter(uint64_t user) {
    Status chosen = choose(user);
    return chosen.ok() ? enter() : Result<std::unique_ptr<Region>>(chosen);
}

void Reservation::let_go_of_others() noexcept {
    for (const int file : files_) {
        if (file >= 0) {
            close_shared_file(file);
        }
    }
    files_.clear();
    if (directory_ != nullptr) {
        release_shared_page(std::exchange(directory_, nullptr));
    }
}

void Reservation::let_go() noexcept {
    let_go_of_others();
    if (chosen_ >= 0) {
        close_shared_file(std::exchange(chosen_, -1));
    }
    if (addresses_ != nullptr) {
        release_addresses(std::exchange(addresses_, nullptr), bytes());
    }
}

}  // namespace bgworkers
