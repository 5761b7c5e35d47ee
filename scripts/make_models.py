"""Make data/models/hplib.json of the heat-pump database that the hplib package carries.

    pip download --no-deps hplib==1.9 && scripts/make_models.py hplib-1.9-*.whl

hplib's databases are licensed CC BY 4.0 (its README), its code MIT: (c) 2021
Tjarko Tjaden, Hauke Hoops, RE-Lab-Projects. They were made of the public test
reports of the Heat Pump Keymark, by a regression for each model. What is kept
here are its figures at standard points: models whose figures are the same are
kept once. No figure is kept that physics forbids.
"""

import argparse
import csv
import io
import json
from pathlib import Path
import zipfile

VERSION = "1.9"
TARGET = Path(__file__).parents[1] / "custom_components/klima/data/models/hplib.json"
FAMILIES = {
    "Outdoor Air/Water": "ducted_air_source",
    "Brine/Water": "ground_source",
    "Water/Water": "water_source",
}
WATER = 35.0
"""°C of the water at which efficiency is told: a floor's."""

AIR_POINTS = {"cop_8": 8.3, "cop_minus_8": -8.3}
SOURCES = {"ground_source": 0.0, "water_source": 10.0}


def cop_at(row: dict[str, str], source: float, water: float, ambient: float) -> float:
    """Return the COP of hplib's regression at °C of source, water and outdoors."""
    p1, p2, p3, p4 = (float(row[f"p{i}_COP [-]"]) for i in range(1, 5))
    return p1 * source + p2 * water + p3 + p4 * ambient


def figures(row: dict[str, str]) -> dict[str, float] | None:
    """Return the ratings of a model, None for figures that cannot be."""
    family = FAMILIES[row["Type"]]
    if family in SOURCES:
        source = SOURCES[family]
        found = {"cop_8": cop_at(row, source, WATER, -7.0)}
    else:
        found = {
            field: cop_at(row, outdoor, WATER, outdoor)
            for field, outdoor in AIR_POINTS.items()
        }
    found = {field: round(cop, 2) for field, cop in found.items()}
    cops = list(found.values())
    if not all(1.2 < cop < 8.0 for cop in cops) or cops != sorted(cops, reverse=True):
        return None
    return found


def compact(rows: list[dict[str, str]]) -> dict[str, list[list[object]]]:
    """Return the models by maker: family, name, heating capacity, ratings."""
    makers: dict[str, list[list[object]]] = {}
    seen = set()
    for row in rows:
        maker, model = row["Manufacturer"].strip(), " ".join(row["Model"].split())
        if maker == "Generic" or (maker, model) in seen:
            continue
        if (found := figures(row)) is None:
            continue
        seen.add((maker, model))
        # The thermal output at -7 °C outdoors and 52 °C water, in W: measured.
        output = round(float(row["P_th_h_ref [W]"]) / 1000, 2)
        makers.setdefault(maker, []).append(
            [FAMILIES[row["Type"]], model, output, *found.values()]
        )
    return {maker: sorted(makers[maker], key=str) for maker in sorted(makers)}


def main() -> int:
    """Read the wheel and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    wheel = parser.parse_args().wheel
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("hplib/hplib_database_all.csv").decode()
    makers = compact(list(csv.DictReader(io.StringIO(text))))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(
        json.dumps(
            {
                "source": f"hplib {VERSION} (PyPI), hplib_database_all.csv",
                "credit": "Tjarko Tjaden, Hauke Hoops, Kai Rösken (2021): hplib, "
                "heat pump library, doi.org/10.5281/zenodo.5521597; from the "
                "public data of the Heat Pump Keymark, as of 2021-03-12",
                "license": "CC BY 4.0, creativecommons.org/licenses/by/4.0",
                "changes": "evaluated at 35 °C water; models with equal figures, "
                "and figures that physics forbids, left out",
                "columns": [
                    "family",
                    "model",
                    "kW at -7 °C and 52 °C water (source families: at 0 or 10 °C)",
                    "cop_8",
                    "cop_minus_8 (air only)",
                ],
                "makers": makers,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n",
        encoding="utf-8",
    )
    count = sum(map(len, makers.values()))
    print(f"{count} models of {len(makers)} makers, {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
