"""The actions of Klima, registered once for all systems and plans."""

from homeassistant.core import HomeAssistant, callback

<<<<<<< HEAD
from .actions import control, efficiency
=======
from .actions import efficiency, energy
>>>>>>> main


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions of every subject."""
    control.async_register(hass)
    efficiency.async_register(hass)
    energy.async_register(hass)
