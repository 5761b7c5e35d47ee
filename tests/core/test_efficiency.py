"""Heat, seasons, savings, programmes, calibration and decline: pure and bounded."""

from datetime import date
import json
import math

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.calibration import (
    Calibration,
    CalibrationError,
    calibrate,
    cop_uncertainty,
    heat_uncertainty,
    power_uncertainty,
)
from custom_components.klima.core.decline import Decline
from custom_components.klima.core.energy import Delta, Source
from custom_components.klima.core.family import Family
from custom_components.klima.core.heat import Amounts, HeatMeter, Pending
from custom_components.klima.core.metering import LEAST_KEPT
from custom_components.klima.core.outdoor import SUN_HOLD, SunFilter, normal_temperature
from custom_components.klima.core.performance import performance
from custom_components.klima.core.provenance import Provenance
from custom_components.klima.core.ratings import Ratings
from custom_components.klima.core.rebates import (
    Programme,
    Result,
    Status,
    counted,
    judge,
    judge_all,
    unit_of,
)
from custom_components.klima.core.savings import (
    FUELS,
    Assumptions,
    FuelUnit,
    Reference,
    assumptions_used,
    compare,
    fuel_kwh,
)
from custom_components.klima.core.season import AVERAGE_CLIMATE, REGION_IV, seasonal_cop
from custom_components.klima.programmes import PATH

T0 = 1_790_000_000.0


# Heat


def meter(**sources: bool) -> HeatMeter:
    """Return a heat meter of a system that moves up to 5 kW."""
    wanted = {"has_counter": False, "has_power": False, **sources}
    return HeatMeter(most=5000, **wanted)


def test_a_thermal_power_is_counted() -> None:
    """4 kW for half an hour are 2 kWh of heating."""
    heat = meter(has_power=True)
    heat.change_activity(T0, Activity.HEATING)
    total = 0.0
    for minute in range(31):
        delta = heat.read_power(T0 + 60 * minute, 4000)
        if delta:
            total += delta.heating_kwh
    assert total == pytest.approx(2.0)
    assert heat.watts == 4000
    assert heat.available


def test_defrost_is_paid_back() -> None:
    """Heat taken from the room is a debt; the count never falls."""
    heat = meter(has_power=True)
    heat.change_activity(T0, Activity.HEATING)
    total, at = 0.0, T0
    for watts in [3600.0] * 60 + [-1200.0] * 10 + [3600.0] * 60:
        at += 60
        if delta := heat.read_power(at, watts):
            assert delta.kwh >= 0
            total += delta.kwh
    # The last sample was not held yet: 119 min of 3.6 kW less 10 min of 1.2 kW.
    assert total == pytest.approx(119 * 0.06 - 10 * 0.02, rel=1e-6)


def look(heat: HeatMeter, start: float, minutes: int) -> float:
    """Let a heat meter be looked at each minute; return what it counted."""
    total = 0.0
    for minute in range(1, minutes + 1):
        if delta := heat.advance(start + 60 * minute):
            total += delta.kwh
        heat.see(start + 60 * minute)
    return total


def killed(heat: HeatMeter) -> HeatMeter:
    """Return the heat meter that comes back from what was kept of one."""
    back = meter(has_power=True)
    back.restore(json.loads(json.dumps(heat.as_dict(), allow_nan=False)))
    return back


def test_a_kill_loses_no_heat_that_was_held() -> None:
    """An hour of a silent heat meter counts once it speaks again, and only once."""
    heat = meter(has_power=True)
    heat.change_activity(T0, Activity.HEATING)
    heat.read_power(T0, 4000)
    before = look(heat, T0, 60)
    back = killed(killed(heat))
    assert back.read_power(T0 + 7200, None) is None
    delta = back.read_power(T0 + 7200, 3900)
    assert delta is not None
    assert before + delta.heating_kwh == pytest.approx(4.0)
    assert delta.end == T0 + 3600
    assert killed(back).read_power(T0 + 7260, 3900) is None


