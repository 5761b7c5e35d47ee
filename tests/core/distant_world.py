"""Units behind slow, lossy or refusing links, and people who use them in any way.

Unlike `control_world`, where each unit answers for itself, what a unit does and what
is shown of it are two things here: a command takes its time to the unit, or is lost, or
refused, and what the unit does takes its time to be shown. Decisions are made when
something changes and when they ask to be made, and at no other time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
import heapq
from itertools import count
import math
from random import Random
from typing import Any

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.arbitration import Turns
from custom_components.klima.core.conduct import Case, conduct
from custom_components.klima.core.control import (
    Comfort,
    Compressor,
    Decision,
    Inputs,
    Limits,
    Memory,
    Mode,
    Reason,
    Setting,
    Unit,
    Wish,
    asked,
    hold,
    release,
    set_preset,
)
from custom_components.klima.core.control.protection import direction_of
from custom_components.klima.core.week import Entry

LIMITS = Limits()
WORKING = {Mode.HEAT: Activity.HEATING, Mode.COOL: Activity.COOLING}


@dataclass(frozen=True, kw_only=True)
class Link:
    """The way to a unit and back: times in s, chances of 1."""

    delay: tuple[float, float] = (0.5, 3.0)
    """Until the unit does what it is told."""
    lag: tuple[float, float] = (0.5, 3.0)
    """Until what it does is shown, where it tells by itself."""
    poll: float | None = None
    """How often it is asked, where it does not."""
    optimistic: bool = False
    """What was sent is shown at once, until it is asked again."""
    loss: float = 0.0
    refusal: float = 0.0
    in_pieces: bool = False
    """The mode is taken before the target."""
    whole_degrees: bool = False
    blank: float = 0.0
    """How long it is shown as off after a start, before anything is known."""

    @property
    def slowest(self) -> float:
        """How long it may take until a command is shown to be done."""
        return self.delay[1] + self.lag[1] + (self.poll or 0.0) + 10.0


@dataclass
class Distant:
    """A unit, and what is shown of it."""

    link: Link
    real: Setting
    shown: Setting
    room: float
    last: float = 0.0
    """When it does the last of what it was told: one after another."""
    shows_at: float = 0.0
    blank_until: float = 0.0
    commands: int = 0
    failed: int = 0
    """How many of them were lost or refused."""

    def taken(self, command: Setting, present: Setting) -> Setting:
        """Return what it is at after a command."""
        target = command.target
        if target is not None and self.link.whole_degrees:
            target = float(round(target))
        return replace(
            present,
            mode=command.mode,
            target=present.target if target is None else target,
        )

    def unit(self) -> Unit:
        """Return it as it is known."""
        activity = Activity.OFF if self.shown.mode is Mode.OFF else Activity.IDLE
        sign = {Mode.HEAT: 1, Mode.COOL: -1}.get(self.shown.mode, 0)
        if sign and self.shown.target is not None:
            if (self.shown.target - self.room) * sign > 0:
                activity = WORKING[self.shown.mode]
        return Unit(
            available=True,
            setting=self.shown,
            intake=self.room,
            activity=activity,
            limits=LIMITS,
        )


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the people of a zone wished for last, and what is known of that."""

    word: Setting | None = None
    """What somebody wished for, while that stands."""
    base: Setting
    """What stands without a schedule and a word."""
    is_clear: bool = True
    """Whether it came across no other, nor a command, on its way."""
    by_hand: bool = False
    """Whether it was said at the unit itself."""
    is_seen: bool = False
    """Whether that is shown."""
    at: float = 0.0
    changes: int = 0
    """How often something else was wished for of Klima."""


@dataclass
class Home:
    """One zone: what it remembers, its schedule, what its people wished for."""

    name: str
    unit: Distant
    said: Said
    week: list[tuple[float, Entry]]
    """From when on the schedule says what; none: no schedule."""
    comfort: Comfort = field(default_factory=Comfort)
    memory: Memory = field(default_factory=Memory)
    decision: Decision | None = None
    window_since: float | None = None
    away: bool = False

    def entry(self, now: float) -> Entry | None:
        """Return what the schedule says."""
        said = [entry for at, entry in self.week if at <= now]
        return said[-1] if said else None

    def next_change(self, now: float) -> float | None:
        """Return when the schedule says something else."""
        return min((at for at, _ in self.week if at > now), default=None)

    def expected(self, now: float) -> Setting:
        """Return what the unit should be at, by what its people and its schedule say."""
        stands = self.said.word or self.said.base
        if self.said.word is None and (entry := self.entry(now)) is not None:
            assert entry.mode is not None
            stands = Setting(mode=Mode(entry.mode), target=entry.temperature)
        if self.window_since is not None and not self.memory.window_override:
            return Setting(mode=Mode.OFF)
        if self.away and self.said.word is None and stands.mode is not Mode.OFF:
            degrees = self.comfort.presets["away"][stands.mode is Mode.COOL]
            return Setting(mode=stands.mode, target=degrees)
        return stands


