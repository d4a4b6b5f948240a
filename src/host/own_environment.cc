#include "host/own_environment.h"

#include <errno.h>

#include <new>

#include "host/guarded_functions.h"
#include "host/os/files.h"
#include "host/os/process_state.h"
#include "host/worker_context.h"

namespace bgworkers {

namespace {

constexpr std::string_view kTemporaryDirectory = "TMPDIR";

std::string_view up_to_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

std::string_view name_in(std::string_view entry) {
    return entry.substr(0, entry.find('=', 1));  // Windows has names that begin with '='
}

// Can a shell take this variable from its environment? `export` of the last ones would change, or end, the shell
// itself; found in its environment they do nothing.
bool is_exportable(std::string_view name) {
    for (size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) {
            return false;
        }
    }
    for (std::string_view own : {"IFS", "UID", "EUID", "PPID", "BASHOPTS", "SHELLOPTS", "BASH_VERSINFO"}) {
        if (name == own) {
            return false;
        }
    }
    return !name.empty();
}

void append_quoted(std::string* text, std::string_view value) {
    *text += '\'';
    for (const char c : value) {
        if (c == '\'') {
            *text += "'\\''";
        } else {
            *text += c;
        }
    }
    *text += '\'';
}

zend_string* entry_of(std::string_view name, std::string_view value) {
    zend_string* entry = zend_string_safe_alloc(1, name.size(), value.size() + 1, 0);
    char* const text = ZSTR_VAL(entry);
    memcpy(text, name.data(), name.size());
    text[name.size()] = '=';
    memcpy(text + name.size() + 1, value.data(), value.size());
    text[name.size() + 1 + value.size()] = '\0';
    return entry;
}

}  // namespace

bool OwnEnvironment::begin_run(const Declared& declared) noexcept {
    changes_.clear();
    for (const auto& [name, value] : declared) {
        if (!change(name, value)) {
            return false;
        }
    }
    return true;
}

bool OwnEnvironment::change(std::string_view name, std::optional<std::string_view> value) noexcept try {
    changes_.insert_or_assign(std::string(name), value ? std::optional<std::string>(*value) : std::nullopt);
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

const std::optional<std::string>* OwnEnvironment::find(std::string_view name) const noexcept {
    const auto found = changes_.find(name);
    return found == changes_.end() ? nullptr : &found->second;
}

void OwnEnvironment::list_all(zval* list) {
    of_process_.clear();  // a run may have been killed in here
    if (!os::copy_environment(&of_process_)) {
        zend_throw_error(nullptr, "Cannot read the environment of the process, to hand it on");
        return;
    }
    array_init(list);
    for (const std::string& entry : of_process_) {
        if (find(name_in(entry)) == nullptr) {
            add_next_index_stringl(list, entry.data(), entry.size());
        }
    }
    for (const auto& [name, value] : changes_) {
        if (value) {
            add_next_index_str(list, entry_of(name, *value));
        }
    }
    of_process_.clear();
}

bool OwnEnvironment::copy_all(std::vector<std::string>* entries) const noexcept try {
    if (!os::copy_environment(entries)) {
        return false;
    }
    std::erase_if(*entries, [this](const std::string& entry) { return find(name_in(entry)) != nullptr; });
    for (const auto& [name, value] : changes_) {
        if (value) {
            entries->push_back(name + "=" + *value);
        }
    }
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

void OwnEnvironment::apply(HashTable* array) const {
    for (const auto& [name, value] : changes_) {
        if (value) {
            zval text;
            ZVAL_STRINGL(&text, value->data(), value->size());
            zend_symtable_str_update(array, name.data(), name.size(), &text);
        } else {
            zend_symtable_str_del(array, name.data(), name.size());
        }
    }
}

bool OwnEnvironment::write_exports(char* path, size_t room) const noexcept try {
    std::string text;
    for (const auto& [name, value] : changes_) {
        if (!is_exportable(name)) {
            continue;
        }
        if (value) {
            text.append("export ").append(name).append("=");
            append_quoted(&text, *value);
        } else {
            text.append("unset ").append(name);
        }
        text += '\n';
    }
    return os::write_private_file(path, room, text);
} catch (const std::bad_alloc&) {
    errno = ENOMEM;
    return false;
}

namespace own_environment {

// ?string $name = null, bool $local_only = false. Both parts of a worker's environment are local.
void getenv(INTERNAL_FUNCTION_PARAMETERS) {
    zend_string* name = nullptr;
    bool local_only = false;
    ZEND_PARSE_PARAMETERS_START(0, 2)
        Z_PARAM_OPTIONAL
        Z_PARAM_STR_OR_NULL(name)
        Z_PARAM_BOOL(local_only)
    ZEND_PARSE_PARAMETERS_END();

    if (name != nullptr) {
        const auto* own = current_worker()->environment.find(up_to_nul({ZSTR_VAL(name), ZSTR_LEN(name)}));
        if (own != nullptr) {
            if (!*own) {
                RETURN_FALSE;
            }
            RETURN_STRINGL((*own)->data(), (*own)->size());
        }
    }
    // Not what the host has put there: FrankenPHP's keeps environments of its own, for requests.
    guarded_functions::engine_function("getenv")(INTERNAL_FUNCTION_PARAM_PASSTHRU);
}

void putenv(INTERNAL_FUNCTION_PARAMETERS) {
    zend_string* setting;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(setting)
    ZEND_PARSE_PARAMETERS_END();

    if (ZSTR_LEN(setting) == 0 || ZSTR_VAL(setting)[0] == '=') {
        zend_argument_value_error(1, "must have a valid syntax");
        RETURN_THROWS();
    }
    OwnEnvironment& environment = current_worker()->environment;
    const std::string_view text = up_to_nul({ZSTR_VAL(setting), ZSTR_LEN(setting)});
    const size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    // As PHP and putenv(3) have it: without "=" the variable is unset.
    if (equals == std::string_view::npos) {
        RETVAL_BOOL(environment.change(name, std::nullopt));
    } else {
        RETVAL_BOOL(environment.change(name, text.substr(equals + 1)));
    }
    if (name == kTemporaryDirectory) {
        choose_temporary_directory(environment);
    }
}

void choose_temporary_directory(const OwnEnvironment& environment) {
#ifndef PHP_WIN32  // there PHP asks the system
    const auto* own = environment.find(kTemporaryDirectory);
    // PHP keeps its first answer for the request, and the setting sys_temp_dir goes before TMPDIR.
    if (PG(php_sys_temp_dir) != nullptr || has_sys_temp_dir() || own == nullptr) {
        return;
    }
    std::string_view path = own->has_value() && !(*own)->empty() ? std::string_view(**own) : "/tmp";
    if (path.back() == '/') {
        path.remove_suffix(1);
    }
    PG(php_sys_temp_dir) = estrndup(path.data(), path.size());  // PHP frees it at the end of the run
#else
    (void)environment;
#endif
}

}  // namespace own_environment
}  // namespace bgworkers
