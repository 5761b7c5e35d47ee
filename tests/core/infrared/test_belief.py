"""Little power proves that a unit is off only where an idle one would use more."""

from hypothesis import given, strategies as st
import pytest

from custom_components.klima.core.infrared.belief import (
    DEMAND,
    has_to_run,
    is_off,
    runs_by,
)
from custom_components.klima.core.infrared.state import FIELDS, Envelope, UnitState

MODES = ("auto", "heat_cool", "cool", "heat", "dry", "fan_only")


@pytest.mark.parametrize(
    ("mode", "target", "room", "runs"),
    [
        ("fan_only", None, None, True),
        ("cool", 24, 26, True),
        ("cool", 24, 25.9, False),
        ("cool", 24, 20, False),
        ("cool", 24, None, False),
        ("cool", None, 40, False),
        ("heat", 21, 19, True),
        ("heat", 21, 19.1, False),
        ("heat", 21, 30, False),
        ("dry", 24, 40, False),
        ("auto", 24, 40, False),
    ],
)
def test_what_cannot_idle_has_to_run(
    mode: str, target: float | None, room: float | None, runs: bool
) -> None:
    state = UnitState(mode=mode, temperature=target)
    assert has_to_run(state, room, fahrenheit=False) == runs
    assert is_off(state, room, fahrenheit=False) == runs
    if target is not None:
        state = UnitState(mode=mode, temperature=target * 1.8 + 32)
        if room is None or abs(abs(room - target) - DEMAND) > 0.01:
            assert has_to_run(state, room, fahrenheit=True) == runs


@given(
    st.sampled_from(MODES),
    st.none() | st.floats(5, 35),
    st.none() | st.floats(5, 35),
    st.booleans(),
)
def test_a_unit_near_its_target_is_not_known_to_be_off(
    mode: str, target: float | None, room: float | None, never_rose: bool
) -> None:
    state = UnitState(mode=mode, temperature=target)
    sure = is_off(state, room, fahrenheit=False, never_rose=never_rose)
    far = None not in (target, room) and abs(target - room) >= DEMAND
    if mode not in ("fan_only", "cool", "dry") and not far:
        assert not sure
    assert is_off(state, room, fahrenheit=False, on_by_power=True)
    assert is_off(UnitState(mode="off"), room, fahrenheit=False)


@pytest.mark.parametrize(
    ("watts", "runs"),
    [
        (0.0, False),
        (8.0, False),
        (8.1, None),
        (49.9, None),
        (50.0, True),
        (900.0, True),
    ],
)
def test_what_a_power_says(watts: float, runs: bool | None) -> None:
    assert runs_by(watts) is runs


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (None, {}),
        ("cool", {}),
        ({"mode": "cool", "temperature": 22}, {"mode": "cool", "temperature": 22}),
        # The codes are others since: what they do not have is as at first.
        ({"mode": "heat", "fan": "turbo", "temperature": 31}, {}),
        ({"mode": ["cool"], "temperature": "warm", "fan": "low"}, {"fan": "low"}),
    ],
)
def test_a_state_is_taken_up_as_far_as_there_are_codes(
    kept: object, expected: dict[str, object]
) -> None:
    envelope = Envelope(
        modes=("cool", "dry"),
        min_temperature=18,
        max_temperature=30,
        fans=("auto", "low"),
    )
    restored = envelope.restored(kept)
    initial = envelope.initial()
    for field in FIELDS:
        assert getattr(restored, field) == expected.get(field, getattr(initial, field))