class DistantWorld:
    """Zones of one outdoor unit behind links, their people, and what went wrong."""

    def __init__(self, random: Random, links: list[Link], *, scheduled: bool) -> None:
        """Begin with units that heat and are known."""
        self.random = random
        self.now = self.began = 1_000_000.0
        self.turns = Turns()
        self.compressor = Compressor()
        self.faults: list[str] = []
        self.log: list[str] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._look_at = self.now
        self._sleeps = False
        self.homes = [
            self._home(f"zone {number}", link, scheduled=scheduled)
            for number, link in enumerate(links)
        ]
        self.decide()

    def _home(self, name: str, link: Link, *, scheduled: bool) -> Home:
        begins = Setting(mode=Mode.HEAT, target=20.0)
        week: list[tuple[float, Entry]] = []
        if scheduled:
            week.append((self.now, Entry(temperature=20.0, mode="heat")))
            while (last := week[-1][0]) < self.now + 2 * 86400:
                mode = self.random.choice(["heat", "heat", "heat", "off"])
                week.append(
                    (
                        last + self.random.choice([1.0, 2.0, 4.0, 8.0]) * 3600,
                        Entry(temperature=self.degrees(), mode=mode),
                    )
                )
        room = self.random.choice([17.0, 19.5, 23.0])
        unit = Distant(link, begins, begins, room)
        home = Home(name, unit, Said(base=begins, at=self.now), week)
        if link.poll is not None:
            self._at(self.random.uniform(0, link.poll), lambda: self._poll(home))
        for at, _ in week[1:]:
            self._at(at - self.now, lambda: self._schedule(home))
        return home

    def degrees(self) -> float:
        """Return any target."""
        return self.random.choice([18.0, 19.0, 20.5, 21.0, 22.0, 23.5])

    # Time

    def _at(self, delay: float, what: Callable[[], None]) -> None:
        """Let something happen in some s."""
        heapq.heappush(self._events, (self.now + delay, next(self._order), what))

    def advance(self, seconds: float) -> None:
        """Let time pass; decide where a decision asked to be made."""
        end = self.now + seconds
        while True:
            event = self._events[0][0] if self._events else math.inf
            look = math.inf if self._sleeps else self._look_at
            if min(event, look) > end:
                break
            self.now = min(event, look)
            if look < event:
                self.decide()
            else:
                heapq.heappop(self._events)[2]()
        self.now = end

    def _note(self, what: str) -> None:
        self.log.append(f"{self.now - self.began:9.1f} {what}")

    def _fault(self, what: str) -> None:
        self._note(f"FAULT {what}")
        self.faults.append(what)

    # Deciding and telling, as the controller does

    def inputs(self, home: Home) -> Inputs:
        """Return a zone's inputs."""
        return Inputs(
            now=self.now,
            unit=home.unit.unit(),
            outdoor=10.0,
            window_since=home.window_since,
            away=home.away,
            schedule=home.entry(self.now),
            next_change=home.next_change(self.now),
        )

    def decide(self) -> list[Home]:
        """Decide, and tell the units; return the zones whose unit refused."""
        if self._sleeps:
            return []
        outcome = conduct(
            {
                home.name: Case(
                    inputs=self.inputs(home), memory=home.memory, comfort=home.comfort
                )
                for home in self.homes
            },
            self.turns,
            self.compressor,
            self.now,
        )
        self.turns, self.compressor = outcome.turns, outcome.compressor
        self._look_at = min(d.look_again for d in outcome.decisions.values()) + 0.05
        for home in self.homes:
            home.decision = outcome.decisions[home.name]
            home.memory = home.decision.memory
        refused = []
        for home in self.homes:
            decision = outcome.decisions[home.name]
            if decision.command is not None:
                self._check(home, decision.command)
                self._note(
                    f"{home.name}: told {_text(decision.command)} ({decision.reason})"
                )
                if not self._tell(home, decision.command):
                    refused.append(home)
                    sent = home.memory.sent
                    assert sent is not None
                    home.memory = replace(home.memory, sent=replace(sent, refused=True))
        return refused

    def _check(self, home: Home, command: Setting) -> None:
        """See whether a command may be sent now."""
        wanted, shown = direction_of(command.mode), home.unit.shown
        for other in self.homes:
            theirs = direction_of(other.unit.shown.mode)
            if other is not home and wanted and theirs not in (None, wanted):
                self._fault(f"{home.name}: {command} against {other.unit.shown}")
        compressor = self.compressor
        if wanted and shown.mode is not command.mode and compressor.running is False:
            assert compressor.since is not None or not compressor.starts
            rested = self.now - (compressor.since or -math.inf)
            if rested < home.comfort.minimum_off:
                self._fault(f"{home.name}: {command} {rested:.0f} s after a stop")
        word, why = home.said.word, home.decision and home.decision.reason
        if (
            home.said.is_seen
            and self.now < (home.next_change(home.said.at) or math.inf)
            and why not in (Reason.CONFLICT, Reason.WINDOW)
            and not (word and LIMITS.same(word, command))
        ):
            self._fault(f"{home.name}: {command} after somebody's hand")

    def _tell(self, home: Home, command: Setting) -> bool:
        """Send a command; return whether it was not refused."""
        unit, link = home.unit, home.unit.link
        unit.commands += 1
        if self.random.random() < link.refusal:
            self._note(f"{home.name}: refused")
            unit.failed += 1
            return False
        if link.optimistic:
            unit.shown = unit.taken(command, unit.shown)
            self._at(0.1, self.decide)
        if self.random.random() < link.loss:
            self._note(f"{home.name}: lost")
            unit.failed += 1
            return True
        # One after another.
        unit.last = max(unit.last, self.now + self.random.uniform(*link.delay))
        if link.in_pieces and command.mode is not unit.real.mode:
            piece = Setting(mode=command.mode)
            self._at(unit.last - self.now, lambda: self._does(home, piece))
            unit.last += self.random.uniform(0.0, 5.0)
        self._at(unit.last - self.now, lambda: self._does(home, command))
        return True

    def _does(self, home: Home, command: Setting) -> None:
        self._is_at(home, home.unit.taken(command, home.unit.real))

    def _is_at(self, home: Home, setting: Setting) -> None:
        """Let a unit do something else, and show it in its time."""
        home.unit.real = setting
        if home.unit.link.poll is None:
            self._tells(home)

    def _poll(self, home: Home) -> None:
        self._at(home.unit.link.poll or 0.0, lambda: self._poll(home))
        self._tells(home)

    def _tells(self, home: Home) -> None:
        """Let what a unit does now be shown in a while."""
        real = home.unit.real
        unit, now = home.unit, self.now
        unit.shows_at = max(unit.shows_at, now + self.random.uniform(*unit.link.lag))
        self._at(unit.shows_at - now, lambda: self._shows(home, real))

    def _shows(self, home: Home, setting: Setting) -> None:
        if not LIMITS.same(home.unit.shown, setting):
            self._note(f"{home.name}: shows {_text(setting)}")
        home.unit.shown = setting
        self.decide()
        said = home.said
        if said.is_clear and said.by_hand and said.word and not self._sleeps:
            seen = LIMITS.same(setting, said.word)
            home.said = replace(said, is_seen=said.is_seen or seen)

    # What happens

    def _schedule(self, home: Home) -> None:
        self._note(f"{home.name}: schedule says {home.entry(self.now)}")
        self._says(home, word=None)
        self.decide()

    def _says(
        self, home: Home, *, is_clear: bool = True, by_hand: bool = False, **said: Any
    ) -> None:
        """Take note that something else is wished for."""
        before = home.said
        # What nobody saw yet may come after it, or before.
        unseen = before.by_hand and not before.is_seen
        home.said = replace(
            before,
            is_clear=is_clear and not unseen and self.now >= home.unit.blank_until,
            by_hand=by_hand,
            is_seen=False,
            at=self.now,
            changes=before.changes + (not by_hand),
            **said,
        )

    def is_quiet(self, home: Home) -> bool:
        """Return whether nothing is on its way to a unit, or from it."""
        sent, slowest = home.memory.sent, home.unit.link.slowest
        return (
            self.now > max(home.said.at, home.unit.last) + slowest + 130
            and LIMITS.same(home.unit.real, home.unit.shown)
            and (sent is None or sent.confirmed)
        )

    def _asks(self, home: Home, memory: Memory, word: Setting | None) -> None:
        """Let a user ask for something; where the unit refuses, nothing was changed."""
        before, said = home.memory, home.said
        # What stood before it is known of a schedule alone.
        self._says(home, word=word, is_clear=word is not None or bool(home.week))
        home.memory = memory
        if home in self.decide():
            home.memory, home.said = before, said
            self.decide()
        elif word is not None and not home.week:
            home.said = replace(home.said, base=word)

    def sets(self, home: Home, mode: Mode, degrees: float) -> None:
        """Set a mode and a target on the thermostat."""
        self._note(f"{home.name}: thermostat {mode} {degrees}")
        target = None if mode is Mode.OFF else degrees
        memory = asked(home.memory, self.now)
        wish = Wish(mode=mode, target=target)
        memory = hold(home.comfort, self.inputs(home), memory, wish)
        self._asks(home, memory, Setting(mode=mode, target=target))

    def chooses(self, home: Home, preset: str) -> None:
        """Choose a preset."""
        self._note(f"{home.name}: preset {preset}")
        memory = set_preset(
            home.comfort,
            self.inputs(home),
            asked(home.memory, self.now),
            preset,
            scheduled=bool(home.week),
        )
        wish = memory.hold.wish if memory.hold else memory.base
        assert wish is not None
        self._asks(home, memory, Setting(mode=wish.mode, target=wish.target))

    def resumes(self, home: Home) -> None:
        """End a hold."""
        self._note(f"{home.name}: resume")
        self._asks(home, release(asked(home.memory, self.now)), None)

    def hand(self, home: Home, mode: Mode, degrees: float) -> None:
        """Use the unit's own remote."""
        setting = home.unit.taken(Setting(mode=mode, target=degrees), home.unit.real)
        if LIMITS.same(setting, home.unit.real):
            return
        # Beside an open window it depends on whether that turned it on.
        clear = self.is_quiet(home) and home.window_since is None
        self._note(
            f"{home.name}: remote {_text(setting)}{'' if clear else ' (unclear)'}"
        )
        word = replace(setting, target=None) if mode is Mode.OFF else setting
        base = home.said.base if home.week else word
        self._says(home, word=word, base=base, is_clear=clear, by_hand=True)
        self._is_at(home, setting)

    def window(self, home: Home, *, is_open: bool) -> None:
        """Open or close a window."""
        self._note(f"{home.name}: window {'open' if is_open else 'closed'}")
        self._says(home, is_clear=home.said.is_clear)
        home.window_since = self.now if is_open else None
        self.decide()

    def people(self, home: Home, *, away: bool) -> None:
        """Leave, or come back."""
        self._note(f"{home.name}: {'away' if away else 'back'}")
        word = home.said.word if home.week else None
        self._says(home, is_clear=home.said.is_clear, word=word)
        home.away = away
        self.decide()

    def restart(self, seconds: float, meanwhile: Callable[[], None]) -> None:
        """Restart Home Assistant; something may happen to the units meanwhile."""
        self._note("restart")
        kept = [home.memory.as_dict() for home in self.homes]
        turns, compressor = self.turns.as_dict(), self.compressor.as_dict()
        self._sleeps = True
        meanwhile()
        self.advance(seconds)
        self._sleeps = False
        self._note("started")
        for home, data in zip(self.homes, kept, strict=True):
            home.memory = Memory.from_dict(data)
            home.said = replace(home.said, at=self.now)
            home.unit.shown = home.unit.real
            if blank := home.unit.link.blank:
                home.unit.shown = Setting(mode=Mode.OFF)
                home.unit.blank_until = self.now + home.unit.link.slowest + blank
                self._at(blank, partial(self._tells, home))
        self.turns = Turns.from_dict(turns)
        self.compressor = Compressor.from_dict(compressor)
        self.decide()

    # What has to be in the end

    def settle(self) -> None:
        """Let all be quiet; see that each unit is at what was wished for last."""
        self.advance(4 * max(home.unit.link.slowest for home in self.homes) + 1200)
        for home in self.homes:
            decision, said = home.decision, home.said
            assert decision is not None
            waits = decision.reason is Reason.CONFLICT or decision.waits_until
            slowest = home.unit.link.slowest
            recent = (
                self.now < max(said.at + 2 * slowest, home.unit.last) + slowest + 900
            )
            if not said.is_clear or waits or recent or decision.rule == "no_answer":
                continue
            expected = home.expected(self.now)
            if not LIMITS.same(
                home.unit.real, home.unit.taken(expected, home.unit.real)
            ):
                self._fault(
                    f"{home.name}: at {_text(home.unit.real)} for {_text(expected)}"
                )

    @property
    def commands(self) -> int:
        """How many commands were sent, but for those that were lost or refused."""
        return sum(home.unit.commands - home.unit.failed for home in self.homes)

    @property
    def changes(self) -> int:
        """How often something else was wished for."""
        return sum(home.said.changes for home in self.homes)


def _text(setting: Setting) -> str:
    return f"{setting.mode.value} {setting.target}"
