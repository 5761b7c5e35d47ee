"""Selectors that are Klima's own."""

from typing import Any, override

from homeassistant.helpers.selector import SelectSelector


class OpenSelector(SelectSelector):
    """A choice of what is there now: what is not is refused by the step, with a reason."""

    @override
    def __call__(self, data: Any) -> Any:
        """Take any text."""
        return data if isinstance(data, str) else super().__call__(data)
