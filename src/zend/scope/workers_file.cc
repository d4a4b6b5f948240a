#include "zend/scope/workers_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <new>
#include <string_view>

#include "host/inherited_settings.h"
#include "host/php.h"
#include "host/process.h"
#include "zend/scope/ini_values.h"

extern "C" {
#include "zend_ini_parser.h"
#include "zend_ini_scanner.h"
#include "zend_language_scanner.h"
}

namespace bgworkers {

namespace {

// More than any list of workers needs; whoever names a disk image by mistake is told so.
constexpr uintmax_t kLargestFile = 16 << 20;

// Tells the line of a place in the text; places come in rising order. PHP's scanner has a count of its own, but that is
// one too high behind a section whose line goes on with a comment.
class Lines {
public:
    explicit Lines(const char* text) : at_(text) {}

    // Lines end with \n, \r or \r\n, as for the scanner.
    int line_of(const char* place) {
        for (; at_ < place; ++at_) {
            line_ += *at_ == '\n' || (*at_ == '\r' && at_[1] != '\n') ? 1 : 0;
        }
        return line_;
    }

private:
    const char* at_;
    int line_ = 1;
};

// Does this line of the text begin like a comment of another kind of file?
bool begins_with_hash(const char* text, int line) {
    Lines lines(text);
    for (; *text != '\0'; ++text) {
        if (lines.line_of(text) == line && *text != ' ' && *text != '\t') {
            return *text == '#';
        }
    }
    return false;
}

struct Parsing {
    explicit Parsing(const char* text) : lines(text) {}

    std::vector<RawEntry> entries;
    std::string section;
    Lines lines;
    char dollar = '$';  // what stands for it
    std::string error;
    int error_line = 0;
    bool out_of_memory = false;

