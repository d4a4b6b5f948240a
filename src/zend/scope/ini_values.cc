#include "zend/scope/ini_values.h"

#include <algorithm>
#include <new>
#include <string_view>

#include "core/base/spelling.h"
#include "host/php.h"

extern "C" {
#include "zend_ini_parser.h"
#include "zend_ini_scanner.h"
}

namespace bgworkers {

namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kOperators = "|&^~!()";

bool is_word(char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '\\';
}

bool is_number(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// When PHP reads php.ini, it has its own constants, and no extension has started yet.
bool is_constant(std::string_view word) {
    auto* constant = static_cast<zend_constant*>(zend_hash_str_find_ptr(EG(zend_constants), word.data(), word.size()));
    return constant != nullptr && ZEND_CONSTANT_MODULE_NUMBER(constant) == 0 && Z_TYPE(constant->value) >= IS_LONG &&
           Z_TYPE(constant->value) <= IS_STRING;
}

bool is_expression(std::string_view text) {
    bool has_constant = false;
    bool has_number = false;
    bool has_operator = false;
    while (!text.empty()) {
        if (kBlank.find(text.front()) != std::string_view::npos) {
            text.remove_prefix(1);
            continue;
        }
        if (kOperators.find(text.front()) != std::string_view::npos) {
            has_operator = true;
            text.remove_prefix(1);
            continue;
        }
        size_t length = 0;
        while (length < text.size() && is_word(text[length])) {
            ++length;
        }
        const std::string_view word = text.substr(0, length);
        if (word.empty() || !(is_number(word) || is_constant(word))) {
            return false;
        }
        (is_number(word) ? has_number : has_constant) = true;
        text.remove_prefix(length);
    }
    // A number alone is text, as all values are; the handler of the setting reads it.
    return has_constant || (has_number && has_operator);
}

struct Computed {
    std::string* value;
    bool found = false;
    bool out_of_memory = false;
};

// No C++ exception may pass the parser's frames.
void take_value(zval*, zval* value, zval*, int kind, void* data) {
    auto& computed = *static_cast<Computed*>(data);
    if (kind != ZEND_INI_PARSER_ENTRY || value == nullptr || Z_TYPE_P(value) != IS_STRING) {
        return;
    }
    try {
        computed.value->assign(Z_STRVAL_P(value), Z_STRLEN_P(value));
        computed.found = true;
    } catch (const std::bad_alloc&) {
        computed.out_of_memory = true;
    }
}

// The one frame between the parser and the strings: it owns nothing that a bailout could skip. An expression that the
// parser does not understand stays what it was, and nobody hears of it.
void parse(const char* text, Computed* computed) {
    const int reporting = EG(error_reporting);
    const int handler_reporting = EG(user_error_handler_error_reporting);
    EG(error_reporting) = 0;
    // PHP asks the script's handler even where error_reporting is 0.
    EG(user_error_handler_error_reporting) = 0;
    zend_try { zend_parse_ini_string(const_cast<char*>(text), false, ZEND_INI_SCANNER_NORMAL, take_value, computed); }
    zend_catch { computed->out_of_memory = true; }
    zend_end_try();
    EG(error_reporting) = reporting;
    EG(user_error_handler_error_reporting) = handler_reporting;
}

}  // namespace

bool compute_ini_value(std::string* value) {
    if (!is_expression(*value)) {
        return true;
    }
    // The parser knows lines of a file alone, so it gets one.
    const std::string text = "v = " + *value + "\n";
    Computed computed{value};
    parse(text.c_str(), &computed);
    return !computed.out_of_memory;
}

std::string setting_defect(const std::string& name) {
    if (zend_hash_str_exists(EG(ini_directives), name.data(), name.size())) {
        return {};
    }
    const std::string defect = "ini[" + name + "]: PHP and its extensions that are loaded have no such setting";
    NearestName nearest(name);
    zend_string* known;
    ZEND_HASH_FOREACH_STR_KEY(EG(ini_directives), known) { nearest.offer({ZSTR_VAL(known), ZSTR_LEN(known)}); }
    ZEND_HASH_FOREACH_END();
    return nearest.found() ? defect + "; did you mean " + std::string(nearest.name()) + "?" : defect;
}

}  // namespace bgworkers
