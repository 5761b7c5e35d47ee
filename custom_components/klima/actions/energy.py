"""Actions about energy and money: the past, a bill in full, a reading of the meter."""

from datetime import date, timedelta
from typing import Any, Final, cast

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_CYCLE, DOMAIN
from ..core.ledger import QUARTER
from ..errors import refused
from ..figures import written
from ..history import NoPastError, Past
from ..plan import Plan, PlanConfigEntry
from . import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_ENERGY,
    ATTR_PERIOD,
    MOST_ENERGY,
    SYSTEM_FIELD,
    async_called_system,
    figure,
)

ATTR_DATE: Final = "date"
ATTR_DRY_RUN: Final = "dry_run"

MOST_READS = 24
"""Readings of the meter that are remembered."""


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions; those that write statistics or settings, for administrators."""
    async_register_admin_service(
        hass,
        DOMAIN,
        "import_history",
        _async_import_history,
        schema=vol.Schema(
            {**SYSTEM_FIELD, vol.Optional(ATTR_DRY_RUN, default=False): cv.boolean}
        ),
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        "get_bill",
        _async_get_bill,
        schema=vol.Schema(
            {
                **SYSTEM_FIELD,
                vol.Optional(ATTR_PERIOD, default="current"): vol.In(
                    ("current", "last")
                ),
            }
        ),
        supports_response=SupportsResponse.ONLY,
    )
    async_register_admin_service(
        hass,
        DOMAIN,
        "set_meter_read",
        _async_set_meter_read,
        schema=vol.Schema(
            {
                vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string,
                vol.Required(ATTR_DATE): cv.date,
                vol.Optional(ATTR_ENERGY): figure(0, MOST_ENERGY),
            }
        ),
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_import_history(call: ServiceCall) -> ServiceResponse:
    system = await async_called_system(call)
    try:
        return await Past(call.hass, system).async_import(
            dry_run=call.data[ATTR_DRY_RUN]
        )
    except NoPastError as err:
        raise refused(err.reason) from err


async def _async_get_bill(call: ServiceCall) -> ServiceResponse:
    """Tell a bill in full, to hold against the utility's own."""
    system = await async_called_system(call)
    billing = system.billing
    if billing.tariff is None or billing.period is None:
        raise refused("no_price")
    period = billing.period
    until = dt_util.utcnow().timestamp()
    if call.data[ATTR_PERIOD] == "last":
        period = billing.tariff.cycle.period(period.start - timedelta(days=1))
        until = billing.tariff.bounds(period)[1]
    bill = billing.bill_of(period, until)
    return cast(
        "ServiceResponse",
        {
            "start": period.start.isoformat(),
            "end": (period.end - timedelta(days=1)).isoformat(),
            "days": period.days,
            "currency": call.hass.config.currency,
            "fixed_charges": billing.with_fixed,
            "counted_since": billing.counted_since(period) or period.start.isoformat(),
            **bill.as_dict(billing.tariff.zone),
        },
    )


async def _async_set_meter_read(call: ServiceCall) -> ServiceResponse:
    """Close a billing period on the day that the meter was truly read."""
    hass = call.hass
    entry = async_get_config_entry(hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID])
    if not isinstance(entry.runtime_data, Plan):
        raise refused("not_a_plan", name=entry.title)
    entry = cast("PlanConfigEntry", entry)
    plan = entry.runtime_data
    read: date = call.data[ATTR_DATE]
    today = dt_util.now().date()
    if read > today or read < today - timedelta(days=400):
        raise refused("read_out_of_range", date=written(hass, read.isoformat()))
    cycle: dict[str, Any] = dict(entry.data.get(CONF_CYCLE, {}))
    reads = sorted({*cycle.get("reads", ()), read.isoformat()})[-MOST_READS:]
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_CYCLE: {**cycle, "reads": reads}}
    )
    period = plan.tariff.cycle.period(read - timedelta(days=1))
    first = round(plan.tariff.midnight(period.start) / QUARTER)
    metered = plan.ledger.total(first, round(plan.tariff.midnight(read) / QUARTER))
    answer: dict[str, Any] = {
        "start": period.start.isoformat(),
        "end": (read - timedelta(days=1)).isoformat(),
        "metered": round(metered, 3),
    }
    if (billed := call.data.get(ATTR_ENERGY)) is not None:
        answer["billed"] = billed
        answer["difference"] = round(metered - billed, 3)
    return answer
