"""Actions about efficiency: calibrate, compare, rebates, reset a season."""

from datetime import datetime
from typing import Any, Final, cast

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import CONF_AFUE, CONF_FUEL_PRICE, CONF_GRID_CO2, CONF_REFERENCE, DOMAIN
from ..core.calibration import CalibrationError
from ..core.provenance import ESTIMATED
from ..core.rebates import Result, Verdict, judge_all, unit_of
from ..core.savings import FUELS, Reference, assumptions_used
from ..errors import refused
from ..own_entities import own_sensor
from ..permissions import async_check
from ..programmes import async_programmes
from ..recorded import Figure, async_figures
from . import (
    ATTR_ENERGY,
    ATTR_PERIOD,
    MOST_ENERGY,
    MOST_MONEY,
    SYSTEM_FIELD,
    async_called_system,
    figure,
)

ATTR_COUNTRY: Final = "country"
ATTR_END: Final = "end"
ATTR_START: Final = "start"

_PRICE = figure(0, MOST_MONEY)

CALIBRATE_SCHEMA = vol.Schema(
    {
        **SYSTEM_FIELD,
        vol.Required(ATTR_START): cv.datetime,
        vol.Optional(ATTR_END): cv.datetime,
        vol.Exclusive(ATTR_ENERGY, "truth"): figure(1e-6, MOST_ENERGY),
        vol.Exclusive(CONF_ENTITY_ID, "truth"): cv.entity_id,
    }
)

COMPARE_SCHEMA = vol.Schema(
    {
        **SYSTEM_FIELD,
        vol.Optional(ATTR_PERIOD, default="billing_period"): vol.In(
            ("billing_period", "season")
        ),
        vol.Optional("gas_price"): _PRICE,
        vol.Optional("oil_price"): _PRICE,
        vol.Optional("propane_price"): _PRICE,
        vol.Optional(CONF_AFUE): figure(30, 110),
        vol.Optional(CONF_GRID_CO2): figure(0, 2000),
    }
)

