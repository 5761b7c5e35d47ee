"""The steps that set a system up: its unit, its equipment, its energy."""

from collections.abc import Iterator, Mapping
import math
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryData,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.translation import async_get_translations

from ..const import (
    CONF_DRIVER,
    CONF_DUCT_LOSS,
    CONF_ENERGY,
    CONF_FAMILY,
    CONF_FIXED_CHARGES,
    CONF_FUEL_PRICE,
    CONF_FUEL_UNIT,
    CONF_GRID_CO2_ENTITY,
    CONF_HEAT_OUTPUT,
    CONF_KIND,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_MODEL_RATINGS,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PLAN,
    CONF_POWER,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_RATINGS,
    CONF_REFERENCE,
    CONF_SAVINGS,
    CONF_THERMAL_ENERGY,
    CONF_UNIT,
    DOMAIN,
    SUBENTRY_ZONE,
    DriverKind,
    EntryKind,
)
from ..core.family import Family
from ..core.rating_faults import validate
from ..core.ratings import Ratings
from ..core.savings import FUELS, FuelUnit, Reference, fuel_kwh
from ..dashboard import reload_hint
from ..figures import all_written
from ..models import async_find_model
from .guess import (
    guess_energy,
    guess_equipment,
    guess_outdoor,
    guess_plan,
    unit_name,
    unwrapped_units,
)
from .infrared import DRIVER_FIELDS, InfraredSteps
from .system_forms import (
    LOWEST_OUTDOOR,
    MAX_DUCT_LOSS,
    SAVINGS_DEFAULTS,
    SAVINGS_LIMITS,
    energy_schema,
    equipment_schema,
    ratings_for_form,
    ratings_of_form,
    shown_temperature,
)
from .unit import abort_if_wrapped, chosen_name, unit_errors, unit_schema
from .validate import fitting_name, is_only_price, plan_error, source_error


