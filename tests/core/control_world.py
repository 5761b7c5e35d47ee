"""A small world for the control of zones: rooms, units that echo, a compressor, people."""

from dataclasses import dataclass, field, replace

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.arbitration import Turns
from custom_components.klima.core.conduct import Case, Outcome, conduct
from custom_components.klima.core.control import (
    Comfort,
    Compressor,
    Decision,
    Direction,
    Goal,
    HoldSource,
    Inputs,
    Limits,
    Memory,
    Mode,
    Setting,
    Unit,
)
from custom_components.klima.core.control.protection import direction_of
from custom_components.klima.core.week import Entry

STEP = 20.0


@dataclass
class Machine:
    """An indoor unit in its room: it answers late, rounds, and has its own thermostat."""

    limits: Limits = field(
        default_factory=lambda: Limits(
            modes=frozenset({Mode.OFF, Mode.HEAT, Mode.COOL, Mode.DRY})
        )
    )
    room: float = 20.0
    bias: float = 1.0
    tau: float = 40_000.0
    power: float = 4.0
    echo: float = 5.0
    whole_degrees: bool = False
    available: bool = True
    deaf: bool = False
    setting: Setting = Setting(mode=Mode.OFF, target=21.0)
    calling: bool = False
    served: bool = False
    commands: list[tuple[float, Setting]] = field(default_factory=list)
    pending: list[tuple[float, Setting]] = field(default_factory=list)
    lost_commands: int = 0

    def tell(self, now: float, setting: Setting) -> None:
        """Take a command, to be answered later."""
        self.commands.append((now, setting))
        if not self.available:
            self.lost_commands += 1
            return
        if not self.deaf:
            self.pending.append((now + self.echo, setting))

    def obey(self, now: float) -> None:
        """Answer what is due."""
        due = [setting for at, setting in self.pending if at <= now]
        self.pending = [(at, s) for at, s in self.pending if at > now]
        for setting in due:
            target = setting.target
            if target is not None and self.whole_degrees:
                target = float(round(target))
            self.setting = replace(
                setting, target=self.setting.target if target is None else target
            )

    @property
    def wants(self) -> Direction | None:
        """What the unit's mode asks of the outdoor unit."""
        return direction_of(self.setting.mode)

    def thermostat(self) -> bool:
        """Return whether the unit calls for the compressor."""
        if self.wants is None or not self.available:
            self.calling = False
            return False
        if self.setting.mode is Mode.DRY:
            self.calling = True
            return True
        assert self.setting.target is not None
        error = (self.setting.target - self.room - self.bias) * self.wants.sign
        self.calling = error > (-0.5 if self.calling else 0.5)
        return self.calling

    def unit(self) -> Unit:
        """Return the unit as Home Assistant would know it."""
        if not self.available:
            return Unit(available=False, limits=self.limits)
        activity = Activity.OFF if self.setting.mode is Mode.OFF else Activity.IDLE
        if self.served:
            activity = {
                Mode.HEAT: Activity.HEATING,
                Mode.COOL: Activity.COOLING,
                Mode.DRY: Activity.DRYING,
            }.get(self.setting.mode, activity)
        return Unit(
            available=True,
            setting=self.setting,
            intake=self.room + self.bias,
            activity=activity,
            limits=self.limits,
        )


@dataclass
class Place:
    """A zone: its machine, and what its sensors and people do."""

    comfort: Comfort
    machine: Machine
    memory: Memory = field(default_factory=Memory)
    sensor: bool = True
    window_since: float | None = None
    away: bool = False
    schedule: Entry | None = None
    goal: Goal | None = None
    ours: bool = True
    decision: Decision | None = None
    user_at: float = -1e9


@dataclass
class World:
    """One outdoor unit and its zones. It notes what its compressor did, and why."""

    places: dict[str, Place]
    outdoor: float = 5.0
    now: float = 1_000_000.0
    turns: Turns = field(default_factory=Turns)
    compressor: Compressor = field(default_factory=Compressor)
    runs: bool = False
    switched_at: float = 0.0
    both: int = 0
    conflicts: list[tuple[float, Setting, Setting]] = field(default_factory=list)
    switches: list[tuple[float, bool, float]] = field(default_factory=list)
    """(when, on, s since the last switch)."""

    def inputs(self, place: Place) -> Inputs:
        """Return a zone's inputs."""
        return Inputs(
            now=self.now,
            unit=place.machine.unit(),
            room=place.machine.room if place.sensor else None,
            outdoor=self.outdoor,
            window_since=place.window_since,
            away=place.away,
            schedule=place.schedule,
            next_change=None if place.schedule is None else self.next_change,
            goal=place.goal,
        )

    @property
    def next_change(self) -> float:
        """The schedule of this world changes every two hours, if it does."""
        return (self.now // 7200 + 1) * 7200

    def decide(self) -> Outcome:
        """Decide, and tell the machines."""
        outcome = conduct(
            {
                name: Case(
                    inputs=self.inputs(place),
                    memory=place.memory,
                    comfort=place.comfort if place.ours else None,
                )
                for name, place in self.places.items()
            },
            self.turns,
            self.compressor,
            self.now,
        )
        self.turns, self.compressor = outcome.turns, outcome.compressor
        for name, decision in outcome.decisions.items():
            place = self.places[name]
            place.memory = decision.memory
            place.decision = decision
            if decision.command is not None:
                self._note_conflict(name, decision.command)
                place.machine.tell(self.now, decision.command)
        return outcome

    def _note_conflict(self, name: str, command: Setting) -> None:
        """Note a command against what another unit is set to."""
        wanted = direction_of(command.mode)
        for other, place in self.places.items():
            theirs = place.machine.wants if place.machine.available else None
            if other != name and wanted and theirs not in (None, wanted):
                self.conflicts.append((self.now, command, place.machine.setting))

    def advance(self, seconds: float) -> None:
        """Let time pass: physics, echoes, decisions."""
        end = self.now + seconds
        while self.now < end:
            self.now += STEP
            for place in self.places.values():
                place.machine.obey(self.now)
            self._physics()
            self.decide()

    def _physics(self) -> None:
        machines = [place.machine for place in self.places.values()]
        wants = {m.wants for m in machines if m.available} - {None}
        if len(wants) > 1:
            self.both += 1
        calling = [m for m in machines if m.thermostat()]
        runs = bool(calling)
        if runs is not self.runs:
            self.switches.append((self.now, runs, self.now - self.switched_at))
            self.runs, self.switched_at = runs, self.now
        for machine in machines:
            machine.served = machine in calling
            heat = 0.0
            if machine.served and machine.wants is not None:
                heat = machine.power * machine.wants.sign / 3600
            machine.room += STEP * (heat + (self.outdoor - machine.room) / machine.tau)


def settled(place: Place) -> bool:
    """Return whether a zone has nothing under way."""
    sent = place.memory.sent
    return not place.machine.pending and (sent is None or sent.confirmed)


def held_by_user(place: Place) -> bool:
    """Return whether somebody's word stands."""
    hold = place.memory.hold
    return hold is not None and hold.source in (HoldSource.USER, HoldSource.UNIT)
