"""Klima: mini-splits, air conditioners and heat pumps of any brand."""

from contextlib import suppress
from typing import cast

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    OperationNotAllowed,
    UnknownEntry,
)
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, IntegrationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    issue_registry as ir,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .config import SystemConfig, check_data
from .const import CONF_KIND, CONF_PLAN, DOMAIN, EntryKind
from .core.tariff import PlanError
from .counted import async_remove_store
from .dashboard import async_hide_dashboard, async_serve_dashboard, async_show_dashboard
from .errors import told
from .figures import async_text
from .history import async_watch_past
from .issues import (
    async_take_all_back,
    async_take_back,
    async_take_back_what_is_found,
    async_tell,
)
from .left_over import async_remove_left_over
from .plan import Plan, PlanConfigEntry
from .plans import OtherCurrencyError, async_tariff
from .pricing import async_price_source, async_watch_dashboard
from .programmes import async_programmes
from .same_id import async_watch_same_ids
from .same_meter import async_compare_meters, async_watch_meters
from .services import async_setup_services
from .source_watch import SourceWatch, async_follow_renamed
from .stand_in import async_follow_disabled, async_stand_in, async_step_back
from .store import UNREADABLE
from .system import KlimaConfigEntry, System
from .websocket import async_register_commands
from .wrapped import async_follow_units, check_wrapped_once

ISSUE_PLAN_DISABLED = "plan_disabled"
ISSUE_PLAN_MISSING = "plan_missing"

_RELOADS: HassKey[set[str]] = HassKey(f"{DOMAIN}_reloads")
"""The entries that are about to be loaded anew."""

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register actions, follow the Energy dashboard's price, serve the dashboard."""
    async_setup_services(hass)
    async_follow_units(hass)
    async_follow_renamed(hass)
    async_watch_meters(hass)
    async_follow_disabled(hass)

    async def dashboard_changed() -> None:
        for entry in loaded_systems(hass):
            system = entry.runtime_data
            source = await async_price_source(hass, system.config)
            if source != system.price_source:
                _async_reload_soon(hass, entry)

    await async_watch_dashboard(hass, dashboard_changed)
    _async_follow_home(hass)
    async_register_commands(hass)
    await async_serve_dashboard(hass)
    return True


@callback
def _async_follow_home(hass: HomeAssistant) -> None:
    """Take a home's other time zone or currency up: days, prices and units hang on them."""
    known = (hass.config.time_zone, hass.config.currency)

    @callback
    def changed(_event: Event) -> None:
        nonlocal known
        before, known = known, (hass.config.time_zone, hass.config.currency)
        if known != before:
            for entry in hass.config_entries.async_entries(DOMAIN):
                # One that could not be used as the home was may be now.
                if entry.state in (
                    ConfigEntryState.LOADED,
                    ConfigEntryState.SETUP_ERROR,
                ):
                    _async_reload_soon(hass, entry)

    hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, changed)