class SystemSteps(InfraredSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow):
    """The steps `entity`, `equipment` and `energy`, to add and to reconfigure."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._name: str | None = None
        self._unit: str | None = None
        self._system: dict[str, Any] = {}

    async def async_step_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the unit that Home Assistant already controls."""
        errors: dict[str, str] = {}
        zone = self._first_zone()
        if user_input is not None:
            unit: str = user_input[CONF_UNIT]
            abort_if_wrapped(self.hass, unit, zone)
            errors = unit_errors(self.hass, user_input)
            if not errors:
                self._unit = unit
                self._name = chosen_name(self.hass, user_input)
                return await self.async_step_equipment()

        suggested = user_input or self._current_unit(zone)
        return self._show("entity", unit_schema(self.hass, zone), suggested, errors)

    async def async_step_equipment(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what kind of equipment it is, and what it is rated."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            await self._async_check_equipment(user_input, errors, placeholders)
            if not errors:
                ratings = ratings_of_form(self.hass, user_input.get(CONF_RATINGS, {}))
                self._replace(
                    {**user_input, CONF_RATINGS: ratings or None},
                    CONF_FAMILY,
                    *_EQUIPMENT_FIELDS,
                )
                self._replace_savings(user_input.get(CONF_SAVINGS, {}))
                await self._async_look_up_model()
                return await self.async_step_energy()

        suggested = user_input or self._as_asked(self._prefill(self._guess_equipment()))
        schema = equipment_schema(
            self.hass,
            suggested,
            ratings_open=CONF_RATINGS in errors,
            savings_open=CONF_SAVINGS in errors,
        )
        placeholders["name"] = self._name or ""
        return self._show("equipment", schema, suggested, errors, placeholders)

    async def async_step_energy(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say where its power and energy are read."""
        errors: dict[str, str] = {}
        if user_input is not None:
            for field in _ENERGY_SOURCES:
                if (source := user_input.get(field)) and (
                    error := source_error(self.hass, field, source)
                ):
                    errors[field] = error
            for heat, electricity in (
                (CONF_HEAT_OUTPUT, CONF_POWER),
                (CONF_THERMAL_ENERGY, CONF_ENERGY),
            ):
                if (source := user_input.get(heat)) and (
                    source == user_input.get(electricity)
                ):
                    errors[heat] = "heat_is_electricity"
            price = user_input.get(CONF_PRICE)
            if price is not None and not is_only_price(self.hass, price):
                errors[CONF_PRICE] = "price_out_of_range"
            elif price is not None and CONF_PRICE_ENTITY in user_input:
                errors[CONF_PRICE] = "two_prices"
            if plan := user_input.get(CONF_PLAN):
                if error := plan_error(self.hass, plan):
                    errors[CONF_PLAN] = error
                elif price is not None or CONF_PRICE_ENTITY in user_input:
                    errors[CONF_PLAN] = "two_prices"
            if not errors:
                self._replace(user_input, CONF_PLAN, CONF_PRICE, *_ENERGY_SOURCES)
                self._replace(
                    {CONF_FIXED_CHARGES: user_input.get(CONF_FIXED_CHARGES) or None},
                    CONF_FIXED_CHARGES,
                )
                return self._finish()

        return self._show(
            "energy",
            energy_schema(self.hass),
            user_input or self._prefill(self._guess_energy()),
            errors,
            {"name": self._name or ""},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change any of it, the unit included."""
        entry = self._get_reconfigure_entry()
        self._name = entry.title
        self._system = dict(entry.data)
        zone = self._first_zone()
        if zone is not None and zone.data.get(CONF_DRIVER) == DriverKind.INFRARED:
            return await self.async_step_infrared()
        return await self.async_step_entity()

    @override
    async def async_infrared_done(self) -> ConfigFlowResult:
        """Go on with the equipment of a unit that was set up by infrared."""
        self._name = self._zone_name
        return await self.async_step_equipment()

    @override
    def infrared_before(self) -> Mapping[str, Any] | None:
        """Return the data of the first zone, when it is changed."""
        zone = self._first_zone()
        return None if zone is None else {**zone.data, CONF_NAME: self._name}

    def _guess_equipment(self) -> dict[str, Any]:
        if self._unit is None:
            return self.infrared_guess() | guess_outdoor(self.hass, None)
        return guess_equipment(self.hass, self._unit)

    def _guess_energy(self) -> dict[str, Any]:
        if self._unit is None:
            return guess_plan(self.hass)
        return guess_energy(self.hass, self._unit)

    def _finish(self) -> ConfigFlowResult:
        name = self._name or ""
        first = self._first_zone()
        if self._unit is None:
            zone_data, zone_name = self._zone_data, name
        else:
            # Another flow may have, while this one was filled in.
            abort_if_wrapped(self.hass, self._unit, first)
            zone_data = {CONF_DRIVER: DriverKind.ENTITY, CONF_UNIT: self._unit}
            zone_name = fitting_name(unit_name(self.hass, self._unit))
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(
                title=name,
                data={CONF_KIND: EntryKind.SYSTEM, **self._system},
                description=reload_hint(self.hass),
                subentries=[
                    ConfigSubentryData(
                        subentry_type=SUBENTRY_ZONE,
                        title=zone_name,
                        data=zone_data,
                        unique_id=None,
                    )
                ],
            )
        entry = self._get_reconfigure_entry()
        if first is None:
            # Its zones were all removed: what was chosen now is its first again.
            self.hass.config_entries.async_add_subentry(
                entry,
                ConfigSubentry(
                    subentry_type=SUBENTRY_ZONE,
                    title=zone_name,
                    data=MappingProxyType(zone_data),
                    unique_id=None,
                ),
            )
        else:
            kept = {k: v for k, v in first.data.items() if k not in DRIVER_FIELDS}
            self.hass.config_entries.async_update_subentry(
                entry, first, data={**kept, **zone_data}
            )
        return self.async_update_and_abort(entry, title=name, data=self._system)

    def _first_zone(self) -> ConfigSubentry | None:
        if self.source != SOURCE_RECONFIGURE:
            return None
        zones = self._get_reconfigure_entry().get_subentries_of_type(SUBENTRY_ZONE)
        return zones[0] if zones else None

    def _current_unit(self, zone: ConfigSubentry | None) -> dict[str, Any]:
        if zone is not None:
            return {CONF_UNIT: zone.data.get(CONF_UNIT), CONF_NAME: self._name}
        units = unwrapped_units(self.hass)
        return {CONF_UNIT: units[0]} if units else {}

    def _prefill(self, guess: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._system if self.source == SOURCE_RECONFIGURE else guess

    def _replace(self, user_input: Mapping[str, Any], *fields: str) -> None:
        """Take the fields over from the form: one left empty is gone."""
        for field in fields:
            value = user_input.get(field)
            if value is None or value == "":
                self._system.pop(field, None)
            else:
                self._system[field] = value

    async def _async_look_up_model(self) -> None:
        """Take over what open data has of the model, beside the user's own figures.

        The user's figures win; data that contradicts them is left alone.
        """
        system = self._system
        family = Family(system[CONF_FAMILY])
        system.pop(CONF_MODEL_RATINGS, None)
        model = await async_find_model(
            self.hass, family, system.get(CONF_MANUFACTURER), system.get(CONF_MODEL)
        )
        if model is None:
            return
        given = dict(system.get(CONF_RATINGS, {}))
        given.pop(CONF_DUCT_LOSS, None)
        if not validate(family, Ratings.from_mapping({**model.ratings, **given})):
            system[CONF_MODEL_RATINGS] = dict(model.ratings)

    def _replace_savings(self, savings: Mapping[str, Any]) -> None:
        """Take the section over; its entity is kept where the others are."""
        self._replace(savings, CONF_GRID_CO2_ENTITY)
        figures = {
            field: value
            for field, value in savings.items()
            if field != CONF_GRID_CO2_ENTITY and value != SAVINGS_DEFAULTS.get(field)
        }
        self._replace({CONF_SAVINGS: figures or None}, CONF_SAVINGS)

    def _as_asked(self, suggested: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is suggested as the form has it: its unit, its section's entity."""
        if CONF_RATINGS in suggested:
            ratings = ratings_for_form(self.hass, suggested[CONF_RATINGS])
            suggested = {**suggested, CONF_RATINGS: ratings}
        if CONF_GRID_CO2_ENTITY not in suggested:
            return suggested
        entity_id = suggested[CONF_GRID_CO2_ENTITY]
        savings = {
            **suggested.get(CONF_SAVINGS, {}),
            CONF_GRID_CO2_ENTITY: entity_id,
        }
        return {**suggested, CONF_SAVINGS: savings}

    async def _async_check_equipment(
        self,
        user_input: dict[str, Any],
        errors: dict[str, str],
        placeholders: dict[str, str],
    ) -> None:
        """Find what is wrong with the equipment, at its field."""
        source = user_input.get(CONF_OUTDOOR_TEMPERATURE)
        if source and (
            error := source_error(self.hass, CONF_OUTDOOR_TEMPERATURE, source)
        ):
            errors[CONF_OUTDOOR_TEMPERATURE] = error

        ratings = ratings_of_form(self.hass, user_input.get(CONF_RATINGS, {}))
        duct_loss = ratings.pop(CONF_DUCT_LOSS, None)
        faults = [
            (fault.field, fault.reason, dict(fault.placeholders))
            for fault in validate(
                Family(user_input[CONF_FAMILY]), Ratings.from_mapping(ratings)
            )
        ]
        for field, _, limits in faults:
            if field == LOWEST_OUTDOOR:
                for which, celsius in limits.items():
                    limits[which] = shown_temperature(self.hass, celsius)
        if duct_loss is not None and not (
            math.isfinite(duct_loss) and 0 <= duct_loss <= MAX_DUCT_LOSS
        ):
            limits = {"low": "0", "high": str(MAX_DUCT_LOSS)}
            faults.append((CONF_DUCT_LOSS, "out_of_range", limits))
        savings = user_input.get(CONF_SAVINGS, {})
        for section_, found in (
            (CONF_RATINGS, faults),
            (CONF_SAVINGS, list(self._savings_faults(savings))),
        ):
            # The frontend shows no error inside a section, only above it: the
            # first fault is told there too, with the name of its field. A second
            # section waits: a form has each placeholder only once.
            if not found or placeholders:
                continue
            for field, reason, _ in found:
                errors.setdefault(field, reason)
            field, reason, figures = found[0]
            errors[section_] = reason
            labels = await async_get_translations(
                self.hass, self.hass.config.language, "config", [DOMAIN]
            )
            step = f"component.{DOMAIN}.config.step.equipment.sections"
            label = labels.get(f"{step}.{section_}.data.{field}")
            placeholders.update(all_written(self.hass, figures), field=label or field)

    def _savings_faults(
        self, savings: Mapping[str, Any]
    ) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Find what is wrong with what savings are reckoned with."""
        for field, (low, high) in SAVINGS_LIMITS.items():
            value = savings.get(field)
            if value is not None and not low <= value <= high:
                limits = {"low": f"{low:g}", "high": f"{high:g}"}
                yield field, "out_of_range", limits
        reference = Reference(savings.get(CONF_REFERENCE, Reference.RESISTANCE))
        unit = FuelUnit(savings.get(CONF_FUEL_UNIT, FuelUnit.KWH))
        if (
            CONF_FUEL_PRICE in savings
            and reference in FUELS
            and fuel_kwh(reference, unit) is None
        ):
            yield CONF_FUEL_UNIT, "not_sold_so", {}
        entity_id = savings.get(CONF_GRID_CO2_ENTITY)
        if entity_id and (
            error := source_error(self.hass, CONF_GRID_CO2_ENTITY, entity_id)
        ):
            yield CONF_GRID_CO2_ENTITY, error, {}


_ENERGY_SOURCES = (
    CONF_POWER,
    CONF_ENERGY,
    CONF_PRICE_ENTITY,
    CONF_HEAT_OUTPUT,
    CONF_THERMAL_ENERGY,
)

_EQUIPMENT_FIELDS = (
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_RATINGS,
)
