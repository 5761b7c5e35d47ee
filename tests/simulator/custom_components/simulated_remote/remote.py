"""The platform: one remote entity, set up in YAML."""

from collections.abc import Iterable
from typing import Any

from homeassistant.components import mqtt
from homeassistant.components.remote import RemoteEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

TOPIC = "klima_simulator/remote"


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the remote."""
    async_add_entities([SimulatedRemote()])


class SimulatedRemote(RemoteEntity):
    """Publishes each command, as its device would send it to the air."""

    _attr_name = "Simulated remote"
    _attr_unique_id = "simulated_remote"
    _attr_should_poll = False
    _attr_is_on = True

    async def async_send_command(self, command: Iterable[str], **kwargs: Any) -> None:
        """Send."""
        for each in command:
            await mqtt.async_publish(self.hass, TOPIC, each)