@callback
def _async_reload_soon(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Reload an entry once for all that changes at once: a flow changes it and its zone.

    Not if it is gone, or stuck, by the time that it has its turn: Home Assistant's own
    way to schedule that logs a traceback then.
    """
    entry.async_cancel_retry_setup()
    waiting = hass.data.setdefault(_RELOADS, set())
    if entry.entry_id in waiting:
        return
    waiting.add(entry.entry_id)

    async def reload() -> None:
        waiting.discard(entry.entry_id)
        with suppress(UnknownEntry, OperationNotAllowed):
            await hass.config_entries.async_reload(entry.entry_id)

    hass.async_create_task(
        reload(), f"{DOMAIN} reload {entry.title}", eager_start=False
    )


def is_plan(entry: ConfigEntry) -> bool:
    """Return whether an entry stands for a plan; else it does for a system."""
    return entry.data.get(CONF_KIND) == EntryKind.PLAN


def loaded_systems(hass: HomeAssistant) -> list[KlimaConfigEntry]:
    """Return the entries of the systems that are loaded."""
    return [
        entry
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if not is_plan(entry)
    ]


@callback
def _async_reload_systems_on(
    hass: HomeAssistant, plan: ConfigEntry, *, is_gone: bool = False
) -> None:
    """Let the systems on a plan take up what became of it.

    Where it `is_gone`, those that still have it: its price of now would go on for good.
    """
    for system in loaded_systems(hass):
        if system.data.get(CONF_PLAN) == plan.entry_id and not (
            is_gone and system.runtime_data.plan is None
        ):
            _async_reload_soon(hass, system)


async def async_setup_entry(
    hass: HomeAssistant, entry: KlimaConfigEntry | PlanConfigEntry
) -> bool:
    """Set up a system or a plan."""
    async_take_back_what_is_found(hass, entry)
    if is_plan(entry):
        try:
            done = await _async_setup_plan(hass, cast("PlanConfigEntry", entry))
        except IntegrationError:
            _async_reload_systems_on(hass, entry, is_gone=True)
            raise
    else:
        done = await _async_setup_system(hass, cast("KlimaConfigEntry", entry))
    await async_show_dashboard(hass)
    return done


def _unusable(entry: ConfigEntry, err: Exception) -> ConfigEntryError:
    """Return what tells the user that an entry's data cannot be used."""
    error = str(err) or type(err).__name__
    return told(ConfigEntryError, "entry_unusable", name=entry.title, error=error)


async def _async_setup_plan(hass: HomeAssistant, entry: PlanConfigEntry) -> bool:
    """Set up a plan, and let the systems that are on it take it up."""
    try:
        check_data(entry.data)
        tariff = await async_tariff(hass, entry.data)
        plan = Plan(hass, entry, tariff)
    except PlanError as err:
        raise told(
            ConfigEntryError, "plan_unusable", name=entry.title, error=str(err)
        ) from err
    except OtherCurrencyError as err:
        raise told(
            ConfigEntryError,
            "plan_other_currency",
            name=entry.title,
            currency=err.currency,
            home=hass.config.currency,
        ) from err
    except UNREADABLE as err:
        raise _unusable(entry, err) from err
    await plan.async_load()
    plan.device_model = await async_text(hass, "config", "step.energy.data.plan", {})
    entry.runtime_data = plan
    try:
        plan.async_start()
        await hass.config_entries.async_forward_entry_setups(entry, plan.platforms)
    except BaseException:
        await plan.async_stop()
        raise
    SourceWatch(hass, entry).async_start()
    async_remove_left_over(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    _async_reload_systems_on(hass, entry)
    return True


async def _async_have_turn(hass: HomeAssistant, plan: ConfigEntry) -> None:
    """Set a plan up, unless it is by now, or was removed before it could be."""
    async with plan.setup_lock:
        is_there = hass.config_entries.async_get_entry(plan.entry_id) is plan
        if is_there and plan.state is not ConfigEntryState.LOADED:
            await plan.async_setup(hass)


@callback
def _async_plan_entry(hass: HomeAssistant, plan_id: str | None) -> ConfigEntry | None:
    """Return the entry of a plan, None where a system is on none or it is gone."""
    return None if plan_id is None else hass.config_entries.async_get_entry(plan_id)


@callback
def _async_loaded_plan(hass: HomeAssistant, plan_id: str | None) -> Plan | None:
    """Return a plan as it is now, None where it is not loaded."""
    found = _async_plan_entry(hass, plan_id)
    if found is None or found.state is not ConfigEntryState.LOADED:
        return None
    return cast("PlanConfigEntry", found).runtime_data


async def _async_plan_of(hass: HomeAssistant, plan_id: str | None) -> Plan | None:
    """Return the plan that a system is on, None where it is on none or it is gone."""
    found = _async_plan_entry(hass, plan_id)
    if (
        found is not None
        and found.state is not ConfigEntryState.LOADED
        and found.disabled_by is None
    ):
        # All entries are set up at once: it may not have had its turn.
        await _async_have_turn(hass, found)
    return _async_loaded_plan(hass, plan_id)


@callback
def _async_leave_other_plans(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Let the plans that a system is not on, or not any more, count it no longer."""
    now = dt_util.utcnow().timestamp()
    for other in hass.config_entries.async_loaded_entries(DOMAIN):
        if is_plan(other) and other.entry_id != entry.data.get(CONF_PLAN):
            other.runtime_data.detach(entry.entry_id, now)


@callback
def _async_tell_of_plan(
    hass: HomeAssistant, entry: ConfigEntry, plan_id: str | None
) -> None:
    """Tell if the plan that a system is on is gone, or disabled."""
    plan = _async_plan_entry(hass, plan_id)
    for issue, is_told in (
        (ISSUE_PLAN_MISSING, plan_id is not None and plan is None),
        (ISSUE_PLAN_DISABLED, plan is not None and plan.disabled_by is not None),
    ):
        if is_told:
            async_tell(hass, entry, issue, ir.IssueSeverity.ERROR)
        else:
            async_take_back(hass, entry, issue)


async def _async_setup_system(hass: HomeAssistant, entry: KlimaConfigEntry) -> bool:
    """Set up a system: its device, its zones, its meter."""
    # Before anything is read: what changes while it is set up must not be missed.
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    try:
        check_data(entry.data)
        config = SystemConfig.from_data(entry.data)
        price_source = await async_price_source(hass, config)
        plan = await _async_plan_of(hass, config.plan)
        system = System(hass, entry, config, price_source, plan)
    except UNREADABLE as err:
        raise _unusable(entry, err) from err
    check_wrapped_once(hass, entry)
    _async_leave_other_plans(hass, entry)
    await system.async_load()
    system.programmes = (await async_programmes(hass)).all
    system.zone_model = await async_text(
        hass, "config_subentries", "zone.entry_type", {}
    )
    entry.runtime_data = system
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=config.manufacturer,
        model=config.model,
    )
    system.device_id = device.id
    # What is known is worked out before entities are there: none shows a bill of
    # nothing, or that its source is unavailable, for a moment at each start.
    try:
        system.async_start()
        await hass.config_entries.async_forward_entry_setups(entry, system.platforms)
    except BaseException:
        await system.async_stop()
        raise
    if plan is not None or config.plan is None:
        # A plan that is gone, or cannot be used, may be mended or replaced.
        async_remove_left_over(hass, entry)
    for zone in system.zones.values():
        async_stand_in(hass, entry, zone)
    SourceWatch(hass, entry).async_start()
    _async_tell_of_plan(hass, entry, config.plan)
    async_compare_meters(hass)
    async_watch_past(hass, entry)
    async_watch_same_ids(hass, entry)
    if _async_loaded_plan(hass, config.plan) is not plan:
        # It was loaded anew meanwhile, which reloads only systems that are loaded.
        _async_reload_soon(hass, entry)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: KlimaConfigEntry | PlanConfigEntry
) -> bool:
    """Take a system or a plan down; what it counted is saved first."""
    platforms = entry.runtime_data.platforms
    if unloaded := await hass.config_entries.async_unload_platforms(entry, platforms):
        await entry.runtime_data.async_stop()
        if entry.disabled_by:
            async_take_all_back(hass, entry)
            if is_plan(entry):
                _async_reload_systems_on(hass, entry, is_gone=True)
            async_compare_meters(hass, without=entry)
            await async_hide_dashboard(hass, entry)
            async_step_back(hass, entry, entirely=True)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Leave nothing behind."""
    if (running := getattr(entry, "runtime_data", None)) is not None:
        # It would not unload: nobody else ends what it counts and commands.
        await running.async_stop()
    async_take_all_back(hass, entry)
    if is_plan(entry):
        _async_reload_systems_on(hass, entry)
    async_compare_meters(hass, without=entry)
    await async_remove_store(hass, entry.entry_id)
    await async_hide_dashboard(hass, entry)
    async_step_back(hass, entry, entirely=True)


async def _async_reload(hass: HomeAssistant, entry: KlimaConfigEntry) -> None:
    """Reload after the system or one of its zones was changed."""
    async_step_back(hass, entry)
    _async_reload_soon(hass, entry)
