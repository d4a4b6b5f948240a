#include "host/end_cause.h"

#include <algorithm>
#include <iterator>
#include <new>

#include "core/base/spelling.h"
#include "host/php.h"

namespace bgworkers {

namespace {

constexpr int kFatal = E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_PARSE | E_USER_ERROR | E_RECOVERABLE_ERROR;
// Those that a script's error handler is asked about.
constexpr int kAsked = E_USER_ERROR | E_RECOVERABLE_ERROR;
constexpr size_t kLongestText = 300;  // bytes of exit('text') and of a line on STDERR

// One line of readable text, cut between characters.
std::string readable(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        if (!control || (!line.empty() && line.back() != ' ')) {
            line += control ? ' ' : c;
        }
    }
    line.resize(line.find_last_not_of(' ') + 1);
    line.erase(0, line.find_first_not_of(' '));
    if (line.size() > kLongestText) {
        size_t end = kLongestText;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) {
            --end;
        }
        line.resize(end);
        line += "...";
    }
    return line;
}

// "Exception@anonymous\0/a.php:3$0" is the name of a class without one. The part from the NUL on is for the engine.
std::string without_engine_names(std::string text) {
    for (size_t nul; (nul = text.find('\0')) != std::string::npos;) {
        size_t end = text.find('$', nul);
        while (end != std::string::npos && (end == nul || text[end - 1] < '0' || text[end - 1] > '9')) {
            end = text.find('$', end + 1);  // one in the path
        }
        end = end == std::string::npos ? nul + 1 : end + 1;
        while (end < text.size() &&
               ((text[end] >= '0' && text[end] <= '9') || (text[end] >= 'a' && text[end] <= 'f'))) {
            ++end;
        }
        text.erase(nul, end - nul);
    }
    return text;
}

// A property of Exception or Error as it lies there: reading it could run a __get() of the script's.
const zval* property(zend_object* exception, const char* name) {
    const zend_class_entry* base =
        instanceof_function(exception->ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
    auto* info = static_cast<zend_property_info*>(zend_hash_str_find_ptr(&base->properties_info, name, strlen(name)));
    if (info == nullptr || !instanceof_function(exception->ce, base)) {
        return nullptr;
    }
    const zval* value = OBJ_PROP(exception, info->offset);
    return Z_ISREF_P(value) ? Z_REFVAL_P(value) : value;
}

std::string text_of(const zval* value) {
    return value != nullptr && Z_TYPE_P(value) == IS_STRING ? std::string(Z_STRVAL_P(value), Z_STRLEN_P(value))
                                                            : std::string();
}

// A function of ours that was called without its namespace, which no message of PHP's says.
std::string function_that_was_meant(const EndCause::Thrown& thrown) {
    constexpr std::string_view kBegin = "Call to undefined function ";
    std::string_view name = thrown.message;
    if (thrown.class_name != "Error" || !name.starts_with(kBegin) || !name.ends_with("()")) {
        return "";
    }
    name = name.substr(kBegin.size(), name.size() - kBegin.size() - 2);
    name.remove_prefix(name.rfind('\\') + 1);  // none: npos + 1 is 0
    std::string known = "bgworkers\\";
    std::transform(name.begin(), name.end(), std::back_inserter(known), lower);
    // Of the thread's own table: a function that the host has disabled is not offered.
    if (!zend_hash_str_exists(EG(function_table), known.data(), known.size())) {
        return "";
    }
    const std::string full = "BgWorkers\\" + std::string(name);
    return "; did you mean " + full + "()? Write use function " + full + ";";
}

// "class: message in file:line"
std::string describe_one(zend_object* exception) {
    const EndCause::Thrown thrown = EndCause::look_at(exception);
    std::string text = thrown.class_name;
    if (!thrown.message.empty()) {
        text += ": " + thrown.message;
    }
    text += " in " + (thrown.file.empty() ? std::string("unknown") : thrown.file);
    return text + ":" + std::to_string(thrown.line) + function_that_was_meant(thrown);
}

std::string with_first_cause(std::string text, const std::string& first) {
    return first.empty() || text.find(first) != std::string::npos ? text : text + "; first cause: " + first;
}

std::string describe_chain(zend_object* exception) {
    zend_object* first = exception;
    constexpr int kLongestChain = 1000;  // it may be a ring
    for (int i = 0; i < kLongestChain; ++i) {
        const zval* previous = property(first, "previous");
        if (previous == nullptr || Z_TYPE_P(previous) != IS_OBJECT) {
            break;
        }
        first = Z_OBJ_P(previous);
    }
    return with_first_cause(describe_one(exception), first == exception ? "" : describe_one(first));
}

// "Uncaught LogicException: text in /a.php:3\nStack trace:\n#0 ..." without the trace, which carries arguments; of a
// chain of exceptions the last one, and the first. The place is known from elsewhere, so a message that looks like a
// trace fools nobody.
std::string without_trace(std::string_view message, const std::string& place) {
    constexpr std::string_view kUncaught = "Uncaught ";
    constexpr std::string_view kTrace = "\nStack trace:\n";
    constexpr std::string_view kNext = "\n\nNext ";
    if (message.substr(0, kUncaught.size()) != kUncaught) {
        return std::string(message) + " in " + place;
    }
    message.remove_prefix(kUncaught.size());
    const std::string mark = " in " + place + std::string(kTrace);
    const size_t end = message.rfind(mark);
    if (end == std::string_view::npos) {
        return "an uncaught exception in " + place;
    }
    std::string_view text = message.substr(0, end);
    std::string first;
    if (const size_t next = text.rfind(kNext); next != std::string_view::npos) {
        first = without_engine_names(std::string(text.substr(0, text.find(kTrace))));
        text.remove_prefix(next + kNext.size());
    }
    return with_first_cause(without_engine_names(std::string(text)) + " in " + place, first);
}

template <typename Work>
void with_memory(Work work) noexcept {
    try {
        work();
    } catch (const std::bad_alloc&) {
    }
}

// Will the engine ask the script's error handler about it? As zend_error() decides.
bool is_asked_about(int type) {
    return (type & kAsked) != 0 && Z_TYPE(EG(user_error_handler)) != IS_UNDEF &&
           (EG(user_error_handler_error_reporting) & type) != 0 && EG(error_handling) == EH_NORMAL;
}

}  // namespace

