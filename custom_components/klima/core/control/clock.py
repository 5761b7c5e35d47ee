"""What a zone remembers, by a clock that was set: an hour that did not pass is not timed.

Times at which something happened move with the clock, and so does the end of
what was to last for a while. The end of a hold is a time of day, and stays.
"""

from collections.abc import Callable
from dataclasses import replace

from .model import Hold, Memory


def moved(memory: Memory, step: float) -> Memory:
    """Return what is remembered, by a clock that was set by some s."""
    boost = memory.boost
    if boost is not None and boost.until is not None:
        boost = replace(boost, until=boost.until + step)
    return _timed(replace(memory, boost=boost), lambda at: at + step)


def not_after(memory: Memory, now: float) -> Memory:
    """Return what is remembered with nothing in the future: its clock was ahead."""
    return _timed(memory, lambda at: min(at, now))


def _timed(memory: Memory, time: Callable[[float], float]) -> Memory:
    """Return what is remembered with other times for what happened."""

    def held(hold: Hold | None) -> Hold | None:
        return None if hold is None else replace(hold, at=time(hold.at))

    steering, sent = memory.steering, memory.sent
    return replace(
        memory,
        hold=held(memory.hold),
        boost=held(memory.boost),
        direction_at=time(memory.direction_at),
        drying_at=time(memory.drying_at),
        steering=replace(
            steering,
            at=None if steering.at is None else time(steering.at),
            target_at=time(steering.target_at),
            corrected_at=time(steering.corrected_at),
        ),
        sent=None
        if sent is None
        else replace(sent, at=time(sent.at), since=time(sent.since)),
    )
