"""Frames between the grader and a process it does not trust: a JSON header and raw bytes, both of limited size.

Never pickle: unpickling runs code.
"""

import json
import socket
import struct
import time
from typing import Any

LENGTHS = struct.Struct(">II")  # of header and body, in bytes
LONGEST_HEADER = 2**20
LONGEST_BODY = 16 * 2**20  # the largest honest measurement has less than one tenth


class BrokenFrameError(Exception):
    """The other side sent something that is not a frame, or nothing."""


class ClosedError(BrokenFrameError):
    """The other side closed the connection."""


def send(connection: socket.socket, header: dict[str, Any], body: bytes = b"") -> None:
    """Send one frame."""
    text = json.dumps(header).encode()
    connection.sendall(LENGTHS.pack(len(text), len(body)) + text + body)


def receive(connection: socket.socket, seconds: float | None = None) -> tuple[dict[str, Any], bytes]:
    """Wait for one frame, `seconds` at most.

    Raises: TimeoutError if it is not there in time, BrokenFrameError if there will be none.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    header_length, body_length = LENGTHS.unpack(_read(connection, LENGTHS.size, deadline))
    if header_length > LONGEST_HEADER or body_length > LONGEST_BODY:
        raise BrokenFrameError(f"a frame of {header_length} + {body_length} bytes")
    text, body = _read(connection, header_length, deadline), _read(connection, body_length, deadline)
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenFrameError(f"a header that is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise BrokenFrameError("a header that is not an object")
    return header, body


def _read(connection: socket.socket, length: int, deadline: float | None) -> bytes:
    parts = []
    while length:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        try:
            part = connection.recv(min(length, 2**16))
        except TimeoutError:
            raise
        except OSError as error:
            raise ClosedError(str(error)) from None
        if not part:
            raise ClosedError("the connection was closed")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
