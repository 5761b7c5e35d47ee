"""Home Assistant on a clock that can be made to run faster than the wall's.

`python -m tests.simulator.fast_home --config FOLDER` is Home Assistant itself. Its
clocks (`time.time`, `time.monotonic`, Home Assistant's `utcnow` and `now`, and how
long the event loop waits) begin at `KLIMA_CLOCK` (epoch seconds) and run as fast as
the wall's until the process gets SIGUSR1: from then on `KLIMA_SPEED` times as fast.
SIGUSR2 brings them back to the wall's speed. Threads wait by the wall's clock.

With `KLIMA_LEAD`, the path of a `Lead`, SIGUSR1 has them follow that instead: time
passes only as another process lets it, however slow the machine is.
"""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
import mmap
import os
from pathlib import Path
import selectors
import signal
import struct
import sys
import time
from typing import Any

_SECONDS = struct.Struct("<d")

LOOK = 0.02
"""s of the wall's clock after which a loop that follows a lead looks at it again."""


class Lead:
    """Seconds that one process lets pass, and that others follow: a shared file."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        """Open the file; `fresh` makes it anew, at zero."""
        if fresh:
            path.write_bytes(_SECONDS.pack(0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SECONDS.size)

    def passed(self) -> float:
        """Return how many seconds passed so far."""
        return float(_SECONDS.unpack_from(self._shared)[0])

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        _SECONDS.pack_into(self._shared, 0, self.passed() + seconds)


class Clock:
    """Any number of clocks that run alike, at a speed that may change."""

    def __init__(self, start: float) -> None:
        """Begin at `start` epoch seconds, at the wall's speed."""
        self._wall: Callable[[], float] = time.monotonic
        self._source = self._wall
        self._since = self._source()
        self._passed = 0.0
        self.start = start
        self.speed = 1.0
        self.is_led = False

    def passed(self) -> float:
        """Return how many of its seconds have passed since it began."""
        return self._passed + (self._source() - self._since) * self.speed

    def set_speed(self, speed: float) -> None:
        """Run at another speed than the wall's from now on."""
        self._run(self._wall, speed)
        self.is_led = False

    def follow(self, lead: Lead) -> None:
        """Stand still from now on, but for the time that a lead lets pass."""
        self._run(lead.passed, 1.0)
        self.is_led = True

    def _run(self, source: Callable[[], float], speed: float) -> None:
        self._passed = self.passed()
        self._source, self.speed = source, speed
        self._since = source()

    def set_by(self, seconds: float) -> None:
        """Set the time by some seconds; how much has passed is as before."""
        self.start += seconds

    def time(self) -> float:
        """Return the time in epoch seconds."""
        return self.start + self.passed()

    def utcnow(self) -> datetime:
        """Return the time as Home Assistant's `utcnow` does."""
        return datetime.fromtimestamp(self.time(), UTC)


def install(clock: Clock, speed: float, lead: Lead | None = None) -> None:
    """Put the clock in the place of Python's; before Home Assistant is imported."""
    begin = time.monotonic()
    time.time = clock.time
    time.time_ns = lambda: int(clock.time() * 1e9)
    time.monotonic = lambda: begin + clock.passed()

    wait = selectors.EpollSelector.select

    def select(self: selectors.EpollSelector, timeout: float | None = None) -> Any:
        if clock.is_led:
            timeout = LOOK if timeout is None else min(timeout, LOOK)
        elif timeout is not None and timeout > 0:
            timeout /= clock.speed
        return wait(self, timeout)

    setattr(selectors.EpollSelector, "select", select)  # noqa: B010 # A type forbids it.

    # After the clock.
    from homeassistant.util import dt as dt_util
    from jwt import api_jwt

    dt_util.utcnow = clock.utcnow  # type: ignore[assignment] # A partial of its own.

    def now(time_zone: tzinfo | None = None) -> datetime:
        return clock.utcnow().astimezone(time_zone or dt_util.DEFAULT_TIME_ZONE)

    dt_util.now = now
    # Else each token of a past week has expired.
    api_jwt.datetime = type("datetime", (datetime,), {"now": lambda tz=None: now(tz)})  # type: ignore[assignment,misc] # A type of ours.
    signal.signal(
        signal.SIGUSR1,
        lambda *_: clock.set_speed(speed) if lead is None else clock.follow(lead),
    )
    signal.signal(signal.SIGUSR2, lambda *_: clock.set_speed(1.0))


if __name__ == "__main__":
    followed = os.environ.get("KLIMA_LEAD")
    install(
        Clock(float(os.environ["KLIMA_CLOCK"])),
        float(os.environ["KLIMA_SPEED"]),
        Lead(Path(followed)) if followed else None,
    )
    from homeassistant.__main__ import main

    sys.exit(main())
