#include "zend/scope/worker_handle.h"

#include <errno.h>

#include <mutex>

#include "host/bailout.h"
#include "zend/scope/run_state.h"

extern "C" {
#include "ext/standard/file.h"
#include "main/php_network.h"
#include "php_streams.h"
}

namespace bgworkers {

namespace {

const php_stream_ops* socket_ops;
php_stream_ops handle_ops;  // those, changed
std::once_flag handle_ops_made;

// A shutdown() would reach the channel itself: every later handle would be at its end, and every wait be over at once.
int set_handle_option(php_stream* stream, int option, int value, void* parameter) {
    const auto* transport = static_cast<const php_stream_xport_param*>(parameter);
    if (option == PHP_STREAM_OPTION_XPORT_API && transport->op == php_stream_xport_param::STREAM_XPORT_OP_SHUTDOWN) {
        return PHP_STREAM_OPTION_RETURN_NOTIMPL;
    }
    return socket_ops->set_option(stream, option, value, parameter);
}

// Nobody reads at the other end. Bytes that stayed there would fill the socket, and then block the script.
ssize_t drop_what_is_written(php_stream*, const char*, size_t count) { return static_cast<ssize_t>(count); }

}  // namespace

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
    if (!stream_over(channel.reader(), result, errno_value)) {
        return false;
    }
    if (run != nullptr) {
        run->handle = Z_RES_P(result);
        Z_ADDREF_P(result);
    }
    return true;
}

// A dup of its own for each stream: closing it leaves the channel alone.
bool stream_over(uv_os_sock_t socket, zval* result, int* errno_value) {
    const uv_os_sock_t descriptor = duplicate_socket(socket);
    if (descriptor == kNoSocket) {
        *errno_value = errno;
        return false;
    }
    php_stream* stream = call_or_undo([&] { return php_stream_sock_open_from_socket(descriptor, nullptr); },
                                      [&] { close_socket(descriptor); });
    if (stream == nullptr) {
        *errno_value = errno;
        close_socket(descriptor);
        return false;
    }
    std::call_once(handle_ops_made, [stream] {
        socket_ops = stream->ops;
        handle_ops = *socket_ops;
        handle_ops.set_option = set_handle_option;
        handle_ops.write = drop_what_is_written;
    });
    // A copy of whatever this PHP has for sockets: poll, time-outs and stream_select() stay as they are.
    stream->ops = &handle_ops;
    timeval without_limit{-1, 0};  // default_socket_timeout must not end a wait on it
    php_stream_set_option(stream, PHP_STREAM_OPTION_READ_TIMEOUT, 0, &without_limit);
    php_stream_to_zval(stream, result);
    return true;
}

}  // namespace bgworkers