REBATES_SCHEMA = vol.Schema(
    {
        **SYSTEM_FIELD,
        vol.Optional(ATTR_COUNTRY): vol.All(cv.string, vol.Upper, vol.Length(2, 2)),
    }
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, func, schema, response in (
        ("calibrate", _async_calibrate, CALIBRATE_SCHEMA, SupportsResponse.OPTIONAL),
        ("compare", _async_compare, COMPARE_SCHEMA, SupportsResponse.ONLY),
        ("rebates", _async_rebates, REBATES_SCHEMA, SupportsResponse.ONLY),
    ):
        hass.services.async_register(
            DOMAIN, name, func, schema=schema, supports_response=response
        )
    hass.services.async_register(
        DOMAIN, "reset_season", _async_reset_season, schema=vol.Schema(SYSTEM_FIELD)
    )


async def _async_reset_season(call: ServiceCall) -> None:
    (await async_called_system(call, POLICY_CONTROL)).async_reset_season()


async def _async_calibrate(call: ServiceCall) -> ServiceResponse:
    hass, data = call.hass, call.data
    system = await async_called_system(call, POLICY_CONTROL)
    if system.energy_basis != ESTIMATED:
        raise refused("is_metered")
    if RECORDER_DOMAIN not in hass.config.components:
        raise refused("needs_recorder")
    start = _aware(data[ATTR_START])
    end = _aware(data[ATTR_END]) if ATTR_END in data else dt_util.utcnow()
    if end <= start:
        raise refused("ends_before_it_starts")
    own = own_sensor(hass, system.entry_id, ATTR_ENERGY)
    counted = await _async_hours(hass, own, start, end, "change")
    if (entity_id := data.get(CONF_ENTITY_ID)) is not None:
        await async_check(hass, call.context, entity_id, POLICY_READ)
        means = await _async_hours(hass, entity_id, start, end, "mean")
        if not means:
            raise refused("no_statistics", entity=entity_id)
        # It may have been there for a part of the time only: of the rest it says nothing.
        counted = {hour: kwh for hour, kwh in counted.items() if hour in means}
        true = sum(means[hour] for hour in counted) / 1000
    elif ATTR_ENERGY in data:
        true = data[ATTR_ENERGY]
    else:
        raise refused("no_true_figure")
    before = system.efficiency.calibration
    # What was counted before an earlier calibration is not to be corrected by it twice.
    estimated = before.as_now(counted)
    try:
        after = system.async_calibrate(true, estimated)
    except CalibrationError as err:
        raise refused(
            err.reason, true=f"{true:.1f}", estimated=f"{estimated:.1f}"
        ) from err
    return {
        "true_kwh": round(true, 3),
        "estimated_kwh": round(estimated, 3),
        "hours": len(counted),
        "factor_before": round(before.factor, 3),
        "factor": round(after.factor, 3),
        "uncertainty": system.efficiency.provenance.power_uncertainty,
    }


async def _async_compare(call: ServiceCall) -> ServiceResponse:
    """Compare the system with what would else have made its heat."""
    data = call.data
    system = await async_called_system(call)
    system.async_settle()
    efficiency = system.efficiency
    is_season = data[ATTR_PERIOD] == "season"
    account = efficiency.heat.season if is_season else efficiency.heat.period
    afue, grams = data.get(CONF_AFUE), data.get(CONF_GRID_CO2)
    own_reference = system.config.savings.reference
    rows: list[dict[str, Any]] = []
    for reference in Reference:
        price = data.get(f"{reference}_price")
        assumed = efficiency.assumptions(
            fuel_price=price,
            afue=None if afue is None else afue / 100,
            grid_co2=None if grams is None else grams / 1000,
            fuel_of=reference,
        )
        row = efficiency.compare(reference, account, assumed)
        missing = []
        if reference in FUELS and assumed.fuel_price is None:
            missing.append(CONF_FUEL_PRICE)
        if account.cost(reference) is None or system.price is None:
            missing.append("price")
        if assumed.grid_co2 is None:
            missing.append(CONF_GRID_CO2)
        rows.append(
            {
                CONF_REFERENCE: reference.value,
                "chosen": reference is own_reference,
                "would_have_used_kwh": round(row.kwh, 2),
                "would_have_cost": _rounded(row.cost),
                "would_have_emitted_kg": _rounded(row.co2),
                "saved_kwh": round(row.saved_kwh, 2),
                "saved": _rounded(row.saved_cost),
                "saved_co2_kg": _rounded(row.saved_co2),
                "missing": missing,
                "assumed": dict(assumptions_used(reference, assumed)),
            }
        )
    amounts = account.amounts
    return {
        "since": dt_util.utc_from_timestamp(account.since).isoformat(),
        "currency": call.hass.config.currency,
        "heat_kwh": round(amounts.heating, 2),
        "cooling_kwh": round(amounts.cooling, 2),
        "electricity_kwh": round(amounts.electricity, 2),
        "cop": _rounded(amounts.cop),
        "heat_basis": efficiency.provenance.heat_basis,
        "heat_uncertainty": efficiency.provenance.heat_uncertainty,
        "electricity_basis": system.energy_basis,
        "comparisons": cast("list[JsonValueType]", rows),
    }


async def _async_rebates(call: ServiceCall) -> ServiceResponse:
    """Judge the system by the programmes of its country."""
    hass = call.hass
    system = await async_called_system(call)
    programmes = await async_programmes(hass)
    country = call.data.get(ATTR_COUNTRY, hass.config.country)
    verdicts = judge_all(
        programmes.all, system.config.family, system.config.ratings, country
    )
    return {
        "country": country,
        "family": system.config.family.value,
        "compiled": programmes.compiled.isoformat(),
        "programmes": [_programme(verdict) for verdict in verdicts],
    }


def _programme(verdict: Verdict) -> dict[str, Any]:
    programme, today = verdict.programme, dt_util.now().date()
    answer: dict[str, Any] = {
        "id": programme.id,
        "name": programme.name,
        "country": programme.country,
        "region": programme.region,
        "status": programme.status_on(today).value,
        "status_as_of": programme.as_of.isoformat(),
        "status_is_old": programme.is_old(today),
        "ends": programme.ends and programme.ends.isoformat(),
        "result": verdict.result.value,
        "amount": programme.amount,
        "conditions": list(programme.conditions),
        "sources": list(programme.sources),
    }
    if programme.is_old(today):
        answer["warning"] = (
            f"The status was last known on {programme.as_of}. Check with the "
            "programme before you count on it."
        )
    if verdict.result is Result.FALLS_SHORT:
        answer["falls_short"] = [
            {"metric": metric, "by": by, "unit": unit_of(metric)}
            for metric, by in verdict.short.items()
        ]
    if verdict.lacking:
        answer["lacks"] = list(verdict.lacking)
    return answer


async def _async_hours(
    hass: HomeAssistant,
    statistic_id: str | None,
    start: datetime,
    end: datetime,
    figure: Figure,
) -> dict[float, float]:
    """Return a figure in kWh, or W, of each whole hour (epoch s) that has it."""
    if statistic_id is None:
        return {}
    rows = await async_figures(hass, statistic_id, start, end, figure)
    return {hour: value for hour, value in rows if value is not None}


def _aware(when: datetime) -> datetime:
    """Return a time of the home's clock in UTC, unless it says its zone."""
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt_util.get_default_time_zone())
    return dt_util.as_utc(when)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