void EndCause::begin_run() noexcept {
    for (std::string* text : {&fatal_, &asked_, &asked_message_, &handled_, &before_script_, &exit_text_, &stderr_line_,
                              &stderr_pending_, &opening_, &opening_said_}) {
        text->clear();
    }
    being_reported_ = false;
    thrown_.reset();
}

EndCause::Thrown EndCause::look_at(zend_object* exception) {
    const zval* line = property(exception, "line");
    return {ZSTR_VAL(exception->ce->name),  // up to the NUL of one without a name
            text_of(property(exception, "message")), text_of(property(exception, "file")),
            line != nullptr && Z_TYPE_P(line) == IS_LONG ? static_cast<int>(Z_LVAL_P(line)) : 0};
}

void EndCause::failed(std::string_view why) noexcept {
    if (fatal_.empty()) {
        with_memory([&] { fatal_ = why; });
    }
}

void EndCause::error(int type, zend_string* file, unsigned line, zend_string* message) noexcept {
    with_memory([&] {
        const std::string_view said(ZSTR_VAL(message), ZSTR_LEN(message));
        if (!opening_.empty() && said.find("Failed opening required") != std::string_view::npos) {
            failed(opening_ + ": " + (opening_said_.empty() ? "PHP does not say why" : opening_said_));
        } else if (!opening_.empty() && opening_said_.empty()) {
            // Why comes first, as a warning of the stream; the error that ends the run does not say it.
            constexpr std::string_view kNoFunction = "Unknown: ";
            opening_said_ = said.substr(said.starts_with(kNoFunction) ? kNoFunction.size() : 0);
        }
        if ((type & kFatal) == 0 || being_reported_ || !fatal_.empty()) {
            return;
        }
        const std::string place =
            std::string(file == nullptr ? "unknown" : ZSTR_VAL(file)) + ":" + std::to_string(line);
        // The one exception that PHP reports without its class.
        std::string text = (type & E_PARSE) != 0 ? "ParseError: " : "";
        text += without_trace(said, place);
        if (is_asked_about(type)) {
            asked_ = text;
            asked_message_ = said;
        } else {
            fatal_ = with_first_cause(text, handled_);
        }
    });
}

void EndCause::begin_opening(const char* what, const char* path) noexcept {
    with_memory([&] {
        opening_said_.clear();
        opening_ = std::string("cannot open ") + what + " " + path;
    });
}

void EndCause::exception(zend_object* exception, bool to_handler) noexcept {
    // exit(), and the end of a fiber that is destroyed, are exceptions for the engine alone.
    if (zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception)) {
        return;
    }
    with_memory([&] {
        if (!thrown_) {
            thrown_ = look_at(exception);
        }
        std::string text = describe_chain(exception);
        if (to_handler) {
            handled_ = std::move(text);
        } else if (fatal_.empty()) {
            fatal_ = with_first_cause(std::move(text), handled_);
        }
    });
}

void EndCause::ended_before_script(const char* file) noexcept {
    before_script_.clear();
    if (file != nullptr) {
        with_memory(
            [&] { before_script_ = std::string("auto_prepend_file ") + file + " ended it before the script began"; });
    }
}

void EndCause::exited(std::string_view text) noexcept {
    with_memory([&] { exit_text_ = readable(text); });
}

void EndCause::wrote_to_stderr(std::string_view bytes) noexcept {
    with_memory([&] {
        while (!bytes.empty()) {
            const size_t end = bytes.find('\n');
            const std::string_view piece = bytes.substr(0, end);
            stderr_pending_.append(
                piece.substr(0, 4 * kLongestText - std::min(stderr_pending_.size(), 4 * kLongestText)));
            if (std::string line = readable(stderr_pending_); !line.empty()) {
                stderr_line_ = std::move(line);
            }
            if (end == std::string_view::npos) {
                return;
            }
            stderr_pending_.clear();
            bytes.remove_prefix(end + 1);
        }
    });
}

bool EndCause::is_asked(zend_string* message) const noexcept {
    // By its text: PHP keeps a copy of the last error, not which one it was.
    return !asked_message_.empty() && message != nullptr &&
           asked_message_ == std::string_view(ZSTR_VAL(message), ZSTR_LEN(message));
}

void EndCause::settle_handled(bool taken) noexcept {
    if (taken) {
        failed(asked_);
    }
    asked_message_.clear();
}

std::string EndCause::describe() const {
    if (!fatal_.empty()) {
        return fatal_;
    }
    if (!handled_.empty()) {
        return handled_;
    }
    std::string text = before_script_;
    const auto add = [&text](const char* how, const std::string& said) {
        text += (text.empty() ? "" : "; ") + std::string(how) + said;
    };
    if (!exit_text_.empty()) {
        add("it ended with the words: ", exit_text_);
    } else if (!stderr_line_.empty()) {
        add("it said on STDERR: ", stderr_line_);
    }
    return text;
}

}  // namespace bgworkers
