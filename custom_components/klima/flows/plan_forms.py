"""The fields of the steps that set an electricity plan up, and what is made of them."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.const import PERCENTAGE, UnitOfEnergy
from homeassistant.helpers.selector import (
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)
import voluptuous as vol

from ..const import CONF_EVENT_ENTITY
from ..core.tariff.calendar import Days, Period, Season
from ..core.tariff.version import Base, EventPrice, Per
from .plan_words import label
from .selectors import dropdown, number
from .sources import SOURCE_SELECTORS

TYPICAL_HOURS: list[dict[str, Any]] = [
    {"period": "off_peak", "days": "weekdays", "start": "19:00:00", "end": "07:00:00"},
    {"period": "on_peak", "days": "weekdays", "start": "07:00:00", "end": "19:00:00"},
    {"period": "off_peak", "days": "weekends", "start": "00:00:00", "end": "00:00:00"},
]
"""Hours to begin from; their prices are asked for."""


def _named(
    values: Iterable[str], key: str, labels: Mapping[str, str]
) -> SelectSelector:
    """Return a selector for a row: there, the frontend translates no option by itself."""
    return dropdown(
        [
            SelectOptionDict(value=value, label=label(labels, key, value))
            for value in values
        ]
    )


def _season(labels: Mapping[str, str]) -> SelectSelector:
    return _named([season.value for season in Season], "season", labels)


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


def hours(currency: str, labels: Mapping[str, str]) -> Any:
    """Return a selector of the hours of periods and their prices."""
    names = period_names(labels)
    return _rows(
        "hours",
        "period",
        "start",
        {
            "period": Worded(names),
            "price": number(f"{currency}/kWh"),
            "days": _named([days.value for days in Days], "days", labels),
            "start": TimeSelector(),
            "end": TimeSelector(),
            "season": _season(labels),
        },
        # Not the price: the rows to begin from have none yet, and Home Assistant would
        # tell that in English, and not of which row.
        "period",
    )


def tiers(currency: str, labels: Mapping[str, str]) -> Any:
    """Return a selector of tiers and their prices."""
    return _rows(
        "tiers",
        "price",
        "up_to",
        {
            "price": number(f"{currency}/kWh"),
            "up_to": number(UnitOfEnergy.KILO_WATT_HOUR),
            "season": _season(labels),
        },
        # None is needed: of a number that is, the frontend makes a tier that is free.
    )


PER = dropdown([per.value for per in Per], "per")
"""A day, a month or a billing period."""


def charge_fields(currency: str, labels: Mapping[str, str]) -> dict[vol.Marker, Any]:
    """Return the fields of what else is on a bill."""
    periods = [period.value for period in Period]
    return {
        vol.Optional("effective_from"): DateSelector(),
        vol.Optional("valid_until"): DateSelector(),
        vol.Optional("fixed"): _rows(
            "fixed",
            "name",
            "amount",
            {
                "name": TextSelector(),
                "amount": number(currency),
                "per": _named([per.value for per in Per], "per", labels),
            },
            "amount",
        ),
        vol.Optional("adders"): _rows(
            "adders",
            "name",
            "price",
            {
                "name": TextSelector(),
                "price": number(f"{currency}/kWh"),
                "factor": number(),
            },
            "price",
        ),
        vol.Optional("taxes"): _rows(
            "taxes",
            "name",
            "percent",
            {
                "name": TextSelector(),
                "percent": number(PERCENTAGE),
                "on": _named([base.value for base in Base], "base", labels),
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
        vol.Optional("event_kind"): dropdown(
            [kind.value for kind in EventPrice], "event_kind"
        ),
    }


def export_fields(
    currency: str, version: Mapping[str, Any], labels: Mapping[str, str]
) -> dict[vol.Marker, Any]:
    """Return the fields of what is paid for a kWh that a home feeds into the grid."""
    names = period_names(labels)
    fields: dict[vol.Marker, Any] = {
        vol.Optional("export_price"): number(f"{currency}/kWh")
    }
    if "spot" in version:
        fields[vol.Optional("export_factor")] = number()
    if version.get("hours"):
        periods = {row["period"] for row in version["hours"]}
        fields[vol.Optional("export_rates")] = _rows(
            "export_rates",
            "period",
            "price",
            {
                "period": Worded(
                    {key: name for key, name in names.items() if key in periods}
                ),
                "price": number(f"{currency}/kWh"),
                "season": _season(labels),
            },
            "period",
            "price",
        )
    return fields


def export_of(
    answer: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return what is paid for export, as a version has it; None where nothing was said."""
    rates = unworded(answer.get("export_rates") or [], names)
    price, factor = answer.get("export_price"), answer.get("export_factor")
    if price is None and factor is None and not rates:
        return None
    export: dict[str, Any] = {"price": price or 0.0}
    put(export, "factor", factor)
    put(export, "rates", rates)
    return export


