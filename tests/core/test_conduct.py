"""What a unit that nobody may command asks of the outdoor unit."""

from dataclasses import replace

import pytest

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.conduct import present_direction
from custom_components.klima.core.control import Direction, Limits, Mode, Setting, Unit

UNIT = Unit(
    available=True,
    setting=Setting(mode=Mode.OFF),
    intake=20.0,
    activity=Activity.IDLE,
    limits=Limits(),
)


@pytest.mark.parametrize(
    ("mode", "activity", "asked"),
    [
        (Mode.HEAT, Activity.IDLE, Direction.HEATING),
        (Mode.COOL, Activity.IDLE, Direction.COOLING),
        # What its own changeover chose shows by what it does.
        (Mode.AUTO, Activity.HEATING, Direction.HEATING),
        (Mode.AUTO, Activity.DEFROSTING, Direction.HEATING),
        (Mode.AUTO, Activity.COOLING, Direction.COOLING),
        (Mode.AUTO, Activity.IDLE, None),
        (Mode.OFF, Activity.OFF, None),
    ],
)
def test_a_unit_asks_by_its_mode_or_by_what_it_does(
    mode: Mode, activity: Activity, asked: Direction | None
) -> None:
    unit = replace(UNIT, setting=Setting(mode=mode), activity=activity)
    assert present_direction(unit) is asked
    # One that is not there asks for nothing.
    assert present_direction(replace(unit, available=False)) is None
