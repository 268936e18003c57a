"""Log records: one to four lines with methods, endpoints, users, durations, addresses, modules.

Example: application -> "2024-05-03 09:14:07 INFO [cache] evicted 12 keys in 4 ms".
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from numpy.random import Generator

from codelength.roundtrip.sources.kinds import Kind, Source, between, letters, pick

METHODS = ("GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE")
USERS = ("ana", "bo", "carla", "dmitri", "erin", "farid", "gus", "hilde", "ines", "jorge", "kim")
MODULES = ("auth", "billing", "cache", "db", "gateway", "mailer", "queue", "search", "upload")
STATUSES = (200, 200, 200, 201, 204, 301, 400, 403, 404, 500, 503)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def endpoint(rng: Generator) -> str:
    """A path, often with a number in it."""
    thing = pick(rng, ("users", "orders", "items", "carts", "files", "teams", "invoices"))
    paths = (
        f"/{thing}",
        f"/{thing}/{between(rng, 1, 999)}",
        f"/api/v{between(rng, 1, 3)}/{thing}",
        f"/api/{thing}?page={between(rng, 1, 40)}",
        "/health",
        "/login",
    )
    return pick(rng, paths)


def address(rng: Generator) -> str:
    """A private IPv4 address."""
    low, high = between(rng, 0, 31), between(rng, 1, 254)
    return f"{pick(rng, ('10.0', '10.1', '172.16', '192.168'))}.{low}.{high}"


def duration(rng: Generator) -> int:
    """Milliseconds: most are short, some are long."""
    return between(rng, 1, pick(rng, (20, 200, 5000)))


def times(rng: Generator, count: int) -> Iterator[datetime]:
    """So many times, each a little later than the one before."""
    at = datetime(2023, 1, 1) + timedelta(seconds=between(rng, 0, 3 * 365 * 86_400))
    for _ in range(count):
        yield at
        at += timedelta(seconds=between(rng, 0, 9))


def access(rng: Generator) -> str:
    """One or two lines of a web server."""
    host, user = address(rng), pick(rng, (*USERS, "-"))
    lines = []
    for at in times(rng, between(rng, 1, 2)):
        day = f"{at.day:02d}/{MONTHS[at.month - 1]}/{at:%Y:%H:%M:%S}"
        call = f"{pick(rng, METHODS)} {endpoint(rng)} HTTP/1.1"
        result = f"{pick(rng, STATUSES)} {between(rng, 0, 9999)}"
        lines.append(f'{host} - {user} [{day} +0000] "{call}" {result}')
    return "\n".join(lines)


def key_value(rng: Generator) -> str:
    """One to three lines of key=value; all lines have the same keys."""
    keys = rng.permutation(5)[: between(rng, 2, 4)]
    lines = []
    for at in times(rng, between(rng, 1, 3)):
        fields = (
            f"method={pick(rng, METHODS)} path={endpoint(rng)}",
            f"status={pick(rng, STATUSES)}",
            f"user={pick(rng, USERS)}",
            f"ip={address(rng)}",
            f"module={pick(rng, MODULES)}",
        )
        chosen = " ".join(fields[key] for key in sorted(keys))
        lines.append(f"ts={at:%H:%M:%S} {chosen} dur={duration(rng)}ms")
    return "\n".join(lines)


def notice(rng: Generator) -> str:
    """What an application says when all is well."""
    notices = (
        f"user {pick(rng, USERS)} logged in from {address(rng)}",
        f"user {pick(rng, USERS)} logged out",
        f"{pick(rng, METHODS)} {endpoint(rng)} took {duration(rng)} ms",
        f"evicted {between(rng, 1, 400)} keys in {duration(rng)} ms",
        f"{between(rng, 1, 90)} jobs are waiting",
    )
    return pick(rng, notices)


def trouble(rng: Generator) -> str:
    """What it says when something fails."""
    troubles = (
        f"no answer from {address(rng)} after {duration(rng)} ms",
        f"connection {between(rng, 1, 64)} closed by {address(rng)}",
        f"{pick(rng, METHODS)} {endpoint(rng)} timed out",
        f"user {pick(rng, USERS)} gave a wrong password",
    )
    return pick(rng, troubles)


def event(rng: Generator) -> tuple[str, str]:
    """A level and what is said; one in three is trouble."""
    if rng.integers(3) == 0:
        return pick(rng, ("WARN", "ERROR")), trouble(rng)
    return pick(rng, ("DEBUG", "INFO")), notice(rng)


def application(rng: Generator) -> str:
    """One to four lines with a level and a module."""
    lines = []
    for at in times(rng, between(rng, 1, 4)):
        level, text = event(rng)
        lines.append(f"{at:%Y-%m-%d %H:%M:%S} {level} [{pick(rng, MODULES)}] {text}")
    return "\n".join(lines)


def system(rng: Generator) -> str:
    """One to three lines of a system log."""
    host = f"{pick(rng, ('web', 'db', 'edge', 'job'))}-{between(rng, 1, 9)}"
    process = f"{pick(rng, MODULES)}[{between(rng, 100, 9999)}]"
    lines = [
        f"{MONTHS[at.month - 1]} {at.day:2d} {at:%H:%M:%S} {host} {process}: {event(rng)[1]}"
        for at in times(rng, between(rng, 1, 3))
    ]
    return "\n".join(lines)


def json_lines(rng: Generator) -> str:
    """One to three objects, one a line."""
    module = pick(rng, MODULES)
    lines = []
    for at in times(rng, between(rng, 1, 3)):
        who = pick(rng, (f'"user":"{pick(rng, USERS)}"', f'"ip":"{address(rng)}"'))
        what = f'"path":"{endpoint(rng)}","status":{pick(rng, STATUSES)},"ms":{duration(rng)}'
        lines.append(f'{{"t":"{at:%H:%M:%S}","module":"{module}",{who},{what}}}')
    return "\n".join(lines)


def request(rng: Generator) -> str:
    """A request by its number: it comes, one or two modules have it, it is answered."""
    mark = f"[{letters(rng, '0123456789abcdef', 6)}]"
    lines = [f"{mark} > {pick(rng, METHODS)} {endpoint(rng)} from {address(rng)}"]
    total = between(rng, 1, 9)
    for _ in range(between(rng, 0, 2)):
        took = duration(rng)
        total += took
        lines.append(f"{mark} {pick(rng, MODULES)}: {took} ms")
    lines.append(f"{mark} < {pick(rng, STATUSES)} in {total} ms")
    return "\n".join(lines)


def burst(rng: Generator) -> str:
    """One message two to four times, a second or more apart, perhaps with a running number."""
    count = between(rng, 2, 4)
    start, step = next(times(rng, 1)), between(rng, 1, 30)
    what = f"{pick(rng, ('WARN', 'ERROR'))} {pick(rng, MODULES)}: {trouble(rng)}"
    numbered = rng.integers(2)
    lines = []
    for number in range(count):
        tail = f", try {number + 1}" if numbered else ""
        lines.append(f"{start + timedelta(seconds=step * number):%H:%M:%S} {what}{tail}")
    return "\n".join(lines)


SOURCE = Source(
    "log",
    (
        Kind("access", access),
        Kind("key_value", key_value),
        Kind("application", application),
        Kind("system", system),
        Kind("json_lines", json_lines),
        Kind("request", request),
        Kind("burst", burst),
    ),
)
