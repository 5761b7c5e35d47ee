"""Electricity and heat of the same seconds."""

import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.energy import Delta
from custom_components.klima.core.heat import Amounts, HeatMeter
from custom_components.klima.core.metering import Coverage, Meter
from custom_components.klima.core.pairing import Pairing, Piece
from custom_components.klima.core.power import SPARSE_HOLD

T0 = 1_790_000_000.0
COP = 4.0


class World:
    """A system of a constant COP, with a meter of power and one of heat."""

    def __init__(self) -> None:
        """Begin to heat."""
        self.paired = Amounts()
        self.seen: list[float] = []
        self.moved = 0.0
        self.start()
        self.keep(T0)

    def start(self) -> None:
        """Know nothing yet, as after each start."""
        self.power = Meter(has_counter=False, has_power=True)
        self.heat = HeatMeter(has_counter=False, has_power=True, most=10_000)
        self.pairing = Pairing()
        for meter in (self.power, self.heat):
            meter.change_activity(T0, Activity.HEATING)

    def read(self, at: float, watts: float | None, heat: float | None) -> None:
        """Let a meter speak: of no figure where it is unavailable."""
        if watts is not None:
            self.use(self.power.read_power(at, None if watts < 0 else watts))
        if heat is not None:
            self.move(self.heat.read_power(at, None if heat < 0 else heat))

    def hear(self, at: float, what: str) -> None:
        """Let speak, or be gone, whom an event names."""
        watts = -1 if what == "power gone" else 1000
        heat = -1 if what == "heat gone" else 1000 * COP
        self.read(
            at,
            watts if what in ("power", "both", "power gone") else None,
            heat if what in ("heat", "both", "heat gone") else None,
        )

    def use(self, delta: Delta | None) -> None:
        """Count electricity."""
        if delta is not None:
            self.pairing.count_electricity(
                Piece(delta.start, delta.end, Amounts(electricity=delta.kwh), 0.1)
            )

    def move(self, delta: Delta | None) -> None:
        """Count heat."""
        if delta is not None:
            assert delta.kwh >= 0
            self.moved += delta.kwh
            self.pairing.count_heat(
                Piece(delta.start, delta.end, Amounts(heating=delta.kwh))
            )

    def settle(self, at: float) -> None:
        """Pair what both know."""
        self.use(self.power.advance(at))
        self.move(self.heat.advance(at))
        for piece in self.pairing.release(
            at, self.power.cover(at), self.heat.cover(at)
        ):
            self.paired += piece.amounts
        if (cop := self.paired.cop) is not None:
            self.seen.append(cop)

    def keep(self, at: float) -> None:
        """Keep what a system keeps each minute."""
        self.power.see(at)
        self.heat.see(at)
        self.kept = json.dumps(
            {
                "power": self.power.as_dict(),
                "heat": self.heat.as_dict(),
                "pairing": self.pairing.as_dict(),
                "paired": self.paired.as_dict(),
                "moved": self.moved,
            },
            allow_nan=False,
        )

    def kill(self) -> None:
        """Come back with nothing but what was kept."""
        self.start()
        kept: dict[str, Any] = json.loads(self.kept)
        self.power.restore(kept["power"])
        self.heat.restore(kept["heat"])
        self.pairing.restore(kept["pairing"])
        self.paired = Amounts.from_dict(kept["paired"])
        self.moved = kept["moved"]


EVENTS = st.lists(
    st.tuples(
        st.floats(1, 5000),
        st.sampled_from(["power", "heat", "both", "power gone", "heat gone", "settle"]),
    ),
    min_size=1,
    max_size=80,
)


@given(EVENTS)
@settings(max_examples=300, deadline=None)
def test_the_ratio_is_the_truth_whenever_meters_speak(
    events: list[tuple[float, str]],
) -> None:
    """Silence, absence and return in any order: never more, never less than the COP."""
    world, at = World(), T0
    for seconds, what in events:
        at += seconds
        world.hear(at, what)
        world.settle(at)
    assert world.seen == [pytest.approx(COP, rel=1e-6)] * len(world.seen)
    total = world.power.totals.energy
    assert world.paired.electricity <= total + 1e-9


@given(
    st.lists(
        st.tuples(
            st.floats(1, 5000),
            st.sampled_from(
                ["power", "heat", "both", "power gone", "heat gone", "settle", "kill"]
            ),
        ),
        min_size=1,
        max_size=80,
    )
)
@settings(max_examples=300, deadline=None)
def test_the_ratio_is_the_truth_after_kills_too(
    events: list[tuple[float, str]],
) -> None:
    """What silent meters held counts after a kill, on both sides or on none."""
    world, at = World(), T0
    least = 0.0
    for seconds, what in events:
        at += seconds
        if what == "kill":
            # What was kept last is what was shown, or more.
            shown = least
            world.kill()
            assert world.moved == pytest.approx(shown)
        world.hear(at, what)
        world.settle(at)
        world.keep(at)
        assert world.moved >= least - 1e-9
        least = world.moved
    assert world.seen == [pytest.approx(COP, rel=1e-6)] * len(world.seen)
    assert world.paired.electricity <= world.power.totals.energy + 1e-9
    assert world.paired.heat <= world.moved + 1e-9
    assert world.moved <= COP * (at - T0) / 3600 + 1e-9


