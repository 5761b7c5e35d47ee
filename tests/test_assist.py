"""What Assist does with Klima's entities, by Home Assistant's own sentences."""

from homeassistant.components.climate import HVACMode
from homeassistant.components.conversation import async_converse
from homeassistant.components.homeassistant.exposed_entities import (
    async_expose_entity,
    async_should_expose,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.helpers.intent import IntentResponse, IntentResponseType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima import stand_in

from .blueprints import add_blueprint
from .common import (
    add_system,
    klima_device,
    set_up,
    state_of,
    system_entry,
    zones_entry,
)
from .units import FullWaterHeater, PlainClimate, async_add_units

CONVERSATION = "conversation"
OURS = "climate.plain_2"
UNIT = "climate.plain"


@pytest.fixture(autouse=True)
async def assist(hass: HomeAssistant) -> None:
    """Run Assist as every home does, with its own sentences."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, CONVERSATION, {})


async def bedroom(hass: HomeAssistant) -> tuple[MockConfigEntry, PlainClimate]:
    """Wrap a unit that stands in the bedroom, as a hurried user does."""
    unit = PlainClimate()
    await async_add_units(hass, unit)
    area = ar.async_get(hass).async_create("Bedroom")
    registered = er.async_get(hass).async_get(UNIT)
    assert registered is not None
    assert registered.device_id is not None
    dr.async_get(hass).async_update_device(registered.device_id, area_id=area.id)
    entry = await add_system(hass, UNIT, data={"price": 0.2})
    return entry, unit


async def say(hass: HomeAssistant, text: str, language: str = "en") -> IntentResponse:
    """Say a sentence to Assist; return what it answers."""
    result = await async_converse(hass, text, None, Context(), language=language)
    await hass.async_block_till_done()
    return result.response


def spoken(response: IntentResponse) -> str:
    """Return the words of an answer."""
    return str(response.speech["plain"]["speech"])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "set the bedroom temperature to 23"),
        ("en", "set the bedroom to 23 degrees"),
        ("de", "stelle die Temperatur von Bedroom auf 23 Grad"),
        ("es", "pon la temperatura de Bedroom a 23 grados"),
        ("fr", "règle la température de Bedroom à 23"),
        ("it", "imposta la temperatura in Bedroom a 23 gradi"),
    ],
)
async def test_a_room_is_set_by_voice(
    hass: HomeAssistant, language: str, text: str
) -> None:
    _, unit = await bedroom(hass)
    response = await say(hass, text, language)
    assert response.response_type is IntentResponseType.ACTION_DONE, spoken(response)
    assert unit.commands == [("set_temperature", {"temperature": 23.0})]


async def test_a_room_is_asked_by_voice(hass: HomeAssistant) -> None:
    await bedroom(hass)
    response = await say(hass, "what is the temperature in the bedroom")
    assert response.response_type is IntentResponseType.QUERY_ANSWER
    assert [state.entity_id for state in response.matched_states] == [OURS]


async def test_figures_are_asked_by_voice(hass: HomeAssistant) -> None:
    await bedroom(hass)
    for key in ("power", "cost_today", "energy"):
        async_expose_entity(hass, CONVERSATION, f"sensor.heat_pump_{key}", True)
    response = await say(hass, "what is the heat pump power")
    assert spoken(response) == "Heat pump power is 5 W"
    response = await say(hass, "what is the heat pump cost today")
    assert spoken(response).startswith("Heat pump cost today is 0.0")
    response = await say(hass, "what is the heat pump energy")
    assert spoken(response).startswith("Heat pump energy is 0.0")


async def test_the_blueprint_that_answers_what_it_costs(hass: HomeAssistant) -> None:
    await bedroom(hass)
    await add_blueprint(hass, "ask_cost.yaml", figure="sensor.heat_pump_cost_today")
    response = await say(hass, "how much did the heat pump cost today")
    assert spoken(response).startswith("The heat pump cost today: 0.0")
    assert spoken(response).endswith(hass.config.currency)
    hass.states.async_set("sensor.heat_pump_cost_today", "unavailable")
    response = await say(hass, "what has heat pump cost today")
    assert spoken(response) == "The heat pump cost today: unavailable"


def exposed(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether Assist may use an entity."""
    return async_should_expose(hass, CONVERSATION, entity_id)


def hidden(hass: HomeAssistant, entity_id: str) -> er.RegistryEntryHider | None:
    """Return who hides an entity."""
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    return entry.hidden_by


def assert_ours_stands_in(hass: HomeAssistant) -> None:
    """See that ours has the unit's place."""
    assert hidden(hass, UNIT) is er.RegistryEntryHider.INTEGRATION
    assert exposed(hass, OURS)
    assert not exposed(hass, UNIT)


async def remove_and_see_the_unit(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Remove ours, and see that the unit has its place again."""
    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert hidden(hass, UNIT) is None
    assert exposed(hass, UNIT)


async def test_the_unit_gets_its_place_back(hass: HomeAssistant) -> None:
    entry, _ = await bedroom(hass)
    assert_ours_stands_in(hass)
    await remove_and_see_the_unit(hass, entry)
    registered = er.async_get(hass).async_get(UNIT)
    assert registered is not None
    assert "klima" not in registered.options


async def test_a_home_assistant_with_other_assistants_has_ours_in_its_place(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may speak to which is private to Home Assistant, and may be kept in another way."""
    monkeypatch.setattr(stand_in, "_KNOWN", ())
    for name in ("async_expose_entity", "async_should_expose"):
        monkeypatch.delattr(stand_in, name)
    entry, _ = await bedroom(hass)
    assert hidden(hass, UNIT) is er.RegistryEntryHider.INTEGRATION
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert hidden(hass, UNIT) is None


async def test_what_the_user_chose_stands(hass: HomeAssistant) -> None:
    """What was hidden stays hidden; what is shown again is not hidden again."""
    heater, unit = FullWaterHeater(), PlainClimate()
    await async_add_units(hass, heater, unit)
    registry = er.async_get(hass)
    registry.async_update_entity(heater.entity_id, hidden_by=er.RegistryEntryHider.USER)
    async_expose_entity(hass, CONVERSATION, UNIT, False)
    entry = await add_system(hass, UNIT, heater.entity_id)
    assert not exposed(hass, OURS)
    registry.async_update_entity(UNIT, hidden_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hidden(hass, UNIT) is None
    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert hidden(hass, heater.entity_id) is er.RegistryEntryHider.USER
    assert not exposed(hass, UNIT)


async def test_a_zone_that_goes_and_a_system_that_is_disabled_step_back(
    hass: HomeAssistant,
) -> None:
    unit, other = PlainClimate(), PlainClimate()
    other._attr_unique_id = "other"
    other._attr_device_info = None
    other._attr_name = "Other"
    await async_add_units(hass, unit, other)
    entry = await add_system(hass, unit.entity_id, other.entity_id)
    by = er.RegistryEntryHider.INTEGRATION
    assert [hidden(hass, each.entity_id) for each in (unit, other)] == [by, by]
    zone = next(
        each
        for each in entry.subentries.values()
        if each.data["unit"] == other.entity_id
    )
    hass.config_entries.async_remove_subentry(entry, zone.subentry_id)
    await hass.async_block_till_done()
    assert [hidden(hass, each.entity_id) for each in (unit, other)] == [by, None]
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert hidden(hass, unit.entity_id) is None
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert hidden(hass, unit.entity_id) is by


async def enable_again(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Enable ours; Home Assistant then loads the entry anew, half a minute later."""
    er.async_get(hass).async_update_entity(OURS, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_a_room_keeps_a_thermostat_while_ours_is_disabled(
    hass: HomeAssistant,
) -> None:
    entry, unit = await bedroom(hass)
    registry = er.async_get(hass)
    registry.async_update_entity(OURS, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    for _ in range(2):
        assert hidden(hass, UNIT) is None
        assert exposed(hass, UNIT)
        # A start changes nothing of it.
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    response = await say(hass, "set the bedroom temperature to 23")
    assert response.response_type is IntentResponseType.ACTION_DONE, spoken(response)
    assert unit.commands == [("set_temperature", {"temperature": 23.0})]
    await enable_again(hass, entry)
    assert_ours_stands_in(hass)
    await remove_and_see_the_unit(hass, entry)


async def test_a_room_keeps_a_thermostat_when_ours_is_removed(
    hass: HomeAssistant,
) -> None:
    """Until the next start, which makes it again."""
    entry, _ = await bedroom(hass)
    er.async_get(hass).async_remove(OURS)
    await hass.async_block_till_done()
    assert hidden(hass, UNIT) is None
    assert exposed(hass, UNIT)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hidden(hass, UNIT) is er.RegistryEntryHider.INTEGRATION
    assert not exposed(hass, UNIT)


async def test_what_the_user_shows_or_hides_stands_when_ours_is_enabled_again(
    hass: HomeAssistant,
) -> None:
    entry, _ = await bedroom(hass)
    registry = er.async_get(hass)
    registry.async_update_entity(UNIT, hidden_by=None)
    async_expose_entity(hass, CONVERSATION, UNIT, True)
    for hider in (None, er.RegistryEntryHider.USER):
        registry.async_update_entity(OURS, disabled_by=er.RegistryEntryDisabler.USER)
        await hass.async_block_till_done()
        assert hidden(hass, UNIT) is None
        registry.async_update_entity(UNIT, hidden_by=hider)
        await enable_again(hass, entry)
        assert hidden(hass, UNIT) is hider
        assert exposed(hass, UNIT)


async def test_an_entity_that_is_disabled_from_the_first_takes_no_place(
    hass: HomeAssistant,
) -> None:
    """As in a home that disables all new entities of an integration."""
    unit = PlainClimate()
    await async_add_units(hass, unit)
    entry = system_entry(UNIT)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, pref_disable_new_entities=True)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    ours = er.async_get(hass).async_get(OURS)
    assert ours is not None
    assert ours.disabled
    assert hidden(hass, UNIT) is None
    assert exposed(hass, UNIT)


async def test_the_zone_goes_where_the_unit_is(hass: HomeAssistant) -> None:
    """Once: where the user puts it afterwards, it stays."""
    entry, _ = await bedroom(hass)
    devices = dr.async_get(hass)
    ours = er.async_get(hass).async_get(OURS)
    assert ours is not None
    assert ours.device_id is not None

    def area() -> str | None:
        device = devices.async_get(str(ours.device_id))
        return None if device is None else device.area_id

    assert area() == "bedroom"
    devices.async_update_device(ours.device_id, area_id=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert area() is None


async def test_ours_is_called_what_the_unit_was_and_found_by_its_labels(
    hass: HomeAssistant,
) -> None:
    """By its old name, by its aliases, and by the labels that automations use."""
    unit = PlainClimate()
    await async_add_units(hass, unit)
    registry, devices = er.async_get(hass), dr.async_get(hass)
    registered = registry.async_update_entity(
        UNIT, name="Bedroom cooler", aliases=[er.COMPUTED_NAME, "chiller"]
    )
    labels = {name: lr.async_get(hass).async_create(name).label_id for name in "ab"}
    registry.async_update_entity(UNIT, labels={labels["a"]})
    devices.async_update_device(str(registered.device_id), labels={labels["b"]})
    entry = await add_system(hass, UNIT)
    for number, text in enumerate(
        ("set chiller to 23 degrees", "set bedroom cooler to 22 degrees")
    ):
        response = await say(hass, text)
        assert response.response_type is IntentResponseType.ACTION_DONE, text
        assert unit.commands.pop() == ("set_temperature", {"temperature": 23 - number})
    for label in labels.values():
        await hass.services.async_call(
            "climate",
            "set_temperature",
            {"temperature": 21},
            target={"label_id": label},
            blocking=True,
        )
        assert unit.commands == [("set_temperature", {"temperature": 21})]
        unit.commands.clear()
    # Once: what the user changes later stands.
    registry.async_update_entity(OURS, aliases=[er.COMPUTED_NAME], labels=set())
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    ours, theirs = registry.async_get(OURS), registry.async_get(UNIT)
    assert ours is not None
    assert theirs is not None
    assert (ours.aliases, ours.labels) == ([er.COMPUTED_NAME], set())
    assert theirs.aliases == [er.COMPUTED_NAME, "chiller"]
    assert theirs.labels == {labels["a"]}


async def test_turning_off_all_in_a_room_leaves_how_it_is_controlled(
    hass: HomeAssistant,
) -> None:
    """Nor is the switch of its automation offered to assistants."""
    unit = PlainClimate(hvac_mode=HVACMode.HEAT)
    await async_add_units(hass, unit)
    den = {"driver": "entity", "unit": UNIT, "minimum_off": 0}
    entry = await set_up(hass, zones_entry([("Den", den)]))
    area = ar.async_get(hass).async_create("Bedroom")
    (zone_id,) = entry.subentries
    device = klima_device(hass, entry, zone_id)
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    switch = "switch.den_automation"
    assert state_of(hass, switch).state == "on"
    assert not exposed(hass, switch)
    await hass.services.async_call(
        "homeassistant", "turn_off", target={"area_id": area.id}, blocking=True
    )
    await hass.async_block_till_done()
    assert state_of(hass, "climate.den").state == "off"
    assert state_of(hass, switch).state == "on"
