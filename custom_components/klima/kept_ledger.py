"""A ledger that survives a crash, written to storage in two parts.

The whole is large and is written seldom; what changed since is small, and goes
with whatever its owner saves within the minute. Each bucket is kept as what it
holds, not as what was added, so that reading both in turn counts nothing twice.
"""

from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.core import HomeAssistant

from .core.ledger import Ledger
from .store import ledger_store

_LOGGER = logging.getLogger(__name__)

SAVE_DELAY = 60
"""s from the time that the whole is due to its write."""

MOST_RECENT = 12
"""Changed buckets (three hours) that are kept apart before the whole is written."""


class KeptLedger:
    """A ledger, and where it is kept."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Start with an empty one."""
        self.ledger = Ledger()
        self._store = ledger_store(hass, entry_id)
        self._recent: dict[str, list[float]] = {}
        self._in_flight: dict[str, list[float]] = {}
        self._is_due = False

    async def async_load(self, recent: Mapping[str, Any] | None) -> None:
        """Take up what was kept: the whole, then what changed since."""
        for rows in (await self._store.async_load(), recent):
            if not rows:
                continue
            try:
                self.ledger.overlay(rows)
            except (AttributeError, TypeError, ValueError) as err:
                _LOGGER.error("A part of a ledger cannot be read: %s", err)
        self._recent = dict(recent or {})

    def recent(self) -> dict[str, list[float]]:
        """Return what changed since the whole was surely written.

        If that has become much, the whole is written soon.
        """
        if changed := self.ledger.take_changed():
            self._recent.update(self.ledger.rows(changed))
        if len(self._recent) > MOST_RECENT and not self._is_due:
            self._is_due = True
            self._store.async_delay_save(self._rows, SAVE_DELAY)
        return {**self._in_flight, **self._recent}

    async def async_save(self) -> None:
        """Write the whole now."""
        await self._store.async_save(self._rows())

    def _rows(self) -> dict[str, list[float]]:
        """Return the whole to write; what it has anew is kept until the next write."""
        self.recent()
        self._is_due = False
        self._in_flight, self._recent = self._recent, {}
        return self.ledger.rows()
