#include "core/watch/file_watcher.h"

#include <algorithm>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/os/loop_timer.h"
#include "core/watch/glob.h"
#include "core/watch/watch_scan.h"

namespace bgworkers {

namespace {

// Of the loop's time at most one part in so many goes into looks that nobody asked for.
constexpr double kNetShare = 100;

double seconds_since(uint64_t hrtime) noexcept { return static_cast<double>(uv_hrtime() - hrtime) / 1e9; }

std::optional<FileStamp> identity_of(const std::string& directory) {
    uv_fs_t request{};
    const bool found = uv_fs_stat(nullptr, &request, directory.c_str(), nullptr) == 0;
    FileStamp stamp;
    stamp.device = request.statbuf.st_dev;
    stamp.inode = request.statbuf.st_ino;
    uv_fs_req_cleanup(&request);
    return found ? std::optional(stamp) : std::nullopt;
}

// A file that is in one of them alone, or is another in each; nullptr: they are equal. It points into one of them.
const std::string* first_difference(const FileStamps& before, const FileStamps& now) noexcept {
    auto old = before.begin();
    auto present = now.begin();
    while (old != before.end() && present != now.end() && *old == *present) {
        ++old;
        ++present;
    }
    if (present == now.end()) {
        return old == before.end() ? nullptr : &old->first;
    }
    return old == before.end() || present->first <= old->first ? &present->first : &old->first;
}

}  // namespace

// Lives from the constructor until libuv has closed both timers. Watches free themselves when theirs is closed.
struct FileWatcher::Impl {
    struct Watch {
        uv_fs_event_t handle{};
        Impl* owner = nullptr;
        std::string directory;
        std::set<std::string> components;  // which entries matter, see WatchScan::Visit
        bool everything = false;
        bool stale = true;  // has to be set (again) with the next scan
        std::optional<FileStamp> identity;
        uint64_t scan = 0;  // the last one that visited it

        bool wants(const std::string& name) const {
            if (everything) {
                return true;
            }
            for (const std::string& component : components) {
                if (glob_matches(component, name)) {
                    return true;
                }
            }
            return false;
        }
    };

    Impl(std::vector<std::string> patterns, Changed changed, LogFiles logs, double net)
        : patterns_(std::move(patterns)), changed_(std::move(changed)), logs_(std::move(logs)), net_(net) {}

    void start(uv_loop_t* loop) noexcept {
        loop_ = loop;
        uv_timer_init(loop, &settle_);
        uv_timer_init(loop, &poll_);
        settle_.data = poll_.data = this;
        baseline_ = look();
    }

    void close() noexcept {
        for (auto& [directory, watch] : watches_) {
            close_watch(watch);
        }
        watches_.clear();
        for (uv_timer_t* timer : {&settle_, &poll_}) {
            uv_close(reinterpret_cast<uv_handle_t*>(timer), [](uv_handle_t* handle) {
                Impl* impl = static_cast<Impl*>(handle->data);
                if (--impl->open_timers_ == 0) {
                    delete impl;
                }
            });
        }
    }

private:
    static void close_watch(Watch* watch) noexcept {
        uv_close(reinterpret_cast<uv_handle_t*>(&watch->handle),
                 [](uv_handle_t* handle) { delete static_cast<Watch*>(handle->data); });
    }

    // What is there now, with a watch on each directory that was looked at; nothing if that could not be found out.
    std::optional<FileStamps> look() noexcept {
        std::optional<FileStamps> seen;
        const uint64_t began = uv_hrtime();
        blind_ = false;
        ++scan_;
        try {
            WatchScan scan(
                [this](const std::string& directory, const std::string& component) { visit(directory, component); });
            for (const std::string& pattern : patterns_) {
                scan.add(pattern);
            }
            if (scan.complete()) {
                std::erase_if(scan.stamps(), [this](const auto& file) { return logs_.holds(file.first); });
                seen = std::move(scan.stamps());
            }
        } catch (const std::bad_alloc&) {
        }
        // A look that stopped half way has not been everywhere: what it did not visit is still watched.
        if (seen) {
            drop_unvisited();
        }
        const double next = blind_ || !seen ? kPollInterval : std::max(net_, kNetShare * seconds_since(began));
        start_timer(&poll_, [](uv_timer_t* timer) { static_cast<Impl*>(timer->data)->polled(); }, next);
        return seen;
    }

    void visit(const std::string& directory, const std::string& component) {
        Watch* watch = watch_of(directory);
        if (watch->scan != scan_) {
            watch->scan = scan_;
            watch->components.clear();
            watch->everything = false;
            refresh(*watch);
        }
        if (component.empty()) {
            watch->everything = true;
        } else {
            watch->components.insert(component);
        }
    }

