"""The heat of a system by its model, minute by minute."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.klima.core.activity import COMPRESSOR_ACTIVITIES, Activity
from custom_components.klima.core.carnot import carnot_cooling, carnot_heating
from custom_components.klima.core.energy import JOULES_PER_KWH, Delta, Source
from custom_components.klima.core.estimate import indoor_of
from custom_components.klima.core.family import Family
from custom_components.klima.core.heat import HeatMeter
from custom_components.klima.core.heat_account import Conditions, HeatAccount
from custom_components.klima.core.metering import Coverage
from custom_components.klima.core.performance import performance
from custom_components.klima.core.ratings import Ratings

T0 = 1_790_000_000.0
MODEL = performance(Family.MINI_SPLIT, Ratings())

type Minute = tuple[Activity, float, float, float | None]
"""What a system does in a minute, its W, the °C outdoors, the price of a kWh."""

MINUTES = st.lists(
    st.tuples(
        st.sampled_from(
            [Activity.HEATING, Activity.COOLING, Activity.IDLE, Activity.OFF]
        ),
        st.floats(0, 3000),
        st.floats(-30, 45),
        st.sampled_from([None, 0.1, 0.3]),
    ),
    min_size=1,
    max_size=40,
)


def begun(duct_loss: float = 0.0) -> HeatAccount:
    """Return the account of a mini-split without a heat meter."""
    return HeatAccount(
        MODEL, None, now=T0, period=T0, duct_loss=duct_loss, shows_power=False
    )


def live(account: HeatAccount, at: float, minute: Minute) -> None:
    """Let a minute pass that ends at a time."""
    activity, watts, outdoor, price = minute
    kwh = watts * 60 / JOULES_PER_KWH
    account.count(
        Delta(
            at - 60,
            at,
            kwh,
            Source.POWER,
            heating_kwh=kwh if activity is Activity.HEATING else 0.0,
            cooling_kwh=kwh if activity is Activity.COOLING else 0.0,
        )
    )
    account.settle(
        at,
        Conditions(
            activity=activity,
            room=None,
            outdoor=outdoor,
            reported=outdoor,
            power=watts,
            price=price,
            electricity=Coverage(at),
        ),
    )


def test_a_season_that_only_rested_has_no_cop() -> None:
    """Its standby makes no heat: that is no COP of zero, as a fault would be."""
    account = begun()
    for number in range(1, 61):
        live(account, T0 + 60 * number, (Activity.OFF, 200.0, 10.0, 0.1))
    assert account.season.amounts.electricity == pytest.approx(0.2)
    assert account.seasonal_cop is None
    live(account, T0 + 3660, (Activity.HEATING, 800.0, 10.0, 0.1))
    assert account.seasonal_cop is not None


@given(MINUTES)
def test_nothing_is_lost_and_no_cop_is_beyond_physics(minutes: list[Minute]) -> None:
    """All electricity is told of, heat only grows, and a COP is below Carnot's."""
    account, used, heat = begun(), 0.0, 0.0
    for number, minute in enumerate(minutes, 1):
        activity, watts, outdoor, _ = minute
        live(account, T0 + 60 * number, minute)
        used += watts * 60 / JOULES_PER_KWH
        assert account.lifetime.electricity == pytest.approx(used)
        assert account.lifetime.heat >= heat
        heat = account.lifetime.heat
        assert (account.cop is None) or activity in COMPRESSOR_ACTIVITIES
        if account.cop is not None:
            indoor = indoor_of(activity, None)
            carnot = carnot_cooling if activity is Activity.COOLING else carnot_heating
            assert 0 < account.cop <= carnot(outdoor, indoor)
        if activity is Activity.COOLING and account.output is not None:
            assert account.output <= 0
    for tally in (account.season, account.period):
        assert tally.amounts == account.lifetime
        priced = tally.cost_heating + tally.cost_cooling
        assert priced <= 0.3 * used + 1e-9


