"""Runs one program and sends what its variable `output` holds, as frames.

A frame is one tag byte, a length in 4 bytes, little-endian, and so many bytes. In this order:
`L` the layers that are active, sent before the program starts; then `R` where `output` is right in
kind, `O` where it is not, or `E` for an exception, each with a text; `V` with values, 8 bytes each,
any number of times; `K` at the end. A program can forge all but the first: it still has to know the
values, and the target is not in this process.
"""

import struct
from collections.abc import Callable
from contextlib import suppress

BEYOND = -(1 << 63)
"""Stands for a whole number of more than 63 bits."""
CHUNK = 1024
"""Values in a frame."""
LONGEST_TEXT = 2000


def frame(tag: bytes, payload: bytes = b"") -> bytes:
    """One frame."""
    return tag + struct.pack("<I", len(payload)) + payload


def described(error: BaseException) -> bytes:
    """The exception's type and message, shortened."""
    text = "an exception without a name"
    with suppress(BaseException):  # a stranger's __str__ and __name__ may raise anything
        text = type(error).__name__
        text = f"{text}: {error}"
    return text.encode("utf-8", "replace")[:LONGEST_TEXT]


def read_values(output: object) -> tuple[bytes, list[int]]:
    """What is wrong in the kind of `output`, if anything, and the values before that."""
    if type(output) is not list:
        return f"output is of type {type(output).__name__[:99]}, not a list".encode(), []
    for place, value in enumerate(output):
        if type(value) is not int:
            text = f"output[{place}] is of type {type(value).__name__[:99]}, not an int"
            return text.encode(), output[:place]
    return b"", output


def send_all(write: Callable[[int, bytes], int], channel: int, data: bytes) -> None:
    """Write everything."""
    at = 0
    while at < len(data):
        at += write(channel, data[at : at + 65536])


def run_program(source: bytes, channel: int, write: Callable[[int, bytes], int]) -> None:
    """Execute the program in a fresh namespace and send the frames."""
    namespace = {"__name__": "__main__", "__builtins__": __builtins__}
    try:
        program = compile(source.decode("utf-8", "surrogatepass"), "<program>", "exec")
        exec(program, namespace)
    except BaseException as error:  # noqa: BLE001  whatever a stranger raises is an answer
        send_all(write, channel, frame(b"E", described(error)) + frame(b"K"))
        return
    if "output" not in namespace:
        send_all(write, channel, frame(b"O", b"no variable named output") + frame(b"K"))
        return
    output = namespace["output"]
    try:
        text, values = read_values(output)
        send_all(write, channel, frame(b"O", text) if text else frame(b"R"))
        for at in range(0, len(values), CHUNK):
            part = values[at : at + CHUNK]
            packed = [v if -(1 << 63) < v < 1 << 63 else BEYOND for v in part]
            send_all(write, channel, frame(b"V", struct.pack(f"<{len(packed)}q", *packed)))
    except MemoryError as error:
        send_all(write, channel, frame(b"E", described(error)))
    send_all(write, channel, frame(b"K"))
