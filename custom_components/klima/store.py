"""What a system counted, kept in Home Assistant's storage.

Not in restored states: those are written every quarter of an hour and dropped
after a week, and a counter must lose at most a minute to a crash.

Each is kept in two files, written one after the other: what a bad sector, a full
disk or a hand that slipped does to the one, it does not do to the other.
"""

from collections.abc import Callable
import logging
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError, write_utf8_file_atomic
from homeassistant.util.json import SerializationError

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1

UNREADABLE = (AttributeError, LookupError, OverflowError, TypeError, ValueError)
"""What data raises that is not what was kept: its file was edited, or damaged."""

SAVE_DELAY = 10
"""s from a change to its write. With publishing once a minute, a crash costs about one."""

LEDGER_DELAY = 60
"""s from the time that a whole ledger is due to its write."""

type Data = dict[str, Any]


class _PairedStore(Store[Data]):
    """A file and its copy, which knows whether its last write came to the disk.

    Home Assistant's own only logs that one did not, and does so at each: of a
    disk that is full, that would be several lines a minute.
    """

    failed = False
    _written: Data | None = None

    def __init__(self, hass: HomeAssistant, key: str, *, remembers: bool) -> None:
        """Take the key; one that `remembers` does not write the same again."""
        super().__init__(hass, STORAGE_VERSION, key, atomic_writes=True)
        self.copy = Store[Data](hass, STORAGE_VERSION, f"{key}.copy")
        self._remembers = remembers

    def remember(self, data: Data) -> None:
        """Take note of what is on the disk."""
        if self._remembers:
            self._written = data

    @override
    async def _async_write_data(self, data: Data) -> None:
        """Write what changed, and take note of how it went; tell once that it does not."""
        if (make := data.pop("data_func", None)) is not None:
            data["data"] = make()
        if data["data"] == self._written and not self.failed:
            return
        self._manager.async_invalidate(self.copy.key)
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            if not self.failed:
                _LOGGER.error(
                    "%s cannot be written, which is tried again: %s", self.key, err
                )
            self.failed = True
            return
        except Exception:
            self.failed = True
            raise
        self.remember(data["data"])
        if self.failed:
            self.failed = False
            _LOGGER.warning("%s is written again", self.key)

    @override
    def _write_prepared_data(self, mode: str, json_data: str | bytes) -> None:
        """Write both files, the copy also where the first cannot be."""
        try:
            super()._write_prepared_data(mode, json_data)
        finally:
            write_utf8_file_atomic(self.copy.path, json_data, mode=mode)


class KeptStore:
    """What one owner keeps, in a file and its copy."""

    def __init__(
        self, hass: HomeAssistant, key: str, delay: float, *, remembers: bool = False
    ) -> None:
        """Take the key of the file; `delay` is the s from a change to its write.

        One that `remembers` what it wrote, which costs its size in memory, does
        not write the same again.
        """
        self._delay = delay
        self._store = _PairedStore(hass, key, remembers=remembers)
        self._is_due = False

    async def async_load(
        self, take: Callable[[Data], object], what: str
    ) -> Data | None:
        """Return what was kept once it was taken up, None where nothing was.

        `take` raises AttributeError, LookupError, TypeError or ValueError for what
        it cannot read: the copy is then tried. `what` says in the log whose it
        is. Raises ConfigEntryNotReady where the disk itself cannot be read now.
        """
        unreadable: HomeAssistantError | None = None
        failed = False
        for store in (self._store, self._store.copy):
            try:
                data = await store.async_load()
            except HomeAssistantError as err:
                unreadable = err
                continue
            except UNREADABLE as err:
                # It is JSON, but not of a store.
                _LOGGER.debug("%s is no store: %r", store.path, err)
                failed = True
                continue
            if data is None:
                continue
            try:
                take(data)
            except UNREADABLE as err:
                _LOGGER.debug("%s cannot be read: %r", store.path, err)
                failed = True
                continue
            if store is self._store:
                self._store.remember(data)
            else:
                _LOGGER.warning(
                    "What %s cannot be read, and is taken from its copy", what
                )
            return data
        if unreadable is not None:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="storage_unreadable",
                translation_placeholders={"error": str(unreadable)},
            ) from unreadable
        if failed:
            _LOGGER.error("What %s cannot be read and begins anew", what)
        return None

    @property
    def failed(self) -> bool:
        """Whether the last write failed."""
        return self._store.failed

    @callback
    def async_save_soon(self, data: Callable[[], Data]) -> None:
        """Save within the delay; what is due already is not put off by it.

        Home Assistant's own store waits anew with each change, so that what
        changes all the time would never be written. `data` is called when it is
        written.
        """
        if self._is_due:
            return
        self._is_due = True

        def written() -> Data:
            """Return what is written now: it is no longer due."""
            self._is_due = False
            return data()

        self._store.async_delay_save(written, self._delay)

    async def async_save(self, data: Data) -> None:
        """Write both files now."""
        self._is_due = False
        await self._store.async_save(data)

    async def async_remove(self) -> None:
        """Remove both files."""
        await self._store.async_remove()
        await self._store.copy.async_remove()


def system_store(hass: HomeAssistant, entry_id: str) -> KeptStore:
    """Return the store of a system or a plan."""
    return KeptStore(hass, f"{DOMAIN}.{entry_id}", SAVE_DELAY, remembers=True)


def ledger_store(hass: HomeAssistant, entry_id: str) -> KeptStore:
    """Return the store of the ledger of a system or a plan."""
    return KeptStore(hass, f"{DOMAIN}.{entry_id}.ledger", LEDGER_DELAY)


async def async_remove_store(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what a system or a plan counted."""
    await system_store(hass, entry_id).async_remove()
    await ledger_store(hass, entry_id).async_remove()
