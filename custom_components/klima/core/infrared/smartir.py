"""SmartIR's climate files: reading them, and telling cell by cell what is wrong.

Both layouts that are about: the 1.x files (mode, fan, sometimes swing,
temperature) and those of the fork (a preset level, `-` for any name,
`temperatureUnit`, `off_cool`). A cell that is no code disables itself; only a
file without one usable cell is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import itertools
import json
import math
from typing import Any

from . import codecs
from .codecs import Encoding
from .raw import MAX_TEXT, from_durations
from .signal import CodeError, Signal
from .state import Code, Envelope, Named, Opaque
from .symbols import Alphabet, Word
from .table import CodeTable, Setting

MAX_FILE = 8_000_000
"""Bytes; the largest file known has a twentieth of that."""

MAX_CELLS = 20_000

MOST_FINDINGS = 2_000
"""More than that say nothing that these did not."""

_FAHRENHEIT_FROM = 45.0
"""A lowest temperature above this is in °F, whatever the file says or leaves out."""

_MODES = {
    "auto": "auto",
    "ai": "auto",
    "feel": "auto",
    "ifeel": "auto",
    "i_feel": "auto",
    "smart": "auto",
    "heat_cool": "heat_cool",
    "heatcool": "heat_cool",
    "cool": "cool",
    "cold": "cool",
    "cooling": "cool",
    "heat": "heat",
    "heating": "heat",
    "warm": "heat",
    "dry": "dry",
    "dehumidify": "dry",
    "fan_only": "fan_only",
    "fan": "fan_only",
    "fanonly": "fan_only",
    "ventilation": "fan_only",
}
"""The names that modes have in files, and Home Assistant's own."""

_ENCODINGS: dict[tuple[str, str], Encoding | None] = {
    ("broadlink", "base64"): Encoding.BROADLINK,
    ("broadlink", "hex"): Encoding.BROADLINK_HEX,
    ("broadlink", "pronto"): Encoding.PRONTO,
    ("xiaomi", "pronto"): Encoding.PRONTO,
    ("lookin", "raw"): Encoding.RAW,
    ("lookin", "pronto"): Encoding.PRONTO,
    ("esphome", "raw"): Encoding.RAW,
    ("zha", "raw"): Encoding.TUYA,
    ("ufor11", "raw"): Encoding.TUYA,
    ("mqtt", "raw"): None,
}
"""What is written how; None where the file leaves it open: each code is looked at."""

_ANY = "-"

CONTROLLER = "Klima"
"""The controller of a file that was learned here."""

REMOTE = "remote:"
"""What a code begins with that a remote has learned, and keeps to itself: its name follows."""


