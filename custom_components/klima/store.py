"""What Klima keeps in Home Assistant's storage: each file with a copy of it.

What a bad sector, a full disk or a hand that slipped does to the one, it does not do
to the other.
"""

from collections.abc import AsyncIterator, Callable
import logging
import os
from pathlib import Path
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import storage
from homeassistant.helpers.json import prepare_save_json
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError, write_utf8_file, write_utf8_file_atomic
from homeassistant.util.json import SerializationError

from .const import DOMAIN
from .errors import told

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1

UNREADABLE = (AttributeError, LookupError, OverflowError, TypeError, ValueError)
"""What data raises that is not what was kept: its file was edited, or damaged."""

SAVE_DELAY = 10
"""s from a change to its write. With publishing once a minute, a crash costs about one."""

LEDGER_DELAY = 60
"""s from the time that a whole ledger is due to its write."""

type Data = dict[str, Any]

type Take = Callable[[Data], object]
"""Takes up what was kept, or raises one of `UNREADABLE`."""


if not hasattr(Store, "_async_write_data"):
    # What is overridden below is not called then: files are written all the same.
    _LOGGER.warning(
        "This Home Assistant writes files in another way: Klima's have no copy"
    )


class PairedStore(Store[Data]):
    """A file and its copy, which knows whether its last write came to the disk.

    Home Assistant's own only logs that one did not, and does so at each: of a
    disk that is full, that would be several lines a minute.
    """

    failed = False

    def __init__(
        self, hass: HomeAssistant, key: str, delay: float = SAVE_DELAY
    ) -> None:
        """Take the key of the file; `delay` is the s from a change to its write."""
        super().__init__(hass, STORAGE_VERSION, key, atomic_writes=True)
        self.copy = Store[Data](hass, STORAGE_VERSION, f"{key}.copy")
        self._save_delay = delay
        self._due_at: float | None = None
        """When the next write is due, by the loop's clock; None where none is."""

    async def async_take(self, take: Take, what: str) -> Data | None:
        """Return what was kept once it was taken up, as `async_taken` does."""
        return await async_taken(self.async_readings(), take, what)

    @callback
    def async_save_soon(self, data: Callable[[], Data]) -> None:
        """Save within the delay; what is due already is not put off by it.

        Home Assistant's own store waits anew with each change, so that what
        changes all the time would never be written. `data` is called when it is
        written.
        """

        def written() -> Data:
            """Return what is written now: it is no longer due."""
            self._due_at = None
            return data()

        now = self.hass.loop.time()
        # One that was cut off, or called off, is made up for.
        if self._due_at is None or self._due_at < now:
            self._due_at = now + self._save_delay
            self.async_delay_save(written, self._save_delay)

    @override
    async def async_save(self, data: Data) -> None:
        """Write both files now, or as Home Assistant stops."""
        self._due_at = self.hass.loop.time()
        await super().async_save(data)

    async def async_readings(self) -> AsyncIterator[Data | Exception | None]:
        """Yield what is in the file, then what is in its copy: data, nothing, or why not."""
        for store in (self, self.copy):
            try:
                data = await store.async_load()
            except (HomeAssistantError, *UNREADABLE) as err:
                _LOGGER.debug("%s cannot be read: %r", store.path, err)
                yield err
                continue
            yield None if data is None else data_of(data, store.path)

    @override
    async def _async_write_data(self, data: Data) -> None:
        """Write both, and take note of how it went; tell once that it does not.

        In place of Home Assistant's own, which writes one: to wake a thread for each
        would cost more than all that is written.
        """
        self._due_at = None
        if find_manager := getattr(storage, "get_internal_store_manager", None):
            # What it read ahead of the copy at the start is no longer so.
            find_manager(self.hass).async_invalidate(self.copy.key)
        if "data_func" in data:
            data["data"] = data.pop("data_func")()
        try:
            mode, written = prepare_save_json(data, encoder=None)
            await self.hass.async_add_executor_job(
                write_both, Path(self.path), Path(self.copy.path), mode, written
            )
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
        if self.failed:
            self.failed = False
            _LOGGER.warning("%s is written again", self.key)

    @override
    async def async_remove(self) -> None:
        await super().async_remove()
        await self.copy.async_remove()


def write_both(path: Path, copy: Path, mode: str, written: str | bytes) -> None:
    """Write a file and its copy, the copy also where the first cannot be.

    The first is waited for until it is on the disk; the copy need not be. Where
    there is no room for a new file, the copy is written over in the room it has.
    Raises WriteError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    failure: WriteError | None = None
    try:
        write_utf8_file_atomic(str(path), written, mode=mode)
    except WriteError as err:
        # Not in here: Home Assistant would log the one failure with the other.
        failure = err
    if failure is not None and copy.is_file():
        _overwrite(copy, written)
    else:
        write_utf8_file(str(copy), written, mode=mode)
    if failure is not None:
        raise failure


def _overwrite(path: Path, written: str | bytes) -> None:
    """Write a file over, in the room that it has; raises WriteError.

    Where it would need more than there is, it stays as it was.
    """
    data = written if isinstance(written, bytes) else written.encode()
    try:
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, len(data))
            file.write(data)
            file.truncate()
    except OSError as err:
        raise WriteError(err) from err


def data_of(found: Any, of: str) -> Data | Exception:
    """Return what was read, or why it is none: what is JSON may still be no data."""
    return found if isinstance(found, dict) else TypeError(f"{of} has no object")


def not_ready(err: Exception) -> ConfigEntryNotReady:
    """Return what lets a set-up be tried again: the disk itself cannot be read now."""
    return told(ConfigEntryNotReady, "storage_unreadable", error=str(err))


async def async_taken(
    readings: AsyncIterator[Data | Exception | None], take: Take, what: str
) -> Data | None:
    """Return the first reading that could be taken up, None where nothing was kept.

    All after the first are copies. `what` says in the log whose it is. Raises
    ConfigEntryNotReady where the disk itself cannot be read now.
    """
    unreadable: HomeAssistantError | None = None
    is_copy = failed = False
    async for data in readings:
        if isinstance(data, HomeAssistantError):
            unreadable = data
        elif isinstance(data, Exception):
            failed = True
        elif data is not None:
            try:
                take(data)
            except UNREADABLE as err:
                _LOGGER.debug("What %s cannot be read: %r", what, err)
                failed = True
            else:
                if is_copy:
                    _LOGGER.warning(
                        "What %s cannot be read, and is taken from its copy", what
                    )
                return data
        is_copy = True
    if unreadable is not None:
        raise not_ready(unreadable) from unreadable
    if failed:
        _LOGGER.error("What %s cannot be read and begins anew", what)
    return None


def ledger_store(hass: HomeAssistant, entry_id: str) -> PairedStore:
    """Return the store of the ledger of a system or a plan."""
    return PairedStore(hass, f"{DOMAIN}.{entry_id}.ledger", LEDGER_DELAY)
