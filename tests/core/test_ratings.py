"""Rated figures: what is refused, and what it says."""

import math

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.carnot import carnot_cooling, carnot_heating
from custom_components.klima.core.family import Family
from custom_components.klima.core.rating_faults import validate
from custom_components.klima.core.ratings import METRICS, Build, Ratings, convert


def faults(family: Family = Family.MINI_SPLIT, **figures: float) -> dict[str, str]:
    """Return the reasons of what is wrong, by field."""
    return {fault.field: fault.reason for fault in validate(family, Ratings(**figures))}


def test_a_real_data_sheet_passes() -> None:
    """So does one with nothing on it."""
    assert faults() == {}
    assert (
        faults(
            heating_capacity=3.5,
            cooling_capacity=3.5,
            cop_8=4.2,
            cop_minus_8=2.9,
            cop_minus_15=2.2,
            eer2=13.0,
            seer2=22.0,
            hspf2=10.5,
            minimum_outdoor_temperature=-25,
        )
        == {}
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("heating_capacity", 1e7),
        ("cooling_capacity", 0),
        ("cop_8", -1),
        ("cop_minus_15", 0.2),
        ("eer2", 2),
        # Europe's figures, without a unit, in the fields of North America's, and back.
        ("eer2", 4.2),
        ("hspf2", 4.6),
        ("scop", 9.5),
        ("seer2", 200),
        ("hspf2", 0),
        ("scop", 20),
        ("seer", 1),
        ("uef", 12),
        ("minimum_outdoor_temperature", -459),
        ("eer2", math.nan),
        ("cop_8", math.inf),
        ("cop_8", -math.inf),
    ],
)
def test_a_slip_of_the_keyboard_is_told(field: str, value: float) -> None:
    """The limits are in what is said, and lie the right way round."""
    (fault,) = validate(Family.MINI_SPLIT, Ratings.from_mapping({field: value}))
    assert (fault.field, fault.reason) == (field, "out_of_range")
    assert float(fault.placeholders["low"]) < float(fault.placeholders["high"])


def test_physics_ends_at_carnot() -> None:
    """21.1 °C from −15 °C: 294.25 K / 36.1 K."""
    assert carnot_heating(-15) == pytest.approx(294.25 / 36.1)
    assert faults(cop_minus_15=8.0) == {}
    (fault,) = validate(Family.MINI_SPLIT, Ratings(cop_minus_15=8.2))
    assert fault.reason == "above_carnot"
    assert fault.placeholders == {"limit": "8.2"}


def test_no_lift_has_no_limit() -> None:
    """What is as warm as the room needs no work."""
    assert carnot_heating(21.1) == math.inf
    assert carnot_heating(30) == math.inf


@pytest.mark.parametrize("family", [Family.GROUND_SOURCE, Family.WATER_SOURCE])
def test_the_air_does_not_limit_ground_and_water(family: Family) -> None:
    """They are warmer than the air that day."""
    assert faults(family, cop_minus_15=9) == {}


def test_cop_falls_in_the_cold() -> None:
    """A figure that rises is told at its field, with the one that it exceeds."""
    (fault,) = validate(Family.MINI_SPLIT, Ratings(cop_8=3, cop_minus_15=3.1))
    assert fault.field == "cop_minus_15"
    assert fault.reason == "rises_in_the_cold"
    assert fault.placeholders == {"outdoor": "8.3", "cop": "3"}
    assert faults(cop_8=3, cop_minus_8=3, cop_minus_15=3) == {}
    assert faults(cop_minus_8=2, cop_minus_15=2.5) == {
        "cop_minus_15": "rises_in_the_cold"
    }


def test_one_fault_a_field() -> None:
    """The first that is found says enough."""
    assert faults(cop_8=2, cop_minus_15=30) == {"cop_minus_15": "out_of_range"}


def test_reads_back_what_is_given() -> None:
    """Nothing missing is made up; an unknown field is an error."""
    given_figures = {"cop_8": 3.5, "uef": 3.2}
    assert Ratings.from_mapping(given_figures).as_dict() == given_figures
    with pytest.raises(TypeError):
        Ratings.from_mapping({"cop_at_noon": 1.0})


