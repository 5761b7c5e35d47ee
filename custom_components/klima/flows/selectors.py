"""Selectors that are Klima's own."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import DOMAIN


def number(unit: str | None = None, step: float | None = None) -> NumberSelector:
    """Return a selector of a number in a unit, of any if no `step` is given."""
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=step or "any")
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


class OpenSelector(SelectSelector):
    """A choice of what is there now: what is not is refused by the step, with a reason."""

    @override
    def __call__(self, data: Any) -> Any:
        return data if isinstance(data, str) else super().__call__(data)


def dropdown(
    options: list[str] | list[SelectOptionDict],
    key: str | None = None,
    kind: type[SelectSelector] = SelectSelector,
) -> SelectSelector:
    """Return a choice of one of some options, which a translation key may name."""
    config = SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    if key is not None:
        config["translation_key"] = key
    return kind(config)


class OpenEntitySelector(EntitySelector):
    """A choice of entities; one that is not offered is refused by the step, with a reason."""

    @override
    def __call__(self, data: Any) -> str | list[str]:
        config = EntitySelectorConfig(**self.config)
        config.pop("exclude_entities", None)
        return EntitySelector(config)(data)


class OpenSection(section):
    """A section that takes fields which it does not show."""

    def __init__(
        self, shown: vol.Schema, taken: vol.Schema, options: SectionConfig
    ) -> None:
        """Show one schema, and take another."""
        super().__init__(shown, options)
        self._taken = taken

    @override
    def __call__(self, value: Any) -> Any:
        return self._taken(value)


def of_others(
    hass: HomeAssistant, selector: EntitySelector, *, but: Iterable[str] = ()
) -> OpenEntitySelector:
    """Return a choice without Klima's own entities, which nothing can be read from.

    `but` are others that are not offered.
    """
    config = EntitySelectorConfig(**selector.config)
    own = (
        entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.platform == DOMAIN and _is_offered(config, entry)
    )
    config["exclude_entities"] = sorted({*own, *but})
    return OpenEntitySelector(config)


def fields_of_others(hass: HomeAssistant, fields: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the fields of a form, with choices of entities that leave out Klima's own."""
    return {
        key: of_others(hass, field) if isinstance(field, EntitySelector) else field
        for key, field in fields.items()
    }


def _is_offered(config: Mapping[str, Any], entry: er.RegistryEntry) -> bool:
    """Return whether a choice has an entity: thousands need not be named for nothing."""
    device_class = entry.device_class or entry.original_device_class
    return any(
        entry.domain in wanted.get("domain", (entry.domain,))
        and device_class in wanted.get("device_class", (device_class,))
        for wanted in config.get("filter") or (config,)
    )
