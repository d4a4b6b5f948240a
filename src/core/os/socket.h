// The little of sockets that libuv leaves to its callers. POSIX: socket_posix.cc, Windows: socket_windows.cc.
//
// Any thread; no state.
#pragma once

#include <uv.h>

namespace bgworkers {

constexpr uv_os_sock_t kNoSocket = static_cast<uv_os_sock_t>(-1);

void close_socket(uv_os_sock_t socket) noexcept;

// Ends both directions, for every duplicate of the socket, too.
void end_socket(uv_os_sock_t socket) noexcept;

// A second descriptor, not of the low ones, which children do not inherit; kNoSocket, and errno, where none is left.
uv_os_sock_t duplicate_socket(uv_os_sock_t socket) noexcept;

// Into a socket that has room for it.
void send_one_byte(uv_os_sock_t socket) noexcept;
// A few bytes of one that is readable; they are thrown away.
void read_away(uv_os_sock_t socket) noexcept;

// Waits until it is readable or at its end (then true), a signal comes or `milliseconds` (-1: no limit) are over.
bool wait_readable(uv_os_sock_t socket, int milliseconds) noexcept;

}  // namespace bgworkers
