#include "core/base/log.h"

#include <charconv>
#include <new>

namespace bgworkers {

namespace {

constexpr const char* kLevelNames[] = {"debug", "info", "notice", "warning", "error"};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Not <cctype>: that one follows the locale, which PHP code may set.
bool plain(char c) noexcept {
    const char l = lower(c);
    constexpr std::string_view kOthers = "_./:+-";
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || kOthers.find(c) != std::string_view::npos;
}

void append_escaped(std::string& line, char c) {
    constexpr char kHex[] = "0123456789abcdef";
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
        line += kHex[byte >> 4];
        line += kHex[byte & 0xF];
    }
}

void append_value(std::string& line, std::string_view value) {
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
        line_.reserve(256);
        line_ = "bgworkers: level=";
        line_ += log_level_name(level);
    } catch (const std::bad_alloc&) {
        line_ = "bgworkers:";  // short enough to need no memory
    }
    if (!worker.empty()) {
        field("worker", worker);
    }
    field("event", event);
}

LogEvent& LogEvent::field(std::string_view key, std::string_view value) noexcept {
    const size_t before = line_.size();
    try {
        line_ += ' ';
        line_ += key;
        line_ += '=';
        append_value(line_, value);
    } catch (const std::bad_alloc&) {
        line_.resize(before);
    }
    return *this;
}

LogEvent& LogEvent::field(std::string_view key, long long value) noexcept {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return field(key, std::string_view(text, static_cast<size_t>(end - text)));
}

LogEvent& LogEvent::seconds(std::string_view key, double value) noexcept {
    char text[400];  // the largest double has 309 digits before the point
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 3).ptr;
    return field(key, std::string_view(text, static_cast<size_t>(end - text)));
}

}  // namespace bgworkers