    Watch* watch_of(const std::string& directory) {
        if (const auto known = watches_.find(directory); known != watches_.end()) {
            return known->second;
        }
        auto watch = std::make_unique<Watch>();
        watch->owner = this;
        watch->directory = directory;
        // The map first, for that may find no memory. Once libuv knows the handle uv_close() alone may free it.
        watches_.emplace(directory, watch.get());
        uv_fs_event_init(loop_, &watch->handle);
        watch->handle.data = watch.get();
        return watch.release();
    }

    // A watch stays with the directory it was set on, also when that is moved away, and dies with it.
    void refresh(Watch& watch) {
        // Asked before the watch is set: if the directory is replaced in between, the next look sees another one and
        // sets it anew.
        const std::optional<FileStamp> identity = identity_of(watch.directory);
        if (!watch.stale && identity == watch.identity) {
            return;
        }
        uv_fs_event_stop(&watch.handle);
        watch.identity = identity;
        const int error = uv_fs_event_start(&watch.handle, on_event, watch.directory.c_str(), 0);
        watch.stale = error != 0;
        // One that is not there is no loss: its parent tells when it comes.
        if (error != 0 && error != UV_ENOENT && error != UV_ENOTDIR) {
            blind_ = true;
        }
    }

    void drop_unvisited() noexcept {
        for (auto it = watches_.begin(); it != watches_.end();) {
            if (it->second->scan == scan_) {
                ++it;
            } else {
                close_watch(it->second);
                it = watches_.erase(it);
            }
        }
    }

    static void on_event(uv_fs_event_t* handle, const char* name, int, int) noexcept {
        Watch* watch = static_cast<Watch*>(handle->data);
        try {
            watch->owner->entry_changed(*watch, name);
        } catch (const std::bad_alloc&) {
            watch->owner->touched_.emplace();
            watch->owner->settle();
        }
    }

    void entry_changed(Watch& watch, const char* name) {
        if (name == nullptr) {  // some systems do not tell
            settle();
            return;
        }
        const std::string entry(name);
        if (!watch.wants(entry.substr(0, entry.find('/')))) {
            return;
        }
        const std::string path = watch.directory + (watch.directory.back() == '/' ? "" : "/") + entry;
        if (logs_.holds(path)) {
            return;  // not even a look: a log may be written all the time
        }
        // The entry may be a directory that has been replaced, perhaps with the same inode.
        for (auto it = watches_.lower_bound(path); it != watches_.end() && it->first.starts_with(path); ++it) {
            if (it->first.size() == path.size() || it->first[path.size()] == '/') {
                it->second->stale = true;
            }
        }
        // A write that keeps size and time (clocks of file systems tick slowly) shows in no stamp.
        if (baseline_ && baseline_->count(path) != 0) {
            touched_ = path;
        }
        settle();
    }

    void settle() noexcept {
        // From the first change on, not from the last: where something changes all the time nothing would ever be told.
        if (uv_is_active(reinterpret_cast<uv_handle_t*>(&settle_))) {
            return;
        }
        start_timer(&settle_, [](uv_timer_t* timer) { static_cast<Impl*>(timer->data)->settled(); }, kSettle);
    }

    void settled() noexcept {
        std::optional<FileStamps> seen = look();
        const std::optional<std::string> touched = std::exchange(touched_, std::nullopt);
        const std::string* changed = nullptr;
        if (touched) {
            changed = &*touched;
        } else if (seen && baseline_) {
            changed = first_difference(*baseline_, *seen);
        }
        // If it could not be found out the old baseline stays, and what has changed since is found by the next look.
        if (seen) {
            std::swap(baseline_, seen);  // what `changed` points to stays
        }
        if (changed != nullptr) {
            changed_(*changed);  // last: it may close us
        }
    }

    void polled() noexcept {
        std::optional<FileStamps> seen = look();
        if (!seen) {
            return;
        }
        if (!baseline_) {
            baseline_ = std::move(seen);
        } else if (*seen != *baseline_) {
            // Not told at once: whatever writes there may be half way.
            settle();
        }
    }

    const std::vector<std::string> patterns_;
    const Changed changed_;
    const LogFiles logs_;
    const double net_;
    uv_loop_t* loop_ = nullptr;
    uv_timer_t settle_{};
    uv_timer_t poll_{};  // to the next look that no event asks for
    int open_timers_ = 2;
    std::map<std::string, Watch*> watches_;  // by directory
    std::optional<FileStamps> baseline_;  // as of the last call, or of the start
    std::optional<std::string> touched_;  // a known file that was written since
    bool blind_ = false;  // some directory could not be watched
    uint64_t scan_ = 0;
};

FileWatcher::FileWatcher(uv_loop_t* loop, std::vector<std::string> patterns, Changed changed, LogFiles logs, double net)
    : impl_(new Impl(std::move(patterns), std::move(changed), std::move(logs), net)) {
    impl_->start(loop);
}

FileWatcher::~FileWatcher() { close(); }

void FileWatcher::close() noexcept {
    if (impl_ != nullptr) {
        impl_->close();
    }
    impl_ = nullptr;
}

}  // namespace bgworkers