@given(MINUTES, st.integers(0, 40))
def test_a_restart_changes_nothing(minutes: list[Minute], restart: int) -> None:
    """What was kept, as JSON, goes on as if there had been no restart."""
    through, cut = begun(), begun()
    for number, minute in enumerate(minutes, 1):
        at = T0 + 60 * number
        if number == restart:
            kept = json.loads(json.dumps(cut.as_dict()))
            cut = begun()
            cut.restore(kept, is_same_counter=True, is_same_power=True)
        live(through, at, minute)
        live(cut, at, minute)
    assert cut.as_dict() == through.as_dict()
    assert (cut.output, cut.cop, cut.expected_cop) == (
        through.output,
        through.cop,
        through.expected_cop,
    )


@given(MINUTES, st.floats(0.05, 0.4))
def test_ducts_lose_their_share_of_all_heat(
    minutes: list[Minute], duct_loss: float
) -> None:
    """And nothing of the electricity."""
    without, ducted = begun(), begun(duct_loss)
    for number, minute in enumerate(minutes, 1):
        live(without, T0 + 60 * number, minute)
        live(ducted, T0 + 60 * number, minute)
    assert ducted.lifetime.heat == pytest.approx(
        (1 - duct_loss) * without.lifetime.heat, abs=1e-9
    )
    assert ducted.lifetime.electricity == without.lifetime.electricity


def test_what_cannot_be_read_leaves_it_as_it_was() -> None:
    """All of what was kept is taken up, or nothing of it."""
    account = begun()
    live(account, T0 + 60, (Activity.HEATING, 1000.0, 5.0, 0.2))
    kept = account.as_dict()
    fresh = begun()
    before = fresh.as_dict()
    with pytest.raises(ValueError, match="nan"):
        fresh.restore(
            {**kept, "season": {**kept["season"], "since": "nan"}},
            is_same_counter=True,
            is_same_power=True,
        )
    assert fresh.as_dict() == before


@pytest.mark.parametrize("watts", [400.0, 900.0, 1600.0])
@pytest.mark.parametrize("factor", [0.4, 1.0, 2.5])
def test_a_larger_unit_is_expected_to_do_what_its_model_says(
    watts: float, factor: float
) -> None:
    """A calibrated estimate says that it is larger, and not that its COP is another."""
    account = begun()
    account.factor = factor
    live(account, T0 + 60, (Activity.HEATING, watts * factor, 2.0, None))
    plain = begun()
    live(plain, T0 + 60, (Activity.HEATING, watts, 2.0, None))
    assert account.cop == pytest.approx(plain.cop)
    assert account.expected_cop == pytest.approx(plain.expected_cop)


def test_heat_that_defrost_takes_is_no_cop() -> None:
    """Its meter tells less than nothing, while the unit says that it heats."""
    meter = HeatMeter(has_counter=False, has_power=True, most=10_000)
    account = HeatAccount(
        MODEL, meter, now=T0, period=T0, duct_loss=0.0, shows_power=True
    )
    meter.change_activity(T0, Activity.HEATING)
    meter.read_power(T0, 3000.0)
    live(account, T0 + 60, (Activity.HEATING, 1000.0, 2.0, None))
    assert account.cop == 3.0
    meter.read_power(T0 + 60, -2000.0)
    live(account, T0 + 120, (Activity.HEATING, 1000.0, 2.0, None))
    assert account.output == -2000.0
    assert account.cop is None
    assert account.expected_cop is not None


@pytest.mark.parametrize(
    ("outdoor", "heat", "cop"),
    [
        # 21 °C and -10 °C: no machine has more than 9.5.
        (-10.0, 9000.0, 9.0),
        (-10.0, 10_000.0, None),
        (10.0, 10_000.0, 10.0),
        (20.0, 21_000.0, None),
    ],
)
def test_a_meter_that_slipped_shows_no_cop(
    outdoor: float, heat: float, cop: float | None
) -> None:
    """A COP that physics does not allow is a fault of one of two meters."""
    meter = HeatMeter(has_counter=False, has_power=True, most=100_000)
    account = HeatAccount(
        MODEL, meter, now=T0, period=T0, duct_loss=0.0, shows_power=True
    )
    meter.change_activity(T0, Activity.HEATING)
    meter.read_power(T0, heat)
    live(account, T0 + 60, (Activity.HEATING, 1000.0, outdoor, None))
    assert account.cop == cop
