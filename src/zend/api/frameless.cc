#include "zend/api/frameless.h"

#include "zend/values/hot_reads.h"

extern "C" {
#include "zend_system_id.h"
}

namespace bgworkers {
namespace frameless {

#if PHP_VERSION_ID >= 80400

namespace {

constexpr char kName[] = "bgworkers\\get_vars";

zend_function* get_vars_in(HashTable* functions) {
    return static_cast<zend_function*>(zend_hash_str_find_ptr(functions, kName, sizeof(kName) - 1));
}

// *result stays null where it throws.
ZEND_COLD void call(zval* result, uint32_t count, const zval* name, const zval* timeout) {
    // By name each time, for the host may disable it in any request.
    zend_function* function = get_vars_in(EG(function_table));
    if (function == nullptr) {  // disabled since the code was compiled
        zend_throw_error(nullptr, "Call to undefined function BgWorkers\\get_vars()");
        return;
    }
    zval arguments[2];
    ZVAL_COPY(&arguments[0], name);
    if (count == 2) {
        ZVAL_COPY(&arguments[1], timeout);
    }
    zval value;
    ZVAL_UNDEF(&value);
    zend_call_known_function(function, nullptr, nullptr, &value, count, arguments, nullptr);
    for (uint32_t i = 0; i < count; ++i) {
        zval_ptr_dtor(&arguments[i]);
    }
    if (Z_TYPE(value) != IS_UNDEF) {
        ZVAL_COPY_VALUE(result, &value);
    }
}

bool serve(zval* result, const zval* name) {
    if (EXPECTED(Z_TYPE_P(name) == IS_STRING)) {
        if (const zval* value = hot_reads::find(Z_STR_P(name)); EXPECTED(value != nullptr)) {
            ZVAL_COPY(result, value);
            return true;
        }
    }
    return false;
}

void get_vars_1(zval* result, zval* name) {
    if (UNEXPECTED(!serve(result, name))) {
        call(result, 1, name, nullptr);
    }
}

// A bad timeout is an error, though a worker that is ready never waits.
void get_vars_2(zval* result, zval* name, zval* timeout) {
    const bool plain = (Z_TYPE_P(timeout) == IS_LONG && Z_LVAL_P(timeout) >= 0) ||
                       (Z_TYPE_P(timeout) == IS_DOUBLE && Z_DVAL_P(timeout) >= 0);
    if (UNEXPECTED(!plain || !serve(result, name))) {
        call(result, 2, name, timeout);
    }
}

const zend_frameless_function_info kGetVars[] = {
    {reinterpret_cast<void*>(get_vars_1), 1},
    {reinterpret_cast<void*>(get_vars_2), 2},
    {nullptr, 0},
};

}  // namespace

void add_handlers(zend_function_entry* functions) {
    for (; functions->fname != nullptr; ++functions) {
        if (strcasecmp(functions->fname, kName) == 0) {
            functions->frameless_function_infos = kGetVars;
        }
    }
}

void start() {
    // Where in the engine's table our handlers lie: that is what compiled code holds.
    size_t place = 0;
    while (zend_flf_handlers[place] != nullptr && zend_flf_handlers[place] != kGetVars[0].handler) {
        ++place;
    }
    char* file_cache = nullptr;
    const bool told = zend_add_system_entropy("bgworkers", kName, &place, sizeof(place)) == SUCCESS;
    if (!told && cfg_get_string("opcache.file_cache", &file_cache) == SUCCESS && file_cache != nullptr &&
        *file_cache != '\0') {
        get_vars_in(CG(function_table))->internal_function.frameless_function_infos = nullptr;
    }
}

#else

void add_handlers(zend_function_entry*) {}
void start() { zend_add_system_entropy("bgworkers", "functions", "", 0); }

#endif

}  // namespace frameless
}  // namespace bgworkers
