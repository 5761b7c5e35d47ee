"""Selectors that are Klima's own."""

from typing import Any, override

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
)


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
        """Take any text."""
        return data if isinstance(data, str) else super().__call__(data)
