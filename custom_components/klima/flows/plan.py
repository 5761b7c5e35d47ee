"""The steps that set an electricity plan up: its prices, its charges, its billing."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import (
    CONF_CYCLE,
    CONF_EVENT_ENTITY,
    CONF_EXPORT,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_KIND,
    CONF_PLAN,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_VERSIONS,
    DOMAIN,
    EntryKind,
)
from ..core.tariff import PlanError, tariff_from
from ..core.tariff.holidays import HOLIDAYS
from ..core.tariff.version import Per
from ..figures import written
from ..plans import KnownPlan, async_known_plans
from .plan_forms import (
    BILLING_FIELD,
    PER,
    TYPICAL_HOURS,
    billing_fields,
    billing_shown,
    charge_fields,
    charges_shown,
    cleaned,
    cycle_of,
    export_fields,
    export_of,
    export_shown,
    hours,
    number,
    options,
    period_names,
    put,
    tiers,
    unworded,
    with_charges,
    worded,
)
from .plan_words import prices, words
from .sources import SOURCE_SELECTORS
from .validate import is_price, name_error, source_error

TEMPLATES = ("flat", "time_of_use", "tiered", "dynamic")
"""What a plan can be that is not known by its name."""


class PlanSteps(ConfigFlow):
    """The steps from `plan` to `billing`, to add a plan and to change one."""

    _plan_name: str
    _known: KnownPlan | None
    _version: dict[str, Any]
    _earlier: list[dict[str, Any]]
    _plan: dict[str, Any]
    _steps: list[str]
    _is_edited: bool

    async def async_step_plan(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a known plan, or what the plan is like."""
        known = await async_known_plans(self.hass)
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            choice = user_input[CONF_PLAN]
            found = known.get(choice)
            if found is not None and found.currency != self.hass.config.currency:
                errors[CONF_PLAN] = "other_currency_plan"
                placeholders = {
                    "currency": found.currency,
                    "home": self.hass.config.currency,
                }
            if error := name_error(user_input.get(CONF_NAME)):
                errors[CONF_NAME] = error
            if not errors:
                return await self._begin(choice, found, user_input.get(CONF_NAME))
        home = self.hass.config.country
        options = [SelectOptionDict(value=key, label=key) for key in TEMPLATES] + [
            SelectOptionDict(value=plan.plan_id, label=plan.name)
            for plan in sorted(
                known.values(), key=lambda plan: (plan.country != home, plan.name)
            )
        ]
        return self.async_show_form(
            step_id="plan",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_PLAN, default="flat"): SelectSelector(
                            SelectSelectorConfig(
                                options=options,
                                translation_key="plan",
                                mode=SelectSelectorMode.DROPDOWN,
                            )
                        ),
                        vol.Optional(CONF_NAME): TextSelector(),
                    }
                ),
                user_input or self._current_choice(known),
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _current_choice(self, known: Mapping[str, KnownPlan]) -> dict[str, Any]:
        """Return the choice that a plan was set up with."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        entry = self._get_reconfigure_entry()
        choice = entry.data.get(CONF_PLAN)
        suggested: dict[str, Any] = {CONF_NAME: entry.title}
        if choice in known or choice in TEMPLATES:
            suggested[CONF_PLAN] = choice
        return suggested

    async def _begin(
        self, choice: str, known: KnownPlan | None, name: str | None
    ) -> ConfigFlowResult:
        """Go through the steps that a choice has."""
        self._known = known
        self._plan = {CONF_PLAN: choice}
        self._earlier, self._version = [], {}
        self._is_edited = known is None
        current: dict[str, Any] = {}
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            if entry.data.get(CONF_PLAN) == choice:
                current = dict(entry.data)
                self._plan = current
            else:
                self._plan |= _of_home(entry.data)
        versions = current.get(CONF_VERSIONS) or (known.versions if known else ())
        if versions:
            self._version = dict(versions[-1])
            self._earlier = [dict(version) for version in versions[:-1]]
        if known is not None and CONF_CYCLE not in current:
            # When the meter is read is the utility's to say, where it is known of it.
            self._plan[CONF_CYCLE] = {**self._plan.get(CONF_CYCLE, {}), **known.cycle}
        labels = await self._labels("selector")
        self._plan_name = (
            (name or "").strip()
            or (known.name if known else "")
            or labels.get(f"component.{DOMAIN}.selector.plan.options.{choice}", choice)
        )
        if known is None:
            self._steps = [choice, "charges", "billing"]
        else:
            self._steps = ["known", "billing"]
        return await self._next()

    async def _next(self) -> ConfigFlowResult:
        """Go on to the next step, or finish."""
        if not self._steps:
            return await self._finish_plan()
        step = self._steps.pop(0)
        shown: ConfigFlowResult = await getattr(self, f"async_step_{step}")()
        return shown

    async def async_step_known(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what is known of a plan, and ask whether it is right."""
        known = self._known
        assert known is not None
        if user_input is not None:
            self._is_edited = user_input["edit_prices"]
            if self._is_edited:
                kinds = (("hours", "time_of_use"), ("tiers", "tiered"))
                steps = [step for field, step in kinds if self._version.get(field)]
                self._steps = [*steps, "charges", *self._steps]
            else:
                self._plan.pop(CONF_VERSIONS, None)
                if "spot" in self._version:
                    self._steps.insert(0, "dynamic")
            return await self._next()
        ended = self._ended
        return self.async_show_form(
            step_id="known" if ended is None else "known_ended",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        "edit_prices",
                        default=known.missing
                        or ended is not None
                        or bool(self._plan.get(CONF_VERSIONS)),
                    ): BooleanSelector()
                }
            ),
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
                    await self._labels("selector"),
                ),
            },
        )

    async def async_step_known_ended(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was known of a plan whose prices have ended."""
        return await self.async_step_known(user_input)

    def _written_day(self, field: str) -> str:
        """Return a day of the last prices as the home's language writes it."""
        return written(self.hass, str(self._version.get(field) or "—"))

    @property
    def _ended(self) -> date | None:
        """The day that the last prices were known to hold until, if that is over."""
        until = self._version.get("valid_until")
        day = None if until is None else date.fromisoformat(until)
        return day if day is not None and day < dt_util.now().date() else None

    async def async_step_flat(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the price."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if (price := user_input.get(CONF_PRICE)) is None:
                errors[CONF_PRICE] = "price_missing"
            elif is_price(self.hass, price):
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
            first = user_input.get("summer_start", "").strip()
            last = user_input.get("summer_end", "").strip()
            version.pop("summer", None)
            if first and last:
                version["summer"] = [first, last]
            if not version["hours"]:
                errors["hours"] = "hours_missing"
            elif row := next(
                (r for r in version["hours"] if r.get("price") is None), None
            ):
                errors["hours"] = "hours_price_missing"
                placeholders["period"] = names.get(row["period"], row["period"])
            elif bool(first) != bool(last):
                errors["summer_start"] = "half_a_season"
            else:
                # Tiers by season are asked for afterwards.
                tested = {key: version[key] for key in version if key != "tiers"}
                await self._check([tested], errors, placeholders)
            if not errors:
                self._version = version
                return await self._next()
        summer = self._version.get("summer") or (None, None)
        return self._form(
            "time_of_use",
            {
                vol.Required("hours"): hours(self._currency, labels),
                vol.Optional("summer_start"): TextSelector(),
                vol.Optional("summer_end"): TextSelector(),
                vol.Required("holidays", default="none"): options(HOLIDAYS, "holidays"),
            },
            user_input
            or {
                "hours": worded(self._version.get("hours") or TYPICAL_HOURS, names),
                "summer_start": summer[0],
                "summer_end": summer[1],
                "holidays": self._version.get("holidays"),
            },
            errors,
            placeholders,
        )

    async def async_step_tiered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the tiers."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            version = {
                **self._version,
                "tiers": cleaned(user_input["tiers"]),
                "tiers_per": user_input["tiers_per"],
            }
            if not version["tiers"]:
                errors["tiers"] = "tiers_missing"
            else:
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
            },
            user_input
            or {
                "tiers": self._version.get("tiers"),
                "tiers_per": self._version.get("tiers_per"),
            },
            errors,
            placeholders,
        )

    async def async_step_dynamic(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the entity that tells the price, and what comes on top of it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            source = user_input[CONF_PRICE_ENTITY]
            if error := source_error(self.hass, CONF_PRICE_ENTITY, source):
                errors[CONF_PRICE_ENTITY] = error
            else:
                self._plan[CONF_PRICE_ENTITY] = source
                self._version.setdefault("spot", {"factor": 1})
                return await self._next()
        return self._form(
            "dynamic",
            {vol.Required(CONF_PRICE_ENTITY): SOURCE_SELECTORS[CONF_PRICE_ENTITY]},
            user_input or self._plan,
            errors,
        )

    async def async_step_charges(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for what else is on the bill. All of it may be left out."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            version = with_charges(self._version, user_input)
            event = user_input.get(CONF_EVENT_ENTITY)
            if event and (error := source_error(self.hass, CONF_EVENT_ENTITY, event)):
                errors[CONF_EVENT_ENTITY] = error
            elif bool(event) != ("event_price" in user_input):
                errors[CONF_EVENT_ENTITY] = "half_an_event"
            else:
                await self._check([version], errors, placeholders)
            if not errors:
                put(self._plan, CONF_EVENT_ENTITY, event)
                self._version = version
                return await self._next()
        version = dict(self._version)
        if (ended := self._ended) is not None:
            # The next prices begin where those ended, which stay for the time before.
            version["effective_from"] = (ended + timedelta(days=1)).isoformat()
            del version["valid_until"]
        return self._form(
            "charges",
            charge_fields(self._currency, await self._labels("selector")),
            user_input
            or {
                **charges_shown(version),
                CONF_EVENT_ENTITY: self._plan.get(CONF_EVENT_ENTITY),
            },
            errors,
            placeholders,
        )

    async def async_step_billing(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask when the meter is read, and which ones are the whole home's."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        labels = await self._labels("selector")
        names = period_names(labels)
        if user_input is not None:
            meter = user_input.get(CONF_HOME_ENERGY)
            if meter and (error := source_error(self.hass, CONF_HOME_ENERGY, meter)):
                errors[CONF_HOME_ENERGY] = error
            fed, export = user_input.get(CONF_HOME_EXPORT), export_of(user_input, names)
            if fed and (error := source_error(self.hass, CONF_HOME_EXPORT, fed)):
                errors[CONF_HOME_EXPORT] = error
            elif fed and fed == meter:
                errors[CONF_HOME_EXPORT] = "export_is_import"
            elif bool(fed) != (export is not None):
                errors[CONF_HOME_EXPORT] = "half_an_export"
            elif fed and not meter:
                errors[CONF_HOME_ENERGY] = "export_needs_import"
            cycle = cycle_of(user_input)
            if reads := (self._plan.get(CONF_CYCLE) or {}).get("reads"):
                # What `set_meter_read` told is no field of the form.
                cycle["reads"] = reads
            version = dict(self._priced)
            put(version, "export", export)
            await self._check([version], errors, placeholders, cycle)
            if not errors:
                put(self._plan, CONF_HOME_ENERGY, meter)
                put(self._plan, CONF_HOME_EXPORT, fed)
                self._put_export(export)
                self._plan[CONF_CYCLE] = {
                    key: value for key, value in cycle.items() if value
                }
                return await self._next()
        cycle = self._plan.get(CONF_CYCLE) or {}
        return self._form(
            "billing",
            {
                **billing_fields(),
                vol.Optional(CONF_HOME_ENERGY): SOURCE_SELECTORS[CONF_HOME_ENERGY],
                vol.Optional(CONF_HOME_EXPORT): SOURCE_SELECTORS[CONF_HOME_EXPORT],
                **export_fields(self._currency, self._priced, labels),
            },
            user_input
            or {
                **billing_shown(cycle),
                CONF_HOME_ENERGY: self._plan.get(CONF_HOME_ENERGY),
                CONF_HOME_EXPORT: self._plan.get(CONF_HOME_EXPORT),
                **export_shown(self._export, self._priced, names),
            },
            errors,
            placeholders,
        )

    @property
    def _priced(self) -> Mapping[str, Any]:
        """The version whose prices will hold: a known plan's, if they are left alone."""
        if self._is_edited or self._known is None:
            return self._version
        return self._known.versions[-1]

    @property
    def _export(self) -> Mapping[str, Any] | None:
        """What is paid for export so far, in a plan that meters it."""
        if CONF_HOME_EXPORT not in self._plan:
            return None
        export: Mapping[str, Any] | None = self._plan.get(
            CONF_EXPORT
        ) or self._version.get(CONF_EXPORT)
        return export

    def _put_export(self, export: dict[str, Any] | None) -> None:
        """Take what is paid for export.

        One rate is kept beside a known plan's prices, which stay the data file's; rates by
        the period are of those periods, and so of prices that are the user's from now on.
        """
        self._plan.pop(CONF_EXPORT, None)
        if not self._is_edited and export is not None and "rates" in export:
            known = self._known
            assert known is not None
            self._is_edited, self._version = True, dict(known.versions[-1])
            self._earlier = [dict(version) for version in known.versions[:-1]]
        put(self._version if self._is_edited else self._plan, CONF_EXPORT, export)

    async def _finish_plan(self) -> ConfigFlowResult:
        """Create the plan, or change it."""
        data = {CONF_KIND: EntryKind.PLAN, **self._plan}
        if self._is_edited:
            data[CONF_VERSIONS] = self._versions()
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=self._plan_name, data=data)
        return self.async_update_and_abort(
            self._get_reconfigure_entry(),
            title=self._plan_name,
            data=data,
            reason="plan_reconfigured",
        )

    def _versions(self) -> list[dict[str, Any]]:
        """Return the versions: prices that hold from a later day leave the old ones.

        Prices that hold from the same day, or from none, correct the last.
        """
        versions = self._earlier
        if begins := self._version.get("effective_from"):
            had = self._known.versions if self._known else ()
            if self.source == SOURCE_RECONFIGURE:
                had = self._get_reconfigure_entry().data.get(CONF_VERSIONS) or had
            if had and (had[-1].get("effective_from") or "") < begins:
                versions = [dict(version) for version in had]
        return [*versions, self._version]

    # What the steps share

    @property
    def _currency(self) -> str:
        return self.hass.config.currency

    def _form(
        self,
        step: str,
        fields: Mapping[vol.Marker, Any],
        suggested: Mapping[str, Any],
        errors: dict[str, str],
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        asked = set(map(str, fields))
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(dict(fields)),
                {
                    key: value
                    for key, value in suggested.items()
                    if value is not None and value != []
                },
            ),
            # At a field of another step an error would not be seen.
            errors={
                field if field in asked else "base": error
                for field, error in errors.items()
            },
            description_placeholders={"name": self._plan_name, **(placeholders or {})},
        )

    async def _check(
        self,
        versions: list[dict[str, Any]],
        errors: dict[str, str],
        placeholders: dict[str, str],
        cycle: Mapping[str, Any] | None = None,
    ) -> None:
        """Find what is wrong with a plan, at its field where the step has it."""
        if cycle is None:
            # What is paid for export is asked for with it, afterwards.
            versions = [
                {key: value for key, value in version.items() if key != CONF_EXPORT}
                for version in versions
            ]
        try:
            tariff_from(
                {"versions": versions, "cycle": dict(cycle or {})},
                dt_util.get_default_time_zone(),
            )
        except PlanError as err:
            fault = err.faults[0]
            field = fault.field
            if cycle is not None:
                field = BILLING_FIELD.get(field, field)
            if field == "seasons":
                field = "summer_start"
            if field not in _FIELDS:
                field = "base"
            errors[field] = fault.reason
            placeholders.update(words(self.hass, fault, await self._labels("selector")))
            return
        for version in versions:
            for field in ("hours", "tiers", "adders"):
                if not all(
                    is_price(self.hass, row["price"]) for row in version.get(field, ())
                ):
                    errors[field] = "price_out_of_range"
            export = version.get("export") or {}
            if not is_price(self.hass, export.get("price", 0.0)):
                errors["export_price"] = "price_out_of_range"
            if not all(
                is_price(self.hass, row["price"]) for row in export.get("rates", ())
            ):
                errors["export_rates"] = "price_out_of_range"
            event = version.get("event")
            if event and not is_price(self.hass, event["price"]):
                errors["event_price"] = "price_out_of_range"

    async def _labels(self, category: str) -> dict[str, str]:
        return await async_get_translations(
            self.hass, self.hass.config.language, category, [DOMAIN]
        )


def _of_home(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a plan is the home's, and stays with it under another plan."""
    kept = {
        field: data[field] for field in (CONF_CYCLE, CONF_HOME_ENERGY) if field in data
    }
    if CONF_HOME_ENERGY in data and CONF_HOME_EXPORT in data:
        export = data.get(CONF_EXPORT) or (data.get(CONF_VERSIONS) or [{}])[-1].get(
            CONF_EXPORT
        )
        if export is not None:
            # Without what is paid for it, the form would refuse the meter. Rates by the
            # period are of the other plan's periods.
            kept[CONF_HOME_EXPORT] = data[CONF_HOME_EXPORT]
            kept[CONF_EXPORT] = {"price": export["price"]}
    return kept


_FIELDS = frozenset(
    {
        "billing_dates",
        "billing_day",
        "billing_days",
        "billing_months",
        "export_factor",
        "export_rates",
        "hours",
        "holidays",
        "summer_start",
        "tiers",
        "valid_until",
    }
)
"""The fields that a fault of a plan may be shown at."""
