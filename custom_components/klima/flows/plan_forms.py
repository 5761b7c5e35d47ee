"""The fields of the steps that set an electricity plan up, and what is made of them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import PERCENTAGE, UnitOfEnergy
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)
import voluptuous as vol

from ..const import CONF_EVENT_ENTITY
from ..core.tariff.calendar import Days, Season
from ..core.tariff.version import Base, EventPrice, Per
from .plan_demand import CONF_DEMAND, demand_fields, demand_of, demand_shown
from .plan_rows import Worded, cleaned, named, period_names, put, rows, unworded, worded
from .selectors import dropdown, number
from .sources import SOURCE_SELECTORS

TYPICAL_HOURS: list[dict[str, Any]] = [
    {"period": "off_peak", "days": "weekdays", "start": "19:00:00", "end": "07:00:00"},
    {"period": "on_peak", "days": "weekdays", "start": "07:00:00", "end": "19:00:00"},
    {"period": "off_peak", "days": "weekends", "start": "00:00:00", "end": "00:00:00"},
]
"""Hours to begin from; their prices are asked for."""


def _season(labels: Mapping[str, str]) -> SelectSelector:
    return named([season.value for season in Season], "season", labels)


def hours(currency: str, labels: Mapping[str, str]) -> Any:
    """Return a selector of the hours of periods and their prices."""
    names = period_names(labels)
    return rows(
        "hours",
        "period",
        "start",
        {
            "period": Worded(names),
            "price": number(f"{currency}/kWh"),
            "days": named([days.value for days in Days], "days", labels),
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
    return rows(
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


def periods_of(version: Mapping[str, Any]) -> set[str]:
    """Return the periods that the hours of a version have."""
    return {row["period"] for row in version.get("hours", ())}


def charge_fields(
    currency: str,
    version: Mapping[str, Any],
    labels: Mapping[str, str],
    *,
    demand_open: bool = False,
) -> dict[vol.Marker, Any]:
    """Return the fields of what else is on a bill."""
    return {
        vol.Optional("effective_from"): DateSelector(),
        vol.Optional("valid_until"): DateSelector(),
        vol.Optional("fixed"): rows(
            "fixed",
            "name",
            "amount",
            {
                "name": TextSelector(),
                "amount": number(currency),
                "per": named([per.value for per in Per], "per", labels),
            },
            "amount",
        ),
        vol.Optional("adders"): rows(
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
        vol.Optional("taxes"): rows(
            "taxes",
            "name",
            "percent",
            {
                "name": TextSelector(),
                "percent": number(PERCENTAGE),
                "on": named([base.value for base in Base], "base", labels),
            },
            "percent",
        ),
        vol.Optional("minimum"): number(currency),
        vol.Optional(CONF_DEMAND): section(
            vol.Schema(demand_fields(currency, labels, periods_of(version))),
            {"collapsed": not demand_open},
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
    if periods := periods_of(version):
        fields[vol.Optional("export_rates")] = rows(
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
    periods = periods_of(version)
    rates = [row for row in export.get("rates", ()) if row["period"] in periods]
    return {
        "export_price": export["price"],
        "export_factor": export.get("factor"),
        "export_rates": worded(rates, names),
    }


def with_charges(
    version: Mapping[str, Any], answer: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return a version with the charges of a form, with what the user calls the periods."""
    version = dict(version)
    for field in ("effective_from", "valid_until", "minimum"):
        put(version, field, answer.get(field))
    for field in ("fixed", "adders", "taxes"):
        put(version, field, cleaned(answer.get(field) or []))
    put(version, CONF_DEMAND, demand_of(answer.get(CONF_DEMAND) or {}, names))
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


def charges_shown(
    version: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a form shows of a version's charges."""
    event = version.get("event") or {}
    return {
        "effective_from": version.get("effective_from"),
        "valid_until": version.get("valid_until"),
        "fixed": version.get("fixed"),
        "adders": version.get("adders"),
        "taxes": version.get("taxes"),
        "minimum": version.get("minimum"),
        CONF_DEMAND: demand_shown(version.get(CONF_DEMAND), names, periods_of(version)),
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
