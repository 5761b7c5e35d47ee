"""An encoder made of codes, one for each setting: imported, or learned from a handset."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from .signal import Signal
from .state import OFF, Code, Envelope, Frame, NoCodeError, UnitState
from .symbols import Alphabet, Word


@dataclass(frozen=True, slots=True)
class Setting:
    """The place of a cell in a table; None where the table has no such level there."""

    mode: str
    preset: str | None
    fan: str | None
    swing: str | None
    temperature: float | None

    def state(self) -> UnitState:
        """Return the setting as a unit's state."""
        return UnitState(
            mode=self.mode,
            temperature=self.temperature,
            fan=self.fan,
            swing=self.swing,
            preset=self.preset,
        )

    def __str__(self) -> str:
        """Return the place as a path, as it is in a file."""
        parts = [self.mode, self.preset, self.fan, self.swing]
        if self.temperature is not None:
            parts.append(f"{self.temperature:g}")
        return "/".join(part for part in parts if part is not None)


type _Column = tuple[str | None, str | None, str | None]
"""Preset, fan and swing."""

_COLUMN_FIELDS = ("preset", "fan", "swing")


class CodeTable:
    """Codes by setting; what has none is refused or adapted, as the caller asks."""

    def __init__(
        self,
        envelope: Envelope,
        cells: Mapping[Setting, tuple[Code, ...]],
        off: Mapping[str | None, tuple[Code, ...]],
        on: tuple[Code, ...] = (),
    ) -> None:
        """Index the cells; `off` is by the mode that is left, None for any."""
        self.envelope = envelope
        self.cells = cells
        self.off = off
        self.on = on
        self.reads = any(isinstance(codes[-1], Signal) for codes in cells.values())
        self._columns: dict[str, dict[_Column, dict[float | None, Setting]]] = {}
        for setting in cells:
            column = (setting.preset, setting.fan, setting.swing)
            self._columns.setdefault(setting.mode, {}).setdefault(column, {})[
                setting.temperature
            ] = setting

    def encode(
        self, wish: UnitState, asked: frozenset[str], before: UnitState
    ) -> Frame:
        """Return the codes of the cell that meets the wish best."""
        if wish.mode == OFF or wish.mode is None:
            codes = self.off.get(before.mode) or self.off.get(None)
            if codes is None and before.mode == OFF:
                codes = next(iter(self.off.values()), None)
            if not codes:
                raise NoCodeError("mode", OFF)
            return Frame(codes, replace(wish, mode=OFF))
        setting = self._find(wish, wish.mode, asked)
        codes = self.cells[setting]
        if self.on and before.mode == OFF:
            codes = self.on + codes
        return Frame(codes, setting.state().over(wish))

    def _find(self, wish: UnitState, mode: str, asked: frozenset[str]) -> Setting:
        columns = self._columns.get(mode)
        if columns is None:
            raise NoCodeError("mode", mode)
        column = (wish.preset, wish.fan, wish.swing)
        temperatures = columns.get(column)
        if temperatures is not None:
            found = temperatures.get(wish.temperature) or temperatures.get(None)
            if found is not None:
                return found
        # Not quite as it is: what was asked for must be met, the rest may adapt.
        for index, field in enumerate(_COLUMN_FIELDS):
            value = column[index]
            if field in asked and not any(c[index] in (value, None) for c in columns):
                raise NoCodeError(field, value)
        fitting = [
            c
            for c in columns
            if all(
                field not in asked or c[index] in (column[index], None)
                for index, field in enumerate(_COLUMN_FIELDS)
            )
        ]
        best: Setting | None = None
        least: tuple[float, float] | None = None
        strict = "temperature" in asked
        for candidate in fitting:
            differences = sum(
                mine is not None and mine != wanted
                for mine, wanted in zip(candidate, column, strict=True)
            )
            for temperature, setting in columns[candidate].items():
                if temperature is None or wish.temperature is None:
                    distance = 0.0
                else:
                    distance = abs(temperature - wish.temperature)
                    if strict and distance > self.envelope.step / 2:
                        continue
                if least is None or (differences, distance) < least:
                    least, best = (differences, distance), setting
        if best is None:
            if strict and fitting:
                raise NoCodeError("temperature", wish.temperature)
            raise NoCodeError("mode", mode)
        return best

    def decode(self, signal: Signal) -> tuple[UnitState, ...]:
        """Return the settings that share the heard signal."""
        alphabet, words = self._words
        return tuple(words.get(alphabet.word(signal), ()))

    @cached_property
    def _words(self) -> tuple[Alphabet, dict[Word, list[UnitState]]]:
        """The table turned around. The first use makes it, which takes a while."""
        told = list(self._told())
        alphabet = Alphabet(signal for signal, _ in told)
        words: dict[Word, list[UnitState]] = {}
        for signal, state in told:
            states = words.setdefault(alphabet.word(signal), [])
            if state not in states:
                states.append(state)
        return alphabet, words

    def prepare(self) -> None:
        """Turn the table around now, off the event loop, rather than when one hears."""
        _ = self._words

    def _told(self) -> Iterator[tuple[Signal, UnitState]]:
        for codes in self.off.values():
            if isinstance(codes[-1], Signal):
                yield codes[-1], UnitState(mode=OFF)
        for setting, codes in self.cells.items():
            # Of several codes the last one carries the state.
            if isinstance(codes[-1], Signal):
                yield codes[-1], setting.state()
