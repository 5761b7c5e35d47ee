"""The counters of a home: what it draws from the grid, and what it feeds into it.

Times are epoch seconds (UTC), energy is in kWh.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, State, callback

from .core.energy import Delta
from .core.export import Flow, HomeFlow
from .core.ledger import QUARTER
from .core.metering import Meter
from .kept_ledger import KeptLedger
from .sources import CounterReader, is_same_source, read_last_reset

HOME_NAMEPLATE = 60_000.0
"""W that a home may draw: 250 A at 240 V, more than any dwelling's service."""


class HomeMeters:
    """What the counters of a home told, and the flow that they tell of now."""

    def __init__(
        self, kept: KeptLedger, energy: str | None, export: str | None
    ) -> None:
        """Know nothing yet; `energy` and `export` are the counters' entities."""
        self.energy = energy
        self.export = export
        self.flow: Flow | None = None
        self._kept = kept
        self._kept.ledger.has_fed = export is not None
        self._drawn, self._fed = _counter(), _counter()
        self._drawn_reader, self._fed_reader = CounterReader(), CounterReader()
        self._flows = HomeFlow()
        self._told_until = 0.0

    @property
    def refused(self) -> tuple[int, int]:
        """How many readings were refused, of what is drawn and of what is fed in."""
        return self._drawn.refused, self._fed.refused

    @property
    def read_at(self) -> float | None:
        """When the counter of what is drawn was last read."""
        return None if self._drawn.counter is None else self._drawn.counter.at

    def flow_in(self, bucket: int) -> Flow | None:
        """Return the home's mean flow in a quarter of an hour, as far as it was told.

        Of one that the counters have not told the end of, it is what they told last.
        """
        if (bucket + 1) * QUARTER > self._told_until:
            return self.flow
        ledger = self._kept.ledger
        if (drawn := ledger.kwh.get(bucket)) is None:
            return None
        return Flow(4 * drawn, 4 * ledger.fed.get(bucket, 0.0))

    @callback
    def read_drawn(self, at: float, state: State | None) -> Delta | None:
        """Return what was drawn since the counter was last read."""
        delta = self._read(self._drawn, self._drawn_reader, at, state)
        if delta is not None:
            self._flows.draw(delta)
        return delta

    @callback
    def read_fed(self, at: float, state: State | None) -> None:
        """Take what was fed in since the counter was last read into the ledger."""
        delta = self._read(self._fed, self._fed_reader, at, state)
        if delta is not None:
            self._flows.feed(delta)
            self._kept.ledger.add_fed(delta.start, delta.end, delta.kwh)

    @callback
    def close_minute(self, at: float) -> None:
        """Take note of what the counters told in the last minute."""
        self._flows.close()
        self.flow = self._flows.at(at)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        kept = {"meter": self._drawn.as_dict(), "counter_source": self.energy}
        if self.export:
            kept |= {"export_meter": self._fed.as_dict(), "export_source": self.export}
        return kept

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take up what was counted before; raises as `Meter.restore` does."""
        self._drawn.restore(data["meter"])
        if (export := data.get("export_meter")) is not None:
            self._fed.restore(export)

    def forget_others(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        """Begin anew with a counter that is another than what was kept is of."""
        if not is_same_source(hass, data, "counter_source", self.energy):
            self._drawn.forget_counter()
        if not is_same_source(hass, data, "export_source", self.export):
            self._fed.forget_counter()

    def _read(
        self, meter: Meter, reader: CounterReader, at: float, state: State | None
    ) -> Delta | None:
        try:
            kwh = reader.read(state)
        except ValueError:
            return None
        delta = meter.read_counter(at, kwh, read_last_reset(state))
        if delta is not None:
            self._told_until = max(self._told_until, delta.end)
        return delta


def _counter() -> Meter:
    return Meter(has_counter=True, has_power=False, nameplate=HOME_NAMEPLATE)