@pytest.mark.parametrize("silent", ["heat", "power", "both"])
@pytest.mark.parametrize("down", [30.0, 3600.0])
def test_all_is_paired_that_both_knew_before_a_kill(silent: str, down: float) -> None:
    """An hour in which the one was silent, or both, makes a COP after a kill."""
    world = World()
    world.read(T0, 1000, 4000)
    for minute in range(1, 61):
        at = T0 + 60 * minute
        world.read(
            at,
            1000 + minute % 2 if silent == "heat" else None,
            4000 + minute % 2 if silent == "power" else None,
        )
        world.settle(at)
        world.keep(at)
    before = world.paired.heat
    assert before < 0.2
    world.kill()
    at += down
    for which in ("heat", "power"):
        # The one that was not silent is back first, or the heat is.
        world.settle(at)
        speaks = {"power": (990, None), "heat": (None, 3960)}[which]
        world.read(at, *speaks)
        at += 1
    world.settle(at)
    assert world.paired.electricity == pytest.approx(1, rel=2e-3)
    assert world.paired.heat == pytest.approx(4, rel=2e-3)
    assert world.moved == pytest.approx(4, rel=2e-3)


def test_a_night_that_waits_is_kept_in_few_figures() -> None:
    """A day of minutes that wait for a heat meter is not written by the minute."""
    pairing = Pairing()
    for minute in range(1440):
        at = T0 + 60 * minute
        pairing.count_electricity(
            Piece(at, at + 60, Amounts(electricity=1), 0.1 if minute < 700 else 0.2)
        )
    kept = pairing.as_dict()
    assert len(kept["electricity"]["waiting"]) <= 99
    back = Pairing()
    back.restore(json.loads(json.dumps(kept)))
    now = T0 + 86_400
    pieces = list(back.release(now, Coverage(now), Coverage(now)))
    assert sum(piece.amounts.electricity for piece in pieces) == pytest.approx(1440)
    cheap = sum(p.amounts.electricity for p in pieces if p.price == 0.1)
    assert cheap == pytest.approx(700)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(waiting=5),
        lambda data: data.update(waiting=[[T0, T0 - 1, None, 0, 0, 0, 0, 0]]),
        lambda data: data.update(waiting=[[T0, T0 + 1, "dear", 0, 0, 0, 0, 0]]),
        lambda data: data.update(waiting=[[T0, T0 + 1, None, 0, 0]]),
        lambda data: data.update(waiting=[[T0, T0 + 1, None, 0, 0, -1, 0, 0]]),
        lambda data: data.update(gaps=[[T0]]),
        lambda data: data.update(gaps=[[T0, "inf"]]),
        lambda data: data.pop("gaps"),
    ],
)
def test_refuses_what_never_waited(change: Any) -> None:
    """A damaged file changes nothing of what waits."""
    pairing = Pairing()
    pairing.count_heat(Piece(T0, T0 + 60, Amounts(heating=4)))
    data = Pairing().as_dict()
    change(data["electricity"])
    with pytest.raises((KeyError, TypeError, ValueError)):
        pairing.restore(data)
    assert list(pairing.release(T0 + 60, Coverage(T0 + 60), Coverage(T0 + 60)))


def test_all_is_paired_that_both_know() -> None:
    """A day of a heat meter on change: the last word settles everything."""
    world = World()
    at = T0
    for minute in range(1440):
        at = T0 + 60 * minute
        world.read(at, 1000 + minute % 2, 4000 if minute % 90 == 0 else None)
        world.settle(at)
    assert world.paired.electricity == pytest.approx(24, abs=1.6)
    world.read(at, 1000, 4000)
    world.settle(at)
    assert world.paired.electricity == pytest.approx(1439 / 60, rel=1e-3)
    assert world.paired.heat == pytest.approx(4 * 1439 / 60, rel=1e-3)


def test_a_long_rest_is_of_both_sides() -> None:
    """The standby of a night is in the season's COP, though nothing was told of it."""
    world = World()
    world.read(T0, 1000, 4000)
    hour = T0 + 3600
    world.read(hour, 4, 0)
    for meter in (world.power, world.heat):
        meter.change_activity(hour, Activity.IDLE)
    for minute in range(600):
        world.settle(hour + 60 * minute)
    assert world.paired.electricity == pytest.approx(1, abs=0.01)
    world.read(hour + 36_000, 1000, 4000)
    world.settle(hour + 36_000)
    assert world.paired.electricity == pytest.approx(1.04)
    assert world.paired.heat == pytest.approx(4)


