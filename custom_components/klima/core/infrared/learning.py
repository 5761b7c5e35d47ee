"""Learning a handset: which setting to ask for next, and whether two presses are the same.

What was learned is a code table like any other, written in the form that
`smartir` reads: there is one kind of table, whoever filled it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from .signal import DEFAULT_MODULATION, Signal
from .smartir import CONTROLLER, REMOTE, import_codes, names_of, temperature_of
from .state import OFF, Code, Encoder, Named
from .symbols import alike, blended, join
from .table import Setting
from .tasmota import format_tasmota

MATCHING = 2
"""Presses that must be the same before a code is believed."""

LEAST = 20
"""Durations that a press has at least: no air conditioner says what it wants in ten bits."""

OFF_CELL = Setting(OFF, None, None, None, None)

MODES = ("cool", "heat", "auto", "dry", "fan_only")
"""The modes that can be learned."""

_TARGETS = {"cool": (24.0, 75.0), "heat": (21.0, 70.0), "auto": (22.0, 72.0)}
"""What is asked for first in a mode that has temperatures: in °C, in °F."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handset:
    """What a handset can be set to, as its owner says; temperatures in its own unit."""

    modes: tuple[str, ...]
    min_temperature: float
    max_temperature: float
    fahrenheit: bool = False
    fans: tuple[str, ...] = ()

    def target(self, mode: str) -> float | None:
        """Return the temperature that a mode is recorded at first, None if it has none."""
        if mode not in _TARGETS:
            return None
        usual = _TARGETS[mode][self.fahrenheit]
        return min(max(usual, self.min_temperature), self.max_temperature)

    def first(self, mode: str, fan: str | None = None) -> Setting:
        """Return the cell of a mode that makes it usable, with its first fan or another."""
        if fan is None and self.fans:
            fan = self.fans[0]
        return Setting(mode, None, fan, None, self.target(mode))

    def needed(self) -> tuple[Setting, ...]:
        """Return the fewest cells that make the unit usable: off, and one for each mode."""
        return (OFF_CELL, *map(self.first, self.modes))

    def cells(self) -> Iterator[Setting]:
        """Yield every cell once, the more useful before the less.

        First what is needed; then the temperatures next to those, ever farther
        off; then the other fan speeds at the usual temperature; then the rest.
        """
        fans: tuple[str | None, ...] = self.fans or (None,)
        degrees = {mode: self._outward(mode) for mode in self.modes}
        farther = (
            replace(self.first(mode), temperature=some[index])
            for index in range(1, max(map(len, degrees.values()), default=0))
            for mode, some in degrees.items()
            if index < len(some)
        )
        windier = (self.first(mode, fan) for fan in fans for mode in self.modes)
        rest = (
            Setting(mode, None, fan, None, degree)
            for fan in fans
            for mode, some in degrees.items()
            for degree in some
        )
        yield from dict.fromkeys(chain(self.needed(), farther, windier, rest))

    def _outward(self, mode: str) -> list[float | None]:
        """Return a mode's temperatures, the target first, then ever farther from it."""
        target = self.target(mode)
        if target is None:
            return [None]
        count = int(self.max_temperature - self.min_temperature)
        degrees = [self.min_temperature + index for index in range(count + 1)]
        degrees.sort(key=lambda degree: (abs(degree - target), degree))
        return list(dict.fromkeys([target, *degrees]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """How far a handset is learned."""

    handset: Handset
    learned: Mapping[Setting, tuple[Code, ...]] = field(default_factory=dict)
    left_out: frozenset[Setting] = frozenset()
    again: Mapping[Setting, tuple[Code, ...]] = field(default_factory=dict)
    """What shall be recorded again: it is used until it is."""

    @property
    def codes(self) -> Mapping[Setting, tuple[Code, ...]]:
        """What the unit can be driven with."""
        return {**self.again, **self.learned}

    def next(self) -> Setting | None:
        """Return the cell to ask for next, None if nothing is left to ask.

        Who leaves out the first cell of a mode has no such mode, and who leaves
        out that of a fan has no such fan there.
        """
        return next(
            (cell for cell in self.handset.cells() if self._is_open(cell)), None
        )

    def _is_open(self, cell: Setting) -> bool:
        if cell in self.learned or cell in self.left_out:
            return False
        return cell == OFF_CELL or self.left_out.isdisjoint(
            (
                self.handset.first(cell.mode),
                self.handset.first(cell.mode, cell.fan),
            )
        )

    def missing(self) -> int:
        """Return how many of the cells that are needed are neither learned nor left out."""
        return sum(map(self._is_open, self.handset.needed()))

    def usable(self) -> bool:
        """Return whether the unit can be turned off, and on."""
        codes = self.codes
        return OFF_CELL in codes and len(codes) > 1

    def learn(self, cell: Setting, codes: tuple[Code, ...]) -> Lesson:
        """Return the lesson with a cell's codes."""
        return replace(self, learned={**self.learned, cell: codes})

    def leave_out(self, cell: Setting) -> Lesson:
        """Return the lesson without a cell that the handset does not have."""
        return replace(self, left_out=self.left_out | {cell})

    def twin(self, cell: Setting, signal: Signal) -> Setting | None:
        """Return another cell that has the same code, None where it is the only one.

        Either the handset was not set to what was asked for, or its frames do
        not tell the two apart.
        """
        for other, codes in self.learned.items():
            code = codes[-1]
            if other != cell and isinstance(code, Signal) and alike(code, signal):
                return other
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """A lesson with what its file tells beside: whose handset, and who keeps its codes."""

    lesson: Lesson
    manufacturer: str
    model: str = ""
    device: str = ""
    """The name under which a remote keeps what it learned; empty: no remote does."""

    def file(self) -> dict[str, Any]:
        """Return the file that `smartir` reads as the table of what was learned."""
        lesson, handset = self.lesson, self.lesson.handset
        modes = [
            mode for mode in handset.modes if handset.first(mode) not in lesson.left_out
        ]
        commands: dict[str, Any] = {}
        known = lesson.codes
        for cell in dict.fromkeys((*handset.cells(), *known)):
            if codes := known.get(cell):
                _put(commands, cell, codes)
        file: dict[str, Any] = {
            "manufacturer": self.manufacturer,
            "supportedModels": [self.model] if self.model else [],
            "supportedController": CONTROLLER,
            "commandsEncoding": "Raw",
            "temperatureUnit": "F" if handset.fahrenheit else "C",
            "minTemperature": handset.min_temperature,
            "maxTemperature": handset.max_temperature,
            "precision": 1,
            "operationModes": modes,
            "fanModes": list(handset.fans),
            "commands": commands,
        }
        if self.device:
            file["device"] = self.device
        return file


def resume(data: object) -> Lessons | None:
    """Return the lessons that a file holds, None if it was not learned here.

    Raises CodeFileError where it was, and cannot be used any more.
    """
    if not isinstance(data, dict) or data.get("supportedController") != CONTROLLER:
        return None
    read = import_codes(data)
    table, envelope = read.table, read.table.envelope
    if (
        envelope.presets
        or envelope.swings
        or table.on
        or set(table.off) - {None}
        or set(envelope.modes) - set(MODES)
    ):
        # Somebody went on by hand: what is more than was learned must not be lost.
        return None
    lowest = temperature_of(data.get("minTemperature"))
    highest = temperature_of(data.get("maxTemperature"))
    if lowest is None or highest is None or highest < lowest:
        lowest, highest = envelope.min_temperature, envelope.max_temperature
    handset = Handset(
        modes=tuple(
            dict.fromkeys(
                (
                    *(m for m in names_of(data.get("operationModes")) if m in MODES),
                    *envelope.modes,
                )
            )
        ),
        # A table of nothing but drying has no temperature, and asks for none.
        min_temperature=lowest or 0.0,
        max_temperature=highest or 0.0,
        fahrenheit=envelope.fahrenheit,
        fans=tuple(dict.fromkeys((*names_of(data.get("fanModes")), *envelope.fans))),
    )
    off = table.off.get(None)
    learned = {**({OFF_CELL: off} if off else {}), **table.cells}
    return Lessons(
        lesson=Lesson(handset=handset, learned=learned),
        manufacturer=read.manufacturer,
        model=read.models[0] if read.models else "",
        device=read.device,
    )


def press_of(parts: Sequence[Signal]) -> Signal | None:
    """Return the one signal of a press that a receiver may have cut, None for noise."""
    told = [part for part in parts if len(part.timings) >= LEAST]
    if not told:
        return None
    if all(alike(part, told[-1]) for part in told):
        # A button that was held down sends its frame over and over.
        return told[-1]
    return join(told)


def agreed(presses: Sequence[Signal]) -> Signal | None:
    """Return what the last press says if enough others say the same, as their mean."""
    same = [press for press in presses if alike(press, presses[-1])]
    return blended(same) if len(same) >= MATCHING else None


def reads_all(encoder: Encoder, lesson: Lesson) -> bool:
    """Return whether an encoder reads every code as what it was recorded for.

    Then it can make all the others as well. Fewer than three prove nothing, nor
    do codes that have no temperature.
    """
    codes = lesson.codes
    if len(codes) < 3 or all(cell.temperature is None for cell in codes):
        return False
    if encoder.envelope.fahrenheit != lesson.handset.fahrenheit:
        return False
    for cell, some in codes.items():
        code = some[-1]
        if not isinstance(code, Signal) or not any(
            state.mode == cell.mode and cell.temperature in (None, state.temperature)
            for state in encoder.decode(code)
        ):
            return False
    return True


def command_of(cell: Setting) -> str:
    """Return the name under which a remote keeps a cell's code."""
    return str(cell).replace("/", "_")


def _put(commands: dict[str, Any], cell: Setting, codes: tuple[Code, ...]) -> None:
    path = [name for name in (cell.mode, cell.fan) if name is not None]
    if cell.temperature is not None:
        path.append(f"{cell.temperature:g}")
    node = commands
    for name in path[:-1]:
        node = node.setdefault(name, {})
    if len(codes) == 1 and isinstance(code := codes[0], Signal):
        if code.modulation == DEFAULT_MODULATION:
            node[path[-1]] = list(code.timings)
            return
    written = [_written(code) for code in codes]
    node[path[-1]] = written[0] if len(written) == 1 else written


def _written(code: Code) -> str:
    if isinstance(code, Signal):
        return format_tasmota(code)
    return f"{REMOTE}{code.command}" if isinstance(code, Named) else code.text
