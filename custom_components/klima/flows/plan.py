"""The steps that set an electricity plan up: which one, its charges, its billing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import SelectOptionDict, TextSelector
import voluptuous as vol

from ..const import (
    CONF_CYCLE,
    CONF_EVENT_ENTITY,
    CONF_EXPORT,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_KIND,
    CONF_PLAN,
    CONF_VERSIONS,
    DOMAIN,
    EntryKind,
)
from ..dashboard import reload_hint
from ..plans import KnownPlan, async_known_plans
from .plan_demand import CONF_DEMAND, is_half_a_charge
from .plan_forms import (
    billing_fields,
    billing_shown,
    charge_fields,
    charges_shown,
    cycle_of,
    export_fields,
    export_of,
    export_shown,
    period_names,
    put,
    with_charges,
)
from .plan_prices import PriceSteps
from .selectors import dropdown
from .sources import SOURCE_SELECTORS
from .validate import name_error, source_error

TEMPLATES = ("flat", "time_of_use", "tiered", "dynamic")
"""What a plan can be that is not known by its name."""


class PlanSteps(PriceSteps):
    """The steps from `plan` to `billing`, to add a plan and to change one."""

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
                self._had = self._versions_so_far(known) or (
                    found.versions if found and found.is_priced else ()
                )
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
                        vol.Required(CONF_PLAN, default="flat"): dropdown(
                            options, "plan"
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

    def _versions_so_far(
        self, known: Mapping[str, KnownPlan]
    ) -> Sequence[Mapping[str, Any]]:
        """Return the prices of a plan that is changed, as they are by now."""
        if self.source != SOURCE_RECONFIGURE:
            return ()
        data = self._get_reconfigure_entry().data
        if versions := data.get(CONF_VERSIONS):
            return list(versions)
        plan = known.get(data.get(CONF_PLAN, ""))
        return () if plan is None else _with_export(plan.versions, data)

    async def _begin(
        self, choice: str, known: KnownPlan | None, name: str | None
    ) -> ConfigFlowResult:
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
        versions = current.get(CONF_VERSIONS) or (
            _with_export(known.versions, self._plan) if known else ()
        )
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

    async def async_step_charges(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for what else is on the bill. All of it may be left out."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        labels = await self._labels("selector")
        names = period_names(labels)
        if user_input is not None:
            version = with_charges(self._version, user_input, names)
            event = user_input.get(CONF_EVENT_ENTITY)
            if event and (error := source_error(self.hass, CONF_EVENT_ENTITY, event)):
                errors[CONF_EVENT_ENTITY] = error
            elif bool(event) != ("event_price" in user_input):
                errors[CONF_EVENT_ENTITY] = "half_an_event"
            elif CONF_DEMAND not in self._version and is_half_a_charge(
                user_input.get(CONF_DEMAND) or {}
            ):
                errors[CONF_DEMAND] = "half_a_demand"
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
            charge_fields(
                self._currency,
                version,
                labels,
                demand_open=CONF_DEMAND in version or CONF_DEMAND in errors,
            ),
            user_input
            or {
                **charges_shown(version, names),
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
                **billing_fields(cycle),
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
        earlier = _with_export(
            self._known.versions[:-1] if self._known else (), self._plan
        )
        self._plan.pop(CONF_EXPORT, None)
        if not self._is_edited and export is not None and "rates" in export:
            known = self._known
            assert known is not None
            self._is_edited, self._version = True, dict(known.versions[-1])
            self._earlier = [dict(version) for version in earlier]
        put(self._version if self._is_edited else self._plan, CONF_EXPORT, export)

    async def _finish_plan(self) -> ConfigFlowResult:
        data = {CONF_KIND: EntryKind.PLAN, **self._plan}
        if self._is_edited:
            data[CONF_VERSIONS] = self._versions()
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(
                title=self._plan_name,
                data=data,
                description=reload_hint(self.hass) or self._what_next(),
            )
        return self.async_update_and_abort(
            self._get_reconfigure_entry(),
            title=self._plan_name,
            data=data,
            reason="plan_reconfigured",
        )

    def _what_next(self) -> str | None:
        """Return the key of how to use a new plan: what was set up before it does not."""
        there_is_a_system = any(
            entry.data.get(CONF_KIND) == EntryKind.SYSTEM
            for entry in self._async_current_entries()
        )
        return "select_plan" if there_is_a_system else None

    def _versions(self) -> list[dict[str, Any]]:
        """Return the versions: prices that hold from a later day leave the old ones.

        Prices that hold from the same day correct the last, and take the place of all
        that would begin after them: else those would hold, and not what was entered.
        """
        begins = _begins(self._version)
        had = self._had
        versions = had if had and _begins(had[-1]) < begins else self._earlier
        kept = (dict(version) for version in versions if _begins(version) < begins)
        return [*kept, self._version]


def _begins(version: Mapping[str, Any]) -> str:
    """Return the day that prices hold from, to be compared; what has none is the first."""
    return version.get("effective_from") or ""


def _with_export(
    versions: Sequence[Mapping[str, Any]], data: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    """Return a known plan's versions with what is paid for export beside them."""
    if (export := data.get(CONF_EXPORT)) is None:
        return versions
    return [{**version, CONF_EXPORT: export} for version in versions]


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
