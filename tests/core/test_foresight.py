"""A room is learned, and what is ahead of it is reckoned with."""

from dataclasses import replace
from datetime import datetime, time
from itertools import pairwise
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.cheapest_way import (
    COAST,
    PARTS,
    STORE,
    WALK,
    Outlook,
    cheapest,
)
from custom_components.klima.core.control import Direction, Goal, Reason
from custom_components.klima.core.foresight import LEAN, advise, varies
from custom_components.klima.core.performance import interpolate
from custom_components.klima.core.thermal import (
    GAIN_BOUNDS,
    LOSS_BOUNDS,
    RATE_BOUNDS,
    RoomModel,
)
from custom_components.klima.core.week import Block, Entry, Week

ROOM = RoomModel(loss=1 / 12, gain=0.18, heating=4.5, cooling=3.5, drift_hours=20)
KNOWN = replace(ROOM, heating_hours=5, cooling_hours=5)
"""The same room, seen to catch up for long enough to be sure of it."""

COPS = (3.6, 3.4, 3.2, 3.0)


def outlook(
    targets: list[float],
    *,
    direction: Direction = Direction.HEATING,
    outdoor: float = 0.0,
    prices: list[float] | None = None,
) -> Outlook:
    return Outlook(
        direction=direction,
        targets=targets,
        outdoor=[outdoor] * len(targets),
        cops=[COPS] * len(targets),
        prices=prices,
    )


def night_then_day(quarters: int) -> list[float]:
    return [17.0] * quarters + [21.0] * (96 - quarters)


def test_a_start_is_early_enough_and_not_earlier() -> None:
    # 4 K at about 3.2 K/h: an hour and a quarter.
    assert advise(ROOM, outlook(night_then_day(16)), 17.0).reason is Reason.SCHEDULE
    goal = advise(ROOM, outlook(night_then_day(5)), 17.0)
    assert goal.reason is Reason.OPTIMAL_START
    assert goal.target == pytest.approx(21.1, abs=0.2)
    way = cheapest(ROOM, outlook(night_then_day(24)), 17.0, None)
    assert way.temperatures[23] == pytest.approx(21.0, abs=0.25)
    assert way.temperatures[11] < 17.3


@pytest.mark.parametrize(
    ("direction", "asked", "ahead", "outdoor", "off"),
    [
        (Direction.COOLING, 28.0, 25.0, 34.0, 0.4),
        (Direction.HEATING, 17.0, 21.0, 0.0, -0.4),
    ],
)
def test_a_unit_that_holds_its_room_a_little_off_is_started_early_too(
    direction: Direction, asked: float, ahead: float, outdoor: float, off: float
) -> None:
    """A room a little short of its setback is held there, not on its way to it."""
    ahead_of = outlook([asked] * 4 + [ahead] * 92, direction=direction, outdoor=outdoor)
    goal = advise(ROOM, ahead_of, asked + off)
    assert goal.reason is Reason.OPTIMAL_START
    assert goal.target == pytest.approx(ahead, abs=0.3)
    # What is on its way to where it should be now goes no further.
    later = outlook([asked] * 24 + [ahead] * 72, direction=direction, outdoor=outdoor)
    assert advise(ROOM, later, asked + 5 * off).target == asked


def test_a_room_that_is_known_is_walked_to_its_target() -> None:
    """A setpoint far ahead makes an inverter work at full load, at its worst COP."""
    targets, room, goal, seen = night_then_day(12), 17.0, None, []
    for step in range(12):
        goal = advise(KNOWN, outlook(targets[step:] + [21.0] * step), room, goal)
        seen.append(goal.target)
        # A unit that follows its setpoint as far as it can.
        most = (KNOWN.loss * (0.0 - room) + KNOWN.gain + KNOWN.heating) / 4
        room += min(max(goal.target - room, -0.3), most)
    assert room == pytest.approx(21.0, abs=0.3)
    assert all(later >= earlier for earlier, later in pairwise(seen))
    moves = [b - a for a, b in pairwise(dict.fromkeys(seen))]
    assert len(moves) >= 2
    assert all(move >= WALK - 0.06 for move in moves[:-1])
    # A room of which little is known is told where to go, and no later.
    begun = advise(ROOM, outlook(night_then_day(5)), 17.0)
    assert begun.target == pytest.approx(21.1, abs=0.2)


