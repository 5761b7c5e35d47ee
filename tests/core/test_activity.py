"""What a unit does, where it does not say so itself."""

import pytest

from custom_components.klima.core.activity import (
    COMPRESSOR_ACTIVITIES,
    TANK_BAND,
    THERMOSTAT_BAND,
    Activity,
    infer_room_activity,
    infer_tank_activity,
    of_power,
    of_system,
    one_way,
    working_activity,
)


@pytest.mark.parametrize(
    ("mode", "room", "heat_to", "cool_to", "expected"),
    [
        ("off", 18, 21, None, Activity.OFF),
        (None, 18, 21, None, Activity.OFF),
        ("a word of its own", 18, 21, None, Activity.OFF),
        ("fan_only", 18, 21, None, Activity.FAN),
        ("dry", 18, 21, None, Activity.DRYING),
        ("heat", 18, 21, None, Activity.HEATING),
        ("heat", 23, 21, None, Activity.IDLE),
        ("heat", 30, 21, 24, Activity.IDLE),
        ("heat", None, 21, None, Activity.HEATING),
        ("heat", 18, None, None, Activity.HEATING),
        ("cool", 27, None, 24, Activity.COOLING),
        ("cool", 22, None, 24, Activity.IDLE),
        ("cool", 15, 21, 24, Activity.IDLE),
        ("cool", None, None, None, Activity.COOLING),
        ("heat_cool", 18, 20, 24, Activity.HEATING),
        ("heat_cool", 22, 20, 24, Activity.IDLE),
        ("heat_cool", 26, 20, 24, Activity.COOLING),
        ("auto", None, 20, 24, Activity.IDLE),
        ("auto", 22, None, None, Activity.IDLE),
    ],
)
def test_a_room_unit_by_its_mode_and_temperatures(
    mode: str | None,
    room: float | None,
    heat_to: float | None,
    cool_to: float | None,
    expected: Activity,
) -> None:
    """It works towards its target, and rests beyond it."""
    assert (
        infer_room_activity(mode, room=room, heat_to=heat_to, cool_to=cool_to)
        is expected
    )


@pytest.mark.parametrize(
    ("mode", "working"),
    [("heat", Activity.HEATING), ("cool", Activity.COOLING)],
)
def test_within_the_band_it_does_as_before(mode: str, working: Activity) -> None:
    """A room at its target neither starts a unit nor stops it."""
    target = 21.0
    for room in (target - THERMOSTAT_BAND / 2, target, target + THERMOSTAT_BAND / 2):
        for previous in (working, Activity.IDLE):
            assert (
                infer_room_activity(
                    mode, room=room, heat_to=target, cool_to=target, previous=previous
                )
                is previous
            )


@pytest.mark.parametrize(
    ("mode", "room", "low", "high", "expected"),
    [
        ("heat", None, None, None, Activity.HEATING),
        ("cool", None, None, None, Activity.COOLING),
        ("dry", None, None, None, Activity.DRYING),
        ("auto", 20, 19, 25, Activity.HEATING),
        ("heat_cool", 24, 19, 25, Activity.COOLING),
        ("heat_cool", None, 19, 25, None),
        ("heat_cool", 24, None, 25, None),
        ("fan_only", 24, 19, 25, None),
        ("off", 24, 19, 25, None),
        (None, 24, 19, 25, None),
    ],
)
def test_what_the_compressor_would_do(
    mode: str | None,
    room: float | None,
    low: float | None,
    high: float | None,
    expected: Activity | None,
) -> None:
    """The mode tells it; between two targets, the nearer one."""
    assert working_activity(mode, room=room, heat_to=low, cool_to=high) is expected


