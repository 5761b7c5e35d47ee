"""The fields of the steps that set an electricity plan up, and what is made of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import PERCENTAGE, UnitOfEnergy
from homeassistant.helpers.selector import (
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from ..const import CONF_EVENT_ENTITY
from ..core.tariff.calendar import Days, Period, Season
from ..core.tariff.version import Base, EventPrice, Per
from .sources import SOURCE_SELECTORS

TYPICAL_HOURS: list[dict[str, Any]] = [
    {"period": "off_peak", "days": "weekdays", "start": "19:00:00", "end": "07:00:00"},
    {"period": "on_peak", "days": "weekdays", "start": "07:00:00", "end": "19:00:00"},
    {"period": "off_peak", "days": "weekends", "start": "00:00:00", "end": "00:00:00"},
]
"""Hours to begin from; their prices are asked for."""


def options(values: Iterable[str], key: str) -> SelectSelector:
    """Return a selector of one of some values, named by a translation key."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(values),
            translation_key=key,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def number(unit: str | None = None) -> NumberSelector:
    """Return a selector of any number."""
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step="any")
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _rows(
    key: str, label: str, detail: str, fields: Mapping[str, Any], *needed: str
) -> Any:
    """Return a selector of a list of rows, each shown by two of its fields."""
    return ObjectSelector(
        ObjectSelectorConfig(
            fields={
                name: {"selector": selector, "required": name in needed}
                for name, selector in fields.items()
            },
            multiple=True,
            label_field=label,
            description_field=detail,
            translation_key=key,
        )
    )


def hours(currency: str) -> Any:
    """Return a selector of the hours of periods and their prices."""
    return _rows(
        "hours",
        "period",
        "start",
        {
            "period": options([period.value for period in Period], "period"),
            "price": number(f"{currency}/kWh"),
            "days": options([days.value for days in Days], "days"),
            "start": TimeSelector(),
            "end": TimeSelector(),
            "season": options([season.value for season in Season], "season"),
        },
        "period",
        "price",
    )


def tiers(currency: str) -> Any:
    """Return a selector of tiers and their prices."""
    return _rows(
        "tiers",
        "price",
        "up_to",
        {
            "price": number(f"{currency}/kWh"),
            "up_to": number(UnitOfEnergy.KILO_WATT_HOUR),
            "season": options([season.value for season in Season], "season"),
        },
        "price",
    )


PER = options([per.value for per in Per], "per")
"""A day, a month or a billing period."""


def charge_fields(currency: str) -> dict[vol.Marker, Any]:
    """Return the fields of what else is on a bill."""
    periods = [period.value for period in Period]
    return {
        vol.Optional("effective_from"): DateSelector(),
        vol.Optional("valid_until"): DateSelector(),
        vol.Optional("fixed"): _rows(
            "fixed",
            "name",
            "amount",
            {"name": TextSelector(), "amount": number(currency), "per": PER},
            "amount",
        ),
        vol.Optional("adders"): _rows(
            "adders",
            "name",
            "price",
            {"name": TextSelector(), "price": number(f"{currency}/kWh")},
            "price",
        ),
        vol.Optional("taxes"): _rows(
            "taxes",
            "name",
            "percent",
            {
                "name": TextSelector(),
                "percent": number(PERCENTAGE),
                "on": options([base.value for base in Base], "base"),
            },
            "percent",
        ),
        vol.Optional("minimum"): number(currency),
        vol.Optional("demand_price"): number(f"{currency}/kW"),
        vol.Optional("demand_minutes"): SelectSelector(
            SelectSelectorConfig(options=["15", "30", "60"], translation_key="minutes")
        ),
        vol.Optional("demand_periods"): SelectSelector(
            SelectSelectorConfig(
                options=periods, translation_key="period", multiple=True
            )
        ),
        vol.Optional(CONF_EVENT_ENTITY): SOURCE_SELECTORS[CONF_EVENT_ENTITY],
        vol.Optional("event_price"): number(f"{currency}/kWh"),
        vol.Optional("event_kind"): options(
            [kind.value for kind in EventPrice], "event_kind"
        ),
    }


def with_charges(
    version: Mapping[str, Any], answer: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a version with the charges of a form."""
    version = dict(version)
    for field in ("effective_from", "valid_until", "minimum"):
        put(version, field, answer.get(field))
    for field in ("fixed", "adders", "taxes"):
        put(version, field, [clean(row) for row in answer.get(field) or ()])
    demand = answer.get("demand_price")
    put(
        version,
        "demand",
        None
        if demand is None
        else {
            "price": demand,
            "minutes": int(answer.get("demand_minutes") or 60),
            "periods": list(answer.get("demand_periods") or ()),
        },
    )
    event = answer.get("event_price")
    put(
        version,
        "event",
        None
        if event is None
        else {
            "price": event,
            "kind": answer.get("event_kind") or EventPrice.INSTEAD.value,
        },
    )
    return version


def clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a list without what was left empty."""
    return {key: value for key, value in row.items() if value not in (None, "")}


def put(data: dict[str, Any], field: str, value: Any) -> None:
    """Set a field, or take it out where it was left empty."""
    if value in (None, "", []):
        data.pop(field, None)
    else:
        data[field] = value