def test_a_setback_goes_as_deep_as_pays() -> None:
    """A short one in a slow room is not worth catching up for at full load."""
    short = [17.0] * 10 + [21.0] * 86
    assert advise(KNOWN, outlook([17.0] * 40 + [21.0] * 56), 21.0).target == 17.0
    depth = advise(KNOWN, outlook(short), 21.0)
    assert 17.5 < depth.target < 21.0
    assert depth.reason is Reason.OPTIMAL_START
    # A room that is never left to drift is never learned.
    assert advise(ROOM, outlook(short), 21.0).target == 17.0


def test_a_start_that_leads_nowhere_any_more_is_let_go() -> None:
    begun = Goal(
        direction=Direction.HEATING, target=22.0, reason=Reason.OPTIMAL_START, lean=0.15
    )
    warm = replace(ROOM, gain=1.3, heating=10.7)
    setback = [21.0] * 90 + [18.0] * 6
    goal = advise(warm, outlook(setback, outdoor=13.0), 21.33, begun)
    assert (goal.target, goal.reason) == (21.0, Reason.SCHEDULE)


def test_a_start_that_was_begun_is_seen_through() -> None:
    begun = advise(ROOM, outlook(night_then_day(5)), 17.0)
    assert advise(ROOM, outlook(night_then_day(4)), 19.5, begun) == begun
    assert advise(ROOM, outlook([21.0] * 96), 21.0, begun).reason is Reason.SCHEDULE


@pytest.mark.parametrize(
    ("direction", "asked", "ahead", "outdoor"),
    [(Direction.HEATING, 17.0, 21.0, 0.0), (Direction.COOLING, 28.0, 25.0, 35.0)],
)
def test_a_start_that_came_early_is_not_let_go(
    direction: Direction, asked: float, ahead: float, outdoor: float
) -> None:
    """A room that is not known yet may be quicker than was reckoned, and goes past."""

    def at(quarters: int, room: float, begun: Goal | None) -> Goal:
        targets = [asked] * quarters + [ahead] * (96 - quarters)
        known = outlook(targets, direction=direction, outdoor=outdoor)
        return advise(ROOM, known, room, begun)

    begun = at(5, asked, None)
    assert begun.reason is Reason.OPTIMAL_START
    for quarters in (4, 3, 2, 1):
        for past in (0.1, 0.4, 0.5, 0.8):
            room = begun.target + past * direction.sign
            assert at(quarters, room, begun).target == begun.target


def test_a_room_that_loses_much_is_not_started_too_late_though_never_heated_fully() -> (
    None
):
    """It falls fast, so its unit is a strong one: nobody heats such a room with less."""
    model, room = RoomModel(), 21.0
    for step in range(19):
        model = model.see(step * 300.0, room=room, outdoor=-8.0, doing="drift")
        room += (-8.0 - room) / 10 / 12
    model = model.see(6000.0, room=room, outdoor=-8.0, doing=None)
    assert 0 < model.drift_hours < 2
    assert model.heating == model.cooling > 3.0
    starts = [
        quarters
        for quarters in range(16)
        if advise(model, outlook(night_then_day(quarters), outdoor=-8.0), 18.0).target
        > 20.5
    ]
    assert max(starts) >= 6
    # What was seen at full load is believed.
    seen = replace(model, heating=2.5, heating_hours=1.0)
    for step in range(19):
        seen = seen.see(step * 300.0, room=18 - step / 8, outdoor=-8.0, doing="drift")
    assert seen.see(6000.0, room=16.0, outdoor=-8.0, doing=None).heating == 2.5


