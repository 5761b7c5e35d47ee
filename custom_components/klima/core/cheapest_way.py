"""The cheapest way through a day of a room: when its unit works, and how hard.

The next day is cut into quarters of an hour, and the way is found by dynamic
programming over the room's temperature: in each quarter the unit stands, holds the
room, or works at a part of its full load. What it costs is the heat over the COP of
that hour and load, at the price of that hour; a room that is below what is asked for
costs far more.

Temperatures are "signed" where they are said to be: times the direction's sign, so
that cooling is the same as heating with all signs turned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .control.model import Direction
from .performance import interpolate
from .thermal import RoomModel

STEP = 900.0
"""s of a step."""

STEPS = 96
"""Steps of the horizon: a day."""

GRID = 0.2
"""K between the temperatures that are reckoned with; between them it is straight."""

PARTS = (0.25, 0.5, 0.75, 1.0)
"""Shares of full load that are reckoned with: an inverter's COP differs between them."""

WALK = 1.0
"""K by which a setpoint is moved on, on its way."""

STEADY = 0.25
"""K less of coasting at full load than at none: a unit that works hard swings more."""

DISCOMFORT = 4.0
"""What a K below the schedule's target for one step weighs, as K of heat bought."""

COAST = 0.35
"""K below its target that a room may fall to in a dear hour: within ±0.5 K."""

CATCH_UP = 3
"""Steps after a dear hour in which the room is brought back."""

STORE = 0.4
"""K above its target that a room may be brought to before a dear hour."""

EARLY = 0.2
"""K beyond its target that a room is started for, so that it is there on time."""

GIVES = 0.97
"""Share of the rate that a known room's unit was seen to give which is counted on:
ramps take the rest."""

GUESSED = 0.92
"""Share of what a unit is only taken to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is ahead, a figure for each step from now.

    `targets` are the schedule's °C, `outdoor` °C, `prices` any currency a kWh,
    None where they are not known or do not vary; `cops` has for each step the
    COP at each of `PARTS` of full load.
    """

    direction: Direction
    targets: Sequence[float]
    outdoor: Sequence[float]
    cops: Sequence[Sequence[float]]
    prices: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """The cheapest way through: the load in each step, the °C after it, its cost."""

    loads: tuple[float, ...]
    temperatures: tuple[float, ...]
    cost: float


def cheapest(
    model: RoomModel,
    outlook: Outlook,
    room: float,
    prices: Sequence[float] | None,
) -> Way:
    """Return the cheapest way through the horizon from a room's temperature in °C."""
    return _Search(model, outlook, room, prices).way()


type _Move = tuple[int, float, float]
"""Where a move leads to on the grid (index, share of the way to the next), and what
it costs at a price of one."""


