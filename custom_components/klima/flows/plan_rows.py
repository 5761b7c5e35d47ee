"""The rows of a list in a form of an electricity plan, and what is made of them."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.helpers.selector import (
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..core.tariff.calendar import Period
from .plan_words import label
from .selectors import dropdown


def named(values: Iterable[str], key: str, labels: Mapping[str, str]) -> SelectSelector:
    """Return a selector for a row: there, the frontend translates no option by itself."""
    return dropdown(
        [
            SelectOptionDict(value=value, label=label(labels, key, value))
            for value in values
        ]
    )


class Worded(SelectSelector):
    """A selector whose values are what the user calls them; it takes the keys as well.

    Home Assistant's frontend shows a field in the list of rows by its bare value.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        """Offer names, by their keys."""
        super().__init__(
            SelectSelectorConfig(
                options=list(names.values()), mode=SelectSelectorMode.DROPDOWN
            )
        )
        self.names = names

    @override
    def __call__(self, data: Any) -> Any:
        return super().__call__(self.names.get(data, data))


def rows(
    key: str, title: str, detail: str, fields: Mapping[str, Any], *needed: str
) -> Any:
    """Return a selector of a list of rows, each shown by two of its fields."""
    return ObjectSelector(
        ObjectSelectorConfig(
            fields={
                name: {"selector": selector, "required": name in needed}
                for name, selector in fields.items()
            },
            multiple=True,
            label_field=title,
            description_field=detail,
            translation_key=key,
        )
    )


def period_names(labels: Mapping[str, str]) -> dict[str, str]:
    """Return what the user calls each period, by its key."""
    return {period.value: label(labels, "period", period.value) for period in Period}


def worded(
    rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return rows with their periods by the user's names."""
    return [{**row, "period": names.get(row["period"], row["period"])} for row in rows]


def unworded(rows: Any, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return rows with their periods by key, and without what was left empty."""
    return worded(cleaned(rows), {name: key for key, name in names.items()})


def cleaned(rows: Any) -> list[dict[str, Any]]:
    """Return the rows of a list, or one that stands alone, without what was left empty."""
    return [
        {key: value for key, value in row.items() if value not in (None, "")}
        for row in (rows if isinstance(rows, list) else [rows])
    ]


def put(data: dict[str, Any], field: str, value: Any) -> None:
    """Set a field, or take it out where it was left empty."""
    if value in (None, "", []):
        data.pop(field, None)
    else:
        data[field] = value
