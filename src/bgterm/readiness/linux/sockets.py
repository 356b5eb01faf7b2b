"""Who is at the other end of a UNIX socket? /proc does not say, sock_diag(7) does."""

from __future__ import annotations

import socket
import struct

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_SHOW_PEER = 4
_UNIX_DIAG_PEER = 2
_ANY = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_REQUEST = struct.Struct("=BBHIIIII")  # unix_diag_req: family, protocol, -, states, inode, show, cookie twice
_ANSWER_BYTES = 16  # unix_diag_msg
_ATTRIBUTE = struct.Struct("=HH")


def unix_peer(inode: int) -> int:
    """The inode of the socket that a UNIX socket is connected to, 0 where there is none or the kernel does not tell."""
    request = _REQUEST.pack(socket.AF_UNIX, 0, 0, _ANY, inode, _SHOW_PEER, _ANY, _ANY)
    header = _HEADER.pack(_HEADER.size + len(request), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 0, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG) as netlink:
            netlink.send(header + request)
            answer = netlink.recv(4096, socket.MSG_DONTWAIT)
    except OSError:
        return 0
    if _HEADER.unpack_from(answer)[1] != _SOCK_DIAG_BY_FAMILY:  # an error: no such socket
        return 0
    at = _HEADER.size + _ANSWER_BYTES
    while at + _ATTRIBUTE.size <= len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _UNIX_DIAG_PEER:
            return int.from_bytes(answer[at + _ATTRIBUTE.size : at + length], "little")
        at += max((length + 3) & ~3, _ATTRIBUTE.size)
    return 0
