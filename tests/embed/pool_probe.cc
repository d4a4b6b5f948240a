// An extension for tests: what a region of shared memory does under PHP in processes that a server forks, before the
// product has shared workers. It has the product's layout, writer, reader and pool; the module's start, in the parent,
// makes the reservation, and a child enters it with its first call.
//
//   probe_publish(array $vars): int      leads, if nobody else does, and publishes; the version, 0: others lead
//   probe_read(): array                  what is published, in place
//   probe_hot(int $times): float         nanoseconds of a read of a version that is known
//   probe_address(array $vars): string   where it lies
//   probe_own(array $vars): array        the same layout in memory of this process
#include <memory>

#include "core/pool/leadership.h"
#include "core/pool/marks.h"
#include "core/pool/region.h"
#include "core/pool/reservation.h"
#include "core/pool/scope_table.h"
#include "core/pool/store.h"
#include "host/php.h"
#include "zend/values/array_layout.h"
#include "zend/values/snapshot_reader.h"
#include "zend/values/snapshot_writer.h"

ZEND_TSRMLS_CACHE_DEFINE()

using namespace bgworkers;

namespace {

constexpr WriteTerms kTerms = {"$vars", "publish", "a snapshot", "a limit", 0};

std::unique_ptr<Reservation> reservation;

// This process's part. Pins stay until the process ends: what they hold, requests may hold.
struct Member {
    std::unique_ptr<Region> region;
    std::unique_ptr<Marks> marks;
    std::unique_ptr<Leadership> leadership;
    std::unique_ptr<Store> store;
    uint32_t scope = 0;
    uint64_t word = 0;  // of what was read last
    SharedPin pin, previous;
};
Member* member = nullptr;

const char* enter() {
    if (member != nullptr) {
        return nullptr;
    }
    Result<std::unique_ptr<Region>> entered = reservation->enter(0);
    if (!entered.ok()) {
        return "no region";
    }
    member = new Member;
    member->region = std::move(entered.value());
    member->marks = std::make_unique<Marks>(*member->region);
    if (!member->region->claim_row() ||
        join_scope(*member->region, scope_key("probe"), &member->scope) != JoinResult::joined) {
        return "no row or scope";
    }
    member->leadership = std::make_unique<Leadership>(*member->region, member->scope);
    return nullptr;
}

bool lead() {
    member->leadership->look();
    member->leadership->tick();
    if (!member->leadership->leads()) {
        return false;
    }
    if (member->store == nullptr) {
        Result<std::unique_ptr<Store>> opened = Store::open(*member->region, member->scope);
        if (opened.ok()) {
            member->store = std::move(opened.value());
        }
    }
    return member->store != nullptr;
}

// Into the message; nothing with a destructor is alive when the engine throws.
void publish(const zend_array* vars, uint64_t* version, char* message, size_t room) {
    Draft draft;
    bool has_references;
    Status status = write_snapshot(
        vars, kTerms,
        [&](size_t bytes) -> Result<void*> {
            Result<Draft> reserved = member->store->reserve(bytes);
            if (!reserved.ok()) {
                return reserved.status();
            }
            draft = reserved.value();
            return draft.data;
        },
        &has_references);
    if (status.ok()) {
        const Result<uint64_t> published = member->store->publish(0, draft, 1.0);
        *version = published.value();
        status = published.status();
    }
    snprintf(message, room, "%s", status.message().c_str());
}

// The newest, pinned. What the last two reads have handed out stays in place.
const SnapshotHead* newest() {
    const uint64_t word = Marks::word(*member->region, member->scope, 0);
    if (word != member->word || word == 0) {
        SharedPin pin;
        if (member->marks->pin(member->scope, 0, &pin) != PinResult::pinned) {
            return nullptr;
        }
        if (member->previous.data != nullptr) {
            member->marks->unpin(member->previous);
        }
        member->previous = member->pin;
        member->pin = pin;
        member->word = word;
    }
    return static_cast<const SnapshotHead*>(member->pin.data);
}

void hand_out(const SnapshotHead* head, zval* result) {
    Cases cases;
    if (find_cases(head, &cases)) {
        build_array(head, cases, false, result);
        release_cases(cases);
    }
}

ZEND_FUNCTION(probe_publish) {
    zend_array* vars;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(vars)
    ZEND_PARSE_PARAMETERS_END();
    const char* failed = enter();
    uint64_t version = 0;
    char message[300] = "";
    if (failed == nullptr && lead()) {
        publish(vars, &version, message, sizeof(message));
        failed = message[0] != '\0' ? message : nullptr;
    }
    if (failed != nullptr) {
        zend_throw_error(nullptr, "%s", failed);
        return;
    }
    RETURN_LONG(static_cast<zend_long>(version));
}

ZEND_FUNCTION(probe_read) {
    ZEND_PARSE_PARAMETERS_NONE();
    const char* failed = enter();
    const SnapshotHead* head = failed == nullptr ? newest() : nullptr;
    if (head == nullptr) {
        zend_throw_error(nullptr, "%s", failed == nullptr ? "nothing is published" : failed);
        return;
    }
    hand_out(head, return_value);
}

ZEND_FUNCTION(probe_hot) {
    zend_long times;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(times)
    ZEND_PARSE_PARAMETERS_END();
    const auto began = std::chrono::steady_clock::now();
    for (zend_long i = 0; i < times; ++i) {
        zval read;
        hand_out(newest(), &read);
        asm volatile("" : : "r"(&read) : "memory");
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
    RETURN_DOUBLE(took.count() / static_cast<double>(times));
}

ZEND_FUNCTION(probe_address) {
    zend_array* vars;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(vars)
    ZEND_PARSE_PARAMETERS_END();
    RETURN_STR(zend_strpprintf(0, "%p", static_cast<void*>(vars)));
}

ZEND_FUNCTION(probe_own) {
    zend_array* vars;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(vars)
    ZEND_PARSE_PARAMETERS_END();
    static Block block;  // until the next call
    Written written;
    if (!write_snapshot(vars, kTerms, &written).ok()) {
        return;
    }
    block = std::move(written.block);
    hand_out(static_cast<const SnapshotHead*>(block.data()), return_value);
}

ZEND_BEGIN_ARG_INFO_EX(arginfo_any, 0, 0, 0)
ZEND_ARG_VARIADIC_INFO(0, arguments)
ZEND_END_ARG_INFO()

const zend_function_entry functions[] = {ZEND_FE(probe_publish, arginfo_any) ZEND_FE(probe_read, arginfo_any) ZEND_FE(
    probe_hot, arginfo_any) ZEND_FE(probe_address, arginfo_any) ZEND_FE(probe_own, arginfo_any) ZEND_FE_END};

zend_result module_start(int, int) {
    PoolSettings settings;
    settings.scopes = 1;
    Result<std::unique_ptr<Reservation>> made = Reservation::make(settings);
    if (!made.ok()) {
        zend_error(E_WARNING, "pool_probe: no reservation");
        return FAILURE;
    }
    reservation = std::move(made.value());
    return SUCCESS;
}

zend_result request_start(int, int) {
    ZEND_TSRMLS_CACHE_UPDATE();
    return SUCCESS;
}

zend_module_entry module = {STANDARD_MODULE_HEADER, "pool_probe", functions, module_start, nullptr,
                            request_start,          nullptr,      nullptr,   "0",          STANDARD_MODULE_PROPERTIES};

}  // namespace

extern "C" ZEND_DLEXPORT zend_module_entry* get_module(void) { return &module; }
