#include "core/os/socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bgworkers {

void close_socket(uv_os_sock_t socket) noexcept { ::close(socket); }

void end_socket(uv_os_sock_t socket) noexcept { ::shutdown(socket, SHUT_RDWR); }

uv_os_sock_t duplicate_socket(uv_os_sock_t socket) noexcept {
    // dup() would give it the number of a standard stream that the host has closed.
    return ::fcntl(socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

void send_one_byte(uv_os_sock_t socket) noexcept {
    const char byte = 0;
    (void)!::send(socket, &byte, 1, MSG_DONTWAIT);
}

void read_away(uv_os_sock_t socket) noexcept {
    char bytes[64];
    (void)!::recv(socket, bytes, sizeof(bytes), MSG_DONTWAIT);
}

bool wait_readable(uv_os_sock_t socket, int milliseconds) noexcept {
    pollfd entry{socket, POLLIN, 0};
    return ::poll(&entry, 1, milliseconds) > 0;
}

}  // namespace bgworkers
