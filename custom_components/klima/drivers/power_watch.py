"""What the power of a unit keeps saying: that it runs, or that nothing in it turns."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_call_later, async_track_state_change_event

from ..core.infrared.belief import IDLE_FOR, RUNS_FOR, runs_by
from ..sources import read_power


class PowerWatch:
    """Waits until a power sensor has said the same for long enough to be believed."""

    def __init__(
        self,
        hass: HomeAssistant,
        sensor: Callable[[], str | None],
        on_held: Callable[[bool], None],
    ) -> None:
        """Hear of no power yet; `on_held` is told whether the unit runs."""
        self._hass = hass
        self._sensor = sensor
        self._on_held = on_held
        self._timer: CALLBACK_TYPE | None = None
        self._says: bool | None = None
        self._follows = False
        self.rose = False
        """More than an idle unit uses was seen since this was last set back."""

    @callback
    def async_start(self, sensor: str) -> CALLBACK_TYPE:
        """Follow the sensor."""

        @callback
        def changed(_event: Event[EventStateChangedData]) -> None:
            self.async_weigh()

        self._follows = True
        untrack = async_track_state_change_event(self._hass, [sensor], changed)

        @callback
        def stop() -> None:
            untrack()
            self._follows = False
            self.async_cancel()

        return stop

    @callback
    def async_weigh(self) -> None:
        """Read the power, and wait whether it keeps saying what it says."""
        if not self._follows:
            # What leaves at an unload is not waited for: its unit is another's then.
            return
        sensor = self._sensor()
        watts = read_power(self._hass.states.get(sensor)) if sensor else None
        says = None if watts is None else runs_by(watts)
        if watts is not None and says is not False:
            self.rose = True
        if says is self._says and self._timer is not None:
            return
        self.async_cancel()
        self._says = says
        if says is None:
            return

        @callback
        def held(_now: datetime) -> None:
            self._timer = None
            self._on_held(says)

        self._timer = async_call_later(self._hass, RUNS_FOR if says else IDLE_FOR, held)

    @callback
    def async_cancel(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer()
            self._timer = None