class CodeFileError(ValueError):
    """A file cannot be used; `reason` is a stable word for why."""

    def __init__(self, reason: str, message: str, detail: str = "") -> None:
        """Keep the reason beside the message, and what the reason does not tell."""
        super().__init__(message)
        self.reason = reason
        self.detail = detail or message


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a cell; `rejected` if it cannot be used for it."""

    path: str
    reason: str
    message: str
    rejected: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFile:
    """A file that was read: who makes the unit, the table, and what is wrong with it."""

    manufacturer: str
    models: tuple[str, ...]
    controller: str
    table: CodeTable
    findings: tuple[Finding, ...]
    device: str = ""
    """The name under which a remote keeps what it learned; empty: no remote does."""
    total: int
    """The cells that the file has, used or not; off and on count as well."""

    @property
    def usable(self) -> int:
        """The cells that can be used."""
        table = self.table
        return len(table.cells) + len(table.off) + bool(table.on)

    @property
    def opaque(self) -> bool:
        """Whether the codes are in a form that only their own controller knows."""
        return any(
            not isinstance(code, Signal)
            for codes in (*self.table.cells.values(), *self.table.off.values())
            for code in codes
        )


def read_code_file(content: bytes | str) -> CodeFile:
    """Read a file. Raises CodeFileError, and nothing else, where it cannot be used."""
    if len(content) > MAX_FILE:
        raise CodeFileError("too_large", f"Larger than {MAX_FILE // 1_000_000} MB")
    try:
        data = json.loads(content)
    except RecursionError as err:
        detail = "nested too deeply"
        raise CodeFileError("not_json", f"Not JSON: {detail}", detail) from err
    except ValueError as err:
        # Broken JSON, bytes that are no text, a number of too many digits.
        detail = str(err)[:120]
        raise CodeFileError("not_json", f"Not JSON: {detail}", detail) from err
    return import_codes(data)


def import_codes(data: object) -> CodeFile:
    """Import what a file holds."""
    if not isinstance(data, dict):
        raise CodeFileError("not_codes", "Not a SmartIR object")
    commands = data.get("commands")
    if not isinstance(commands, dict) or not commands:
        raise CodeFileError("not_codes", "It contains no commands")
    if "operationModes" not in data and "sources" in commands:
        raise CodeFileError("not_climate", "Codes for a media player")
    return _Importer(data, commands).run()


class _Importer:
    """One file on its way in."""

    def __init__(self, data: Mapping[str, Any], commands: Mapping[str, Any]) -> None:
        self._data = data
        self._commands = commands
        self._controller = _text(data.get("supportedController"))
        self._device = _text(data.get("device"))
        self._opaque = False
        self._encoding = self._read_encoding()
        self._findings: list[Finding] = []
        self._cells: dict[Setting, tuple[Code, ...]] = {}
        self._paths: dict[Setting, str] = {}
        self._total = 0
        self._modes: dict[str, str] = {}
        self._levels = [
            (level, names)
            for level, key in (
                ("preset", "presetModes"),
                ("fan", "fanModes"),
                ("swing", "swingModes"),
            )
            if (names := names_of(data.get(key)))
        ]

    def run(self) -> CodeFile:
        off: dict[str | None, tuple[Code, ...]] = {}
        on: tuple[Code, ...] = ()
        for name, node in self._commands.items():
            if _is_comment(name):
                continue
            word = name.strip().lower()
            if word == "off":
                off.update(self._read_off(node))
            elif word.startswith("off_") and (mode := _MODES.get(word[4:])):
                if codes := self._codes(name, node):
                    off[mode] = codes
            elif word == "on":
                on = self._codes(name, node)
            elif (mode := _MODES.get(word)) is None:
                self._count(node)
                self._tell(name, "unknown_mode", f"{name!r} is no mode of a unit")
            elif mode in self._modes:
                self._count(node)
                self._tell(
                    name,
                    "same_mode",
                    f"{name!r} is the same mode as {self._modes[mode]!r}",
                )
            else:
                self._modes[mode] = name
                self._walk(mode, name, node, 0, {})
        if not self._cells:
            raise self._why_nothing()
        if not off:
            self._tell("off", "missing", "There is no code to turn the unit off")
        table = CodeTable(self._envelope(off, on), self._cells, off, on)
        self._find_shared(table)
        return CodeFile(
            manufacturer=_text(self._data.get("manufacturer")) or "?",
            models=names_of(self._data.get("supportedModels")),
            controller=self._controller,
            table=table,
            findings=tuple(self._findings),
            device=self._device,
            total=self._total,
        )

    def _why_nothing(self) -> CodeFileError:
        if not self._findings:
            return CodeFileError("no_codes", "It contains no usable code")
        first = f"{self._findings[0].path}: {self._findings[0].message}"
        return CodeFileError("no_codes", f"No usable code. First error: {first}", first)

    def _read_encoding(self) -> Encoding | None:
        """Return how the codes are written; None to look at each."""
        controller = self._controller.lower()
        written = _text(self._data.get("commandsEncoding")).lower()
        if (controller, written) in _ENCODINGS:
            return _ENCODINGS[controller, written]
        if controller == "xiaomi":
            # A compression of its own: a Xiaomi remote can send it, nothing else.
            self._opaque = True
        return None

    def _read_off(self, node: object) -> dict[str | None, tuple[Code, ...]]:
        """Return the codes that turn the unit off, by the mode that is left."""
        if not isinstance(node, dict):
            codes = self._codes("off", node)
            return {None: codes} if codes else {}
        found: dict[str | None, tuple[Code, ...]] = {}
        for path, name, leaf in _leaves(node, "off"):
            if codes := self._codes(path, leaf):
                found.setdefault(_MODES.get(name.strip().lower()), codes)
        return found

    def _walk(
        self, mode: str, path: str, node: object, level: int, at: dict[str, str | None]
    ) -> None:
        """Go down the levels of a mode; each may be left out, or be for any name."""
        if not isinstance(node, dict):
            self._add(mode, path, node, at, None)
            return
        level = self._level_of(node, level)
        for name, child in node.items():
            if _is_comment(name):
                continue
            below = f"{path}/{name}"
            if level < len(self._levels):
                kind, names = self._levels[level]
                if name == _ANY:
                    self._walk(mode, below, child, level + 1, {**at, kind: None})
                    continue
                if name not in names:
                    self._tell(
                        below, "undeclared", f"{kind}Modes does not list it", False
                    )
                self._walk(mode, below, child, level + 1, {**at, kind: name})
            elif isinstance(child, dict):
                self._count(child)
                self._tell(below, "too_deep", "A level more than the file declares")
            elif name == _ANY:
                self._add(mode, below, child, at, None)
            else:
                self._add_at(mode, below, name, child, at)

    def _level_of(self, node: Mapping[str, Any], level: int) -> int:
        """Return which level the names of a node are of: the next, or one after it."""
        names = [name for name in node if not _is_comment(name)]
        for index in range(level, len(self._levels)):
            if any(name == _ANY or name in self._levels[index][1] for name in names):
                return index
        if all(temperature_of(name) is not None for name in names):
            return len(self._levels)
        return level

    def _add_at(
        self, mode: str, path: str, name: str, node: object, at: dict[str, str | None]
    ) -> None:
        temperature = temperature_of(name)
        if temperature is None:
            self._total += 1
            self._tell(path, "temperature", f"{name!r} is no temperature")
            return
        self._add(mode, path, node, at, temperature)

    def _add(
        self,
        mode: str,
        path: str,
        node: object,
        at: Mapping[str, str | None],
        temperature: float | None,
    ) -> None:
        codes = self._codes(path, node)
        if not codes:
            return
        setting = Setting(
            mode, at.get("preset"), at.get("fan"), at.get("swing"), temperature
        )
        if setting in self._cells:
            self._tell(path, "twice", f"The same setting as {self._paths[setting]}")
            return
        self._cells[setting] = codes
        self._paths[setting] = path

    def _codes(self, path: str, node: object) -> tuple[Code, ...]:
        """Return the codes of a cell, none if any of them is bad."""
        self._total += 1
        if self._total > MAX_CELLS:
            raise CodeFileError("too_large", f"More than {MAX_CELLS} codes")
        try:
            return tuple(self._read(node))
        except CodeError as err:
            self._tell(path, err.reason, str(err))
            return ()

    def _read(self, node: object) -> Iterator[Code]:
        if isinstance(node, str):
            yield self._read_text(node)
        elif isinstance(node, list):
            if not node:
                raise CodeError("empty", "It is empty")
            if all(_is_int(item) for item in node):
                yield from_durations(node)
            elif len(node) <= 16 and all(isinstance(item, str) for item in node):
                for item in node:
                    yield self._read_text(item)
            else:
                raise CodeError(
                    "not_code", "A list that contains neither codes nor durations"
                )
        elif node is None:
            raise CodeError("empty", "It is empty")
        else:
            raise CodeError("not_code", f"A {type(node).__name__} is not a code")

    def _read_text(self, text: str) -> Code:
        if self._controller == CONTROLLER and text.startswith(REMOTE):
            command = text.removeprefix(REMOTE).strip()[:200]
            if not self._device or not command:
                raise CodeError("not_code", "A remote's code needs a device and a name")
            return Named(self._device, command)
        if not self._opaque:
            return codecs.parse(text, self._encoding)
        if not text.strip():
            raise CodeError("empty", "It is empty")
        if not text.isascii() or len(text) > MAX_TEXT:
            raise CodeError("not_code", "Not a code for this controller")
        return Opaque(f"raw:{text.strip()}")

    def _envelope(
        self, off: Mapping[str | None, tuple[Code, ...]], on: tuple[Code, ...]
    ) -> Envelope:
        """Return what the usable cells make possible, in the file's order and names."""
        temperatures = {s.temperature for s in self._cells if s.temperature is not None}
        low, high = min(temperatures, default=None), max(temperatures, default=None)
        declared = temperature_of(self._data.get("precision"))
        step = declared if declared in (0.1, 0.5, 1.0, 2.0) else _step(temperatures)
        order = [
            mode
            for name in names_of(self._data.get("operationModes"))
            if (mode := _MODES.get(name.strip().lower())) is not None
        ]
        used = dict.fromkeys(setting.mode for setting in self._cells)
        fahrenheit = _text(self._data.get("temperatureUnit")).upper() == "F"
        if not fahrenheit and low is not None and low >= _FAHRENHEIT_FROM:
            fahrenheit = True
            self._tell(
                "temperatureUnit", "unit", f"{low:g} must be in °F, not in °C", False
            )
        return Envelope(
            modes=tuple(dict.fromkeys([m for m in order if m in used] + list(used))),
            fahrenheit=fahrenheit,
            min_temperature=low,
            max_temperature=high,
            step=step,
            fans=self._used("fan"),
            swings=self._used("swing"),
            presets=self._used("preset"),
            toggles_power=_toggles(self._cells, off, on),
        )

    def _used(self, level: str) -> tuple[str, ...]:
        """Return the names of a level that a cell has, in the file's order."""
        used = dict.fromkeys(
            name
            for setting in self._cells
            if (name := getattr(setting, level)) is not None
        )
        declared = dict(self._levels).get(level, ())
        return tuple(dict.fromkeys([n for n in declared if n in used] + list(used)))

    def _find_shared(self, table: CodeTable) -> None:
        """Tell of codes that stand for two temperatures, or two modes, at once.

        Only where it must matter: a unit that dries or blows may well be sent
        the same for any temperature. Compared by what is long and what is short,
        since no two recordings of one code are alike.
        """
        signals = {
            setting: codes[-1]
            for setting, codes in table.cells.items()
            if setting.mode in ("cool", "heat") and isinstance(codes[-1], Signal)
        }
        alphabet = Alphabet(
            code for code in signals.values() if isinstance(code, Signal)
        )
        firsts: dict[Word, Setting] = {}
        for setting, code in signals.items():
            assert isinstance(code, Signal)
            other = firsts.setdefault(alphabet.word(code), setting)
            if (other.mode, other.temperature) != (setting.mode, setting.temperature):
                self._tell(
                    self._paths[setting],
                    "shared",
                    f"The same code as {self._paths[other]}",
                    False,
                )

    def _count(self, node: object) -> None:
        """Count the cells of what is not used."""
        if isinstance(node, dict):
            self._total += sum(1 for _ in _leaves(node, ""))
        else:
            self._total += 1

    def _tell(
        self, path: str, reason: str, message: str, rejected: bool = True
    ) -> None:
        if len(self._findings) < MOST_FINDINGS:
            self._findings.append(Finding(path[:200], reason, message, rejected))


