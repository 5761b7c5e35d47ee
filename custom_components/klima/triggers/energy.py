"""Triggers about money: a bill, a day's cost or a price that crosses a threshold."""

from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityNumericalStateCrossedThresholdTriggerBase,
    Trigger,
)

from ..own_entities import own_with_key


class _MoneyTrigger(EntityNumericalStateCrossedThresholdTriggerBase):
    """A figure of Klima's crosses a threshold.

    Of a target with many entities only those with the figure's key count.
    """

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}
    key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities of the target that tell the figure."""
        return own_with_key(self._hass, super().entity_filter(entities), self.key)


def _trigger(figure: str) -> type[Trigger]:
    class OneFigureTrigger(_MoneyTrigger):
        """The figure of this key crosses a threshold."""

        key = figure

    return OneFigureTrigger


ENERGY_TRIGGERS: dict[str, type[Trigger]] = {
    "cost_today_crossed_threshold": _trigger("cost_today"),
    "price_crossed_threshold": _trigger("price"),
    "projected_bill_crossed_threshold": _trigger("projected_bill"),
}