def test_cooling_is_the_same_with_signs_turned() -> None:
    targets = [29.0] * 5 + [25.0] * 91
    goal = advise(
        ROOM, outlook(targets, direction=Direction.COOLING, outdoor=35.0), 29.0
    )
    assert goal.reason is Reason.OPTIMAL_START
    assert goal.target == pytest.approx(25.0, abs=0.3)


def test_heat_is_bought_before_a_dear_time_and_coasted_through() -> None:
    prices = [0.10] + [0.40] * 16 + [0.10] * 79
    before = advise(ROOM, outlook([21.0] * 96, prices=prices), 21.0)
    assert before.reason is Reason.PRICE
    assert 21.2 < before.target <= 21.5
    during = advise(ROOM, outlook([21.0] * 96, prices=[0.4] * 8 + [0.1] * 88), 20.75)
    assert during.reason is Reason.PRICE
    # The target stands; the room may fall below it.
    # A unit that works at a third of what it can swings more than one that stands.
    assert during.target == 21.0
    assert LEAN < during.lean < COAST
    flat = advise(ROOM, outlook([21.0] * 96, prices=[0.1] * 96), 21.0)
    assert flat.reason is Reason.SCHEDULE


def test_a_known_room_is_walked_to_where_heat_is_bought_too() -> None:
    prices = [0.1] * 16 + [0.3] * 16 + [0.1] * 64
    early = advise(KNOWN, outlook(night_then_day(14), prices=prices), 17.0)
    assert 17.0 <= early.target < 19.5
    goal, room, seen = early, 17.0, []
    for step in range(1, 16):
        ahead = outlook(
            night_then_day(max(14 - step, 0)), prices=prices[step:] + [0.1] * step
        )
        goal = advise(KNOWN, ahead, room, goal)
        seen.append(goal.target)
        most = (KNOWN.loss * (0.0 - room) + KNOWN.gain + KNOWN.heating) / 4
        room += min(max(goal.target - room, -0.3), most)
    # It is there, with what was bought, when it becomes dear; and was never let go.
    assert 21.0 < room < 21.6
    assert all(later >= earlier - STORE for earlier, later in pairwise(seen))


def test_what_was_bought_for_a_dear_time_is_held_until_then() -> None:
    """A room that is a little past what is stored is no reason to let it go."""
    targets = [18.0] * 9 + [21.0] * 8 + [17.0] * 79
    prices = [0.1] * 11 + [0.3] * 16 + [0.1] * 69
    goal = advise(KNOWN, outlook(targets, outdoor=4.0, prices=prices), 21.5)
    assert goal.target > 20.4


@pytest.mark.parametrize(
    ("direction", "target", "outdoor", "leans"),
    [
        (Direction.HEATING, 21.0, -8.0, 0.0),
        # A night may cool such a room further by itself.
        (Direction.COOLING, 25.0, 31.0, -LEAN),
    ],
)
def test_heat_that_is_bought_is_told_as_it_is_meant(
    direction: Direction, target: float, outdoor: float, leans: float
) -> None:
    """A room that stops short of it has to be heated in the dear time after it."""
    prices = [0.1] + [0.3] * 16 + [0.1] * 79
    ahead = outlook([target] * 96, direction=direction, outdoor=outdoor, prices=prices)
    # It is held there until it is dear, and then stands.
    goal = advise(KNOWN, ahead, target + 0.5 * direction.sign)
    assert goal.target == target + STORE * direction.sign
    assert goal.lean == pytest.approx(leans)
    dear = replace(ahead, prices=[*prices[1:], 0.1])
    later = advise(KNOWN, dear, target + 0.5 * direction.sign)
    assert later.target == target
    assert later.lean * direction.sign >= LEAN


def test_a_known_room_is_held_on_the_cheap_side() -> None:
    """By less than anybody feels; a room that is not known is held where it is asked."""
    for sign, direction, target in (
        (1, Direction.HEATING, 21.0),
        (-1, Direction.COOLING, 25.0),
    ):
        asked = outlook([target] * 96, direction=direction, outdoor=23.0 - 8 * sign)
        goal = advise(KNOWN, asked, target)
        assert (goal.reason, goal.target) == (Reason.SCHEDULE, target)
        assert goal.lean == pytest.approx(LEAN * sign)
        assert advise(ROOM, asked, target).lean == 0.0


