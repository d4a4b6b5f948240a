// The differential fuzzer: bytes -> PHP value -> set_vars() in a worker -> get_vars() on this thread. What arrives has
// to be === what the same bytes give here, with the same serialize(); what has to be refused leaves the old snapshot.
// An input holds several publications, and ends requests in between or not.
//
// Thread of the fuzzer: reader, on the engine's first thread. The worker runs a script that calls fuzz_step() for ever.
// They take turns (Turn), so nothing else here needs a lock.
#include <unistd.h>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine.h"
#include "value.h"

extern "C" {
#include "Zend/zend_exceptions.h"
#include "Zend/zend_smart_str.h"
#include "ext/standard/php_var.h"
}

extern "C" zend_module_entry bgworkers_module_entry;

namespace fuzz {

namespace {

// --- Engine functions, called from here ---------------------------------------------------------------------------

// False: it threw. *thrown gets "Class: message".
bool call(const char* function, zval* argument, zval* result, std::string* thrown) {
    zval name;
    ZVAL_STRING(&name, function);
    ZVAL_UNDEF(result);
    call_user_function(nullptr, nullptr, &name, result, 1, argument);
    zval_ptr_dtor(&name);
    if (EG(exception) == nullptr) {
        return true;
    }
    zend_object* exception = EG(exception);
    zval holder;
    *thrown = ZSTR_VAL(exception->ce->name);
    zval* message = zend_read_property(exception->ce, exception, "message", sizeof("message") - 1, true, &holder);
    if (Z_TYPE_P(message) == IS_STRING) {
        *thrown += std::string(": ") + Z_STRVAL_P(message);
    }
    zend_clear_exception();
    return false;
}

std::string serialized(zval* value) {
    smart_str text{};
    php_serialize_data_t data;
    PHP_VAR_SERIALIZE_INIT(data);
    php_var_serialize(&text, value, &data);
    PHP_VAR_SERIALIZE_DESTROY(data);
    std::string copy(ZSTR_VAL(text.s), ZSTR_LEN(text.s));
    smart_str_free(&text);
    return copy;
}

[[noreturn]] void finding(const std::string& what) {
    fprintf(stderr, "FINDING: %s\n", what.c_str());
    abort();
}

// --- Taking turns -------------------------------------------------------------------------------------------------

// The reader asks, the worker answers; each field belongs to whoever's turn it is.
struct Turn {
    std::mutex mutex;
    std::condition_variable changed;
    bool workers_turn = false;
    bool over = false;

    const uint8_t* data = nullptr;
    size_t size = 0;
    size_t position = 0;  // where the value begins; then where it ended
    uint32_t previous_weight = 0;
    Finding value;
    bool accepted = false;
    std::string thrown;

    void pass() {
        std::unique_lock<std::mutex> lock(mutex);
        workers_turn = true;
        changed.notify_all();
        changed.wait(lock, [this] { return !workers_turn; });
    }
    bool wait_for_reader() {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [this] { return workers_turn || over; });
        return !over;
    }
    void give_back() {
        std::lock_guard<std::mutex> lock(mutex);
        workers_turn = false;
        changed.notify_all();
    }
    void end() {
        std::lock_guard<std::mutex> lock(mutex);
        over = true;
        changed.notify_all();
    }
};
Turn turn;

// What this worker itself has published last.
void read_own(zval* result) {
    zval name;
    std::string thrown;
    ZVAL_STRING(&name, "fuzz");
    if (!call("BgWorkers\\get_vars", &name, result, &thrown)) {
        finding("reading: " + thrown);
    }
    zval_ptr_dtor(&name);
}

ZEND_BEGIN_ARG_INFO_EX(arginfo_none, 0, 0, 0)
ZEND_END_ARG_INFO()

// In the worker: publishes what the reader has asked for.
ZEND_FUNCTION(fuzz_step) {
    if (!turn.wait_for_reader()) {
        RETURN_FALSE;
    }
    zval previous, result;
    read_own(&previous);
    Bytes bytes(turn.data, turn.size);
    bytes.skip(turn.position);
    {
        Value value(bytes, false, &previous, turn.previous_weight);
        turn.value = inspect(value.get());
        turn.accepted = call("BgWorkers\\set_vars", value.get(), &result, &turn.thrown);
        if (turn.accepted) {
            // The very same again: nothing may come of it.
            call("BgWorkers\\set_vars", value.get(), &result, &turn.thrown);
        }
    }
    turn.position = bytes.position();
    zval_ptr_dtor(&previous);
    turn.give_back();
    RETURN_TRUE;
}

const zend_function_entry functions[] = {ZEND_FE(fuzz_step, arginfo_none) ZEND_FE_END};

// --- The reader ---------------------------------------------------------------------------------------------------

constexpr char kEnums[] =
    "enum Suit: string { case Hearts = 'H'; case Spades = 'S'; } enum Plain { case One; case Two; }";
constexpr uint32_t kMostHeld = 12;

// Values that this request has read and still holds, with what they looked like then.
struct Held {
    zval value;
    std::string serialized;
};

class Reader {
public:
    void begin_request() {
        embed::begin_request();
        embed::run_code(kEnums);
    }

    void end_request() {
        check_held();
        embed::end_request();
        if (const std::string output = embed::take_output(); !output.empty()) {
            finding("the request said: " + output);
        }
    }

    void input(const uint8_t* data, size_t size) {
        Bytes bytes(data, size);
        publish_empty();
        while (!bytes.empty()) {
            if (bytes.byte() % 4 == 0) {
                end_request();
                begin_request();
            }
            publication(bytes, data, size);
        }
        if (held_.size() > kMostHeld) {
            end_request();
            begin_request();
        }
    }

private:
    // Each input starts from the same.
    void publish_empty() {
        static const uint8_t empty[2] = {1, 0};
        zval vars;
        ask(empty, sizeof(empty), 0);
        read_own(&vars);
        if (Z_TYPE(vars) != IS_ARRAY || zend_hash_num_elements(Z_ARR(vars)) != 0) {
            finding("an empty array is not what arrives");
        }
        weight_ = 1;
    }

