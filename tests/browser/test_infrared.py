"""A newcomer adds a unit with an infrared handset by clicking, and it obeys."""

from collections.abc import AsyncIterator
import json

from infrared_protocols.commands.gree_ac import GreeAcMode
from playwright.async_api import Locator, Page, TimeoutError as TooLateError, expect
import pytest

from tests.e2e.fixtures import infrared_room
from tests.e2e.home_assistant import HomeAssistant
from tests.simulator.infrared import Room

from .conftest import Screenshots

EMITTER = "infrared.blaster_emitter"

CODES = {
    "manufacturer": "Aurora",
    "supportedModels": ["AX-35"],
    "supportedController": "ESPHome",
    "commandsEncoding": "Raw",
    "minTemperature": 20,
    "maxTemperature": 22,
    "precision": 1,
    "operationModes": ["cool"],
    "fanModes": ["low"],
    "commands": {
        "off": "[900, -400, 100, -100, 100, -100, 100]",
        "cool": {
            "low": {
                "20": "[900, -400, 100, -300, 100, -100, 100]",
                "21": "nothing of a code",
                "22": "[900, -400, 100, -300, 100, -300, 100]",
            }
        },
    },
}
"""A code file with one bad cell."""


@pytest.fixture
async def room(home: HomeAssistant, broker_port: int) -> AsyncIterator[Room]:
    """Run the blaster and the unit."""
    async with infrared_room(home, broker_port, EMITTER) as room:
        yield room


async def pick(field: Locator, choice: Locator) -> None:
    """Open a field's list and choose of it.

    A list that is opened while its dialog still comes up closes by itself; it is then
    opened again, as somebody would.
    """
    for _ in range(3):
        try:
            await field.click(timeout=10_000)
            await choice.click(timeout=10_000)
        except TooLateError:
            continue
        return
    await field.click()
    await choice.click()