def test_a_unit_that_stands_is_not_told_of_small_moves() -> None:
    begun = Goal(direction=Direction.HEATING, target=17.8, reason=Reason.OPTIMAL_START)
    long = outlook([17.0] * 40 + [21.0] * 56)
    assert advise(KNOWN, long, 21.0, begun).target == 17.8
    assert advise(KNOWN, long, 18.2, begun).target == 17.0
    other = replace(begun, direction=Direction.COOLING)
    assert advise(KNOWN, long, 21.0, other).target == 17.0


def test_prices_that_do_not_vary_are_not_planned_around() -> None:
    assert not varies(None)
    assert not varies([0.10, 0.105])
    assert varies([0.10, 0.12])
    assert varies([-0.05, 0.12])
    assert not varies([-0.05, -0.01])


def test_the_cheapest_way_is_no_dearer_than_holding() -> None:
    prices = [0.1] * 30 + [0.4] * 20 + [0.1] * 46
    planned = cheapest(ROOM, outlook([21.0] * 96, prices=prices), 21.0, prices)
    share = -(ROOM.loss * -21.0 + ROOM.gain) / ROOM.heating
    held = sum(
        price
        * share
        * ROOM.heating
        / 4
        / interpolate(tuple(zip(PARTS, COPS, strict=True)), share)
        for price in prices
    )
    assert planned.cost < held


@settings(max_examples=60, deadline=None)
@given(
    room=st.floats(-5, 40),
    outdoor=st.floats(-40, 45),
    targets=st.lists(st.sampled_from([16.0, 18.5, 21.0]), min_size=96, max_size=96),
    loss=st.floats(*LOSS_BOUNDS),
    rate=st.floats(*RATE_BOUNDS),
    prices=st.none() | st.lists(st.floats(-0.1, 1), min_size=96, max_size=96),
)
def test_advice_is_always_within_reason(
    room: float,
    outdoor: float,
    targets: list[float],
    loss: float,
    rate: float,
    prices: list[float] | None,
) -> None:
    model = RoomModel(loss=loss, heating=rate)
    goal = advise(model, outlook(targets, outdoor=outdoor, prices=prices), room)
    assert min(targets) - 0.45 <= goal.target <= max(targets) + 1.05


def simulate(
    loss: float, gain: float, rate: float, days: int, outdoor: float, sign: int = 1
) -> RoomModel:
    """Let a thermostat with a night setback live in a room, and learn it."""
    model, room, working = RoomModel(), 20.0, False
    for step in range(days * 288):
        now = step * 300.0
        hour = now / 3600 % 24
        comfort = 6 <= hour < 22
        target = (
            (21.0 if comfort else 17.0) if sign > 0 else (24.0 if comfort else 28.0)
        )
        error = (target - room) * sign
        working = error > (-0.3 if working else 0.3)
        out = outdoor + 4 * math.cos(2 * math.pi * (hour - 15) / 24)
        model = model.see(
            now,
            room=round(room, 1),
            outdoor=out,
            doing=("heating" if sign > 0 else "cooling") if working else "drift",
            error=error,
        )
        room += (loss * (out - room) + gain + sign * rate * working) / 12
    return model


