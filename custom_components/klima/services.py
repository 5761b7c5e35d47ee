"""The actions of Klima, registered once for all systems and plans."""

from homeassistant.core import HomeAssistant, callback

from .actions import control, efficiency, energy


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions of every subject."""
    control.async_register(hass)
    efficiency.async_register(hass)
    energy.async_register(hass)
