"""The steps that ask for the prices of an electricity plan."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol

from ..const import CONF_EVENT_ENTITY, CONF_PRICE, CONF_PRICE_ENTITY, CONF_VERSIONS
from ..core.tariff.holidays import HOLIDAYS
from ..core.tariff.version import Per
from ..figures import written
from .plan_base import PlanFlow
from .plan_forms import (
    PER,
    TYPICAL_HOURS,
    cleaned,
    hours,
    period_names,
    put,
    tiers,
    unworded,
    worded,
)
from .plan_words import prices
from .selectors import dropdown, number
from .sources import SOURCE_SELECTORS
from .validate import is_only_price, source_error

_STEPS = (("hours", "time_of_use"), ("tiers", "tiered"), ("spot", "dynamic"))
"""The part of a version that makes prices, and the step that asks for it."""

_ENTITY_STEPS = (("spot", "dynamic"), ("event", "critical_peak"))
"""The part of a known version that an entity of the home decides on, and its step."""


class PriceSteps(PlanFlow):
    """What a kWh costs: a known plan's prices, one, by the hour, by tiers, or an entity's."""

    async def async_step_known(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what is known of a plan, and ask whether it is right."""
        known = self._known
        assert known is not None
        if user_input is not None:
            self._is_edited = user_input.get("edit_prices", True)
            if self._is_edited:
                steps = [step for field, step in _STEPS if self._version.get(field)]
                self._steps = [*steps, "charges", *self._steps]
            else:
                self._plan.pop(CONF_VERSIONS, None)
                version = known.versions[-1]
                steps = [step for field, step in _ENTITY_STEPS if field in version]
                self._steps = [*steps, *self._steps]
            return await self._next()
        ended = self._ended
        fields: dict[vol.Marker, Any] = {}
        if known.is_priced:
            step = "known" if ended is None else "known_ended"
            default = known.missing or ended is not None or CONF_VERSIONS in self._plan
            fields = {vol.Required("edit_prices", default=default): BooleanSelector()}
        else:
            step = "known_unpriced"
        return self.async_show_form(
            step_id=step,
            data_schema=vol.Schema(fields),
            description_placeholders={
                "name": self._plan_name,
                "source": known.source,
                "seen": written(self.hass, known.seen),
                "since": self._written_day("effective_from"),
                "until": self._written_day("valid_until"),
                "prices": prices(
                    self.hass,
                    self._version,
                    self._currency,
                    await self._labels("selector") | await self._labels("config"),
                ),
            },
        )

    async def async_step_known_ended(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was known of a plan whose prices have ended."""
        return await self.async_step_known(user_input)

    async def async_step_known_unpriced(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what is known of a plan whose prices are each supplier's."""
        return await self.async_step_known(user_input)

    def _written_day(self, field: str) -> str:
        """Return a day of the last prices as the home's language writes it."""
        return written(self.hass, str(self._version.get(field) or "—"))

    async def async_step_flat(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the price."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if (price := user_input.get(CONF_PRICE)) is None:
                errors[CONF_PRICE] = "price_missing"
            elif is_only_price(self.hass, price):
                self._version["tiers"] = [{"price": price}]
                return await self._next()
            else:
                errors[CONF_PRICE] = "price_out_of_range"
        tiers = self._version.get("tiers") or [{}]
        return self._form(
            "flat",
            # Of a number that is required, the frontend makes a price of zero.
            {vol.Optional(CONF_PRICE): number(f"{self._currency}/kWh")},
            user_input or tiers[0],
            errors,
        )

    async def async_step_time_of_use(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the hours of each period, and their prices."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        labels = await self._labels("selector")
        names = period_names(labels)
        if user_input is not None:
            version = {
                **self._version,
                "hours": unworded(user_input["hours"], names),
                "holidays": user_input["holidays"],
            }
            _put_summer(version, user_input, errors)
            if not version["hours"]:
                errors["hours"] = "hours_missing"
            elif row := next(
                (r for r in version["hours"] if r.get("price") is None), None
            ):
                errors["hours"] = "hours_price_missing"
                placeholders["period"] = names.get(row["period"], row["period"])
                # A period that begins twice is told apart by that in the list of rows, too.
                placeholders["start"] = row.get("start", "00:00")[:5]
            elif not errors:
                # Tiers by season are asked for afterwards.
                tested = {key: version[key] for key in version if key != "tiers"}
                await self._check([tested], errors, placeholders)
            if not errors:
                self._version = version
                return await self._next()
        return self._form(
            "time_of_use",
            {
                vol.Required("hours"): hours(self._currency, labels),
                **_summer_fields(),
                vol.Required("holidays", default="none"): dropdown(
                    list(HOLIDAYS), "holidays"
                ),
            },
            user_input
            or {
                "hours": worded(self._version.get("hours") or TYPICAL_HOURS, names),
                **_summer_shown(self._version),
                "holidays": self._version.get("holidays"),
            },
            errors,
            placeholders,
        )

    async def async_step_tiered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the tiers; of a plan that has hours, when summer is was asked with these."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        has_hours = bool(self._version.get("hours"))
        if user_input is not None:
            version = {
                **self._version,
                "tiers": cleaned(user_input["tiers"]),
                "tiers_per": user_input["tiers_per"],
            }
            if not has_hours:
                _put_summer(version, user_input, errors)
            if not version["tiers"]:
                errors["tiers"] = "tiers_missing"
            elif any("price" not in tier for tier in version["tiers"]):
                errors["tiers"] = "tiers_price_missing"
            elif not errors:
                await self._check([version], errors, placeholders)
            if not errors:
                self._version = version
                return await self._next()
        return self._form(
            "tiered",
            {
                vol.Required("tiers_per", default=Per.DAY.value): PER,
                vol.Required("tiers"): tiers(
                    self._currency, await self._labels("selector")
                ),
                **({} if has_hours else _summer_fields()),
            },
            user_input
            or {
                "tiers": self._version.get("tiers"),
                "tiers_per": self._version.get("tiers_per"),
                **({} if has_hours else _summer_shown(self._version)),
            },
            errors,
            placeholders,
        )

    async def async_step_dynamic(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the entity that tells the price, and what comes on top of it."""
        errors: dict[str, str] = {}
        # Which hours a known plan has, is the utility's to say.
        fields: dict[vol.Marker, Any] = {}
        if self._known is None:
            fields = {vol.Optional("by_hour"): BooleanSelector()}
        if user_input is not None:
            source = user_input[CONF_PRICE_ENTITY]
            if error := source_error(self.hass, CONF_PRICE_ENTITY, source):
                errors[CONF_PRICE_ENTITY] = error
            else:
                self._plan[CONF_PRICE_ENTITY] = source
                self._version.setdefault("spot", {"factor": 1})
                if user_input.get("by_hour"):
                    self._steps = ["time_of_use", *self._steps]
                elif fields:
                    self._version = {
                        key: value
                        for key, value in self._version.items()
                        if key not in ("hours", "holidays", "summer")
                    }
                return await self._next()
        return self._form(
            "dynamic",
            {
                vol.Required(CONF_PRICE_ENTITY): SOURCE_SELECTORS[CONF_PRICE_ENTITY],
                **fields,
            },
            user_input
            or {**self._plan, "by_hour": True if self._version.get("hours") else None},
            errors,
        )

    async def async_step_critical_peak(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the entity that tells of a known plan's critical peaks."""
        errors: dict[str, str] = {}
        if user_input is not None:
            event = user_input.get(CONF_EVENT_ENTITY)
            if event and (error := source_error(self.hass, CONF_EVENT_ENTITY, event)):
                errors[CONF_EVENT_ENTITY] = error
            else:
                put(self._plan, CONF_EVENT_ENTITY, event)
                return await self._next()
        return self._form(
            "critical_peak",
            {vol.Optional(CONF_EVENT_ENTITY): SOURCE_SELECTORS[CONF_EVENT_ENTITY]},
            user_input or self._plan,
            errors,
        )


def _summer_fields() -> dict[vol.Marker, Any]:
    return {
        vol.Optional("summer_start"): TextSelector(),
        vol.Optional("summer_end"): TextSelector(),
    }


def _summer_shown(version: Mapping[str, Any]) -> dict[str, Any]:
    first, last = version.get("summer") or (None, None)
    return {"summer_start": first, "summer_end": last}


def _put_summer(
    version: dict[str, Any], answer: Mapping[str, Any], errors: dict[str, str]
) -> None:
    """Take over when summer is, or tell that one of its ends is missing."""
    first = answer.get("summer_start", "").strip()
    last = answer.get("summer_end", "").strip()
    put(version, "summer", [first, last] if first and last else None)
    if bool(first) != bool(last):
        errors["summer_start"] = "half_a_season"
