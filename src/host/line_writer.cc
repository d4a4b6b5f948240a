#include "host/line_writer.h"

#include <uv.h>

#include <new>

#include "host/log_sink.h"

namespace bgworkers {

void LineWriter::write(std::string_view bytes) noexcept {
    while (!bytes.empty() && !muted_) {
        const size_t end = bytes.find('\n');
        std::string_view piece = bytes.substr(0, end);
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        while (pending_.size() + piece.size() > kLongestLine) {
            const size_t fits = kLongestLine - pending_.size();
            send(piece.substr(0, fits));
            piece.remove_prefix(fits);
        }
        if (end != std::string_view::npos) {
            send(piece);
        } else {
            try {
                pending_.append(piece);
            } catch (const std::bad_alloc&) {
                send(piece);
            }
        }
    }
}

void LineWriter::flush() noexcept {
    if (!pending_.empty()) {
        send({});
    }
}

void LineWriter::end_run() noexcept {
    flush();
    tell_repeats();
    times_ = 0;
}

void LineWriter::send(std::string_view line) noexcept {
    try {
        pending_.append(line);
        line = pending_;
    } catch (const std::bad_alloc&) {
        // Without its beginning.
    }
    if (times_ == 0 || line != last_) {
        tell_repeats();
        times_ = 0;
        put(line);
    } else if (times_ < kAsItIs) {
        put(line);
    } else {
        ++repeats_;
        if (uv_hrtime() - sent_at_ >= kFoldFor * 1'000'000'000) {
            tell_repeats();
        }
    }
    pending_.clear();
}

void LineWriter::put(std::string_view line) noexcept {
    sent_at_ = uv_hrtime();
    try {
        last_ = line;
        ++times_;
        log_sink().write_always(printed_line(worker_, line, 0));
    } catch (const std::bad_alloc&) {
        // last_ is not what was sent, so nothing may be held against it.
        times_ = 0;
        log_sink().write_always(line);
    }
}

void LineWriter::tell_repeats() noexcept {
    if (repeats_ == 0) {
        return;
    }
    sent_at_ = uv_hrtime();
    try {
        log_sink().write_always(printed_line(worker_, last_, repeats_));
    } catch (const std::bad_alloc&) {
        log_sink().write_always(last_);
    }
    repeats_ = 0;
}

}  // namespace bgworkers
