#include "host/standard_streams.h"

#include "host/child_output.h"
#include "host/os/files.h"
#include "host/worker_context.h"

extern "C" {
#include "ext/standard/php_fopen_wrappers.h"
#include "main/php_network.h"
}

namespace bgworkers {
namespace standard_streams {

namespace {

struct State {
    bool is_input;
    bool is_error;
    int descriptor;  // -1: nobody has asked for one
};

State& state_of(php_stream* stream) { return *static_cast<State*>(stream->abstract); }

ssize_t log_write(php_stream* stream, const char* bytes, size_t count) {
    if (WorkerContext* worker = current_worker()) {
        // The last line on STDERR is what a run that ends with exit(1) has said.
        if (state_of(stream).is_error) {
            worker->end_cause.wrote_to_stderr({bytes, count});
        }
        worker->output.write({bytes, count});
    }
    // All of it, always: a script is not to fail because of the log.
    return static_cast<ssize_t>(count);
}

ssize_t log_read(php_stream* stream, char*, size_t) {
    stream->eof = 1;
    return 0;
}

int log_close(php_stream* stream, int close_handle) {
    auto* state = static_cast<State*>(stream->abstract);
    // Whoever took the descriptor from a cast keeps it: then close_handle is 0.
    if (state->descriptor >= 0 && close_handle) {
        os::close_descriptor(state->descriptor);
    }
    efree(state);
    return 0;
}

int log_flush(php_stream*) { return 0; }

// A descriptor of this stream's own: who casts with PHP_STREAM_CAST_RELEASE keeps it.
int descriptor_of(php_stream* stream) {
    State& state = state_of(stream);
    if (state.descriptor < 0) {
        state.descriptor =
            state.is_input ? os::open_null() : os::duplicate(child_output::descriptor_of(*current_worker()));
    }
    return state.descriptor;
}

int log_cast(php_stream* stream, int as, void** result) {
    if (current_worker() == nullptr || (as != PHP_STREAM_AS_FD && as != PHP_STREAM_AS_FD_FOR_SELECT)) {
        return FAILURE;  // a FILE* is made of our read and write
    }
    const int descriptor = descriptor_of(stream);
    if (descriptor < 0) {
        return FAILURE;
    }
    if (result != nullptr) {
        *reinterpret_cast<php_socket_t*>(result) = descriptor;
    }
    return SUCCESS;
}

int log_stat(php_stream* stream, php_stream_statbuf* buffer) {
    const int descriptor = current_worker() == nullptr ? -1 : descriptor_of(stream);
    return descriptor < 0 ? -1 : zend_fstat(descriptor, &buffer->sb);
}

const php_stream_ops log_stream_ops = {
    log_write, log_read, log_close, log_flush, "bgworkers-log", nullptr, log_cast, log_stat, nullptr,
};

php_stream* open(bool is_input, bool is_error, const char* mode) {
    auto* state = static_cast<State*>(emalloc(sizeof(State)));
    *state = {is_input, is_error, -1};
    return php_stream_alloc(&log_stream_ops, state, nullptr, mode);
}

// php://fd/0, 1 and 2 are the host's: here they mean the same as the names.
bool is_standard_stream(const char* path, bool* is_input, bool* is_error) {
    if (strncasecmp(path, "php://", 6) == 0) {
        path += 6;
    }
    *is_input = strcasecmp(path, "stdin") == 0 || strcasecmp(path, "fd/0") == 0;
    *is_error = strcasecmp(path, "stderr") == 0 || strcasecmp(path, "fd/2") == 0;
    return *is_input || *is_error || strcasecmp(path, "stdout") == 0 || strcasecmp(path, "fd/1") == 0;
}

php_stream* open_php_url(php_stream_wrapper* wrapper, const char* path, const char* mode, int options,
                         zend_string** opened_path, php_stream_context* context STREAMS_DC) {
    bool is_input;
    bool is_error;
    if (current_worker() != nullptr && is_standard_stream(path, &is_input, &is_error)) {
        return open(is_input, is_error, mode);
    }
    return php_stream_php_wrapper.wops->stream_opener(wrapper, path, mode, options, opened_path,
                                                      context STREAMS_REL_CC);
}

php_stream_wrapper_ops php_wrapper_ops;
php_stream_wrapper php_wrapper;

void define_stream(const char* name, size_t length, php_stream* stream) {
    if (stream == nullptr) {
        return;
    }
    zend_constant constant;
    php_stream_to_zval(stream, &constant.value);
    Z_CONSTANT_FLAGS(constant.value) = 0;
    // Not persistent: the engine removes them with the request, and the next run has streams of its own.
    ZEND_CONSTANT_SET_FLAGS(&constant, CONST_CS, 0);
    constant.name = zend_string_init_interned(name, length, 0);
    zend_register_constant(&constant);
}

}  // namespace

void define() {
    define_stream(ZEND_STRL("STDIN"), open(true, false, "rb"));
    define_stream(ZEND_STRL("STDOUT"), open(false, false, "wb"));
    define_stream(ZEND_STRL("STDERR"), open(false, true, "wb"));
}

php_stream* open_output() { return open(false, false, "wb"); }

void install_wrapper() noexcept {
    // Copies, since PHP's wrapper is constant. In its place, so that php://memory, filter and the others stay as they
    // are.
    php_wrapper_ops = *php_stream_php_wrapper.wops;
    php_wrapper_ops.stream_opener = open_php_url;
    php_wrapper = php_stream_php_wrapper;
    php_wrapper.wops = &php_wrapper_ops;
    php_unregister_url_stream_wrapper("php");
    php_register_url_stream_wrapper("php", &php_wrapper);
}

}  // namespace standard_streams
}  // namespace bgworkers
