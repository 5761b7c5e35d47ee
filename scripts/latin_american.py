"""Write translations/es-419.json: the Spanish texts in the words of Latin America.

    .venv/bin/python scripts/latin_american.py

Home Assistant has a language of its own for it, and shows English there where it finds no
file. `tests/test_metadata.py` holds the file to `es.json`.
"""

import json
from pathlib import Path
import re
from typing import Any

TRANSLATIONS = (
    Path(__file__).parents[1] / "custom_components" / "klima" / "translations"
)
SPANISH = TRANSLATIONS / "es.json"
LATIN_AMERICAN = TRANSLATIONS / "es-419.json"

WORDS = (
    ("mando a distancia", "control remoto"),
    ("mando", "control"),
    ("coste", "costo"),
    ("contador", "medidor"),
    ("conducto", "ducto"),
    ("split", "minisplit"),
    ("añadir", "agregar"),
    ("añade", "agrega"),
    ("añadido", "agregado"),
    ("añadiera", "agregara"),
    ("añádelo", "agrégalo"),
)
"""Words that differ, and those for them, which have the same gender and the same plural."""

_FIGURES = ((r"(?<=\d),(?=\d)", "."), (r"(?<=\d) (?=\d{3}\b)", ","))
"""A decimal comma, and the space between thousands."""


def text(spanish: str) -> str:
    """Return a text as it is said in Latin America."""
    for old, new in WORDS:
        for was, becomes in ((old, new), (old.capitalize(), new.capitalize())):
            spanish = re.sub(rf"\b{was}(?=s?\b)", becomes, spanish)
    for pattern, becomes in _FIGURES:
        spanish = re.sub(pattern, becomes, spanish)
    return spanish


def file() -> str:
    """Return the file."""

    def said(node: dict[str, Any]) -> dict[str, Any]:
        return {
            key: text(value) if isinstance(value, str) else said(value)
            for key, value in node.items()
        }

    spanish = said(json.loads(SPANISH.read_text()))
    return json.dumps(spanish, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    LATIN_AMERICAN.write_text(file())
