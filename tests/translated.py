"""The texts of each language, as tests read them: Home Assistant's, and the dashboard's own."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any, cast

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "klima"
LANGUAGES = sorted(
    path.stem
    for path in (INTEGRATION / "translations").iterdir()
    # A language of a region is made of another: scripts/latin_american.py.
    if "-" not in path.stem
)

_LANGUAGE = re.compile(r"^  (\w+): \{$(.*?)^  \},$", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"^    (\w+):", re.MULTILINE)
_TEXT = re.compile(r'^    (\w+):\s+("(?:[^"\\\n]|\\.)*"),$', re.MULTILINE)


def load(language: str) -> dict[str, Any]:
    """Return a language's translations for Home Assistant."""
    path = INTEGRATION / "translations" / f"{language}.json"
    return cast("dict[str, Any]", json.loads(path.read_text()))


def texts(node: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a translation with the path to it."""
    for key, value in node.items():
        here = f"{path}.{key}".removeprefix(".")
        if isinstance(value, str):
            yield here, value
        else:
            yield from texts(value, here)


def dashboard_texts() -> dict[str, dict[str, str]]:
    """Return the dashboard's own texts by language and key."""
    source = (INTEGRATION / "frontend" / "text.js").read_text()
    found = {}
    for language, block in _LANGUAGE.findall(source):
        pairs = _TEXT.findall(block)
        # None is left out for being written in another way than the others.
        assert [key for key, _ in pairs] == _KEY.findall(block), language
        found[language] = {key: json.loads(text) for key, text in pairs}
        assert len(found[language]) == len(pairs), f"{language}: a key is there twice"
    return found
