"""Programs that try to get at something. `{names}` are filled in from a `World`.

Each outputs [1] where it got what it wanted, unless `got` says otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass

from codelength.sandbox import Outcome, Status
from tests.attacks.world import World


def one(outcome: Outcome, world: World) -> bool:
    return outcome.output == (1,)


def secret(outcome: Outcome, world: World) -> bool:
    return (
        bytes(outcome.output) == world.secret
        if all(0 <= v < 256 for v in outcome.output)
        else False
    )


def overspent(outcome: Outcome, world: World) -> bool:
    return outcome.status is Status.OK


@dataclass(frozen=True)
class Probe:
    name: str
    program: str
    got: Callable[[Outcome, World], bool] = one
    needs: str = ""
    """What the machine must have for the probe to work at all; a key of `World.has`."""


TRY = """
def attempt():
{body}
try:
    output = attempt()
except BaseException as error:
    output = [0]
"""


def tries(body: str) -> str:
    return TRY.replace("{body}", "\n".join("    " + line for line in body.strip().split("\n")))


CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
"""
PROBES = [
    Probe("a file of the user", tries("return list(open({secret_file!r}, 'rb').read())"), secret),
    Probe(
        "a target in a folder of all",
        tries("return list(open({target_file!r}, 'rb').read())"),
        secret,
    ),
    Probe(
        "the grader's environment",
        tries("""
import os
found = open("/proc/{grader}/environ", "rb").read() + str(dict(os.environ)).encode()
return [1] if {variable!r}.encode() in found else [0]"""),
    ),
    Probe(
        "the grader's memory through /proc",
        tries("""
with open("/proc/{grader}/mem", "rb", buffering=0) as memory:
    memory.seek({address})
    return list(memory.read({length}))"""),
        secret,
        needs="ptrace",
    ),
    Probe(
        "the grader's memory through a system call",
        tries(
            CALL
            + """
class Vec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
buffer = ctypes.create_string_buffer({length})
mine = Vec(ctypes.cast(buffer, ctypes.c_void_p), {length})
theirs = Vec({address}, {length})
got = libc.process_vm_readv({grader}, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
return list(buffer.raw) if got == {length} else [0]"""
        ),
        secret,
        needs="ptrace",
    ),
    Probe(
        "a list of a folder",
        tries("""
import os
return [1] if {target_name!r} in os.listdir({folder!r}) else [0]"""),
    ),
    Probe("a file in a folder of all", tries("open({new_file!r}, 'w').write('x')\nreturn [1]")),
    Probe("a file at home", tries("open({home_file!r}, 'w').write('x')\nreturn [1]")),
    Probe(
        "64 MB of disk",
        tries("""
import os
with open({new_file!r} + ".big", "wb") as file:
    for _ in range(64):
        file.write(bytes(1 << 20))
return [1]"""),
    ),
    Probe(
        "TCP",
        tries("""
import socket
socket.create_connection(("127.0.0.1", {tcp}), 2).sendall(b"x")
return [1]"""),
    ),
    Probe(
        "UDP",
        tries("""
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", {udp}))
return [1]"""),
    ),
    Probe(
        "an abstract socket",
        tries("""
import socket
socket.socket(socket.AF_UNIX).connect(chr(0) + {abstract!r})
return [1]"""),
    ),
    Probe("a signal to another process", tries("import os\nos.kill({victim}, 9)\nreturn [1]")),
    Probe(
        "a signal through fcntl",
        tries("""
import fcntl
fcntl.fcntl(3, 8, {grader})  # F_SETOWN
return [1]"""),
    ),
    Probe("a shell", tries("import posix\nreturn [1 - min(1, posix.system('true'))]")),
    Probe(
        "another program",
        tries("""
import os
pid = os.posix_spawn("/bin/true", ["true"], {{}})
return [1 if os.waitpid(pid, 0)[1] == 0 else 0]"""),
    ),
    Probe(
        "another program in this process",
        CALL
        + """
path = ctypes.create_string_buffer({witness!r}.encode())
arguments = (ctypes.c_char_p * 2)(path.value, None)
libc.execve(path, arguments, None)
output = [0]
""",
        lambda outcome, world: world.seen(),
    ),
    Probe(
        "300 processes",
        tries("""
import os, time
for _ in range(300):
    if not os.fork():
        time.sleep(0.2)
        os._exit(0)
return [1]"""),
    ),
    Probe(
        "100 threads",
        tries("""
import threading, time
for _ in range(100):
    threading.Thread(target=time.sleep, args=(0.05,)).start()
return [1]"""),
    ),
    Probe("2 GiB of memory", tries("held = bytearray(2 << 30)\nreturn [1]")),
    Probe(
        "a user namespace",
        tries(CALL + "return [1 if libc.unshare(0x10000000) == 0 else 0]"),
        needs="namespaces",
    ),
    Probe(
        "io_uring",
        tries(
            CALL
            + """
parameters = ctypes.create_string_buffer(120)
return [1 if libc.syscall(425, 4, parameters) >= 0 else 0]"""
        ),
        needs="io_uring",
    ),
    Probe(
        "an emptied file of the library",
        tries("""
import os
os.open({library_file!r}, os.O_RDONLY | os.O_TRUNC)
return [1]"""),
    ),
    Probe(
        "a word of memory shared with others",
        tries(
            CALL
            + """
word = ctypes.c_uint32()
return [1 if libc.syscall({futex}, ctypes.byref(word), 1, 1, None) >= 0 else 0]"""
        ),
    ),
    Probe(
        "the processor time of the grader",
        tries("""
import time
return [1 if time.clock_gettime(((~{grader}) << 3) | 2) > 0 else 0]"""),
    ),
    Probe("a file in memory", tries("import os\nos.memfd_create('x')\nreturn [1]")),
]
