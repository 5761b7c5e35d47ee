"""The fields of a demand charge, and what is made of them."""

from collections.abc import Collection, Mapping
from typing import Any

from homeassistant.const import UnitOfPower
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..core.tariff.demand import MOST_PEAKS, DemandPer
from ..core.tariff.peaks import MOST_MONTHS
from .plan_rows import Worded, cleaned, period_names, put, rows, unworded, worded
from .selectors import dropdown, number

CONF_DEMAND = "demand"
"""The section of the form, and the part of a version."""


def _count(most: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=1, max=most, step=1, mode=NumberSelectorMode.BOX)
    )


def demand_fields(
    currency: str, labels: Mapping[str, str], periods: Collection[str]
) -> dict[vol.Marker, Any]:
    """Return the fields of a demand charge, in a plan that has some periods."""
    names = {
        period: name
        for period, name in period_names(labels).items()
        if period in periods
    }
    of_periods: dict[vol.Marker, Any] = {
        vol.Optional("demand_periods"): SelectSelector(
            SelectSelectorConfig(
                options=list(names), translation_key="period", multiple=True
            )
        ),
        vol.Optional("demand_weights"): rows(
            "demand_weights",
            "period",
            "factor",
            {"period": Worded(names), "factor": number()},
            "period",
            "factor",
        ),
    }
    return {
        vol.Optional("demand_price"): number(f"{currency}/kW"),
        vol.Optional("demand_steps"): rows(
            "demand_steps",
            "amount",
            "up_to",
            {"amount": number(currency), "up_to": number(UnitOfPower.KILO_WATT)},
            "amount",
        ),
        vol.Optional("demand_per"): dropdown(
            [per.value for per in DemandPer], "demand_per"
        ),
        vol.Optional("demand_minutes"): SelectSelector(
            SelectSelectorConfig(options=["15", "30", "60"], translation_key="minutes")
        ),
        vol.Optional("demand_peaks"): _count(MOST_PEAKS),
        vol.Optional("demand_same_day"): BooleanSelector(),
        **(of_periods if names else {}),
        vol.Optional("demand_least"): number(UnitOfPower.KILO_WATT),
        vol.Optional("demand_months"): _count(MOST_MONTHS),
        vol.Optional("demand_usual"): number(UnitOfPower.KILO_WATT),
    }


def demand_of(
    answer: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the demand charge of a form; None where there is neither price nor step.

    `names` are what the user calls the periods.
    """
    steps = cleaned(answer.get("demand_steps") or [])
    price = answer.get("demand_price")
    if price is None and not steps:
        return None
    demand: dict[str, Any] = {} if price is None else {"price": price}
    demand |= {
        "minutes": int(answer.get("demand_minutes") or 60),
        "periods": list(answer.get("demand_periods") or ()),
    }
    peaks = int(answer.get("demand_peaks") or 1)
    months = int(answer.get("demand_months") or 1)
    per = answer.get("demand_per")
    put(demand, "steps", steps)
    put(demand, "per", None if per == DemandPer.CYCLE else per)
    if peaks > 1:
        demand |= {"peaks": peaks, "one_a_day": not answer.get("demand_same_day")}
    put(demand, "weights", unworded(answer.get("demand_weights") or [], names))
    put(demand, "least", answer.get("demand_least"))
    put(demand, "months", months if months > 1 else None)
    put(demand, "usual", answer.get("demand_usual"))
    return demand


def is_half_a_charge(answer: Mapping[str, Any]) -> bool:
    """Return whether a form tells how a demand charge is counted, and not what it costs."""
    costs = {"demand_price", "demand_steps"}
    # A choice of the interval, once made, cannot be taken back in the form.
    told = {
        field
        for field, value in answer.items()
        if value not in (None, [], False) and field != "demand_minutes"
    }
    return bool(told) and not told & costs


def demand_shown(
    demand: Mapping[str, Any] | None,
    names: Mapping[str, str],
    periods: Collection[str],
) -> dict[str, Any]:
    """Return what a form shows of a demand charge, in periods that there are."""
    if demand is None:
        return {}
    weights = [row for row in demand.get("weights", ()) if row["period"] in periods]
    shown = {
        "demand_price": demand.get("price"),
        "demand_steps": demand.get("steps"),
        "demand_per": demand.get("per"),
        "demand_minutes": str(demand.get("minutes", 60)),
        "demand_peaks": demand.get("peaks"),
        "demand_same_day": True
        if "peaks" in demand and not demand.get("one_a_day")
        else None,
        "demand_periods": [
            period for period in demand.get("periods", ()) if period in periods
        ],
        "demand_weights": worded(weights, names),
        "demand_least": demand.get("least"),
        "demand_months": demand.get("months"),
        "demand_usual": demand.get("usual"),
    }
    return {key: value for key, value in shown.items() if value not in (None, [])}
