#include "zend/scope/worker_handle.h"

#include <errno.h>

#include "zend/scope/run_state.h"

extern "C" {
#include "ext/standard/file.h"
#include "main/php_network.h"
#include "php_streams.h"
}

namespace bgworkers {

bool worker_handle(const StopChannel& channel, zval* result, int* errno_value) {
    RunState* run = run_state();
    if (run != nullptr && run->handle != nullptr) {
        if (run->handle->type == php_file_le_stream()) {
            ZVAL_RES(result, run->handle);
            Z_ADDREF_P(result);
            return true;
        }
        zend_list_delete(run->handle);  // closed by the script
        run->handle = nullptr;
    }
    // A dup of its own for each stream: closing it leaves the channel alone.
    const uv_os_sock_t descriptor = duplicate_socket(channel.reader());
    if (descriptor == kNoSocket) {
        *errno_value = errno;
        return false;
    }
    php_stream* stream = php_stream_sock_open_from_socket(descriptor, nullptr);
    if (stream == nullptr) {
        *errno_value = errno;
        close_socket(descriptor);
        return false;
    }
    timeval without_limit{-1, 0};  // default_socket_timeout must not end a wait on it
    php_stream_set_option(stream, PHP_STREAM_OPTION_READ_TIMEOUT, 0, &without_limit);
    php_stream_to_zval(stream, result);
    if (run != nullptr) {
        run->handle = Z_RES_P(result);
        Z_ADDREF_P(result);
    }
    return true;
}

}  // namespace bgworkers
