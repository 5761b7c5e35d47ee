"""What is known of the equipment: what the sensor of its kind carries."""

from collections.abc import Mapping
from typing import Any

from .config import SystemConfig
from .core.family import TRAITS, Ductwork, Family
from .core.performance import Performance
from .models import SOURCE


def heat_pump_attributes(
    config: SystemConfig, model: Performance, duct_loss: float
) -> Mapping[str, Any]:
    """Return the attributes of a kind of equipment, with its rated figures."""
    traits = TRAITS[config.family]
    ductwork = traits.ductwork
    if config.family is Family.AIR_CONDITIONER and config.duct_loss > 0:
        ductwork = Ductwork.REQUIRED
    efficiency = config.ratings.as_dict()
    minimum = efficiency.pop("minimum_outdoor_temperature", None)
    return {
        "is_heat_pump": traits.is_heat_pump,
        "heat_source": traits.heat_source,
        "ductwork": ductwork,
        "applications": list(traits.applications),
        "zone_control": traits.zone_control,
        "cold_climate": model.cold_climate,
        "minimum_outdoor_temperature": minimum,
        "duct_loss": duct_loss,
        # JSON, and so the recorder, has only text for keys.
        "rated_cop": {
            f"{outdoor:g}": cop for outdoor, cop in model.rated_cop_map().items()
        },
        "cop_basis": model.cop_basis,
        **efficiency,
        **({"ratings_source": SOURCE} if config.has_model_ratings else {}),
    }