class _Search:
    """Looks for the cheapest way: from its end over a grid of signed temperatures, then along."""

    def __init__(
        self,
        model: RoomModel,
        outlook: Outlook,
        room: float,
        prices: Sequence[float] | None,
    ) -> None:
        self._model = model
        self._outlook = outlook
        self._sign = outlook.direction.sign
        self._start = room * self._sign
        self._floors = floors(model, outlook, prices)
        self._ceiling = ceiling(outlook, prices)
        is_sure = model.is_sure(self._sign)
        self._rate = model.rate(self._sign) * (GIVES if is_sure else GUESSED)
        self._weights = (
            [1.0] * len(outlook.targets)
            if prices is None
            else [max(price, 0.0) for price in prices]
        )
        self._low = min(min(self._floors) - 2.0, self._start - 0.5)
        top = max(self._ceiling + 1.0, self._start + 0.5)
        count = int((top - self._low) / GRID) + 2
        self._grid = [self._low + i * GRID for i in range(count)]
        self._last = count - 1.001

    def way(self) -> Way:
        """Return the way, by what each step leads to."""
        outlook = self._outlook
        loads, temperatures, total, at = [], [], 0.0, self._start
        for step, ahead in enumerate(self._ahead()):
            best: tuple[float, float, float, float] | None = None
            for load, after, heat, cop in self._moves(
                at, outlook.outdoor[step], outlook.cops[step]
            ):
                cost = self._weights[step] * heat / cop
                place = self._place(after)
                i = int(place)
                later = ahead[i] + (place - i) * (ahead[i + 1] - ahead[i])
                if best is None or cost + later < best[0]:
                    best = (cost + later, load, after, cost)
            assert best is not None
            _, load, at, cost = best
            total += cost
            loads.append(load)
            temperatures.append(at * self._sign)
        return Way(tuple(loads), tuple(temperatures), total)

    def _ahead(self) -> list[list[float]]:
        """Return for each step what is to be paid after it, at each temperature of the grid.

        What a room that is short of what it has to have counts is in it.
        """
        outlook, weights, grid = self._outlook, self._weights, self._grid
        steps = len(outlook.targets)
        mean = sum(weights) / steps or 1.0
        penalty = DISCOMFORT * mean / (sum(row[-1] for row in outlook.cops) / steps)

        @lru_cache
        def moves_from(outdoor: float, cops: tuple[float, ...]) -> list[list[_Move]]:
            """Return what can be done at each temperature of the grid, as often as it serves."""
            return [
                [
                    (int(place), place - int(place), heat / cop)
                    for _, after, heat, cop in self._moves(at, outdoor, cops)
                    for place in (self._place(after),)
                ]
                for at in grid
            ]

        # What is stored at the end is worth what it costs when it is cheapest: the
        # horizon must not be a reason to buy.
        worth = min(weights) / max(max(row) for row in outlook.cops)
        values = [-worth * at for at in grid]
        table = []
        for step in reversed(range(steps)):
            floor = self._floors[min(step + 1, steps - 1)]
            ahead = [
                value if at >= floor else value + penalty * (floor - at)
                for at, value in zip(grid, values, strict=True)
            ]
            table.append(ahead)
            weight = weights[step]
            moves_now = moves_from(outlook.outdoor[step], tuple(outlook.cops[step]))
            values = [
                min(
                    weight * cost + ahead[i] + share * (ahead[i + 1] - ahead[i])
                    for i, share, cost in moves
                )
                for moves in moves_now
            ]
        table.reverse()
        return table

    def _place(self, at: float) -> float:
        """Return where a temperature lies on the grid: an index, and the share beyond it."""
        return min(max((at - self._low) / GRID, 0.0), self._last)

    def _moves(
        self, at: float, outdoor: float, cops: Sequence[float]
    ) -> list[tuple[float, float, float, float]]:
        """Return what a unit can do in a step: load, temperature after, K of heat, COP.

        It stands, holds the room, or works at one of `PARTS` of its full load.
        """
        hours, rate, top = STEP / 3600, self._rate, self._ceiling
        drift = self._model.drift(self._sign, at, outdoor)
        found = [(0.0, at + drift * hours, 0.0, 1.0)]
        share = -drift / rate
        if 0 < share < 1:
            found.append((share, at, -drift * hours, _cop_at_part(cops, share)))
        for part, cop in zip(PARTS, cops, strict=True):
            after = at + (drift + part * rate) * hours
            if after <= top:
                found.append((part, after, part * rate * hours, cop))
            elif at < top:
                # The unit's thermostat stops it there.
                bought = top - at - drift * hours
                share = min(max(bought / (rate * hours), 0.0), 1.0)
                found.append((share, top, bought, _cop_at_part(cops, share)))
                break
        return found


def _cop_at_part(cops: Sequence[float], share: float) -> float:
    """Return the COP at a share of full load; below the least of `PARTS` as there."""
    return interpolate(tuple(zip(PARTS, cops, strict=True)), share)


def _coast(model: RoomModel, outlook: Outlook) -> float:
    """Return the K below its target that a room may be left at."""
    sign = outlook.direction.sign
    at = outlook.targets[0] * sign
    drift = model.drift(sign, at, outlook.outdoor[0])
    share = min(max(-drift / model.rate(sign), 0.0), 1.0)
    # In tenths: a unit is not to be told of every cloud.
    return round(COAST - STEADY * share, 1)


def floors(
    model: RoomModel, outlook: Outlook, prices: Sequence[float] | None
) -> list[float]:
    """Return the signed temperatures that the room has to have in each step."""
    sign = outlook.direction.sign
    targets = [target * sign for target in outlook.targets]
    if prices is None:
        return targets
    coast = _coast(model, outlook)
    mean = sum(prices) / len(prices)
    dear = [price > mean * 1.02 for price in prices]
    # What was coasted through is made up for once it is cheap again. A setback is as
    # deep as is asked for already.
    return [
        target - coast
        if target > max(targets) - WALK
        and any(dear[max(step - CATCH_UP, 0) : step + 1])
        else target
        for step, target in enumerate(targets)
    ]


def ceiling(outlook: Outlook, prices: Sequence[float] | None) -> float:
    """Return the signed temperature that the room is brought to at the most."""
    sign = outlook.direction.sign
    highest = max(target * sign for target in outlook.targets)
    return highest + (EARLY if prices is None else STORE)
