"""What Home Assistant and HACS read of the integration: Home Assistant's rules for custom ones.

Home Assistant checks these with a script of its own that is in no package;
here the same rules are held, and those of its quality scale on translations.
"""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
import string
from typing import Any, cast

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import hass_frontend
from homeassistant.components import climate
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import selector
from homeassistant.loader import async_get_integration
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.klima.const import DOMAIN
from scripts import latin_american

from .translated import INTEGRATION, LANGUAGES, dashboard_texts, texts

REPOSITORY = Path(__file__).parents[1]

SCALE_OF = "melcloud_home/quality_scale.yaml"
"""An integration of Home Assistant's own whose file names all the rules that there are."""

FREE_TO_USE = {
    *(platform.value for platform in Platform),
    "automation",
    "diagnostics",
    "homeassistant",
    "http",
    "recorder",
    "repairs",
    "system_health",
    "websocket_api",
    "zone",
}
"""Components that may be imported with no word in the manifest: always there, or platforms."""

THE_SAME = {
    *("COP", "EER2", "HSPF2", "SCOP", "SEER", "SEER2", "UEF", "AFUE"),
    *("°C", "°F", "GJ", "kWh", "Therm", "Ontario", "Québec", "Tasmota IRHVAC", "Klima"),
    "{name}",
}
"""Figures, units and names that are the same in every language."""

THE_SAME_IN = {
    "de": {
        *("Auto", "Boost", "Eco", "Liter", "Name", "Payload", "Sensor", "System"),
        *("Topic", "Winter", "Zone"),
    },
    "es": {"Auto", "Eco", "Factor", "No", "Payload", "Sensor", "Topic", "Total"},
    "fr": {
        *("15 minutes", "30 minutes", "60 minutes", "Actions", "Applications", "Auto"),
        *("Boost", "Date", "Mode", "Modes", "Taxes", "Topic", "Total", "Type", "Zone"),
        "Zones",
    },
    "it": {"Boost", "Comfort", "Comfort in {name}", "Eco", "No", "Payload"},
}
"""Words that a language and English have in common, and both spell alike."""

NOT_SAID = {
    "de": r"\b(bitte|Ihre?|Ihnen)\b|leer:",
    "en": r"(?i:\b(please|click|handset|programme|colour|anew)\b|left (empty|out):)|\bChoose\b",
    "es": r"(?i:\b(por favor|usted|haz clic|clic|elija|seleccione|ingresa)\b)",
    "fr": r"(?i:\b(veuillez|thermopompe|fournaise|cliquez|tes|ton)\b|laissé vide)",
    "it": r"(?i:\b(si prega|per favore|clicca|dashboard|raffreddamento|vostr[oaie])\b|lasciato vuoto)",
}
"""Words of each language that Home Assistant's style guide, or its translations, do without."""

_KEY = re.compile(r"^[a-z0-9]+([_-][a-z0-9]+)*$")
_HTML = re.compile(r"<[a-z/!][^>]*>", re.IGNORECASE)
_URL = re.compile(r"(https?|mqtt|ftp)://|www\.", re.IGNORECASE)
_KELVIN = re.compile(r"\d\s?K\b")
_QUOTED = re.compile(r"'\{\w+\}'")


def load(name: str) -> dict[str, Any]:
    """Return one of the integration's JSON files."""
    return cast("dict[str, Any]", json.loads((INTEGRATION / name).read_text()))


def services() -> dict[str, Any]:
    """Return the description of the actions."""
    path = INTEGRATION / "services.yaml"
    return cast("dict[str, Any]", load_yaml_dict(str(path))) if path.exists() else {}


