"""A ledger that survives a crash, written to storage in two parts.

The whole is large and is written seldom; what changed since is small, and goes
with whatever its owner saves within the minute. Each bucket is kept as what it
holds, not as what was added, so that reading both in turn counts nothing twice.
"""

import logging

from homeassistant.core import HomeAssistant

from .core.ledger import Ledger
from .store import UNREADABLE, ledger_store

_LOGGER = logging.getLogger(__name__)

MOST_RECENT = 12
"""Changed buckets (three hours) that are kept apart before the whole is written."""


class KeptLedger:
    """A ledger, and where it is kept."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Start with an empty one."""
        self.ledger = Ledger()
        self._of = entry_id
        self._store = ledger_store(hass, entry_id)
        self._recent: dict[str, list[float]] = {}
        self._in_flight: dict[str, list[float]] = {}

    async def async_load(self, recent: object) -> None:
        """Take up what was kept: the whole, then what changed since."""
        await self._store.async_take(self.ledger.overlay, f"the ledger of {self._of}")
        if not recent:
            return
        try:
            self._recent = self.ledger.overlay(recent)
        except UNREADABLE as err:
            _LOGGER.error("A part of a ledger cannot be read: %s", err)

    def recent(self) -> dict[str, list[float]]:
        """Return what changed since the whole was surely written.

        If that has become much, the whole is written soon.
        """
        self._see_changed()
        if len(self._recent) > MOST_RECENT:
            self._store.async_save_soon(self._rows)
        return {**self._in_flight, **self._recent}

    def _see_changed(self) -> None:
        if changed := self.ledger.take_changed():
            self._recent.update(self.ledger.rows(changed))

    async def async_save(self) -> None:
        """Write the whole now."""
        await self._store.async_save(self._rows())

    def _rows(self) -> dict[str, list[float]]:
        """Return the whole to write; what it has anew is kept until the next write.

        What the last write was to bring to the disk, and did not, is kept as well.
        """
        self._see_changed()
        kept = self._in_flight if self._store.failed else {}
        self._in_flight, self._recent = {**kept, **self._recent}, {}
        return self.ledger.rows()
