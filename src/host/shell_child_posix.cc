#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "host/bailout.h"
#include "host/child_output.h"
#include "host/os/files.h"
#include "host/os/thread_signals.h"
#include "host/shell_child.h"
#include "host/worker_context.h"

namespace bgworkers {
namespace shell_child {

namespace {

php_stream_ops pipe_ops;

// By the shell in the worker's directory, as PHP has it: the process has another one.
std::string in_directory(const char* directory, const char* command) {
    if (directory == nullptr) {
        return command;
    }
    std::string text = "cd '";
    for (const char* c = directory; *c != '\0'; ++c) {
        if (*c == '\'') {
            text += "'\\''";
        } else {
            text += *c;
        }
    }
    return text + "'; " + command;
}

// 0 or an error of errno. No call into the engine: here things may have destructors.
int spawn(WorkerContext& worker, const char* directory, const char* command, const int (&descriptors)[3],
          pid_t* pid) try {
    std::string text = in_directory(directory, command);
    // Once there is a child, start() must not run out of memory for its number.
    worker.commands.reserve(worker.commands.size() + 1);
    std::vector<std::string> entries;
    if (!worker.environment.copy_all(&entries)) {
        return ENOMEM;
    }
    std::vector<char*> environment;
    for (std::string& entry : entries) {
        environment.push_back(entry.data());
    }
    environment.push_back(nullptr);
    char shell[] = "sh";
    char option[] = "-c";
    char* const arguments[] = {shell, option, text.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    os::SignalMask bytes;
    os::host_signal_mask(&bytes);
    sigset_t mask;
    memcpy(&mask, bytes.bytes, sizeof(mask));
    // With this thread's mask, in which the signals are blocked, none could end the child: `timeout 1 sleep 4` took
    // four seconds.
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    // None of ours is 0, 1 or 2 (os/files.h), so none is overwritten before its turn.
    for (int i = 0; i < 3 && error == 0; ++i) {
        error = posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
    }
    if (error == 0) {
        error = posix_spawn(pid, "/bin/sh", &actions, &attributes, arguments, environment.data());
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
} catch (const std::bad_alloc&) {
    return ENOMEM;
}

struct Pipe {
    int ours;
    int theirs;
};

// False: errno says why.
bool open_pipe(bool write, Pipe* pipe) {
    int reader;
    int writer;
    if (!os::open_pipe(&reader, &writer)) {
        return false;
    }
    *pipe = write ? Pipe{writer, reader} : Pipe{reader, writer};
    // os::open_pipe() is for the log, which must not wait. Here PHP reads, or the child, and both wait.
    ::fcntl(reader, F_SETFL, ::fcntl(reader, F_GETFL) & ~O_NONBLOCK);
    return true;
}

// 0 or an error of errno. theirs: is closed here.
int start_child(WorkerContext& worker, const char* directory, const char* command, bool write, int theirs, pid_t* pid) {
    const int null = os::open_null();
    int error = null < 0 ? errno : 0;
    if (error == 0) {
        int output = child_output::descriptor_of(worker);
        // The command is more than what it prints: without a pipe to the log it runs all the same.
        output = output < 0 ? null : output;
        const int descriptors[3] = {write ? theirs : null, write ? output : theirs, output};
        error = spawn(worker, directory, command, descriptors, pid);
        ::close(null);
    }
    ::close(theirs);
    return error;
}

// pclose(3).
int wait_for(pid_t pid) {
    int status;
    pid_t waited;
    // As pclose(3) does. So a force-kill does not end this wait; without it the child would stay a zombie of the
    // host's.
    do {
        waited = ::waitpid(pid, &status, 0);
    } while (waited < 0 && errno == EINTR);
    if (waited < 0) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : status;
}

int close_pipe(php_stream* stream, int close_handle) {
    // Before the wait: a child that reads until the end, or writes more than a pipe holds, ends only then.
    const int result = php_stream_stdio_ops.close(stream, close_handle);
    WorkerContext& worker = *current_worker();
    const auto found = std::find_if(worker.commands.begin(), worker.commands.end(),
                                    [stream](const auto& each) { return each.first == stream; });
    if (found == worker.commands.end()) {
        return result;
    }
    const auto pid = static_cast<pid_t>(found->second);
    worker.commands.erase(found);
    const int status = wait_for(pid);
    child_output::catch_up(worker);
    return status;
}

php_stream* refuse(const zend_string* command, int error) {
    php_error_docref(nullptr, E_WARNING, "Unable to fork [%s]: %s", ZSTR_VAL(command), strerror(error));
    return nullptr;
}

}  // namespace

php_stream* start(zend_string* command, bool write) {
    char directory[MAXPATHLEN];
    const bool known = VCWD_GETCWD(directory, sizeof(directory)) != nullptr;
    Pipe pipe;
    if (!open_pipe(write, &pipe)) {
        return refuse(command, errno);
    }
    // Before there is a child, which would have to be waited for as well.
    php_stream* stream = call_or_undo([&] { return php_stream_fopen_from_fd(pipe.ours, write ? "w" : "r", nullptr); },
                                      [&] {
                                          ::close(pipe.ours);
                                          ::close(pipe.theirs);
                                      });
    pid_t pid;
    const int error =
        start_child(*current_worker(), known ? directory : nullptr, ZSTR_VAL(command), write, pipe.theirs, &pid);
    if (error != 0) {
        php_stream_close(stream);
        return refuse(command, error);
    }
    // Only its close() differs: stream_select(), time-outs and filters are those of any pipe.
    stream->ops = &pipe_ops;
    current_worker()->commands.emplace_back(stream, pid);  // there is room
    return stream;
}

void install() noexcept {
    pipe_ops = php_stream_stdio_ops;
    pipe_ops.close = close_pipe;
}

}  // namespace shell_child
}  // namespace bgworkers