def export_shown(
    export: Mapping[str, Any] | None,
    version: Mapping[str, Any],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """Return what a form shows of what is paid for export, in periods that there are."""
    if export is None:
        return {}
    periods = {row["period"] for row in version.get("hours", ())}
    rates = [row for row in export.get("rates", ()) if row["period"] in periods]
    return {
        "export_price": export["price"],
        "export_factor": export.get("factor"),
        "export_rates": worded(rates, names),
    }


def with_charges(
    version: Mapping[str, Any], answer: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a version with the charges of a form."""
    version = dict(version)
    for field in ("effective_from", "valid_until", "minimum"):
        put(version, field, answer.get(field))
    for field in ("fixed", "adders", "taxes"):
        put(version, field, cleaned(answer.get(field) or []))
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


def charges_shown(version: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows of a version's charges."""
    demand, event = version.get("demand") or {}, version.get("event") or {}
    return {
        "effective_from": version.get("effective_from"),
        "valid_until": version.get("valid_until"),
        "fixed": version.get("fixed"),
        "adders": version.get("adders"),
        "taxes": version.get("taxes"),
        "minimum": version.get("minimum"),
        "demand_price": demand.get("price"),
        "demand_minutes": str(demand["minutes"]) if demand else None,
        "demand_periods": demand.get("periods"),
        "event_price": event.get("price"),
        "event_kind": event.get("kind"),
    }


def billing_fields(cycle: Mapping[str, Any]) -> dict[vol.Marker, Any]:
    """Return the fields of when the meter is read, and was if an action told of that."""
    fields: dict[vol.Marker, Any] = {
        vol.Required("billing_day", default=1): NumberSelector(
            NumberSelectorConfig(min=1, max=31, step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Required("billing_months", default="1"): dropdown(
            ["1", "2", "3", "4", "6", "12"], "months"
        ),
        vol.Optional("billing_start"): DateSelector(),
        vol.Optional("billing_days"): NumberSelector(
            NumberSelectorConfig(step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Optional("billing_dates"): TextSelector(TextSelectorConfig(multiple=True)),
    }
    if cycle.get("reads"):
        fields[vol.Optional("billing_reads")] = TextSelector(
            TextSelectorConfig(multiple=True)
        )
    return fields


BILLING_FIELD = {
    "day": "billing_day",
    "months": "billing_months",
    "days": "billing_days",
    "dates": "billing_dates",
    "reads": "billing_reads",
}
"""The field of the form in which a part of a plan's cycle is asked for."""


def cycle_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cycle that a form asks for; what was left empty is None, or empty."""
    return {
        "day": int(answer["billing_day"]),
        "months": int(answer["billing_months"]),
        "anchor": answer.get("billing_start"),
        "days": int(answer.get("billing_days") or 0) or None,
        "dates": answer.get("billing_dates") or [],
        "reads": answer.get("billing_reads") or [],
    }


def billing_shown(cycle: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows of a cycle."""
    return {
        "billing_day": cycle.get("day"),
        "billing_months": str(cycle["months"]) if "months" in cycle else None,
        "billing_start": cycle.get("anchor"),
        "billing_days": cycle.get("days"),
        "billing_dates": cycle.get("dates"),
        "billing_reads": cycle.get("reads"),
    }


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