def test_a_rest_that_goes_on_while_the_compressor_works_is_none() -> None:
    """A power that stays at standby is stuck: it is waited for no longer than others."""
    world = World()
    for meter in (world.power, world.heat):
        meter.change_activity(T0, Activity.IDLE)
    world.read(T0, 4, 0)
    world.power.change_activity(T0 + 600, Activity.HEATING)
    world.power.read_power(T0 + 12 * 3600, 1000)
    assert world.power.totals.energy == pytest.approx(4 * 2 / 1000)


def test_a_side_that_died_is_waited_for_no_longer_than_it_is_believed() -> None:
    """What waits is bounded, and what comes late finds nothing to pair with."""
    pairing = Pairing()
    pairing.count_electricity(Piece(T0, T0 + 60, Amounts(electricity=1)))
    silent = Coverage(T0)
    now = T0 + 30
    assert not list(pairing.release(now, Coverage(now), silent))
    now = T0 + 60 + SPARSE_HOLD
    (piece,) = pairing.release(now, Coverage(now), silent)
    assert piece.amounts == Amounts()
    pairing.count_heat(Piece(T0, T0 + 60, Amounts(heating=4)))
    (piece,) = pairing.release(now, Coverage(now), Coverage(now))
    assert piece.amounts == Amounts()


def test_a_counter_that_comes_late_is_counted() -> None:
    """A lump of electricity since an hour ago, while the heat is known by now."""
    pairing = Pairing()
    now = T0 + 3600
    pairing.count_heat(Piece(T0, now, Amounts(heating=4)))
    (heat,) = pairing.release(now, Coverage(now), Coverage(now))
    pairing.count_electricity(Piece(T0, now, Amounts(electricity=1)))
    (electricity,) = pairing.release(now, Coverage(now), Coverage(now))
    assert (heat.amounts + electricity.amounts).cop == 4


def test_a_counter_that_tells_of_the_time_before_a_start() -> None:
    """A lump of heat from before it, with the electricity of then: both make the COP."""
    before = Pairing()
    now = T0 + 600
    before.count_electricity(Piece(T0, now, Amounts(electricity=1)))
    (electricity,) = before.release(now, Coverage(now), Coverage(now))
    pairing = Pairing()
    pairing.restore(json.loads(json.dumps(before.as_dict())))
    # Down for five minutes, and five more until the heat counter speaks.
    now = T0 + 1200
    gap = ((0.0, T0 + 900),)
    pairing.count_electricity(Piece(T0 + 900, now, Amounts(electricity=0.5)))
    pairing.count_heat(Piece(T0, now, Amounts(heating=8)))
    pieces = list(pairing.release(now, Coverage(now, gap), Coverage(now)))
    total = electricity.amounts + pieces[0].amounts + pieces[1].amounts
    assert total.electricity == pytest.approx(1.5)
    assert total.cop == pytest.approx(4)


def test_a_piece_is_cut_where_knowledge_ends() -> None:
    """Its parts add up, at its own price."""
    pairing = Pairing()
    pairing.count_electricity(Piece(T0, T0 + 40, Amounts(electricity=4), 0.2))
    (first,) = pairing.release(T0 + 40, Coverage(T0 + 40), Coverage(T0 + 10))
    (second,) = pairing.release(T0 + 40, Coverage(T0 + 40), Coverage(T0 + 40))
    assert (first.amounts.electricity, second.amounts.electricity) == (1, 3)
    assert (first.end, second.start, first.price) == (T0 + 10, T0 + 10, 0.2)


def test_a_clock_that_is_set_moves_what_waits() -> None:
    """Neither kept for years nor dropped."""
    pairing = Pairing()
    pairing.count_electricity(Piece(T0, T0 + 60, Amounts(electricity=1)))
    gap = Coverage(T0 + 30, ((T0, T0 + 30),))
    (piece,) = pairing.release(T0 + 60, Coverage(T0 + 60), gap)
    assert piece.amounts.electricity == 0
    day = 86_400.0
    pairing.set_clock(-day)
    now = T0 + 60 - day
    (piece,) = pairing.release(now, Coverage(now), Coverage(now))
    assert piece.amounts.electricity == pytest.approx(0.5)
    # And one that was put back unseen does not make it wait for that time to come.
    pairing.count_electricity(Piece(T0, T0 + 60, Amounts(electricity=1)))
    assert list(pairing.release(now, Coverage(now), Coverage(now)))