    void ask(const uint8_t* data, size_t size, size_t position) {
        turn.data = data;
        turn.size = size;
        turn.position = position;
        turn.previous_weight = weight_;
        turn.pass();
    }

    void publication(Bytes& bytes, const uint8_t* data, size_t size) {
        zval before, after;
        read_own(&before);
        ask(data, size, bytes.position());
        read_own(&after);
        Value expected(bytes, true, &before, weight_);
        if (bytes.position() != turn.position) {
            finding("the fuzzer's two values differ");
        }
        if (turn.accepted == turn.value.refused) {
            finding(turn.accepted ? "published what has to be refused" : "refused: " + turn.thrown);
        }
        if (!turn.accepted) {
            if (turn.thrown.rfind("ValueError: ", 0) != 0) {
                finding("refused with " + turn.thrown);
            }
            if (Z_ARR(before) != Z_ARR(after)) {
                finding("a refusal has changed what readers see");
            }
        } else {
            weight_ = turn.value.weight;
            check_arrived(&before, &after, expected.get());
        }
        zval_ptr_dtor(&before);
        hold(&after);
    }

    static void check_arrived(zval* before, zval* after, zval* expected) {
        const std::string wanted = serialized(expected), found = serialized(after);
        const bool has_nan = wanted.find("d:NAN;") != std::string::npos;
        // A publication of what is there already is none (0.0 and -0.0 are the same to ===). With NAN inside, that
        // depends on whether the array is the very one, which it may be on one thread and not on the other.
        const bool equal = zend_is_identical(before, expected);
        if (Z_ARR_P(before) == Z_ARR_P(after)) {
            if (!equal && !has_nan) {
                finding("another array is no new version: " + wanted);
            }
            return;
        }
        if (equal && !has_nan) {
            finding("an equal array is a new version: " + wanted);
        }
        if (wanted != found) {
            finding("wanted " + wanted + "\n   found " + found);
        }
        if (!has_nan && !zend_is_identical(after, expected)) {
            finding("not identical: " + found);
        }
        check_lookups(after);
        if (zend_hash_num_elements(Z_ARR_P(after)) != 0) {
            check_next_index(after, expected);  // all empty arrays are one
        }
    }

    // Every key leads to its own element.
    static void check_lookups(zval* array) {
        zend_ulong index;
        zend_string* key;
        zval* element;
        ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL_P(array), index, key, element) {
            if (element != (key == nullptr ? zend_hash_index_find(Z_ARRVAL_P(array), index)
                                           : zend_hash_find(Z_ARRVAL_P(array), key))) {
                finding("a key does not lead to its element");
            }
            if (Z_TYPE_P(element) == IS_ARRAY) {
                check_lookups(element);
            }
        }
        ZEND_HASH_FOREACH_END();
    }

    // $array[] goes where it would with the original, and what was read stays as it is.
    static void check_next_index(zval* found, zval* expected) {
        zval copies[2], nothing;
        ZVAL_NULL(&nothing);
        ZVAL_ARR(&copies[0], zend_array_dup(Z_ARR_P(found)));
        ZVAL_ARR(&copies[1], zend_array_dup(Z_ARR_P(expected)));
        for (zval& copy : copies) {
            zend_hash_next_index_insert(Z_ARR(copy), &nothing);
        }
        if (!(serialized(&copies[0]) == serialized(&copies[1]))) {
            finding("$array[] goes elsewhere: " + serialized(&copies[0]));
        }
        zval_ptr_dtor(&copies[0]);
        zval_ptr_dtor(&copies[1]);
    }

    void hold(zval* value) {
        held_.push_back({{}, serialized(value)});
        ZVAL_COPY_VALUE(&held_.back().value, value);
    }

    void check_held() {
        for (Held& held : held_) {
            if (serialized(&held.value) != held.serialized) {
                finding("what was read has changed: " + held.serialized);
            }
            zval_ptr_dtor(&held.value);
        }
        held_.clear();
    }

    std::vector<Held> held_;
    uint32_t weight_ = 1;
};

Reader reader;
std::unique_ptr<embed::Engine> engine;
std::string directory;

void stop() {
    reader.end_request();
    turn.end();
    reader.begin_request();  // the engine's own end wants one
    engine.reset();
    for (const char* name : {"worker.php", "workers.ini"}) {
        unlink((directory + "/" + name).c_str());
    }
    rmdir(directory.c_str());
}

void start() {
    directory = std::filesystem::temp_directory_path() / ("bgworkers-fuzz-" + std::to_string(getpid()));
    std::filesystem::create_directory(directory);
    std::ofstream(directory + "/worker.php") << "<?php " << kEnums << " BgWorkers\\set_vars([]); while (fuzz_step()) ;";
    std::ofstream(directory + "/workers.ini") << "[fuzz]\nscript = worker.php\n";
    embed::set_functions(functions);
    engine = std::make_unique<embed::Engine>("bgworkers.config=" + directory +
                                                 "/workers.ini\nmemory_limit=-1\n"
                                                 "bgworkers.log_level=error\nbgworkers.shutdown_grace=60\n"
                                                 "serialize_precision=17\n",
                                             &bgworkers_module_entry);
    embed::end_request();  // the one that the engine's start has begun
    reader.begin_request();
    zval vars;
    read_own(&vars);  // starts the worker
    atexit(stop);
}

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    fuzz::start();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz::reader.input(data, size);
    return 0;
}
