// The fuzzer for the order of things: bytes -> what PHP code does in a request, step by step, while reads are under
// way. Reads nest, fibers wait in autoloaders before and after the class is defined, versions come meanwhile, lists
// change through references, requests bail out and go on in shutdown functions and in the close of a stream.
//
// What has to hold after each step: an array is what its version was when it was published, for as long as anybody has
// it; no read is older than what was there when it began; and no more snapshots live than may be in use.
//
// The script of a request (orders.php) takes its bytes from fuzz_byte() and tells what it does where FUZZ_TELL is set.
// Two workers publish when they are told. All take turns, so nothing else here needs a lock, and an input does the same
// each time. Freed memory is to be filled (ASAN_OPTIONS): then what the engine reads of it is noticed as well.
#include <unistd.h>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

#include "core/publish/snapshot.h"
#include "engine.h"

extern "C" zend_module_entry bgworkers_module_entry;

namespace fuzz {

namespace {

constexpr int kWorkers = 2;

[[noreturn]] void finding(const std::string& what) {
    fprintf(stderr, "FINDING: %s\n", what.c_str());
    abort();
}

// --- Taking turns -------------------------------------------------------------------------------------------------

// One worker. The reader asks, the worker publishes; each field belongs to whoever's turn it is.
class Publisher {
public:
    zend_long newest() const { return version_; }

    void publish(zend_long version, zend_long kind) {
        version_ = version;
        kind_ = kind;
        std::unique_lock<std::mutex> lock(mutex_);
        workers_turn_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !workers_turn_; });
    }
    // In the worker: what it was told last is done. False: there is nothing more to do.
    bool next(zend_long* version, zend_long* kind) {
        std::unique_lock<std::mutex> lock(mutex_);
        workers_turn_ = false;
        changed_.notify_all();
        changed_.wait(lock, [this] { return workers_turn_ || over_; });
        *version = version_;
        *kind = kind_;
        return !over_;
    }
    void end() {
        std::lock_guard<std::mutex> lock(mutex_);
        over_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool workers_turn_ = false;
    bool over_ = false;
    zend_long version_ = 0;
    zend_long kind_ = 0;
};
Publisher publishers[kWorkers];

struct Input {
    const uint8_t* data = nullptr;
    size_t size = 0;
    size_t at = 0;
} input;

// --- What scripts find --------------------------------------------------------------------------------------------

zend_long argument(zend_execute_data* execute_data, uint32_t n) {
    return zval_get_long(ZEND_CALL_ARG(execute_data, n));
}

ZEND_BEGIN_ARG_INFO_EX(arginfo_any, 0, 0, 0)
ZEND_ARG_VARIADIC_INFO(0, arguments)
ZEND_END_ARG_INFO()

// -1: none is left.
ZEND_FUNCTION(fuzz_byte) { RETURN_LONG(input.at < input.size ? input.data[input.at++] : -1); }

// fuzz_publish(worker, kind): its next version.
ZEND_FUNCTION(fuzz_publish) {
    Publisher& publisher = publishers[argument(execute_data, 1)];
    publisher.publish(publisher.newest() + 1, argument(execute_data, 2));
}

// fuzz_newest(worker): the number of its newest version.
ZEND_FUNCTION(fuzz_newest) { RETURN_LONG(publishers[argument(execute_data, 1)].newest()); }

// In a worker, fuzz_next(worker): [version, kind] to publish, or null.
ZEND_FUNCTION(fuzz_next) {
    zend_long version, kind;
    if (publishers[argument(execute_data, 1)].next(&version, &kind)) {
        array_init(return_value);
        add_next_index_long(return_value, version);
        add_next_index_long(return_value, kind);
    }
}

ZEND_FUNCTION(fuzz_live) { RETURN_LONG(static_cast<zend_long>(bgworkers::Snapshot::live_count())); }

ZEND_FUNCTION(fuzz_bail_out) { zend_bailout(); }

ZEND_FUNCTION(fuzz_finding) { finding(Z_STRVAL_P(ZEND_CALL_ARG(execute_data, 1))); }

ZEND_FUNCTION(fuzz_tell) {
    static const bool tells = getenv("FUZZ_TELL") != nullptr;
    if (tells) {
        fprintf(stderr, "%s\n", Z_STRVAL_P(ZEND_CALL_ARG(execute_data, 1)));
    }
}

const zend_function_entry functions[] = {
    ZEND_FE(fuzz_byte, arginfo_any) ZEND_FE(fuzz_publish, arginfo_any) ZEND_FE(fuzz_newest, arginfo_any)
        ZEND_FE(fuzz_next, arginfo_any) ZEND_FE(fuzz_live, arginfo_any) ZEND_FE(fuzz_bail_out, arginfo_any)
            ZEND_FE(fuzz_finding, arginfo_any) ZEND_FE(fuzz_tell, arginfo_any) ZEND_FE_END};

// --- The reader ---------------------------------------------------------------------------------------------------

std::unique_ptr<embed::Engine> engine;
std::string directory;
std::string reader_code;

void request(const std::string& code) {
    if (const std::string output = embed::request(code); !output.empty()) {
        finding("the request said: " + output);
    }
}

// What this thread has read last, and the slots' own, are all that is left once the next request has begun.
void request_that_keeps_nothing() {
    embed::begin_request();
    if (bgworkers::Snapshot::live_count() > 2 * kWorkers) {
        finding(std::to_string(bgworkers::Snapshot::live_count()) + " snapshots are left after the request");
    }
    embed::run_code("BgWorkers\\get_vars(['one', 'two']);");
    embed::end_request();
    embed::take_output();
    if (bgworkers::Snapshot::live_count() != kWorkers) {
        finding(std::to_string(bgworkers::Snapshot::live_count()) + " snapshots are left");
    }
}

// Each input starts from the same.
void run(const uint8_t* data, size_t size) {
    for (Publisher& publisher : publishers) {
        publisher.publish(0, 0);
    }
    request("BgWorkers\\get_vars(['one', 'two']);");
    input = {data, size, 0};
    do {
        request(reader_code);
    } while (input.at < input.size);
    for (Publisher& publisher : publishers) {
        publisher.publish(-1, 0);
    }
    request_that_keeps_nothing();
}

// --- Start and end ------------------------------------------------------------------------------------------------

std::string contents(const char* path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

void stop() {
    for (Publisher& publisher : publishers) {
        publisher.end();
    }
    embed::begin_request();  // the engine's own end wants one
    engine.reset();
    unlink((directory + "/workers.ini").c_str());
    rmdir(directory.c_str());
}

void start() {
    directory = std::filesystem::temp_directory_path() / ("bgworkers-fuzz-" + std::to_string(getpid()));
    std::filesystem::create_directory(directory);
    std::ofstream(directory + "/workers.ini")
        << "[one]\nscript = " FUZZ_SCRIPTS "/orders.php\n[two]\nscript = " FUZZ_SCRIPTS "/orders.php\n";
    reader_code = "?>" + contents(FUZZ_SCRIPTS "/orders.php");
    embed::set_functions(functions);
    engine = std::make_unique<embed::Engine>("bgworkers.config=" + directory +
                                                 "/workers.ini\nmemory_limit=-1\n"
                                                 "bgworkers.log_level=error\nbgworkers.shutdown_grace=60\n"
                                                 "zend.exception_ignore_args=0\n",
                                             &bgworkers_module_entry);
    embed::end_request();  // the one that the engine's start has begun
    request("BgWorkers\\get_vars(['one', 'two']);");  // starts the workers
    atexit(stop);
}

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    fuzz::start();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size != 0) {
        fuzz::run(data, size);
    }
    return 0;
}
