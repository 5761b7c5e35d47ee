"""Rated figures of models, from open data that is shipped."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.klima.core.family import Family
from custom_components.klima.core.models import find_model, plain
from custom_components.klima.core.rating_faults import validate
from custom_components.klima.core.ratings import Ratings
from custom_components.klima.models import PATH

from .forms import start, submit
from .units import FullClimate, async_add_units

UNIT = "climate.living_room"
DATA = json.loads(PATH.read_text(encoding="utf-8"))
MAKERS: dict[str, list[list[Any]]] = DATA["makers"]


def test_the_data_says_what_it_is() -> None:
    """Its source, its licence and what was changed travel with it."""
    assert "CC BY 4.0" in DATA["license"]
    assert "hplib 1.9" in DATA["source"]
    assert "doi.org" in DATA["credit"]
    assert sum(map(len, MAKERS.values())) > 3000
    assert PATH.stat().st_size < 250_000


def test_no_figure_of_it_breaks_physics() -> None:
    """Each would pass the flow's own refusals."""
    for maker, rows in MAKERS.items():
        for row in rows:
            model = find_model({maker: [row]}, Family(row[0]), maker, row[1])
            if model is None:
                assert len(plain(row[1])) < 5
                continue
            assert not validate(
                Family(row[0]), Ratings.from_mapping(dict(model.ratings))
            ), row


@pytest.mark.parametrize(
    ("manufacturer", "model", "found"),
    [
        ("Daikin", "ERGA06EV / EHVX08S18E9W", True),
        ("DAIKIN Europe N.V.", "erga06ev/ehvx08s18e9w", True),
        ("Daikin", "ERGA", False),
        ("Panasonic", "ERGA06EV / EHVX08S18E9W", False),
        ("", "ERGA06EV / EHVX08S18E9W", False),
        ("Daikin", "NO-SUCH-MODEL", False),
    ],
)
def test_names_are_read_as_people_write_them(
    manufacturer: str, model: str, *, found: bool
) -> None:
    """And what is not sure is nothing."""
    result = find_model(MAKERS, Family.DUCTED_AIR_SOURCE, manufacturer, model)
    assert (result is not None) is found
    if result:
        assert set(result.ratings) == {"heating_capacity", "cop_8", "cop_minus_8"}


def test_models_that_differ_are_none() -> None:
    """A name that fits two machines tells neither; two alike are one."""
    rows = [
        ["ground_source", "GEO12345-A", 8.0, 4.0],
        ["ground_source", "GEO12345-B", 8.0, 5.0],
        ["ground_source", "GEO99999-A", 8.0, 4.0],
        ["ground_source", "GEO99999-B", 8.0, 4.1],
    ]
    makers = {"Aurora": rows}
    assert find_model(makers, Family.GROUND_SOURCE, "Aurora", "GEO12345") is None
    assert find_model(makers, Family.WATER_SOURCE, "Aurora", "GEO99999") is None
    model = find_model(makers, Family.GROUND_SOURCE, "Aurora", "GEO99999")
    assert model is not None
    assert model.ratings == {"heating_capacity": 8.0, "cop_8": 4.1}


async def test_the_flow_looks_a_model_up(hass: HomeAssistant) -> None:
    """The user's own figures win, and the source is told."""
    await async_add_units(hass, FullClimate())
    equipment = {
        "family": "ducted_air_source",
        "manufacturer": "Daikin",
        "model": "ERGA06EV / EHVX08S18E9W",
        "ratings": {"cop_8": 4.4},
    }
    result = await submit(hass, await start(hass), {"unit": UNIT})
    result = await submit(hass, result, equipment)
    result = await submit(hass, result, {})
    entry = result["result"]
    assert entry.data["ratings"] == {"cop_8": 4.4}
    attributes = hass.states.get("sensor.living_room_heat_pump_type").attributes
    assert attributes["rated_cop"]["8.3"] == 4.4
    assert attributes["rated_cop"]["-8.3"] == entry.data["model_ratings"]["cop_minus_8"]
    assert attributes["heating_capacity"] > 5
    assert attributes["ratings_source"].startswith("hplib")
    assert attributes["cop_basis"] == "rated"


async def test_data_that_contradicts_the_user_is_left_alone(
    hass: HomeAssistant,
) -> None:
    """A COP of 1.5 at 8.3 °C is below the data's in the cold."""
    await async_add_units(hass, FullClimate())
    result = await submit(hass, await start(hass), {"unit": UNIT})
    result = await submit(
        hass,
        result,
        {
            "family": "ducted_air_source",
            "manufacturer": "Daikin",
            "model": "ERGA06EV / EHVX08S18E9W",
            "ratings": {"cop_8": 1.5},
        },
    )
    result = await submit(hass, result, {})
    assert "model_ratings" not in result["result"].data
