#include "zend/workers_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <new>
#include <sstream>

#include "host/inherited_settings.h"
#include "host/php.h"

extern "C" {
#include "zend_ini_parser.h"
#include "zend_ini_scanner.h"
#include "zend_language_scanner.h"
}

namespace bgworkers {

namespace {

struct Parsing {
    std::vector<RawEntry> entries;
    std::string section;
    char dollar = '$';  // what stands for it
    std::string error;
    int error_line = 0;
    bool out_of_memory = false;
};

// Raw mode leaves values alone, but still replaces ${NAME} in a key's brackets by what it finds in the environment. While
// the file is parsed a byte that it does not have stands for '$'.
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

// The parser calls this when it has seen one token beyond the entry, so the scanner is a line ahead, unless the file
// ended there without a line end.
int line_of_entry() {
    const int line = static_cast<int>(INI_SCNG(lineno));
    const bool at_end = INI_SCNG(yy_cursor) >= INI_SCNG(yy_limit);
    return at_end && INI_SCNG(yy_limit)[-1] != '\n' ? line : line - 1;
}

void add_entry(Parsing& parsing, zval* key, zval* value, zval* index, int kind) {
    RawEntry entry;
    entry.line = line_of_entry();
    if (kind == ZEND_INI_PARSER_SECTION) {
        parsing.section = text_of(parsing, key);
        entry.section = parsing.section;
        parsing.entries.push_back(std::move(entry));
        return;
    }
    entry.section = parsing.section;
    entry.key = text_of(parsing, key);
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
    if (const size_t at = text.rfind(" in Unknown on line "); at != std::string::npos) {
        parsing->error_line = atoi(text.c_str() + at + strlen(" in Unknown on line "));
        text.resize(at);
    }
    parsing->error = text;
} catch (const std::bad_alloc&) {
    parsing->out_of_memory = true;
}

// The one frame between the parser and the containers: it owns nothing that a bailout could skip.
void parse(char* text, Parsing* parsing) {
    const int reporting = EG(error_reporting);
    const int handler_reporting = EG(user_error_handler_error_reporting);
    zend_string* const earlier_error = PG(last_error_message);
    EG(error_reporting) = 0;
    EG(user_error_handler_error_reporting) = 0;
    PG(last_error_message) = nullptr;
    // Raw mode leaves values alone, but would still replace a name in brackets by the constant of that name.
    HashTable no_constants;
    zend_hash_init(&no_constants, 0, nullptr, nullptr, 0);
    HashTable* const constants = EG(zend_constants);
    EG(zend_constants) = &no_constants;
    zend_try {
        if (zend_parse_ini_string(text, false, ZEND_INI_SCANNER_RAW, on_entry, parsing) != SUCCESS) {
            parsing->error = "syntax error";  // short enough to need no memory
            parsing->error_line = static_cast<int>(INI_SCNG(lineno));
        }
    } zend_catch {
        parsing->out_of_memory = true;
    } zend_end_try();
    EG(zend_constants) = constants;
    if (PG(last_error_message) != nullptr) {
        take_complaint(parsing, PG(last_error_message));
        zend_string_release(PG(last_error_message));
    }
    PG(last_error_message) = earlier_error;
    EG(error_reporting) = reporting;
    EG(user_error_handler_error_reporting) = handler_reporting;
}

}  // namespace

Result<ScopeSpec> read_workers_file(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return Status::runtime(path + ": cannot be read: " + strerror(EISDIR));
    }
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    if (!file || !(content << file.rdbuf() || file.peek() == std::ifstream::traits_type::eof())) {
        return Status::runtime(path + ": cannot be read: " + strerror(errno));
    }
    Parsing parsing;
    std::string text = content.str();  // 8.2 takes char*
    parsing.dollar = hide_dollars(text);
    parse(text.data(), &parsing);
    if (parsing.out_of_memory) {
        return Status::runtime(path + ": out of memory");
    }
    if (!parsing.error.empty()) {
        return Status::runtime(path + ":" + std::to_string(parsing.error_line) + ": " + parsing.error);
    }
    return build_scope_spec(path, parsing.entries, is_forced_setting);
}

}  // namespace bgworkers