@pytest.mark.parametrize(
    ("loss", "gain", "rate", "outdoor", "sign"),
    [
        (1 / 12, 0.2, 4.0, 0.0, 1),
        (1 / 30, 0.1, 2.0, -5.0, 1),
        (1 / 15, 0.3, 3.0, 30.0, -1),
    ],
)
def test_a_room_is_learned_from_what_is_seen(
    loss: float, gain: float, rate: float, outdoor: float, sign: int
) -> None:
    model = simulate(loss, gain, rate, 14, outdoor, sign)
    assert model.is_learned
    # What counts is how the room drifts, and how it catches up.
    for away in (-20.0, -10.0) if sign > 0 else (5.0, 10.0):
        true = loss * away + gain
        assert model.loss * away + model.gain == pytest.approx(true, abs=0.2)
    assert model.rate(sign) == pytest.approx(rate, rel=0.25)
    assert RoomModel.from_dict(model.as_dict()).rate(sign) == model.rate(sign)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 4000),
            st.none() | st.floats(-30, 60),
            st.none() | st.floats(-40, 50),
            st.sampled_from(["heating", "cooling", "drift", None]),
            st.floats(-5, 5),
        ),
        max_size=150,
    )
)
def test_whatever_is_seen_the_room_stays_one(
    seen: list[tuple[float, float | None, float | None, str | None, float]],
) -> None:
    model, now = RoomModel(), 0.0
    for dt, room, outdoor, doing, error in seen:
        now += dt
        model = model.see(now, room=room, outdoor=outdoor, doing=doing, error=error)
        assert LOSS_BOUNDS[0] <= model.loss <= LOSS_BOUNDS[1]
        assert GAIN_BOUNDS[0] <= model.gain <= GAIN_BOUNDS[1]
        for sign in (1, -1):
            assert RATE_BOUNDS[0] <= model.rate(sign) <= RATE_BOUNDS[1]


def test_a_gap_teaches_nothing() -> None:
    model = RoomModel().see(0.0, room=21.0, outdoor=0.0, doing="drift")
    model = model.see(86_400.0, room=12.0, outdoor=0.0, doing="drift")
    assert model == RoomModel()


def test_what_is_no_room_is_refused() -> None:
    data = RoomModel().as_dict()
    with pytest.raises(ValueError):
        RoomModel.from_dict({**data, "loss": float("nan")})
    with pytest.raises(KeyError):
        RoomModel.from_dict({"sums": [0] * 5})


# The week

TZ = ZoneInfo("America/Toronto")
COMFORT, ECO, SLEEP = (
    Entry(preset="comfort"),
    Entry(preset="eco"),
    Entry(preset="sleep"),
)


def week(**days: list[Block]) -> Week:
    return Week.of(days, ECO)


def test_a_week_says_what_holds_and_what_follows() -> None:
    days = week(
        monday=[Block(time(6), time(9), COMFORT), Block(time(22), time.max, SLEEP)],
        tuesday=[Block(time(0), time(6), SLEEP)],
    )
    monday = datetime(2026, 11, 23, 7, tzinfo=TZ)
    assert days.at(monday) == COMFORT
    assert days.next_change(monday) == (monday.replace(hour=9), ECO)
    late = monday.replace(hour=23)
    # Midnight itself changes nothing.
    assert days.next_change(late) == (datetime(2026, 11, 24, 6, tzinfo=TZ), ECO)
    after = datetime(2026, 11, 24, 7, tzinfo=TZ)
    assert days.next_change(after) == (datetime(2026, 11, 30, 6, tzinfo=TZ), COMFORT)
    assert week().next_change(after) is None


def test_of_blocks_that_overlap_the_last_has_the_say() -> None:
    days = week(
        monday=[Block(time(6), time(12), COMFORT), Block(time(8), time(10), SLEEP)]
    )
    at = datetime(2026, 11, 23, 9, tzinfo=TZ)
    assert days.at(at) == SLEEP
    assert days.at(at.replace(hour=11)) == COMFORT
    assert days.next_change(at) == (at.replace(hour=10), COMFORT)


@pytest.mark.parametrize("day", [(2026, 3, 8), (2026, 11, 1)])
def test_days_on_which_clocks_change_are_what_the_wall_says(
    day: tuple[int, int, int],
) -> None:
    days = week(sunday=[Block(time(2, 30), time(6), COMFORT)])
    before = datetime(*day, 0, 30, tzinfo=TZ)
    change = days.next_change(before)
    assert change is not None
    assert change[1] == COMFORT
    assert change[0].timestamp() > before.timestamp()
    end = days.next_change(datetime(*day, 4, tzinfo=TZ))
    assert end == (datetime(*day, 6, tzinfo=TZ), ECO)


