#include "inside.h"

#include <malloc.h>

#include "core/publish/snapshot.h"
#include "failing_memory.h"
#include "support.h"

extern "C" zend_module_entry bgworkers_module_entry;

namespace embed {

std::atomic<long> counter[kCounters];

zend_module_entry* extension() { return &bgworkers_module_entry; }

namespace {

ZEND_BEGIN_ARG_INFO_EX(arginfo_any, 0, 0, 0)
ZEND_ARG_VARIADIC_INFO(0, arguments)
ZEND_END_ARG_INFO()

zend_long argument(zend_execute_data* execute_data, uint32_t number) {
    return ZEND_NUM_ARGS() < number ? 0 : zval_get_long(ZEND_CALL_ARG(execute_data, number));
}

ZEND_FUNCTION(embed_counter) {
    std::atomic<long>& one = counter[argument(execute_data, 1)];
    if (ZEND_NUM_ARGS() > 1) {
        one = argument(execute_data, 2);
    }
    RETURN_LONG(one);
}

ZEND_FUNCTION(embed_live) { RETURN_LONG(static_cast<zend_long>(bgworkers::Snapshot::live_count())); }

ZEND_FUNCTION(embed_memory) {
    const struct mallinfo2 info = mallinfo2();
    RETURN_LONG(static_cast<zend_long>(info.uordblks + info.hblkhd));
}

ZEND_FUNCTION(embed_time_out) {
    zend_atomic_bool_store(&EG(timed_out), true);
    zend_atomic_bool_store(&EG(vm_interrupt), true);
}

ZEND_FUNCTION(embed_fail) { fail("script", 0, Z_STRVAL_P(ZEND_CALL_ARG(execute_data, 1))); }

ZEND_FUNCTION(embed_arm) { arm_memory(argument(execute_data, 1), argument(execute_data, 2) != 0); }

ZEND_FUNCTION(embed_disarm) { RETURN_LONG(disarm_memory()); }

ZEND_FUNCTION(embed_arm_request) { arm_request_memory(argument(execute_data, 1)); }

ZEND_FUNCTION(embed_disarm_request) { RETURN_BOOL(disarm_request_memory()); }

#define ENTRY(name) ZEND_FE(name, arginfo_any)
const zend_function_entry functions[] = {
    // clang-format off
    ENTRY(embed_counter)
    ENTRY(embed_live)
    ENTRY(embed_memory)
    ENTRY(embed_time_out)
    ENTRY(embed_fail)
    ENTRY(embed_arm)
    ENTRY(embed_disarm)
    ENTRY(embed_arm_request)
    ENTRY(embed_disarm_request)
    ZEND_FE_END
    // clang-format on
};
#undef ENTRY

}  // namespace

const zend_function_entry* inside_functions() { return functions; }

}  // namespace embed
