#include "core/base/log.h"

#include <atomic>
#include <charconv>
#include <new>

#include "core/base/spelling.h"
#include "core/base/utf8.h"

namespace bgworkers {

namespace {

constexpr const char* kLevelNames[] = {"debug", "info", "notice", "warning", "error"};

std::atomic<LogFormat> format{LogFormat::text};

// Not <cctype>: that one follows the locale, which PHP code may set.
bool plain(char c) noexcept {
    const char l = lower(c);
    constexpr std::string_view kOthers = "_./:+-";
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || kOthers.find(c) != std::string_view::npos;
}

void append_hex(std::string& line, unsigned char byte) {
    constexpr char kHex[] = "0123456789abcdef";
    line += kHex[byte >> 4];
    line += kHex[byte & 0xF];
}

void append_escaped(std::string& line, char c) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
        case '"': line += "\\\""; return;
        case '\\': line += "\\\\"; return;
        case '\n': line += "\\n"; return;
        case '\r': line += "\\r"; return;
        case '\t': line += "\\t"; return;
        default: break;
    }
    if (byte >= 0x20 && byte != 0x7F) {
        line += c;
    } else {
        line += "\\x";
        append_hex(line, byte);
    }
}

void append_json(std::string& line, std::string_view text) {
    line += '"';
    while (!text.empty()) {
        const size_t length = utf8_length(text);
        const auto byte = static_cast<unsigned char>(text.front());
        if (length > 1) {
            line += text.substr(0, length);
        } else if (length == 0) {
            // As text, \xNN with its backslash escaped: JSON has no escape for a byte.
            line += "\\\\x";
            append_hex(line, byte);
        } else if ((byte >= 0x20 && byte != 0x7F) || byte == '\n' || byte == '\r' || byte == '\t') {
            append_escaped(line, text.front());
        } else {
            line += "\\u00";
            append_hex(line, byte);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    line += '"';
}

void append_value(std::string& line, std::string_view value) {
    // Without quotes the next key would be read as the value.
    bool quoted = value.empty();
    for (char c : value) {
        quoted = quoted || !plain(c);
    }
    if (!quoted) {
        line += value;
        return;
    }
    line += '"';
    for (char c : value) {
        append_escaped(line, c);
    }
    line += '"';
}

}  // namespace

void set_log_format(LogFormat wanted) noexcept { format.store(wanted, std::memory_order_relaxed); }
LogFormat log_format() noexcept { return format.load(std::memory_order_relaxed); }

std::string printed_line(std::string_view worker, std::string_view text, unsigned long long more) {
    std::string line;
    line.reserve(worker.size() + text.size() + 64);
    if (log_format() == LogFormat::json) {
        line = "\"worker\":";
        append_json(line, worker);
        line += ",\"output\":";
        append_json(line, text);
        line += more == 0 ? "" : ",\"more\":" + std::to_string(more);
        return line;
    }
    line = '[';
    line += worker;
    line += "] ";
    line += text;
    line += more == 0 ? "" : " (\xE2\x80\xA6 " + std::to_string(more) + " more)";
    return line;
}

const char* log_level_name(LogLevel level) noexcept { return kLevelNames[static_cast<int>(level)]; }

bool parse_log_level(std::string_view text, LogLevel* level) noexcept {
    for (int i = 0; i < static_cast<int>(std::size(kLevelNames)); ++i) {
        const std::string_view name = kLevelNames[i];
        bool same = name.size() == text.size();
        for (size_t k = 0; same && k < name.size(); ++k) {
            same = name[k] == lower(text[k]);
        }
        if (same) {
            *level = static_cast<LogLevel>(i);
            return true;
        }
    }
    return false;
}

LogEvent::LogEvent(LogLevel level, std::string_view worker, std::string_view event) noexcept : level_(level) {
    try {
        // What there is no memory for is left out field by field.
        line_.reserve(256);
    } catch (const std::bad_alloc&) {
    }
    field("level", log_level_name(level));
    if (!worker.empty()) {
        field("worker", worker);
    }
    field("event", event);
}

LogEvent& LogEvent::add(std::string_view key, std::string_view value, bool number) noexcept {
    const size_t before = line_.size();
    const bool json = log_format() == LogFormat::json;
    try {
        if (before != 0) {
            line_ += json ? ',' : ' ';
        }
        if (!json) {
            line_ += key;
            line_ += '=';
            append_value(line_, value);
            return *this;
        }
        append_json(line_, key);
        line_ += ':';
        if (number) {
            line_ += value;
        } else {
            append_json(line_, value);
        }
    } catch (const std::bad_alloc&) {
        // Shorter needs no memory. What is left is whole fields.
        line_.resize(before);
    }
    return *this;
}

LogEvent& LogEvent::field(std::string_view key, std::string_view value) noexcept { return add(key, value, false); }

LogEvent& LogEvent::field(std::string_view key, long long value) noexcept {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return add(key, std::string_view(text, static_cast<size_t>(end - text)), true);
}

LogEvent& LogEvent::seconds(std::string_view key, double value) noexcept {
    char text[400];  // the largest double has 309 digits before the point
    // Not printf(): PHP code may have set a locale with decimal commas.
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 3).ptr;
    return add(key, std::string_view(text, static_cast<size_t>(end - text)), true);
}

}  // namespace bgworkers