def test_a_room_is_left_to_drift_before_the_schedule_asks_for_less() -> None:
    targets = [21.0] * 2 + [17.0] * 94
    left = advise(KNOWN, outlook(targets, outdoor=10.0), 21.2)
    # The target stands, and the unit is told what it is told then anyway.
    assert (left.target, left.reason) == (21.0, Reason.SCHEDULE)
    assert left.lean == pytest.approx(4.0 + LEAN)
    # Not where the room would be out of the band before its time is over ...
    assert advise(KNOWN, outlook(targets, outdoor=10.0), 20.7).lean == LEAN
    # ... nor hours ahead, nor for less than a kelvin.
    assert (
        advise(KNOWN, outlook([21.0] * 6 + [17.0] * 90, outdoor=10.0), 21.2).lean
        == LEAN
    )
    assert (
        advise(KNOWN, outlook([21.0] * 2 + [20.5] * 94, outdoor=10.0), 21.2).lean
        == LEAN
    )


def test_a_room_that_was_left_is_not_taken_up_again_for_a_tenth() -> None:
    left = advise(KNOWN, outlook([21.0] * 2 + [17.0] * 94, outdoor=10.0), 21.2)
    # A quarter later it has come a little lower than was reckoned.
    later = outlook([21.0] + [17.0] * 95, outdoor=10.0)
    assert advise(KNOWN, later, 20.6).lean == LEAN
    assert advise(KNOWN, later, 20.6, left).lean == left.lean
    assert advise(KNOWN, later, 20.3, left).lean == LEAN


def test_a_room_that_is_not_known_is_held_to_the_last_minute() -> None:
    targets = [21.0] * 2 + [17.0] * 94
    assert advise(RoomModel(), outlook(targets, outdoor=10.0), 21.2).lean == 0.0


@pytest.mark.parametrize(
    ("model", "direction", "room", "outdoor", "off"),
    [
        (KNOWN, Direction.COOLING, 25.2, 30.0, True),
        # It has to work within the hour.
        (KNOWN, Direction.COOLING, 27.4, 34.0, False),
        (KNOWN, Direction.COOLING, 28.2, 30.0, False),
        # Of a room that is not known, nobody can tell for how long.
        (ROOM, Direction.COOLING, 25.2, 30.0, False),
        # What keeps a room from the frost is never turned off.
        (KNOWN, Direction.HEATING, 31.0, 0.0, False),
    ],
)
def test_a_unit_that_would_only_stand_may_be_off(
    model: RoomModel, direction: Direction, room: float, outdoor: float, off: bool
) -> None:
    ahead = outlook([28.0] * 96, direction=direction, outdoor=outdoor)
    assert advise(model, ahead, room).rests is off


def test_a_unit_that_is_off_stays_so_until_it_has_to_work() -> None:
    ahead = outlook([28.0] * 96, direction=Direction.COOLING, outdoor=33.0)
    begun = advise(KNOWN, ahead, 26.0)
    assert begun.rests
    assert not advise(KNOWN, ahead, 27.4).rests
    assert advise(KNOWN, ahead, 27.4, begun).rests
    assert not advise(KNOWN, ahead, 27.9, begun).rests


def test_a_part_of_full_load_teaches_no_more_than_what_full_load_is_at_least() -> None:
    """A unit that is never told of a target far off is never seen at full load."""

    def worked(slope: float) -> RoomModel:
        model = KNOWN
        for minute in range(0, 50, 5):
            model = model.see(
                minute * 60.0,
                room=20.0 + slope * minute / 60,
                outdoor=10.0,
                doing="heating",
                error=0.8,
            )
        return model.see(3600.0, room=None, outdoor=None, doing=None)

    assert worked(1.0).heating == KNOWN.heating
    assert KNOWN.heating < worked(5.0).heating < 6.0