def test_a_kill_forgets_no_debt_that_was_held() -> None:
    """A defrost that nobody spoke of again is paid as it would have been."""
    heat = meter(has_power=True)
    heat.change_activity(T0, Activity.HEATING)
    heat.read_power(T0, -1200)
    assert look(heat, T0, 10) == 0
    back = killed(heat)
    back.change_activity(T0 + 600, Activity.HEATING)
    back.read_power(T0 + 600, 3600)
    delta = back.read_power(T0 + 1800, 3600)
    assert delta is not None
    assert delta.kwh == pytest.approx(1.2 - 0.2)
    # And not twice in the one that lived on.
    heat.read_power(T0 + 600, 3600)
    delta = heat.read_power(T0 + 1800, 3600)
    assert delta is not None
    assert delta.kwh == pytest.approx(1.2 - 0.2)


def test_another_heat_meter_knows_nothing_of_what_was_held() -> None:
    """What the last one held is its own."""
    heat = meter(has_power=True)
    heat.read_power(T0, 4000)
    look(heat, T0, 60)
    back = killed(heat)
    back.forget_held()
    assert back.read_power(T0 + 3600, 4000) is None
    assert back.cover(T0 + 3600).missed == ((0.0, T0 + 3600),)


@given(
    st.lists(
        st.tuples(
            st.floats(1, 9000),
            st.one_of(
                st.none(), st.floats(-2000, 5000), st.sampled_from([0.0, 4000.0])
            ),
            st.sampled_from(list(Activity)),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 600),
    st.floats(0, 90_000),
    st.one_of(st.floats(-2000, 5000), st.just(0.0)),
)
@example(
    # One that repeats itself, and then tells of a little that is taken back.
    samples=[(1.0, 0.0, Activity.OFF)] * 3 + [(1.0, -1.0, Activity.PREHEATING)],
    silent=361,
    down=0.0,
    watts=0.0,
)
@settings(max_examples=150, deadline=None)
def test_heat_never_falls_and_a_kill_costs_a_minute_at_most(
    samples: list[tuple[float, float | None, Activity]],
    silent: int,
    down: float,
    watts: float,
) -> None:
    """One that is killed counts what one that stopped at the last look does.

    Never more, less only by what is not worth a write, and it owes the same.
    """
    heat, at, total = meter(has_power=True), T0, Amounts()

    def count(delta: Delta | None) -> Amounts:
        if delta is None:
            return Amounts()
        assert min(delta.kwh, delta.heating_kwh, delta.cooling_kwh) >= 0
        return Amounts(delta.kwh, delta.heating_kwh, delta.cooling_kwh)

    def live(seconds: float) -> Amounts:
        counted = Amounts()
        for minute in range(1, int(seconds // 60) + 1):
            counted += count(heat.advance(at + 60 * minute))
            heat.see(at + 60 * minute)
        return counted

    for step, told, activity in samples:
        total += live(step)
        at += step
        total += count(heat.change_activity(at, activity))
        total += count(heat.read_power(at, told))
    total += live(60 * silent)
    last = at + 60 * silent
    back = killed(heat)
    back_total = total + count(back.change_activity(last + down, Activity.OFF))
    back_total += count(back.read_power(last + down, watts))
    total += count(heat.close(last))
    assert back_total.heating <= total.heating + 1e-9
    for mine, truth in zip(
        (back_total.heating, back_total.cooling, back_total.electricity),
        (total.heating, total.cooling, total.electricity),
        strict=True,
    ):
        assert truth - 2 * LEAST_KEPT - 1e-9 <= mine <= truth + 2 * LEAST_KEPT + 1e-9
    owes, owed = back.as_dict()["debt"], heat.as_dict()["debt"]
    assert owes == pytest.approx(owed, abs=2 * LEAST_KEPT)


@pytest.mark.parametrize("watts", [3000, -3000])
def test_cooling_has_any_sign(watts: float) -> None:
    """Meters differ in what they call positive."""
    heat = meter(has_power=True)
    heat.change_activity(T0, Activity.COOLING)
    heat.read_power(T0, watts)
    delta = heat.read_power(T0 + 60, watts)
    assert delta is not None
    assert delta.cooling_kwh == pytest.approx(0.05)


def test_a_sign_is_read_again_when_the_system_turns() -> None:
    """A constant figure that came before the unit said that it cools."""
    heat = meter(has_power=True)
    heat.read_power(T0, -2000)
    heat.change_activity(T0 + 1, Activity.COOLING)
    heat.change_activity(T0 + 2, Activity.HEATING)
    heat.change_activity(T0 + 3, Activity.COOLING)
    heat.read_power(T0 + 3, -2000)
    delta = heat.read_power(T0 + 63, -2000)
    assert delta is not None
    assert delta.cooling_kwh == pytest.approx(2000 * 60 / 3.6e6, rel=0.05)


@pytest.mark.parametrize("watts", [float("nan"), float("inf"), 9000, -9000])
def test_absurd_heat_is_refused(watts: float) -> None:
    """It is no reading, and it counts for nothing."""
    heat = meter(has_power=True)
    heat.change_activity(T0, Activity.HEATING)
    heat.read_power(T0, watts)
    assert heat.refused == 1
    assert heat.watts is None
    assert not heat.available
    assert heat.advance(T0 + 60) is None


HEAT_READINGS = st.lists(
    st.tuples(
        st.floats(0, 1800),
        st.none() | st.floats(-6000, 9000),
        st.sampled_from(list(Activity)),
    ),
    max_size=40,
)


@given(HEAT_READINGS)
@settings(max_examples=150, deadline=None)
def test_heat_only_grows(
    readings: list[tuple[float, float | None, Activity]],
) -> None:
    """Whatever a meter tells, in whatever order; and never more than it may."""
    heat, at, total = meter(has_power=True), T0, 0.0
    for seconds, watts, activity in readings:
        at += seconds
        for delta in (
            heat.change_activity(at, activity),
            heat.read_power(at, watts),
            heat.advance(at),
        ):
            if delta is not None:
                assert delta.kwh >= 0
                assert delta.heating_kwh >= 0
                assert delta.cooling_kwh >= 0
                total += delta.kwh
    assert total <= 1.5 * 5.0 * (at - T0) / 3600 + 1e-6


def test_a_counter_of_heat_wins() -> None:
    """A power beside it is shown, and not counted again."""
    heat = meter(has_power=True, has_counter=True)
    heat.change_activity(T0, Activity.HEATING)
    assert heat.read_counter(T0, 1000) is None
    assert heat.read_power(T0, 3000) is None
    assert heat.read_power(T0 + 900, 3000) is None
    # The counter makes up for a power that is gone.
    assert heat.read_power(T0 + 900, None) is None
    assert heat.available
    delta = heat.read_counter(T0 + 900, 1000.75)
    assert delta is not None
    assert delta.kwh == pytest.approx(0.75)
    restored = meter(has_power=True, has_counter=True)
    restored.restore(json.loads(json.dumps(heat.as_dict())))
    delta = restored.read_counter(T0 + 1800, 1001.5)
    assert delta is not None
    assert delta.kwh == pytest.approx(0.75)
    restored.forget_counter()
    assert restored.read_counter(T0 + 2700, 2000) is None


def test_pending_electricity_remembers_how_long() -> None:
    """The time that something was used for goes with it."""
    pending = Pending()
    pending.count(Delta(T0, T0 + 600, 0.2, Source.POWER, 0.15, 0.05))
    pending.count(Delta(T0, T0 + 600, 0.0, Source.POWER))
    taken = pending.take()
    assert taken.heating_seconds == pytest.approx(450)
    assert taken.cooling_seconds == pytest.approx(150)
    assert pending == Pending()


def test_amounts_add_up_and_come_back() -> None:
    """What cannot be an amount is refused."""
    amounts = Amounts(3.0, 1.0, 1.0) + Amounts(electricity=1.0)
    assert (amounts.heat, amounts.cop) == (4.0, 2.0)
    assert Amounts(1.0).cop is None
    assert Amounts.from_dict(amounts.as_dict()) == amounts
    with pytest.raises(ValueError):
        Amounts.from_dict(amounts.as_dict() | {"heating": -1})


# Outdoors


def test_the_sun_on_a_sensor_is_not_believed() -> None:
    """A spike is held off; a rise that stays for hours is taken."""
    sun = SunFilter()
    assert sun.read(T0, 2.0) == 2.0
    assert sun.read(T0 + 300, 37.0) == 2.0
    assert sun.read(T0 + 600, 38.0) == 2.0
    assert sun.read(T0 + 700, 4.0) == 4.0
    assert sun.read(T0 + 800, 35.0) == 4.0
    assert sun.read(T0 + 800 + SUN_HOLD, 35.0) == 35.0
    # A fall needs no sun, and a sensor that was silent for long had its time.
    assert sun.read(T0 + 2000, -15.0) == -15.0
    assert sun.read(T0 + 2001, 8.3) == 8.3
    assert sun.read(T0 + 40_000, 35.0) == 35.0
    assert sun.read(T0 + 40_100, 85.0) is None
    assert sun.read(T0 + 40_200, None) is None
    assert sun.read(T0 + 40_300, 40.0) == 40.0


JANUARY = 1_769_000_000.0
JULY = 1_784_700_000.0


@pytest.mark.parametrize(
    ("latitude", "winter", "summer"),
    [
        (45.5, (-16, 6), (12, 30)),
        (60, (-30, -5), (5, 25)),
        (-34, (15, 35), (0, 20)),
        (0, (22, 34), (22, 34)),
    ],
)
def test_climate_normals_are_of_the_season(
    latitude: float, winter: tuple[float, float], summer: tuple[float, float]
) -> None:
    """Rough, and on the right side of the equator."""
    assert winter[0] < normal_temperature(latitude, JANUARY) < winter[1]
    assert summer[0] < normal_temperature(latitude, JULY) < summer[1]


# Seasons


def test_seasons_are_whole() -> None:
    """Region IV's shares make one; Europe's average climate has 4910 hours."""
    assert sum(REGION_IV.values()) == pytest.approx(1, abs=0.001)
    assert sum(AVERAGE_CLIMATE.values()) == 4910
    assert seasonal_cop("scop", lambda outdoor, load: 3.0) == pytest.approx(3.0)


@pytest.mark.parametrize(
    "ratings", [Ratings(hspf2=12), Ratings(scop=4.9), Ratings(hspf2=7)]
)
def test_a_seasonal_rating_moves_a_typical_curve(ratings: Ratings) -> None:
    """It stays typical, and its season is the rated one."""
    model = performance(Family.MINI_SPLIT, ratings)
    typical = performance(Family.MINI_SPLIT, Ratings())
    metric = "scop" if ratings.scop else "hspf2"
    rated = ratings.scop or (ratings.hspf2 or 0) / 3.412142
    season = seasonal_cop(
        metric,
        lambda outdoor, load: model.cop(Activity.HEATING, outdoor, 21.1, load=load),
    )
    assert season == pytest.approx(rated, rel=0.03)
    assert model.cop_basis == "typical"
    assert (model.rated_cop > typical.rated_cop) is (ratings.hspf2 != 7)


# Savings

HEATED = Amounts(
    heating=300, cooling=60, electricity=120, electricity_heating=100,
    electricity_cooling=20,
)  # fmt: skip


def test_savings_against_resistance() -> None:
    """300 kWh of heat would have cost three times the electricity."""
    found = compare(Reference.RESISTANCE, HEATED, 10.0, Assumptions(grid_co2=0.4))
    assert found.kwh == 300
    assert found.saved_kwh == 200
    assert found.saved_cost == pytest.approx(20.0)
    assert found.saved_co2 == pytest.approx(80)


@pytest.mark.parametrize("reference", FUELS)
def test_savings_against_a_furnace(reference: Reference) -> None:
    """Its fuel is paid at its price, and burnt at its efficiency."""
    assumed = Assumptions(fuel_price=0.10, afue=0.9, grid_co2=0.03)
    found = compare(reference, HEATED, 12.0, assumed)
    assert found.kwh == pytest.approx(300 / 0.9)
    assert found.saved_cost == pytest.approx(300 / 0.9 * 0.10 - 12.0)
    assert found.co2 is not None
    assert 50 < found.co2 < 90
    assert found.saved_co2 == pytest.approx(found.co2 - 3.0)
    used = assumptions_used(reference, Assumptions())
    assert (used["afue"], used["afue_basis"]) == (0.8, "typical")
    unknown = compare(reference, HEATED, 12.0, Assumptions())
    assert unknown.cost is unknown.saved_cost is unknown.saved_co2 is None


def test_savings_against_ducts() -> None:
    """The same machine behind ducts moves a fifth more for the same."""
    found = compare(Reference.DUCTED_HEAT_PUMP, HEATED, 24.0, Assumptions())
    assert found.kwh == pytest.approx(120 / 0.8)
    assert found.saved_cost == pytest.approx(6.0)
    assert assumptions_used(Reference.DUCTED_HEAT_PUMP, Assumptions()) == {
        "duct_loss": 0.2
    }
    none = compare(
        Reference.DUCTED_HEAT_PUMP, HEATED, 24.0, Assumptions(own_duct_loss=0.2)
    )
    assert none.saved_cost == pytest.approx(0)


def test_without_a_price_there_is_no_money() -> None:
    """Energy is told all the same."""
    found = compare(Reference.RESISTANCE, HEATED, None, Assumptions())
    assert found.saved_kwh == 200
    assert found.cost is found.saved_cost is None


def test_of_nothing_nothing_is_saved() -> None:
    """In summer, or as a period begins: that is no figure that is not known."""
    for reference in (Reference.RESISTANCE, Reference.DUCTED_HEAT_PUMP):
        found = compare(reference, Amounts(), 0.0, Assumptions())
        assert (found.cost, found.saved_cost) == (0, 0)
    # What electricity cost that made heat is not known of heat without any.
    heat = Amounts(heating=3)
    assert compare(Reference.RESISTANCE, heat, 0.0, Assumptions()).cost is None


@pytest.mark.parametrize(
    ("reference", "unit", "kwh"),
    [
        (Reference.GAS, FuelUnit.KWH, 1),
        (Reference.GAS, FuelUnit.THERM, 29.307),
        (Reference.GAS, FuelUnit.CUBIC_METRE, 10.73),
        (Reference.GAS, FuelUnit.GIGAJOULE, 277.78),
        (Reference.GAS, FuelUnit.LITRE, None),
        (Reference.OIL, FuelUnit.LITRE, 10.72),
        (Reference.OIL, FuelUnit.US_GALLON, 40.59),
        (Reference.OIL, FuelUnit.CUBIC_METRE, None),
        (Reference.PROPANE, FuelUnit.LITRE, 7.08),
        (Reference.PROPANE, FuelUnit.US_GALLON, 26.8),
    ],
)
def test_fuels_have_their_heat(
    reference: Reference, unit: FuelUnit, kwh: float | None
) -> None:
    """None is where a fuel is not sold so."""
    assert fuel_kwh(reference, unit) == pytest.approx(kwh, rel=1e-3)


# Programmes

DATA = json.loads(PATH.read_text(encoding="utf-8"))
ALL = [Programme.from_dict(programme) for programme in DATA["programmes"]]
DAY = date(2026, 11, 25)


def programme(id_: str) -> Programme:
    """Return a programme by its id."""
    return next(programme for programme in ALL if programme.id == id_)


def test_the_data_file_is_whole() -> None:
    """Ids are unique, sources are named, metrics are ratings, nothing is undated."""
    assert len({programme.id for programme in ALL}) == len(ALL) >= 15
    for found in ALL:
        assert found.sources
        assert found.families
        assert found.as_of <= date.fromisoformat(DATA["compiled"])
        for path in found.paths:
            for threshold in path:
                assert threshold.metric in Ratings.__dataclass_fields__
                assert unit_of(threshold.metric)
                assert (threshold.minimum is None) != (threshold.maximum is None)


def test_25c_ended_with_2025() -> None:
    """It stays, as closed; what ended does not get old."""
    credit = programme("us_25c")
    assert credit.status_on(DAY) is Status.CLOSED
    assert credit.status_on(date(2030, 1, 1)) is Status.CLOSED
    assert not credit.is_old(date(2030, 1, 1))


def test_a_good_unit_meets_25c_s_figures() -> None:
    """And is not counted, for it is closed."""
    good = Ratings(seer2=20, eer2=12, hspf2=10, cop_minus_15=2.1)
    verdict = judge(programme("us_25c"), Family.MINI_SPLIT, good)
    assert verdict.result is Result.MEETS
    assert counted([verdict], DAY) == []
    ductless = judge(programme("us_nh_nhsaves_ductless"), Family.MINI_SPLIT, good)
    assert counted([ductless], DAY) == [ductless]
    assert ductless.programme.is_old(DAY)
    assert not ductless.programme.is_old(date(2023, 6, 1))


def test_tells_by_how_much_and_what_is_missing() -> None:
    """Of the path that comes nearest."""
    verdict = judge(
        programme("us_25c"),
        Family.MINI_SPLIT,
        Ratings(seer2=15, eer2=10.5, hspf2=9, cop_minus_15=1.8),
    )
    assert verdict.result is Result.FALLS_SHORT
    assert verdict.short == {"seer2": 1.0}
    lacking = judge(programme("us_25c"), Family.DUCTED_AIR_SOURCE, Ratings(seer2=17))
    assert lacking.result is Result.LACKS_FIGURE
    assert set(lacking.lacking) == {"eer2", "hspf2", "cop_minus_15"}
    too_big = judge(
        programme("gb_boiler_upgrade_scheme"),
        Family.GROUND_SOURCE,
        Ratings(heating_capacity=50),
    )
    assert too_big.short == {"heating_capacity": 5.0}


def test_a_list_is_not_judged_and_another_type_not_told() -> None:
    """Nothing is claimed that figures cannot tell."""
    listed = judge(programme("us_ma_mass_save"), Family.MINI_SPLIT, Ratings())
    assert listed.result is Result.NOT_JUDGED
    canada = judge_all(ALL, Family.MINI_SPLIT, Ratings(), "CA")
    assert {verdict.programme.country for verdict in canada} == {"CA"}
    assert judge_all(ALL, Family.AIR_CONDITIONER, Ratings(), "CA") == []
    assert len(judge_all(ALL, Family.MINI_SPLIT, Ratings(), None)) > len(canada)
    assert judge_all(ALL, Family.MINI_SPLIT, Ratings(), "ZZ") == []


RATINGS = st.builds(
    Ratings,
    seer2=st.none() | st.floats(5, 40),
    eer2=st.none() | st.floats(5, 20),
    hspf2=st.none() | st.floats(4, 15),
    cop_minus_15=st.none() | st.floats(1, 4),
    heating_capacity=st.none() | st.floats(1, 90),
    cooling_capacity=st.none() | st.floats(1, 20),
)


@given(st.sampled_from(ALL), st.sampled_from(list(Family)), RATINGS)
@settings(max_examples=200, deadline=None)
def test_every_verdict_says_why(
    found: Programme, family: Family, ratings: Ratings
) -> None:
    """Short means by something, lacking means of something, and never both hidden."""
    verdict = judge(found, family, ratings)
    assert (verdict.result is Result.FALLS_SHORT) is bool(verdict.short)
    if verdict.result is Result.LACKS_FIGURE:
        assert verdict.lacking
    if verdict.result is Result.MEETS:
        assert not verdict.lacking
    assert all(by >= 0 for by in verdict.short.values())


# Calibration


def test_calibration_makes_the_estimate_true() -> None:
    """Twice over, it does not change any more."""
    first = calibrate(Calibration(), 120, 100, T0)
    assert first.factor == pytest.approx(1.2)
    second = calibrate(first, 120, 120, T0)
    assert second.factor == pytest.approx(1.2)


def test_a_period_before_a_calibration_is_not_corrected_twice() -> None:
    """Whoever mistyped the figure gives the right one for the same period."""
    hours = {T0: 60.0, T0 + 3600: 40.0}
    typo = calibrate(Calibration(), 150, Calibration().as_now(hours), T0 + 7200)
    assert typo.factor == pytest.approx(1.5)
    mended = calibrate(typo, 120, typo.as_now(hours), T0 + 7300)
    assert mended.factor == pytest.approx(1.2)
    # What was counted since has that factor already.
    later = {T0 + 3600: 40.0, T0 + 7200: 72.0, T0 + 10_800: 48.0}
    assert mended.as_now(later) == pytest.approx(48 + 72 * 1.2 / 1.5 + 48)


@pytest.mark.parametrize(
    ("true", "estimated", "reason"),
    [
        (10, 0.1, "too_little_estimated"),
        (10, 1, "not_the_same"),
        (1, 10, "not_the_same"),
    ],
)
def test_what_cannot_calibrate_is_told(
    true: float, estimated: float, reason: str
) -> None:
    """A reason that is translated."""
    with pytest.raises(CalibrationError) as found:
        calibrate(Calibration(), true, estimated, T0)
    assert found.value.reason == reason


def test_uncertainty_shrinks_with_what_is_known() -> None:
    """Metered, calibrated, rated, typical."""
    known = [
        power_uncertainty(metered=True, calibrated=False, rated=False),
        power_uncertainty(metered=False, calibrated=True, rated=False),
        power_uncertainty(metered=False, calibrated=False, rated=True),
        power_uncertainty(metered=False, calibrated=False, rated=False),
    ]
    assert known == sorted(set(known))
    assert cop_uncertainty(rated=True) < cop_uncertainty(rated=False)
    for rated in (True, False):
        # Cooling at part load is the weak side, and is told so.
        assert cop_uncertainty(rated=rated, cooling=True) > cop_uncertainty(rated=rated)
    tank = cop_uncertainty(rated=False, heats_tank=True)
    assert cop_uncertainty(rated=False) < tank
    assert cop_uncertainty(rated=True, heats_tank=True) < tank
    assert heat_uncertainty(0.3, 0.4) == 0.5


@pytest.mark.parametrize("energy", [True, False])
def test_the_heat_of_the_moment_is_as_sure_as_its_power(energy: bool) -> None:
    """A counter of heat, or of electricity, makes no power of the moment surer."""
    known = Provenance(
        power=False,
        energy=energy,
        heat=True,
        heat_output=False,
        is_calibrated=False,
        is_rated=True,
        is_cop_rated=True,
        is_cooling=False,
        heats_tank=False,
    )
    assert (known.heat_basis, known.heat_uncertainty) == ("metered", None)
    assert known.heat_output_basis == "estimated"
    assert known.heat_output_uncertainty == round(100 * math.hypot(0.6, 0.2))
    assert known._replace(power=True).heat_output_uncertainty == 20
    assert known._replace(heat_output=True).heat_output_uncertainty is None


# Decline


def day(decline: Decline, ratio: float, electricity: float = 10) -> None:
    """Let a day pass that reaches a share of what is expected."""
    decline.count(electricity, electricity * 3 * ratio, 3.0)
    decline.close_day()


def test_a_drop_must_last() -> None:
    """Three days of it are told, with figures; one good day ends it."""
    decline = Decline()
    for _ in range(6):
        day(decline, 1.0)
    day(decline, 0.6)
    day(decline, 0.6)
    assert decline.drop is None
    day(decline, 0.05, electricity=0.1)
    assert decline.drop is None
    day(decline, 0.6)
    assert decline.drop is not None
    assert decline.drop.cop == pytest.approx(1.8)
    assert decline.drop.expected == pytest.approx(3.0)
    assert decline.drop.share == pytest.approx(0.4)
    again = Decline.from_dict(json.loads(json.dumps(decline.as_dict())))
    assert again.drop == decline.drop
    day(again, 0.8)
    assert again.drop is not None
    day(again, 0.95)
    assert again.drop is None


def test_a_system_is_compared_with_itself() -> None:
    """One that never reached its model does not drop; then it does."""
    decline = Decline()
    day(decline, 0.8)
    for _ in range(9):
        day(decline, 0.8)
    assert decline.drop is None
    for _ in range(3):
        day(decline, 0.55)
    assert decline.drop is not None
    assert decline.drop.expected == pytest.approx(2.4)
