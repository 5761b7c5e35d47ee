"""The platform: one remote entity, set up in YAML."""

import asyncio
from collections.abc import Iterable
from typing import Any

from homeassistant.components import mqtt
from homeassistant.components.remote import RemoteEntity, RemoteEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

TOPIC = "klima_simulator/remote"
LEARN_TOPIC = "klima_simulator/remote/learn"


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the remote."""
    async_add_entities([SimulatedRemote()])


class SimulatedRemote(RemoteEntity):
    """Publishes each command, as its device would send it to the air.

    What it learns it keeps to itself, and sends by its name, as Broadlink's do.
    """

    _attr_name = "Simulated remote"
    _attr_unique_id = "simulated_remote"
    _attr_should_poll = False
    _attr_is_on = True
    _attr_supported_features = RemoteEntityFeature.LEARN_COMMAND

    def __init__(self) -> None:
        """Have learned nothing yet."""
        self._codes: dict[tuple[str, str], str] = {}

    async def async_send_command(self, command: Iterable[str], **kwargs: Any) -> None:
        """Send."""
        for each in command:
            if not each.startswith("b64:"):
                try:
                    each = self._codes[kwargs["device"], each]
                except KeyError as err:
                    raise ValueError(f"Command not found: {each!r}") from err
            await mqtt.async_publish(self.hass, TOPIC, each)

    async def async_learn_command(self, **kwargs: Any) -> None:
        """Wait for a press, and keep its packet; say nothing where none comes."""
        heard: asyncio.Future[str] = self.hass.loop.create_future()

        def hear(message: mqtt.ReceiveMessage) -> None:
            if not heard.done():
                heard.set_result(str(message.payload))

        stop = await mqtt.async_subscribe(self.hass, LEARN_TOPIC, hear)
        try:
            async with asyncio.timeout(30):
                (command,) = kwargs["command"]
                self._codes[kwargs["device"], command] = await heard
        except TimeoutError:
            pass
        finally:
            stop()
