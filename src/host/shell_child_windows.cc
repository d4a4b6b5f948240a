#include "host/shell_child.h"
#include "host/bailout.h"
#include "host/commands.h"
#include "host/os/files.h"
#include "host/worker_context.h"

extern "C" {
#include "ext/standard/file.h"
#include "ext/standard/proc_open.h"
}

namespace bgworkers {
namespace shell_child {

namespace {

struct Child {
    zval process;
    php_stream* stream;  // registered after the process, so a run that ends closes it first
};

// The pipe of the new child, taken from the process's handle: that keeps a reference, and would close it.
php_stream* take_pipe(zend_resource* process, php_stream* pipe, const char* mode) {
    php_socket_t descriptor;
    if (php_stream_cast(pipe, PHP_STREAM_AS_FD, reinterpret_cast<void**>(&descriptor), 0) != SUCCESS) {
        return nullptr;
    }
    auto* handle = static_cast<php_process_handle*>(process->ptr);
    for (int i = 0; i < handle->npipes; ++i) {
        if (handle->pipes[i] != nullptr) {
            GC_DELREF(handle->pipes[i]);
            handle->pipes[i] = nullptr;
        }
    }
    php_stream_free(pipe, PHP_STREAM_FREE_CLOSE | PHP_STREAM_FREE_PRESERVE_HANDLE | PHP_STREAM_FREE_KEEP_RSRC);
    // The pipe has left the process's handle, so nobody else closes it; the child stays with that.
    const auto ours = static_cast<int>(descriptor);
    return call_or_undo([&] { return php_stream_fopen_from_fd(ours, mode, nullptr); },
                        [&] { os::close_descriptor(ours); });
}

// popen(3) with the worker's environment. false: a warning or an exception says why.
bool open(zend_string* command, bool write, Child* child) {
    zval arguments[5];
    zval pipes;
    char directory[MAXPATHLEN];
    ZVAL_UNDEF(&child->process);
    child->stream = nullptr;

    ZVAL_STR_COPY(&arguments[0], command);
    array_init(&arguments[1]);
    for (zend_ulong i = 0; i < 3; ++i) {
        zval nothing;
        array_init(&nothing);
        add_next_index_string(&nothing, "null");
        add_index_zval(&arguments[1], i, &nothing);
    }
    zval pipe;
    array_init(&pipe);
    add_next_index_string(&pipe, "pipe");
    add_next_index_string(&pipe, write ? "r" : "w");
    add_index_zval(&arguments[1], write ? 0 : 1, &pipe);
    array_init(&pipes);
    ZVAL_NEW_REF(&arguments[2], &pipes);
    if (VCWD_GETCWD(directory, sizeof(directory)) != nullptr) {
        ZVAL_STRING(&arguments[3], directory);
    } else {
        ZVAL_NULL(&arguments[3]);
    }
    ZVAL_UNDEF(&arguments[4]);
    current_worker()->environment.list_all(&arguments[4]);
    if (EG(exception) == nullptr) {
        zend_call_known_function(commands::engine_proc_open(), nullptr, nullptr, &child->process, 5, arguments,
                                 nullptr);
    }
    if (Z_TYPE(child->process) == IS_RESOURCE) {
        zval* opened = zend_hash_index_find(Z_ARRVAL_P(Z_REFVAL(arguments[2])), write ? 0 : 1);
        php_stream* stream = nullptr;
        if (opened != nullptr) {
            php_stream_from_zval_no_verify(stream, opened);
        }
        if (stream != nullptr) {
            child->stream = take_pipe(Z_RES(child->process), stream, write ? "w" : "r");
        }
        if (child->stream == nullptr) {
            zval_ptr_dtor(&child->process);
            ZVAL_UNDEF(&child->process);
        }
    }
    for (zval& argument : arguments) {
        zval_ptr_dtor(&argument);
    }
    return child->stream != nullptr;
}

// As pclose() of PHP tells it: the exit status, or what waitpid(2) says of a child that was killed.
zend_long wait_for(zval* process) {
    // Without it proc_open's resource is closed without a wait, and the status is lost.
    FG(pclose_wait) = 1;
    zend_list_close(Z_RES_P(process));
    FG(pclose_wait) = 0;
    zval_ptr_dtor(process);
    return FG(pclose_ret);
}

php_stream_ops pipe_ops;

int close_pipe(php_stream* stream, int close_handle) {
    zval process;
    ZVAL_COPY_VALUE(&process, &stream->wrapperdata);
    // Taken out first, or the engine would release it once more when it frees the stream.
    ZVAL_UNDEF(&stream->wrapperdata);
    const int result = php_stream_stdio_ops.close(stream, close_handle);
    return Z_TYPE(process) == IS_RESOURCE ? static_cast<int>(wait_for(&process)) : result;
}

}  // namespace

php_stream* start(zend_string* command, bool write) {
    Child child;
    if (!open(command, write, &child)) {
        return nullptr;
    }
    child.stream->ops = &pipe_ops;
    ZVAL_COPY_VALUE(&child.stream->wrapperdata, &child.process);
    return child.stream;
}

void install() noexcept {
    pipe_ops = php_stream_stdio_ops;
    pipe_ops.close = close_pipe;
}

}  // namespace shell_child
}  // namespace bgworkers