def _leaves(
    node: Mapping[str, Any], path: str, depth: int = 0
) -> Iterator[tuple[str, str, object]]:
    """Yield the path, the uppermost name and the value of what is below a node."""
    for name, child in node.items():
        if _is_comment(name):
            continue
        below = f"{path}/{name}"
        if isinstance(child, dict):
            if depth < 8:
                for deeper, _, leaf in _leaves(child, below, depth + 1):
                    yield deeper, name, leaf
        else:
            yield below, name, child


def _toggles(
    cells: Mapping[Setting, tuple[Code, ...]],
    off: Mapping[str | None, tuple[Code, ...]],
    on: tuple[Code, ...],
) -> bool:
    """Return whether the frame that turns the unit off turns it on as well."""
    signals = [codes[-1] for codes in off.values() if isinstance(codes[-1], Signal)]
    if not signals:
        return False
    others = [code for code in on if isinstance(code, Signal)]
    others += [c[-1] for c in cells.values() if isinstance(c[-1], Signal)][:400]
    alphabet = Alphabet([*signals, *others])
    words = {alphabet.word(signal) for signal in signals}
    return any(alphabet.word(other) in words for other in others)


def _step(temperatures: set[float]) -> float:
    ordered = sorted(temperatures)
    steps = [b - a for a, b in itertools.pairwise(ordered)]
    return min((step for step in steps if step >= 0.1), default=1.0)


def _is_comment(name: str) -> bool:
    return name.startswith(("_", "$"))


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def temperature_of(value: object) -> float | None:
    """Return a figure that can be a temperature, from a number or its text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError, OverflowError:
        return None
    return number if math.isfinite(number) and -50 <= number <= 150 else None


def _text(value: object) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""


def names_of(value: object) -> tuple[str, ...]:
    """Return the texts of a list, each once."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(
        dict.fromkeys(item[:100] for item in value[:200] if isinstance(item, str))
    )