    void fail(const char* why, int line) {
        if (error.empty()) {
            error = why;
            error_line = line;
        }
    }
};

// Raw mode leaves values alone, but still replaces ${NAME} in a key's brackets by what it finds in the environment.
// While the file is parsed a byte that it does not have stands for '$'.
char hide_dollars(std::string& text) {
    for (char unused = '\x01'; unused < '\t'; ++unused) {
        if (text.find(unused) == std::string::npos) {
            std::replace(text.begin(), text.end(), '$', unused);
            return unused;
        }
    }
    return '$';
}

std::string text_of(const Parsing& parsing, zval* value) {
    if (value == nullptr || Z_TYPE_P(value) != IS_STRING) {
        return {};
    }
    std::string text(Z_STRVAL_P(value), Z_STRLEN_P(value));
    std::replace(text.begin(), text.end(), parsing.dollar, '$');
    return text;
}

// The line of the token that the scanner has come to: the entry's own last one, or the end of its line.
int present_line(Parsing& parsing) { return parsing.lines.line_of(reinterpret_cast<const char*>(INI_SCNG(yy_text))); }

void add_entry(Parsing& parsing, zval* key, zval* value, zval* index, int kind) {
    RawEntry entry;
    entry.line = present_line(parsing);
    if (kind == ZEND_INI_PARSER_SECTION) {
        parsing.section = text_of(parsing, key);
        entry.section = parsing.section;
        parsing.entries.push_back(std::move(entry));
        return;
    }
    entry.section = parsing.section;
    entry.key = text_of(parsing, key);
    if (entry.key.empty()) {
        if (value != nullptr) {  // blanks at the end of the file come as a key, too
            parsing.fail("a line begins with a key, or with the [ of a section", entry.line);
        }
        return;
    }
    entry.value = text_of(parsing, value);
    if (kind == ZEND_INI_PARSER_POP_ENTRY) {
        entry.index = text_of(parsing, index);
    }
    parsing.entries.push_back(std::move(entry));
}

// No C++ exception may pass the parser's frames, nor skip what parse() puts back.
void on_entry(zval* key, zval* value, zval* index, int kind, void* data) {
    auto& parsing = *static_cast<Parsing*>(data);
    try {
        add_entry(parsing, key, value, index, kind);
    } catch (const std::bad_alloc&) {
        parsing.out_of_memory = true;
    }
}

// "syntax error, unexpected ... in Unknown on line 3\n"
void take_complaint(Parsing* parsing, const zend_string* message) noexcept try {
    std::string text(ZSTR_VAL(message), ZSTR_LEN(message));
    text.resize(std::min(text.rfind(" in Unknown on line "), text.size()));
    parsing->error = text;
} catch (const std::bad_alloc&) {
    parsing->out_of_memory = true;
}

// The one frame between the parser and the containers: it owns nothing that a bailout could skip.
void parse(char* text, Parsing* parsing) {
    const int reporting = EG(error_reporting);
    const int handler_reporting = EG(user_error_handler_error_reporting);
    // What error_get_last() tells, all of it: the parser's complaint is ours.
    zend_string* const earlier_error = PG(last_error_message);
    zend_string* const earlier_file = PG(last_error_file);
    const auto earlier_type = PG(last_error_type);
    const auto earlier_line = PG(last_error_lineno);
    EG(error_reporting) = 0;
    EG(user_error_handler_error_reporting) = 0;
    PG(last_error_message) = PG(last_error_file) = nullptr;
    // Raw mode leaves values alone, but would still replace a name in brackets by the constant of that name.
    HashTable no_constants;
    zend_hash_init(&no_constants, 0, nullptr, nullptr, 0);
    HashTable* const constants = EG(zend_constants);
    EG(zend_constants) = &no_constants;
    zend_try {
        if (zend_parse_ini_string(text, false, ZEND_INI_SCANNER_RAW, on_entry, parsing) != SUCCESS) {
            parsing->error = "syntax error";  // short enough to need no memory
            parsing->error_line = present_line(*parsing);
        }
    }
    zend_catch { parsing->out_of_memory = true; }
    zend_end_try();
    EG(zend_constants) = constants;
    if (PG(last_error_message) != nullptr) {
        take_complaint(parsing, PG(last_error_message));
        zend_string_release(PG(last_error_message));
    }
    if (PG(last_error_file) != nullptr) {
        zend_string_release(PG(last_error_file));
    }
    PG(last_error_message) = earlier_error;
    PG(last_error_file) = earlier_file;
    PG(last_error_type) = earlier_type;
    PG(last_error_lineno) = earlier_line;
    EG(error_reporting) = reporting;
    EG(user_error_handler_error_reporting) = handler_reporting;
}

// Returns why it cannot be read, "" if it can.
std::string read_whole(const std::string& path, std::string* text) {
    const auto cannot = [](const std::string& why) { return "cannot be read: " + why; };
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    // An ifstream opens a directory without a complaint.
    if (std::filesystem::is_directory(status)) {
        return cannot(strerror(EISDIR));
    }
    // A pipe would block the request, a device never end.
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        return cannot("it is not a file");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return cannot(strerror(errno));
    }
    const uintmax_t size = std::filesystem::file_size(path, error);
    if (error) {
        return cannot(error.message());
    }
    if (size > kLargestFile) {
        return cannot("it is larger than 16 MiB");
    }
    text->resize(static_cast<size_t>(size));
    errno = 0;
    file.read(text->data(), static_cast<std::streamsize>(size));
    if (file.bad()) {
        return cannot(strerror(errno));
    }
    // An editor may have cut it meanwhile.
    text->resize(static_cast<size_t>(file.gcount()));
    return {};
}

// Its lines, or why there are none. An error: out of memory.
Status read_lines(std::string text, RawFile* file) {
    const auto wrong = [&](int line, std::string why) {
        file->defect = std::move(why);
        file->defect_line = line;
        return Status();
    };
    // The scanner takes it for the end of the file.
    if (const size_t nul = text.find('\0'); nul != std::string::npos) {
        return wrong(Lines(text.data()).line_of(text.data() + nul),
                     "there is a NUL byte; a workers file is plain text (UTF-8, not UTF-16)");
    }
    // A byte order mark, as some editors write it.
    const size_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    Parsing parsing(text.data() + begin);
    parsing.dollar = hide_dollars(text);
    parse(text.data() + begin, &parsing);  // 8.2 takes char*
    // Values are computed only now: PHP's scanner has one state a thread, and is in use while it calls on_entry().
    bool out_of_memory = parsing.out_of_memory;
    for (RawEntry& entry : parsing.entries) {
        out_of_memory = out_of_memory || (entry.key == "ini" && !compute_ini_value(&entry.value));
    }
    if (out_of_memory) {
        return Status::runtime(file->path + ": out of memory");
    }
    file->entries = std::move(parsing.entries);
    if (!parsing.error.empty()) {
        const bool hash = begins_with_hash(text.data() + begin, parsing.error_line);
        return wrong(parsing.error_line, hash ? kHashComment : parsing.error);
    }
    return {};
}

}  // namespace

Result<ScopeSpec> read_workers_file(const std::string& path) {
    Result<std::vector<std::string>> paths = files_of(path);
    if (!paths.ok()) {
        return paths.status();
    }
    std::error_code error;
    const bool is_directory = std::filesystem::is_directory(path, error);
    DeclaredFiles declared(path);
    std::vector<RawFile> files;
    for (const std::string& each : paths.value()) {
        RawFile& file = files.emplace_back();
        file.path = each;
        file.directory = is_directory ? base_of(each) : std::filesystem::path(each).parent_path().string();
        declared.begin_reading(each);
        std::string text;
        // A defect does not end this: all mistakes of all files are told at once.
        if (file.defect = read_whole(each, &text); file.defect.empty()) {
            declared.has_read(text);
            if (Status read = read_lines(std::move(text), &file); !read.ok()) {
                return read;
            }
        }
    }
    const std::string directory = is_directory ? path : std::filesystem::path(path).parent_path().string();
    Result<ScopeSpec> built = build_scope_spec(
        directory, files, {is_forced_setting, setting_defect, Process::current()->settings().shared_memory != 0});
    built.value().files = std::move(declared);
    return built;
}

}  // namespace bgworkers
