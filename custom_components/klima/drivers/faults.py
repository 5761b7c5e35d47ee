"""What other integrations raise, told as Home Assistant tells its own faults."""

from collections.abc import Iterator
from contextlib import contextmanager
import logging

from homeassistant.exceptions import HomeAssistantError

from ..errors import told

_LOGGER = logging.getLogger(__name__)


@contextmanager
def told_as_refusal(unit: str) -> Iterator[None]:
    """Raise HomeAssistantError for whatever a unit, or what sends to it, raises.

    One that is raised already reaches the caller as it is. Any other would be an
    "unknown error" to a user, and end what waits for the command.
    """
    try:
        yield
    except HomeAssistantError:
        raise
    except Exception as err:
        _LOGGER.debug("A command failed on %s", unit, exc_info=True)
        error = str(err) or type(err).__name__
        raise told(HomeAssistantError, "unit_refused", unit=unit, error=error) from err
