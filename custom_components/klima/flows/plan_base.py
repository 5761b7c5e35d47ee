"""What the steps of an electricity plan share: what was said so far, a form, a check."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_EXPORT, DOMAIN
from ..core.tariff import PlanError, tariff_from
from ..plans import KnownPlan
from .plan_forms import BILLING_FIELD
from .plan_words import words
from .selectors import fields_of_others
from .validate import is_price

_FIELDS = frozenset(
    {
        "demand",
        "billing_dates",
        "billing_day",
        "billing_days",
        "billing_months",
        "billing_reads",
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


class PlanFlow(ConfigFlow):
    """A flow on its way to a plan.

    `_known` is the plan of the data files that was chosen, `_version` the prices that
    hold last and `_earlier` those before them, `_had` all that there were before the
    flow; `_plan` is what else is kept, and `_steps` are the steps to come. `_is_edited` is
    whether the prices are the user's.
    """

    _plan_name: str
    _known: KnownPlan | None
    _version: dict[str, Any]
    _earlier: list[dict[str, Any]]
    _had: Sequence[Mapping[str, Any]]
    _plan: dict[str, Any]
    _steps: list[str]
    _is_edited: bool

    async def _finish_plan(self) -> ConfigFlowResult:
        """Create the plan, or change it."""
        raise NotImplementedError

    async def _next(self) -> ConfigFlowResult:
        if not self._steps:
            return await self._finish_plan()
        step = self._steps.pop(0)
        shown: ConfigFlowResult = await getattr(self, f"async_step_{step}")()
        return shown

    @property
    def _ended(self) -> date | None:
        """The day that the last prices were known to hold until, if that is over."""
        until = self._version.get("valid_until")
        day = None if until is None else date.fromisoformat(until)
        return day if day is not None and day < dt_util.now().date() else None

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
                vol.Schema(fields_of_others(self.hass, fields)),
                {
                    key: value
                    for key, value in suggested.items()
                    if value is not None and value not in ([], {})
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
            for field, price in _prices(version):
                if not is_price(self.hass, price):
                    errors[field] = "price_out_of_range"

    async def _labels(self, category: str) -> dict[str, str]:
        return await async_get_translations(
            self.hass, self.hass.config.language, category, [DOMAIN]
        )


def _prices(version: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the prices of a version, each with the field that asks for it."""
    for field in ("hours", "tiers", "adders"):
        for row in version.get(field, ()):
            yield field, row["price"] * row.get("factor", 1)
    if export := version.get("export"):
        yield "export_price", export.get("price", 0.0)
        for row in export.get("rates", ()):
            yield "export_rates", row["price"]
    if event := version.get("event"):
        yield "event_price", event["price"]