@given(
    st.sampled_from(list(Family)),
    st.dictionaries(
        st.sampled_from(list(Ratings.__dataclass_fields__)), st.floats(), max_size=12
    ),
)
@settings(max_examples=80, deadline=None)
def test_every_fault_is_at_a_field_that_was_given(
    family: Family, figures: dict[str, float]
) -> None:
    """Whatever is entered, there is an answer, and it points somewhere."""
    found = validate(family, Ratings.from_mapping(dict(figures)))
    assert {fault.field for fault in found} <= set(figures)
    assert len({fault.field for fault in found}) == len(found)


@pytest.mark.parametrize(
    ("figures", "field", "reason"),
    [
        ({"seer": 18.0}, "seer", "seer_is_north_american"),
        ({"seer2": 9.0, "hspf2": 16.0}, "seer2", "seer_is_hspf"),
        ({"seer2": 8.5}, "seer2", "seer_looks_like_hspf"),
        ({"seer2": 11.0, "eer2": 12.5}, "seer2", "season_below_peak"),
        ({"cop_8": 2.0, "hspf2": 14.0}, "hspf2", "season_beyond_cop"),
        ({"cop_8": 2.0, "scop": 4.5}, "scop", "season_beyond_cop"),
        ({"cop_8": 40.0}, "cop_8", "out_of_range"),
        ({"cop_8": 0.0}, "cop_8", "out_of_range"),
    ],
)
def test_mixed_up_and_contradictory_figures_are_told(
    figures: dict[str, float], field: str, reason: str
) -> None:
    """The guess is said; nothing is changed for the user."""
    (fault,) = validate(Family.MINI_SPLIT, Ratings(**figures))
    assert (fault.field, fault.reason) == (field, reason)
    assert reason == "out_of_range" or fault.placeholders["value"]


def test_a_capacity_in_another_unit_is_told_with_what_it_is_in_kw() -> None:
    """A nameplate has BTU/h or W: both are said, for either may be meant."""
    (fault,) = validate(Family.MINI_SPLIT, Ratings(heating_capacity=12_000))
    assert (fault.field, fault.reason) == ("heating_capacity", "capacity_not_kw")
    assert fault.placeholders == {"value": "12000", "btu": "3.5", "watts": "12.0"}


@pytest.mark.parametrize(
    ("value", "metric", "to", "build", "published"),
    [
        # 82 FR 1786: the standards before, and as translated to appendix M1.
        (14.0, "seer_us", "seer2", Build.DUCTED_SPLIT, 13.4),
        (15.0, "seer_us", "seer2", Build.DUCTED_SPLIT, 14.3),
        (14.0, "seer_us", "seer2", Build.PACKAGED, 13.4),
        (8.8, "hspf", "hspf2", Build.DUCTED_SPLIT, 7.5),
        (8.0, "hspf", "hspf2", Build.PACKAGED, 6.7),
        (12.0, "eer2", "cop", Build.DUCTLESS, 3.517),
    ],
)
def test_conversions_are_the_published_ones(
    value: float, metric: str, to: str, build: Build, published: float
) -> None:
    """Within 1 %, and back again."""
    converted = convert(value, metric, to, build)
    assert converted.value == pytest.approx(published, rel=0.01)
    assert (converted.metric, converted.source) == (to, metric)
    back = convert(converted.value, to, metric, build)
    assert back.value == pytest.approx(value)


def test_a_season_has_no_factor_to_a_cop() -> None:
    """Nor one climate's to another's."""
    for metric, to in (("hspf2", "cop"), ("scop", "hspf2"), ("seer", "seer2")):
        with pytest.raises(ValueError, match="no legitimate"):
            convert(3.0, metric, to, Build.DUCTLESS)


def test_every_metric_is_defined() -> None:
    """With a unit and a standard; and a sink below its source has no limit."""
    assert {"cop", "eer2", "seer2", "hspf2", "scop", "seer", "uef"} <= set(METRICS)
    assert all(metric.unit and metric.standard for metric in METRICS.values())
    assert carnot_cooling(35, 26.7) == pytest.approx(299.85 / 8.3)
    assert carnot_cooling(20, 26.7) == math.inf