async def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a field in the open dialog."""
    field = page.locator("ha-selector-select").filter(has_text=label)
    await pick(
        field.locator("ha-picker-field, ha-select, ha-generic-picker").first,
        page.get_by_text(option, exact=True).last,
    )


async def test_an_infrared_unit_is_added_by_clicking(
    page: Page, home: HomeAssistant, room: Room, screenshots: Screenshots
) -> None:
    await page.goto("/config/integrations/dashboard/add?domain=klima")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("A unit with an infrared remote").click()
    await expect(page.get_by_text("Infrared is one-way")).to_be_visible()
    await screenshots.take("emitter")
    await page.get_by_role("button", name="Submit").click()

    await expect(page.get_by_text("The brand of the unit")).to_be_visible()
    await screenshots.take("brand")
    await choose(page, "Brand", "Gree")
    await screenshots.take("gree")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Select the Gree model")).to_be_visible()
    await screenshots.take("model")
    await page.get_by_role("button", name="Submit").click()

    await expect(page.get_by_text("Try it out")).to_be_visible()
    await screenshots.take("try-out")
    assert room.seen == []
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Did the unit respond?")).to_be_visible()
    assert [frame.mode for frame in room.seen] == [GreeAcMode.COOL]
    await page.get_by_text("It responded: check its other functions as well").click()
    await screenshots.take("answered")
    await page.get_by_role("button", name="Submit").click()
    for number in range(2, 6):
        await expect(page.get_by_text(f"Check {number} of 5")).to_be_visible()
        if number == 2:
            await screenshots.take("checklist")
        await page.get_by_role("button", name="Submit").click()
    assert room.state is not None and not room.state.power
    for title, what in (
        ("Equipment of Gree", "equipment"),
        ("Energy of Gree", "energy"),
        ("Name and assign", "done"),
    ):
        await expect(page.get_by_text(title).first).to_be_visible()
        await screenshots.take(what)
        if what != "done":
            await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Skip and finish").click()

    (entry,) = await home.client.entries("klima")
    await home.client.wait_for("climate.gree", "off")
    await home.client.call(
        "climate.set_temperature", "climate.gree", temperature=22, hvac_mode="heat"
    )
    await home.client.wait_for("climate.gree", "heat")
    await page.goto("/")
    # Nobody listens until the frontend is up.
    for _ in range(30):
        await page.evaluate(
            """() => document.querySelector("home-assistant").dispatchEvent(
                new CustomEvent("hass-more-info", {detail: {entityId: "climate.gree"}}))"""
        )
        if await page.locator("more-info-climate").count():
            break
        await page.wait_for_timeout(1000)
    await expect(page.locator("more-info-climate")).to_be_visible()
    await screenshots.take("thermostat")
    await home.client.delete(entry["entry_id"])


async def begin(page: Page, *, receiver: bool) -> None:
    """Open the flow up to the choice of a brand."""
    await page.goto("/config/integrations/dashboard/add?domain=klima")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("A unit with an infrared remote").click()
    await expect(page.get_by_text("Emitter and receiver")).to_be_visible()
    if receiver:
        picker = page.locator("ha-entity-picker").last
        await expect(picker).to_contain_text("Select an entity")
        # The field itself has the receiver's name above it, before the list is there.
        listed = page.locator("ha-picker-combo-box")
        await pick(picker, listed.get_by_text("Receiver", exact=True))
        await expect(picker).not_to_contain_text("Select an entity")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Select the brand", exact=True)).to_be_visible()


async def test_a_handset_is_identified_and_one_is_learned_by_clicking(
    page: Page, room: Room, screenshots: Screenshots
) -> None:
    submit = page.get_by_role("button", name="Submit")
    await begin(page, receiver=True)
    await choose(page, "Brand", "Identify with the remote control")
    await submit.click()
    await expect(page.get_by_text("Press a button", exact=True)).to_be_visible()
    await screenshots.take("identify")
    await submit.click()
    await expect(page.get_by_text("The receiver did not hear anything")).to_be_visible()
    room.press(mode=GreeAcMode.COOL, temperature=24)
    await page.wait_for_timeout(1000)
    await submit.click()
    await expect(page.get_by_text("Matching code sets")).to_be_visible()
    await screenshots.take("identified")

    await begin(page, receiver=True)
    await choose(page, "Brand", "Learn from the remote control")
    await submit.click()
    await expect(page.get_by_text("Remote control settings")).to_be_visible()
    await page.locator("ha-selector-text input").first.fill("Aurora")
    await screenshots.take("handset")
    await submit.click()
    await expect(page.get_by_text("Record OFF")).to_be_visible()
    await submit.click()
    await screenshots.take("nothing-heard")
    for _ in range(2):
        room.press(mode=GreeAcMode.COOL, temperature=24, power=False)
        await page.wait_for_timeout(700)
    await submit.click()
    await expect(page.get_by_text("Learned: 1")).to_be_visible()
    await screenshots.take("learned-one")


async def test_a_code_file_is_uploaded(
    page: Page, room: Room, screenshots: Screenshots
) -> None:
    submit = page.get_by_role("button", name="Submit")
    await begin(page, receiver=False)
    await choose(page, "Brand", "Other: use a code file")
    await submit.click()
    await expect(
        page.get_by_text("You can provide a SmartIR climate file")
    ).to_be_visible()

    async def upload(content: str) -> None:
        await page.locator("ha-file-upload input[type=file]").set_input_files(
            {
                "name": "1.json",
                "mimeType": "application/json",
                "buffer": content.encode(),
            }
        )
        await expect(page.get_by_text("1.json").first).to_be_visible()
        await submit.click()

    await upload(json.dumps(CODES)[:-1])
    await expect(page.locator("ha-alert, .error, [role=alert]").first).to_be_visible()
    await screenshots.take("broken")
    await upload(json.dumps(CODES))
    await expect(page.get_by_text("Contents of the file")).to_be_visible()
    await expect(page.get_by_text("3 of 4 codes can be used")).to_be_visible()
    await screenshots.take("report")
