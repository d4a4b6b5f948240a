#include "core/os/socket.h"

#include <errno.h>

namespace bgworkers {

void close_socket(uv_os_sock_t socket) noexcept { closesocket(socket); }

void end_socket(uv_os_sock_t socket) noexcept { shutdown(socket, SD_BOTH); }

uv_os_sock_t duplicate_socket(uv_os_sock_t socket) noexcept {
    WSAPROTOCOL_INFOW shared;
    const uv_os_sock_t duplicate =
        WSADuplicateSocketW(socket, GetCurrentProcessId(), &shared) != 0
            ? kNoSocket
            : WSASocketW(AF_INET, SOCK_STREAM, 0, &shared, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (duplicate == kNoSocket) {
        errno = EMFILE;
    }
    return duplicate;
}

void send_one_byte(uv_os_sock_t socket) noexcept {
    const char byte = 0;
    send(socket, &byte, 1, 0);
}

void read_away(uv_os_sock_t socket) noexcept {
    char bytes[64];
    recv(socket, bytes, sizeof(bytes), 0);
}

bool wait_readable(uv_os_sock_t socket, int milliseconds) noexcept {
    WSAPOLLFD entry{socket, POLLRDNORM, 0};
    return WSAPoll(&entry, 1, milliseconds) > 0;
}

}  // namespace bgworkers