def placeholders(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the integration's modules."""
    for path in sorted(INTEGRATION.rglob("*.py")):
        yield path, ast.parse(path.read_text())


def test_the_manifest_says_all_that_it_must() -> None:
    """Its keys are those that there are, in their order, with values that are allowed."""
    manifest = load("manifest.json")
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert manifest["domain"] == DOMAIN == INTEGRATION.name
    assert manifest["integration_type"] in {"device", "hub", "service", "helper"}
    assert manifest["iot_class"] in {
        "assumed_state",
        "calculated",
        "cloud_polling",
        "cloud_push",
        "local_polling",
        "local_push",
    }
    assert manifest["config_flow"] is True
    assert manifest["codeowners"]
    assert all(re.match(r"^@[\w-]+$", owner) for owner in manifest["codeowners"])
    for key in ("documentation", "issue_tracker"):
        assert manifest[key].startswith("https://")
    version = AwesomeVersion(manifest["version"])
    assert version.strategy is AwesomeVersionStrategy.SEMVER
    for requirement in manifest.get("requirements", ()):
        assert "==" in requirement or ">=" in requirement


async def test_home_assistant_loads_it(hass: HomeAssistant) -> None:
    """Home Assistant finds the integration, and each that it names."""
    integration = await async_get_integration(hass, DOMAIN)
    assert not integration.is_built_in
    assert integration.has_translations
    for name in (*integration.dependencies, *integration.after_dependencies):
        assert (await async_get_integration(hass, name)).is_built_in


def test_what_is_imported_is_declared() -> None:
    """Code of another integration is used only where the manifest names it."""
    manifest = load("manifest.json")
    declared = {
        *FREE_TO_USE,
        *manifest.get("dependencies", ()),
        *manifest.get("after_dependencies", ()),
    }
    for path, module in sources():
        for node in ast.walk(module):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
                if node.module == "homeassistant.components":
                    names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                if name.startswith("homeassistant.components."):
                    assert name.split(".")[2] in declared, f"{path.name}: {name}"


def test_hacs_finds_what_it_needs() -> None:
    """HACS's file, the one integration, and the mark are where it looks for them."""
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    assert hacs["name"]
    assert re.match(r"^20\d\d\.\d+\.\d+$", hacs["homeassistant"])
    folders = [path for path in INTEGRATION.parent.iterdir() if path.is_dir()]
    assert [path.name for path in folders if path.name[0] not in "_."] == ["klima"]
    assert (REPOSITORY / "README.md").stat().st_size > 0
    for picture in ("icon.png", "icon@2x.png", "logo.png"):
        data = (INTEGRATION / "brand" / picture).read_bytes()
        assert data.startswith(b"\x89PNG\r\n")


def test_the_quality_scale_is_met() -> None:
    """Every rule is done, or exempt for a reason; the rules are Home Assistant's own."""
    rules = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))["rules"]
    known = load_yaml_dict(str(Path(climate.__file__).parents[1] / SCALE_OF))["rules"]
    assert rules.keys() == known.keys()
    for rule, met in rules.items():
        assert met == "done" or (met["status"] == "exempt" and met["comment"]), rule


def test_workflows_can_be_read() -> None:
    """Each is YAML with jobs, and the release packs the folder that HACS installs."""
    workflows = {
        path.stem: load_yaml_dict(str(path))
        for path in (REPOSITORY / ".github" / "workflows").iterdir()
    }
    assert workflows.keys() == {"release", "test", "validate"}
    for name, workflow in workflows.items():
        assert workflow["permissions"], name
        for job in workflow["jobs"].values():
            assert job["steps"], name
    for path in (REPOSITORY / ".github" / "ISSUE_TEMPLATE").iterdir():
        assert load_yaml_dict(str(path))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_home_assistants_rules(language: str) -> None:
    """No markup, no address, no stray space, no placeholder in quotes; keys are slugs."""
    for path, text in texts(load(f"translations/{language}.json")):
        assert text, path
        assert text == text.strip(), path
        assert not _HTML.search(text), path
        assert not _URL.search(text), path
        assert not _QUOTED.search(text), path
        assert all(name.isidentifier() for name in placeholders(text)), path
        assert all(_KEY.match(key) for key in path.split(".")), path


def texts_of(language: str, pattern: str) -> dict[str, str]:
    """Return the texts whose path has a pattern, by their path; there are some."""
    found = {
        path: text
        for path, text in texts(load(f"translations/{language}.json"))
        if re.search(pattern, path)
    }
    assert found
    return found


