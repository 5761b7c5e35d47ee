"""A weekly schedule: what it says at a time, and when that changes next.

Blocks are in the home's local time; instants are aware datetimes. A day on
which clocks change is what the wall says: a block from 6 h begins at the
wall's 6 h, and one that begins in the hour that is skipped begins after it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a block asks for. `unknown` is a preset or mode that there is not."""

    preset: str | None = None
    temperature: float | None = None
    mode: str | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A time of a day, [start, end), with what it asks for; an end of 0 h is midnight."""

    start: time
    end: time
    entry: Entry

    def holds(self, at: time) -> bool:
        """Return whether a time of the day is in the block."""
        return self.start <= at and (at < self.end or self.end in (time.min, time.max))


@dataclass(frozen=True, slots=True)
class Week:
    """The blocks of each weekday, Monday first; between them `outside` holds.

    Of blocks that overlap, the one that began last has the say.
    """

    days: tuple[tuple[Block, ...], ...]
    outside: Entry

    @classmethod
    def of(cls, days: Mapping[str, Sequence[Block]], outside: Entry) -> Week:
        """Make a week of the blocks by weekday."""
        return cls(
            tuple(
                tuple(sorted(days.get(day, ()), key=lambda block: block.start))
                for day in WEEKDAYS
            ),
            outside,
        )

    def at(self, when: datetime) -> Entry:
        """Return what the schedule says at a local time."""
        entry = self.outside
        for block in self.days[when.weekday()]:
            if block.holds(when.time()):
                entry = block.entry
        return entry

    def next_change(self, after: datetime) -> tuple[datetime, Entry] | None:
        """Return when the schedule says another thing, and what; None for never."""
        now = self.at(after)
        for when in self._edges(after):
            if (entry := self.at(when)) != now:
                return when, entry
        return None

    def _edges(self, after: datetime) -> Iterator[datetime]:
        """Yield the times at which blocks begin and end, for a week."""
        for ahead in range(8):
            day = after.date() + timedelta(days=ahead)
            edges = {time.min}
            for block in self.days[day.weekday()]:
                edges |= {block.start} | ({block.end} - {time.max})
            for edge in sorted(edges):
                when = datetime.combine(day, edge, tzinfo=after.tzinfo)
                if when.timestamp() > after.timestamp():
                    yield when
