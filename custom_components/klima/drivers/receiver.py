"""Listening through an infrared receiver: what is heard, a press of the handset at a time."""

from collections.abc import Callable
import logging

from homeassistant.components import infrared
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event

from ..core.infrared.raw import from_durations
from ..core.infrared.signal import MAX_MODULATION, MIN_MODULATION, CodeError, Signal

_LOGGER = logging.getLogger(__name__)

PRESS = 0.5
"""s within which what a receiver hears may be one press, cut at its pauses."""

MOST_PARTS = 8
"""Parts of a press at the most: what comes after them is the next one."""


@callback
def async_listen(
    hass: HomeAssistant, receiver: str, on_parts: Callable[[list[Signal]], None]
) -> CALLBACK_TYPE:
    """Listen through a receiver, for as long as it comes and goes.

    What is heard within a press is handed over together, the last part last;
    whoever makes sense of it empties the list. Noise never gets so far.
    """
    loop = hass.loop
    parts: list[Signal] = []
    last = 0.0
    unsubscribe: CALLBACK_TYPE | None = None

    @callback
    def heard(received: infrared.InfraredReceivedSignal) -> None:
        nonlocal last
        try:
            signal = from_durations(received.timings, _modulation(received))
        except CodeError, TypeError:
            return
        now = loop.time()
        if now - last > PRESS or len(parts) >= MOST_PARTS:
            parts.clear()
        last = now
        parts.append(signal)
        on_parts(parts)

    @callback
    def subscribe() -> None:
        nonlocal unsubscribe
        if unsubscribe is not None:
            unsubscribe()
            unsubscribe = None
        try:
            unsubscribe = infrared.async_subscribe_receiver(hass, receiver, heard)
        except HomeAssistantError as err:
            _LOGGER.debug("Not listening through %s yet: %s", receiver, err)

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        there = new is not None and new.state != STATE_UNAVAILABLE
        if there and (
            unsubscribe is None or old is None or old.state == STATE_UNAVAILABLE
        ):
            # It is a new entity after a reload of its own integration.
            subscribe()

    subscribe()
    untrack = async_track_state_change_event(hass, [receiver], changed)

    @callback
    def stop() -> None:
        untrack()
        if unsubscribe is not None:
            unsubscribe()

    return stop


def _modulation(received: infrared.InfraredReceivedSignal) -> int | None:
    """Return what a receiver measured, None where that can be no handset's."""
    modulation = received.modulation
    if modulation and MIN_MODULATION <= modulation <= MAX_MODULATION:
        return int(modulation)
    return None
