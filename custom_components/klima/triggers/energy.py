"""Triggers about money: a bill, a day's cost or a price that crosses a threshold."""

from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityNumericalStateCrossedThresholdTriggerBase,
    Trigger,
)

from ..const import DOMAIN


class _MoneyTrigger(EntityNumericalStateCrossedThresholdTriggerBase):
    """A figure of Klima's crosses a threshold.

    Of a target with many entities only those with the figure's key count.
    """

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}
    key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities of the target that tell the figure."""
        registry = er.async_get(self._hass)
        return {
            entity_id
            for entity_id in super().entity_filter(entities)
            if (entry := registry.async_get(entity_id)) is not None
            and entry.platform == DOMAIN
            and entry.translation_key == self.key
        }


class ProjectedBillTrigger(_MoneyTrigger):
    """Where the bill will end crosses a threshold."""

    key = "projected_bill"


class CostTodayTrigger(_MoneyTrigger):
    """What today cost crosses a threshold."""

    key = "cost_today"


class PriceTrigger(_MoneyTrigger):
    """What a kWh costs crosses a threshold."""

    key = "price"


ENERGY_TRIGGERS: dict[str, type[Trigger]] = {
    "cost_today_crossed_threshold": CostTodayTrigger,
    "price_crossed_threshold": PriceTrigger,
    "projected_bill_crossed_threshold": ProjectedBillTrigger,
}
