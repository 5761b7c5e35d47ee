"""The known plans: dated data files, and the tariff of a plan's entry."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import CONF_CYCLE, CONF_EXPORT, CONF_PLAN, CONF_VERSIONS, DOMAIN
from .core.daylight import Place
from .core.tariff import Fault, PlanError, Tariff, tariff_from

FOLDER = Path(__file__).parent / "data" / "plans"


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A utility's plan as it was seen on a day.

    `missing` tells that some of its prices were not seen: its owner is asked
    for them.
    """

    plan_id: str
    name: str
    country: str
    currency: str
    source: str
    seen: str
    versions: tuple[Mapping[str, Any], ...]
    cycle: Mapping[str, Any]
    missing: bool = False

    @property
    def is_priced(self) -> bool:
        """Whether its hours and tiers have prices; else it is of no use without its owner's."""
        return all(
            "price" in row
            for version in self.versions
            for field in ("hours", "tiers")
            for row in version.get(field, ())
        )


class OtherCurrencyError(Exception):
    """A known plan is in another currency than the home's."""

    def __init__(self, currency: str) -> None:
        """Remember the plan's currency."""
        super().__init__(currency)
        self.currency = currency


_KNOWN: HassKey[dict[str, KnownPlan]] = HassKey(f"{DOMAIN}_known_plans")


def read_known_plans() -> dict[str, KnownPlan]:
    """Read the data files, by the plans' ids."""
    plans: dict[str, KnownPlan] = {}
    for path in sorted(FOLDER.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        plans[path.stem] = KnownPlan(
            plan_id=path.stem,
            name=data["name"],
            country=data["country"],
            currency=data["currency"],
            source=data["source"],
            seen=data["seen"],
            versions=tuple(data["versions"]),
            cycle=data.get("cycle", {}),
            missing=data.get("missing", False),
        )
    return plans


@singleton(_KNOWN, async_=True)
async def async_known_plans(hass: HomeAssistant) -> dict[str, KnownPlan]:
    """Return the known plans, read once."""
    return await hass.async_add_executor_job(read_known_plans)


async def async_tariff(hass: HomeAssistant, data: Mapping[str, Any]) -> Tariff:
    """Return the tariff of a plan's entry; raises PlanError or OtherCurrencyError.

    A known plan whose prices its owner left alone is the data file's, so that
    an update of Klima brings its new prices; what is paid for export is kept beside.
    """
    versions = data.get(CONF_VERSIONS)
    known = (await async_known_plans(hass)).get(data.get(CONF_PLAN, ""))
    if known is not None and known.currency != hass.config.currency:
        # The home's was changed since: what is so many dollars is not so many euros.
        raise OtherCurrencyError(known.currency)
    if not versions:
        if known is None:
            raise PlanError(
                Fault("plan", "unknown_plan", {"plan": str(data.get(CONF_PLAN))})
            )
        versions = known.versions
    if (export := data.get(CONF_EXPORT)) is not None:
        versions = [{**version, CONF_EXPORT: export} for version in versions]
    return tariff_from(
        {"versions": versions, "cycle": data.get(CONF_CYCLE, {})},
        dt_util.get_default_time_zone(),
        Place(hass.config.latitude, hass.config.longitude),
    )
