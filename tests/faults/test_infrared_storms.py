"""Bad events for infrared rooms: at their sources, their emitter, their receiver and meter."""

import random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.infrared import InfraredCommand
from homeassistant.core import HomeAssistant
from infrared_protocols.commands.gree_ac import GreeAcMode
import pytest

from tests.infrared_units import (
    RECEIVER,
    UNIT,
    Emitter,
    Receiver,
    async_add_infrared,
    async_add_unit,
)

from .common import complaints, pass_seconds
from .rooms import ATTRIBUTES, COMFORT, SOURCES, say_all
from .storms import EVENTS, STATES, VALUES

METER = "sensor.meter_power"
NOISE = (
    [], [0], [-1], [1, -1], [10**9, -(10**9)], [9000, -4500], [9000, -4500] * 400,
    [560, -560] * 36, [-9000, 4500, -560], [float("nan"), -1.0], ["9000", "-4500"],
)  # fmt: skip


def _event(
    hass: HomeAssistant, emitter: Emitter, receiver: Receiver, rng: random.Random
) -> None:
    """Let one of the sources say what no source should."""
    kind = rng.random()
    if kind < 0.1:
        emitter.come_and_go(rng.random() < 0.5)
    elif kind < 0.15:
        receiver.come_and_go(rng.random() < 0.5)
    elif kind < 0.2:
        # A frame that is cut, stretched or mixed up on its way.
        noise: list[Any] = list(rng.choice([*NOISE, *emitter.sent[-2:]]))
        if noise and rng.random() < 0.7:
            noise = noise[: rng.randrange(len(noise) + 1)]
            rng.shuffle(noise)
        if receiver.available:
            receiver.hear(noise)
    else:
        entity_id = rng.choice((*SOURCES, METER))
        if rng.random() < 0.02:
            hass.states.async_remove(entity_id)
            return
        attributes = {
            rng.choice(ATTRIBUTES): rng.choice(VALUES) for _ in range(rng.randrange(4))
        }
        hass.states.async_set(entity_id, rng.choice(STATES), attributes)


def watch_handed(monkeypatch: pytest.MonkeyPatch, emitter: Emitter) -> list[str]:
    """Return a list that grows by each frame handed to an emitter that is not there."""
    away: list[str] = []
    send = emitter.async_send_command

    async def watched(command: InfraredCommand) -> None:
        if not emitter.available:
            away.append(repr(command))
        await send(command)

    monkeypatch.setattr(emitter, "async_send_command", watched)
    return away


@pytest.mark.parametrize("seed", [1, 2])
async def test_thousands_of_bad_events_of_infrared_rooms(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    """Frames stay few, none cools, nothing is logged by the event, and it goes on after."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.loop.set_debug(False)
    emitter, receiver = await async_add_infrared(hass)
    say_all(hass)
    hass.states.async_set(METER, "600", {"unit_of_measurement": "W"})
    await async_add_unit(
        hass, {"power": METER, "price": 0.25}, receiver=RECEIVER, **COMFORT
    )
    await hass.services.async_call(
        "climate", "set_hvac_mode", {"entity_id": UNIT, "hvac_mode": "heat"}, True
    )
    await pass_seconds(hass, freezer, 60)
    away = watch_handed(monkeypatch, emitter)
    rng = random.Random(seed)
    caplog.clear()
    seconds = 0.0
    for number in range(EVENTS // 2):
        _event(hass, emitter, receiver, rng)
        if number % 25 == 24:
            passed = rng.choice((0.1, 1, 10, 61))
            seconds += passed
            await pass_seconds(hass, freezer, passed)
    # A frame that was to leave as the emitter went is told of: nobody will send it.
    said = [line for line in complaints(caplog) if "was not reached" not in line]
    assert said == []
    assert len(complaints(caplog)) <= 3
    assert away == []
    assert len(emitter.sent) <= 2 * seconds / 60 + 10
    # In November, nobody asked for it.
    assert GreeAcMode.COOL not in {frame.mode for frame in emitter.read}

    emitter.come_and_go(True)
    receiver.come_and_go(True)
    say_all(hass)
    hass.states.async_set(METER, "600", {"unit_of_measurement": "W"})
    for _ in range(40):
        await pass_seconds(hass, freezer, 60)
    emitter.sent.clear()
    await hass.services.async_call(
        "climate", "set_temperature", {"entity_id": UNIT, "temperature": 26}, True
    )
    for _ in range(6):
        await pass_seconds(hass, freezer, 60)
    assert emitter.read[-1].mode is GreeAcMode.HEAT
    state = hass.states.get(UNIT)
    assert state is not None and state.state == "heat"


async def test_an_emitter_that_flaps(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each time that it is back, what stands is not sent anew: the unit still does it."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    emitter, _ = await async_add_infrared(hass)
    say_all(hass)
    await async_add_unit(hass, {"price": 0.25}, receiver=RECEIVER, **COMFORT)
    await hass.services.async_call(
        "climate",
        "set_temperature",
        {"entity_id": UNIT, "hvac_mode": "heat", "temperature": 22},
        True,
    )
    for _ in range(3):
        await pass_seconds(hass, freezer, 60)
    hass.loop.set_debug(False)
    away = watch_handed(monkeypatch, emitter)
    caplog.clear()
    emitter.sent.clear()
    for number in range(600):
        emitter.come_and_go(number % 2 == 1)
        freezer.tick(0.1)
        if number % 10 == 9:
            await pass_seconds(hass, freezer, 0)
    await pass_seconds(hass, freezer, 60)
    assert away == []
    assert len(emitter.sent) <= 2
    assert complaints(caplog) == []

    # A wish of somebody while it is away is refused, and none waits to surprise later.
    emitter.come_and_go(False)
    await hass.async_block_till_done()
    emitter.sent.clear()
    state = hass.states.get(UNIT)
    assert state is not None and state.state == "unavailable"
    await pass_seconds(hass, freezer, 600)
    assert emitter.sent == []
    emitter.come_and_go(True)
    await pass_seconds(hass, freezer, 60)
    state = hass.states.get(UNIT)
    assert state is not None and state.state == "heat"
    assert len(emitter.sent) <= 1
