#include "host/line_writer.h"

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

void LineWriter::send(std::string_view line) noexcept {
    try {
        std::string whole = prefix_ + pending_;
        whole.append(line);
        log_sink().write_always(whole);
    } catch (const std::bad_alloc&) {
        log_sink().write_always(line);
    }
    pending_.clear();
}

}  // namespace bgworkers