@pytest.mark.parametrize("language", [*LANGUAGES, "es-419"])
@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        # Home Assistant gives what a menu offers one line.
        ("menu_options", 38),
        # A tile over the whole width cuts off what is longer.
        (r"^entity\.sensor\.\w+\.state\.", 53),
        # What a section has room for beside "kW"; Home Assistant cuts none.
        (r"step\.equipment\.sections\.\w+\.data\.", 42),
    ],
    ids=["menu", "tile", "label"],
)
def test_texts_are_whole_on_a_phone(language: str, pattern: str, most: int) -> None:
    """Of 390 pixels."""
    said = texts_of(language, pattern)
    assert not {path: text for path, text in said.items() if len(text) > most}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_of_a_repair_has_one_line_on_a_phone(language: str) -> None:
    """A second would lie on what is below it: an entity id is too long, and said there."""
    titles = texts_of(language, r"fix_flow\.step\..*\.title$")
    assert not {
        path: text
        for path, text in titles.items()
        if len(text) > 30 or placeholders(text)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_keep_home_assistants_style(language: str) -> None:
    """They say "select", and what the forms of Home Assistant say for the rest."""
    said = dict(texts(load(f"translations/{language}.json")))
    said |= dashboard_texts()[language]
    # Kelvin is on no thermostat.
    assert not {path: text for path, text in said.items() if _KELVIN.search(text)}
    # The name of an entity is part of what automations use.
    del said["entity.sensor.programmes.name"]
    assert not {
        path: text for path, text in said.items() if re.search(NOT_SAID[language], text)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language: str) -> None:
    """Every text is there in every language, with the same placeholders."""
    english = dict(texts(load("translations/en.json")))
    other = dict(texts(load(f"translations/{language}.json")))
    assert other.keys() == english.keys()
    for path, text in english.items():
        assert placeholders(other[path]) == placeholders(text), path


def test_the_spanish_of_latin_america_says_what_spanish_says() -> None:
    """In the words of there; Home Assistant would show English otherwise."""
    kept = latin_american.LATIN_AMERICAN.read_text() == latin_american.file()
    assert kept, "run .venv/bin/python scripts/latin_american.py"


@pytest.mark.parametrize(
    ("spanish", "there"),
    [
        ("El mando a distancia", "El control remoto"),
        ("Un split sin conductos", "Un minisplit sin ductos"),
        ("Multisplit: 8,3 °C, 12 000 BTU/h", "Multisplit: 8.3 °C, 12,000 BTU/h"),
        ("Coste del contador", "Costo del medidor"),
        ("15, 30 o 60", "15, 30 o 60"),
    ],
)
def test_words_of_latin_america(spanish: str, there: str) -> None:
    assert latin_american.text(spanish) == there


def test_the_dashboard_speaks_every_language() -> None:
    """It has each language that the forms have, with all of the texts and their placeholders."""
    found = dashboard_texts()
    assert sorted(found) == LANGUAGES
    for language, other in found.items():
        assert other.keys() == found["en"].keys(), language
        for key, text in found["en"].items():
            assert placeholders(other[key]) == placeholders(text), f"{language}: {key}"


@pytest.mark.parametrize("language", sorted({*LANGUAGES} - {"en"}))
def test_no_text_is_left_in_english(language: str) -> None:
    """What a language says as English does is a word that the two have in common."""
    english = {**dict(texts(load("translations/en.json"))), **dashboard_texts()["en"]}
    other = {
        **dict(texts(load(f"translations/{language}.json"))),
        **dashboard_texts()[language],
    }
    alike = {text: path for path, text in english.items() if other[path] == text}
    own = THE_SAME_IN.get(language, set())
    assert not {
        text: path for text, path in alike.items() if text not in THE_SAME | own
    }
    # Nor does the list excuse what is not there.
    assert own <= alike.keys()


def test_every_field_has_a_label_and_a_line_of_help() -> None:
    """Of every form: the flows', the repairs' and their sections'."""

    def forms(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(node, dict):
            if isinstance(node.get("data"), dict):
                yield path, node
            for key, value in node.items():
                yield from forms(value, f"{path}.{key}")

    found = list(forms(load("translations/en.json")))
    assert found
    for path, form in found:
        assert form["data"].keys() == form.get("data_description", {}).keys(), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_row_has_a_label_and_a_line_of_help(language: str) -> None:
    """Home Assistant's own check refuses one without."""
    for key, selector_ in load(f"translations/{language}.json")["selector"].items():
        for field, text in selector_.get("fields", {}).items():
            assert text.keys() == {"name", "description"}, f"{key}.{field}"


def test_every_error_that_is_raised_is_translated() -> None:
    """With a text for its key, and a value for each placeholder in it."""
    exceptions = load("translations/en.json")["exceptions"]
    # Those that a thermostat refuses name its zone.
    raised = {"told": (1, set()), "refused": (0, set()), "_refused": (0, {"zone"})}
    used = set()
    for _, module in sources():
        for call in ast.walk(module):
            if not isinstance(call, ast.Call):
                continue
            name = ast.unparse(call.func).split(".")[-1]
            # Any other way to raise one would not be looked at here.
            assert "translation_placeholders" not in {k.arg for k in call.keywords} or (
                name in ("kind", "async_create_issue")
            ), ast.unparse(call)
            place, names = raised.get(name, (99, set[str]()))
            if len(call.args) > place and isinstance(
                given := call.args[place], ast.Constant
            ):
                key = str(given.value)
                used.add(key)
                assert key in exceptions, key
                named = names | {str(k.arg) for k in call.keywords}
                assert placeholders(exceptions[key]["message"]) <= named, key
    assert len(used) > 20


def test_icons_are_of_things_that_there_are() -> None:
    """Every icon is one that the frontend has, and belongs to what is there."""
    icons = load("icons.json")
    strings = load("translations/en.json")
    there = {
        f"mdi:{icon['name']}"
        for icon in json.loads(
            (hass_frontend.where() / "static/mdi/iconList.json").read_text()
        )
    }
    for path, icon in texts(icons):
        assert icon in there, path
    for source in (*INTEGRATION.glob("*.py"), *INTEGRATION.glob("frontend/*.js")):
        assert set(re.findall(r"mdi:[a-z0-9-]+", source.read_text())) <= there
    for kind in ("triggers", "conditions"):
        assert icons[kind].keys() == strings[kind].keys()
    for domain, entities in icons["entity"].items():
        for key in entities:
            assert key in strings["entity"][domain], f"{domain}.{key}"
    assert icons.get("services", {}).keys() == services().keys()


def test_actions_are_described() -> None:
    """Every action, and each of its fields, has a name and a line of help."""
    strings = load("translations/en.json")
    described = strings.get("services", {})
    assert described.keys() == services().keys()
    for action, description in services().items():
        assert described[action]["name"]
        assert described[action]["description"]
        fields: dict[str, Any] = {}
        for name, field in (description or {}).get("fields", {}).items():
            if "fields" in field:
                assert described[action]["sections"][name]["name"]
                fields |= field["fields"]
            else:
                fields[name] = field
        for name, field in fields.items():
            text = described[action]["fields"][name]
            assert text["name"]
            assert text["description"]
            if "selector" in field:
                selector.validate_selector(field["selector"])
        assert described[action].get("fields", {}).keys() == fields.keys()


def test_the_core_knows_nothing_of_home_assistant() -> None:
    """`core/` imports the standard library and itself, and names no other room."""
    core = INTEGRATION / "core"
    for path, module in sources():
        if core not in path.parents:
            continue
        depth = len(path.relative_to(core).parts)
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom):
                if node.level:
                    assert node.level <= depth, f"{path.name} reaches out of core/"
                    continue
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                root = name.split(".")[0]
                assert root not in {"homeassistant", "custom_components"}, (
                    f"{path.name} imports {name}"
                )
