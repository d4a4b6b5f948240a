#include "core/socket.h"

namespace bgworkers {

void close_socket(uv_os_sock_t socket) noexcept { closesocket(socket); }

void end_socket(uv_os_sock_t socket) noexcept { shutdown(socket, SD_BOTH); }

void wait_readable(uv_os_sock_t socket, int milliseconds) noexcept {
    WSAPOLLFD entry{socket, POLLRDNORM, 0};
    WSAPoll(&entry, 1, milliseconds);
}

}  // namespace bgworkers
