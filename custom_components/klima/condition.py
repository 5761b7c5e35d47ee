"""Conditions of Klima for the automation editor: a zone's control, by its reason."""

from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityConditionBase,
)

from .core.control import Reason
from .own_entities import own_with_key
from .triggers.control import CHOSEN_REASONS, CONF_REASON, REASON_KEY


class ReasonCondition(EntityConditionBase):
    """Test zones for reasons."""

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}
    _reasons: set[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep the sensors that tell a reason."""
        return own_with_key(self._hass, entities, REASON_KEY)

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state in self._reasons


class ChosenReasonCondition(ReasonCondition):
    """Test zones for the chosen reasons."""

    _schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(CHOSEN_REASONS)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the chosen reasons."""
        super().__init__(hass, config)
        assert config.options is not None
        self._reasons = set(config.options[CONF_REASON])


def _condition(*reasons: Reason) -> type[Condition]:
    class FixedReasonCondition(ReasonCondition):
        """Test zones for these reasons."""

        _reasons = {reason.value for reason in reasons}

    return FixedReasonCondition


CONDITIONS: dict[str, type[Condition]] = {
    "is_control_reason": ChosenReasonCondition,
    "is_held": _condition(Reason.HOLD, Reason.BOOST),
    "is_paused": _condition(Reason.WINDOW),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of Klima."""
    return CONDITIONS