@pytest.mark.parametrize(
    ("mode", "water", "target", "previous", "expected"),
    [
        ("off", 40, 50, Activity.HEATING, Activity.OFF),
        (None, 40, 50, Activity.HEATING, Activity.OFF),
        ("eco", None, 50, Activity.HEATING, None),
        ("eco", 40, None, Activity.HEATING, None),
        ("gas", None, 50, Activity.HEATING, Activity.IDLE),
        ("eco", 50 - TANK_BAND - 0.1, 50, Activity.IDLE, Activity.HEATING),
        ("eco", 50 - TANK_BAND + 0.1, 50, Activity.IDLE, Activity.IDLE),
        ("eco", 49.9, 50, Activity.HEATING, Activity.HEATING),
        ("eco", 50, 50, Activity.HEATING, Activity.IDLE),
    ],
)
def test_a_tank_reheats_in_one_go(
    mode: str | None,
    water: float | None,
    target: float | None,
    previous: Activity,
    expected: Activity | None,
) -> None:
    """It waits until it fell by its band, then heats up to its target.

    Nothing tells of one whose temperatures are not known.
    """
    assert (
        infer_tank_activity(mode, water=water, target=target, previous=previous)
        is expected
    )


@pytest.mark.parametrize(
    ("mode", "water", "low", "high", "previous", "expected"),
    [
        ("heat_pump", 46.9, 47.0, 51.0, Activity.IDLE, Activity.HEATING),
        ("heat_pump", 47.1, 47.0, 51.0, Activity.IDLE, Activity.IDLE),
        ("heat_pump", 50.9, 47.0, 51.0, Activity.HEATING, Activity.HEATING),
        ("heat_pump", 51.0, 47.0, 51.0, Activity.HEATING, Activity.IDLE),
        ("heat_pump", 40.0, 47.0, None, Activity.HEATING, None),
        ("gas", 40.0, 47.0, 51.0, Activity.HEATING, Activity.IDLE),
    ],
)
def test_a_tank_that_tells_where_it_starts_and_stops(
    mode: str,
    water: float,
    low: float,
    high: float | None,
    previous: Activity,
    expected: Activity | None,
) -> None:
    """As nibe_heatpump has it. What burns gas is no heat pump's work."""
    assert (
        infer_tank_activity(
            mode, water=water, target=None, low=low, high=high, previous=previous
        )
        is expected
    )


def test_a_system_does_what_its_compressor_does() -> None:
    """One unit that heats outweighs any number that blow or rest."""
    assert of_system([]) is None
    assert of_system([Activity.OFF, Activity.IDLE]) is Activity.IDLE
    assert of_system([Activity.FAN, Activity.IDLE]) is Activity.FAN
    assert of_system([Activity.DEFROSTING, Activity.HEATING]) is Activity.DEFROSTING
    for activity in COMPRESSOR_ACTIVITIES:
        assert of_system([Activity.FAN, activity, Activity.OFF]) is activity


def test_every_activity_has_its_place() -> None:
    """None is overlooked."""
    for activity in Activity:
        assert of_system([activity]) is activity


@pytest.mark.parametrize(
    ("inferred", "working", "watts", "expected"),
    [
        (Activity.HEATING, Activity.HEATING, 900, Activity.HEATING),
        (Activity.HEATING, Activity.HEATING, 10, Activity.IDLE),
        (Activity.IDLE, Activity.COOLING, 900, Activity.COOLING),
        (Activity.IDLE, None, 900, Activity.IDLE),
        (Activity.FAN, None, 20, Activity.FAN),
        (Activity.OFF, None, 3, Activity.OFF),
        (None, None, 900, None),
    ],
)
def test_power_overrules_a_guess(
    inferred: Activity | None,
    working: Activity | None,
    watts: float,
    expected: Activity | None,
) -> None:
    """Only a compressor draws this much; without it nothing heats or cools."""
    assert of_power(inferred, working, watts, 90.0) is expected


@pytest.mark.parametrize(
    ("mode", "modes", "expected"),
    [
        ("auto", ("off", "cool", "dry", "fan_only", "auto"), "cool"),
        ("auto", ("auto", "heat"), "heat"),
        ("auto", ("off", "heat", "cool", "auto"), "auto"),
        ("auto", ("off", "auto"), "auto"),
        ("auto", ("auto", "heat", "heat_cool"), "auto"),
        ("heat_cool", ("off", "heat", "heat_cool"), "heat_cool"),
        ("dry", ("off", "cool", "dry"), "dry"),
        (None, ("off", "cool"), None),
    ],
)
def test_auto_goes_the_one_way_that_a_unit_has(
    mode: str | None, modes: tuple[str, ...], expected: str | None
) -> None:
    """A window unit does not heat; where both or neither is offered, it may do either."""
    assert one_way(mode, modes) == expected
