"""The meter: what it counts, what it refuses, and what it never does."""

from collections.abc import Callable
import json
import math
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.counter import COUNTER_SLACK, DIP_ACCEPTED_AFTER
from custom_components.klima.core.energy import Source
from custom_components.klima.core.metering import LEAST_KEPT, Meter
from custom_components.klima.core.power import LONGEST_HOLD, MINIMUM_HOLD, SPARSE_HOLD

HOUR = 3600.0
T0 = 1_790_000_000.0


def of_power(nameplate: float = 15_000.0) -> Meter:
    """Return a meter of power samples."""
    return Meter(has_counter=False, has_power=True, nameplate=nameplate)


def of_counter(*, power: bool = False, nameplate: float = 15_000.0) -> Meter:
    """Return a meter of a counter."""
    return Meter(has_counter=True, has_power=power, nameplate=nameplate)


def feed(meter: Meter, *readings: tuple[float, float | None]) -> float:
    """Feed power samples, each at hours from the start; return the total in kWh."""
    for hours, watts in readings:
        meter.read_power(T0 + hours * HOUR, watts)
    return meter.totals.energy


def count(meter: Meter, *readings: float | None, every: float = HOUR) -> float:
    """Feed a counter's readings, one an hour; return the total in kWh."""
    for index, kwh in enumerate(readings):
        meter.read_counter(T0 + index * every, kwh)
    return meter.totals.energy


def polled(
    hours: float, watts: float | None, start: float = 0.0, every: float = 60.0
) -> list[tuple[float, float | None]]:
    """Return samples of a constant power, polled."""
    return [
        (start + index * every / HOUR, watts) for index in range(int(hours * 60) + 1)
    ]


class TestPower:
    """Power samples: held as steps, for as long as their source is believed."""

    def test_a_step_is_no_ramp(self) -> None:
        """0 W for 8 h, then 1000 W for 1 h, told only on change, are 1 kWh."""
        assert feed(of_power(), (0, 0), (8, 1000), (9, 0), (10, 0)) == pytest.approx(1)

    @pytest.mark.parametrize("every", [10.0, 60.0])
    def test_polls_are_summed(self, every: float) -> None:
        """A polled power is its sum."""
        meter = of_power()
        for index in range(int(HOUR / every) + 1):
            meter.read_power(T0 + index * every, 1500.0)
        assert meter.totals.energy == pytest.approx(1.5)

    def test_an_outage_loses_only_itself(self) -> None:
        """The hour before an outage counts; the outage does not."""
        total = feed(
            of_power(),
            *polled(1, 1000),
            (1.0, None),
            *polled(1, 1000, start=3),
        )
        assert total == pytest.approx(2)

    def test_an_outage_of_a_source_on_change(self) -> None:
        """What it held up to the outage counts, what it held in it does not."""
        assert feed(
            of_power(), (0, 1000), (1, None), (3, 1000), (4, 0)
        ) == pytest.approx(2)

    def test_a_silently_dead_source_stops_counting(self) -> None:
        """A regular source that falls silent is not believed for long."""
        meter = of_power()
        feed(meter, *polled(1, 1000))
        meter.advance(T0 + 11 * HOUR)
        assert meter.totals.energy == pytest.approx(1 + 180 * 1000 / 3.6e6)
        # Nor is it believed afterwards, when it speaks again.
        meter.read_power(T0 + 12 * HOUR, 1000)
        assert meter.totals.energy == pytest.approx(1 + 180 * 1000 / 3.6e6)

    def test_a_source_that_never_repeats_itself_and_dies(self) -> None:
        """Its steady reports show that it speaks at intervals; a short burst does not."""
        meter, burst = of_power(), of_power()
        noisy = [(at, 1000 + index % 7) for index, (at, _) in enumerate(polled(1, 0))]
        before = feed(meter, *noisy)
        meter.read_power(T0 + 2 * HOUR, 1001)
        assert meter.totals.energy - before == pytest.approx(180 * 1004 / 3.6e6)
        before = feed(burst, *((second / HOUR, 900 + second) for second in range(101)))
        burst.read_power(T0 + 100 + HOUR, 0)
        assert burst.totals.energy - before == pytest.approx(1)

    def test_a_clock_that_is_set_makes_no_burst_steady(self) -> None:
        """The hour by which it is put forward is no hour of even reports."""
        meter = of_power()
        before = feed(meter, *((second / HOUR, 900 + second) for second in range(101)))
        meter.set_clock(3600.0)
        meter.read_power(T0 + 100 + 2 * HOUR, 0)
        assert meter.totals.energy - before == pytest.approx(1)

    def test_a_source_on_change_is_believed_for_two_hours(self) -> None:
        """Its silence says that nothing changed; but not for ever."""
        assert feed(of_power(), (0, 1000), (10, 0)) == pytest.approx(SPARSE_HOLD / HOUR)

    def test_a_unit_may_rest_for_a_day(self) -> None:
        """A plug on change says nothing of a standby that stays; a compressor's is no rest."""
        assert feed(of_power(), (0, 4), (10, 900)) == pytest.approx(0.04)
        assert feed(of_power(), (0, 4), (10, None)) == pytest.approx(0.04)
        assert feed(of_power(), (0, 4), (72, 900)) == pytest.approx(0.096)
        assert feed(of_power(), (0, 21), (10, 900)) == pytest.approx(0.042)

    def test_a_polled_source_that_dies_at_rest(self) -> None:
        """Silence of one that reports at intervals is no rest."""
        meter = of_power()
        before = feed(meter, *polled(1, 4))
        meter.read_power(T0 + 10 * HOUR, 4)
        assert meter.totals.energy - before == pytest.approx(180 * 4 / 3.6e6)

    def test_a_source_on_change_holds_while_its_device_speaks(self) -> None:
        """It is counted as it goes, however long it changes nothing."""
        meter = of_power()
        meter.read_power(T0, 1000)
        for minute in range(1, 301):
            meter.hear(T0 + 60 * minute)
            meter.advance(T0 + 60 * minute)
        assert meter.totals.energy == pytest.approx(5)
        # With the device it falls silent.
        meter.advance(T0 + 100 * HOUR)
        assert meter.totals.energy == pytest.approx(5 + MINIMUM_HOLD / 3600)

    def test_a_burst_that_ends_in_a_long_constant(self) -> None:
        """Steady reports for minutes, and then none, of a device that still speaks."""
        meter = of_power()
        feed(meter, *((10 * index / HOUR, 1000 + index) for index in range(61)))
        before = meter.totals.energy
        for second in range(610, 841, 10):
            meter.hear(T0 + second)
        meter.read_power(T0 + 840, 500)
        assert meter.totals.energy - before == pytest.approx(240 * 1060 / 3.6e6)

    def test_a_polled_source_is_not_kept_alive_by_its_device(self) -> None:
        """It would have said the same again: it is not well."""
        meter = of_power()
        before = feed(meter, *polled(1, 1000))
        for minute in range(61, 121):
            meter.hear(T0 + 60 * minute)
        meter.advance(T0 + 2 * HOUR)
        assert meter.totals.energy - before == pytest.approx(180 * 1000 / 3.6e6)

    def test_a_power_that_does_not_turn_with_the_compressor_is_stuck(self) -> None:
        """Its device may speak of all else: what it told is not what it draws."""
        stuck, well = of_power(), of_power()
        for meter in (stuck, well):
            meter.change_activity(T0, Activity.HEATING)
            meter.read_power(T0, 1000)
            for minute in range(1, 121):
                if minute == 60:
                    meter.change_activity(T0 + HOUR, Activity.IDLE)
                    if meter is well:
                        meter.read_power(T0 + HOUR + 10, 5)
                meter.hear(T0 + 60 * minute)
                meter.advance(T0 + 60 * minute)
        assert stuck.totals.energy == pytest.approx(1, abs=0.02)
        assert well.totals.energy == pytest.approx(1.005, abs=0.005)

    def test_no_power_is_vouched_for_beyond_a_day(self) -> None:
        """A compressor that changes nothing for so long is none."""
        meter = of_power()
        meter.read_power(T0, 1000)
        for minute in range(1, 48 * 60):
            meter.hear(T0 + 60 * minute)
            meter.advance(T0 + 60 * minute)
        assert meter.totals.energy == pytest.approx(24, abs=0.02)

    @pytest.mark.parametrize("reading", [math.nan, 1e6])
    def test_what_is_no_power_is_not_kept_alive(self, reading: float) -> None:
        """Until it tells one again: what it last told may be over."""
        meter = of_power()
        meter.read_power(T0, 1000)
        meter.read_power(T0 + 30, reading)
        for minute in range(1, 61):
            meter.hear(T0 + 60 * minute)
            meter.advance(T0 + 60 * minute)
        assert meter.totals.energy == pytest.approx(MINIMUM_HOLD / 3600)
        meter.read_power(T0 + HOUR, 1000)
        before = meter.totals.energy
        meter.hear(T0 + HOUR + 600)
        meter.advance(T0 + HOUR + 600)
        assert meter.totals.energy - before == pytest.approx(1 / 6)

    def test_knows_of_which_time_energy_may_still_come(self) -> None:
        """Prices are kept for it: of a power on change, and of a counter."""
        meter, counter = of_power(), of_counter()
        assert meter.waits_since(T0) == T0
        meter.read_power(T0, 1000)
        meter.advance(T0 + HOUR)
        assert meter.waits_since(T0 + HOUR) == T0 + MINIMUM_HOLD
        assert meter.waits_since(T0 + 100 * HOUR) == T0 + 76 * HOUR
        meter.read_power(T0 + HOUR, None)
        assert meter.waits_since(T0 + 2 * HOUR) == T0 + 2 * HOUR
        counter.read_counter(T0, 5.0)
        assert counter.waits_since(T0 + HOUR) == T0

    def test_rare_reports_do_not_teach_long_silences(self) -> None:
        """However seldom a source speaks, its power is not held for days."""
        meter = of_power()
        before = feed(meter, (0, 1000), (10, 1000), (20, 1000))
        meter.advance(T0 + 100 * HOUR)
        assert meter.totals.energy - before <= SPARSE_HOLD / HOUR

    def test_a_first_sample_holds_a_minute_unless_confirmed(self) -> None:
        """Time alone gives a new source no more than the minimum."""
        meter = of_power()
        meter.read_power(T0, 3600)
        meter.advance(T0 + HOUR)
        assert meter.totals.energy == pytest.approx(MINIMUM_HOLD / 1000)

    def test_negative_power_counts_as_none(self) -> None:
        """A total never falls."""
        meter = of_power()
        assert feed(meter, *polled(1, -500)) == 0
        assert meter.power.watts == 0

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 30_000.0])
    def test_a_bad_sample_is_as_if_it_had_not_been(self, bad: float) -> None:
        """One NaN, infinite or absurd sample changes nothing but the count of them."""
        good, with_bad = of_power(), of_power()
        for hours, watts in polled(2, 1000):
            good.read_power(T0 + hours * HOUR, watts)
            with_bad.read_power(T0 + hours * HOUR, watts)
            if hours == 1:
                with_bad.read_power(T0 + HOUR + 1, bad)
        assert with_bad.refused == 1
        assert with_bad.totals == good.totals

    def test_a_clock_put_back_counts_nothing_twice(self) -> None:
        """After the clock fell back, counting begins anew from there."""
        meter = of_power()
        feed(meter, *polled(1, 1000))
        meter.read_power(T0, 1000)
        assert meter.totals.energy == pytest.approx(1)
        meter.read_power(T0 + 60, 1000)
        assert meter.totals.energy == pytest.approx(1 + 60 * 1000 / 3.6e6)

    def test_a_clock_put_forward_counts_no_day(self) -> None:
        """A machine that starts in 1970 and finds the time does not count from there."""
        meter = of_power()
        for index in range(60):
            meter.read_power(60.0 * index, 1000)
        before = meter.totals.energy
        meter.read_power(T0, 1000)
        assert meter.totals.energy - before <= 0.06

    def test_a_long_silence_does_not_teach_silence(self) -> None:
        """After one outage a regular source is still held to its interval."""
        meter = of_power()
        feed(meter, *polled(1, 1000))
        feed(meter, (9.0, 1000), *polled(1, 1000, start=9 + 1 / 60))
        assert meter.power.usual < 180

    def test_a_source_that_reports_twice_at_once(self) -> None:
        """Two reports with one time stamp count nothing between them."""
        assert feed(of_power(), (0, 500), (0, 1000), (1, 0)) == pytest.approx(1)


class TestCounter:
    """Counters: growth, resets, dips, glitches, jumps."""

    @pytest.mark.parametrize(
        ("readings", "truth"),
        [
            pytest.param((1000, 1001, 0, 1001.5), 1.5, id="zero at start-up"),
            pytest.param((1000, 1001, None, 1001.5), 1.5, id="unavailable"),
            pytest.param((1000, 1001, 0.5, 2), 3.0, id="reset"),
            pytest.param((1000, 1001, 1000.4, 1001.5), 1.5, id="dip"),
            pytest.param((2.0, 3.0, 2.6, 3.2), 1.2, id="young counter after a cut"),
            pytest.param((100, 101, None, 105, 106), 6, id="used while unavailable"),
            pytest.param((100, 110, 0.5, 3), 13, id="reset and on"),
            pytest.param((40, 41, 0, 1), 2, id="monthly reset to zero"),
            pytest.param((40, 41, 0, 0, 1, 2), 3, id="reset that rests at zero"),
            pytest.param((0, 0, 0.4), 0.4, id="new counter"),
            pytest.param((10, 11, 0, 11.5), 1.5, id="glitch of a young counter"),
            pytest.param((0.2, 0.4, 0, 0.4), 0.6, id="reset of a little counter"),
            pytest.param((1000, 1000, 1000), 0, id="at rest"),
        ],
    )
    def test_sequences(self, readings: tuple[float | None, ...], truth: float) -> None:
        """What statistics and helpers get wrong is counted as it was."""
        assert count(of_counter(), *readings) == pytest.approx(truth)

    @pytest.mark.parametrize(
        ("minutes", "lump"), [(10, 0.0625), (59, 0.0625), (61, 0.2)]
    )
    def test_a_fall_soon_after_a_glitch_is_no_lump(
        self, minutes: float, lump: float
    ) -> None:
        """For an hour it may fall again: only what 22.5 kW use in 10 s is believed then."""
        meter = of_counter()
        for seconds, kwh in ((0, 1000), (3600, 1001), (3610, 0), (3620, 1001)):
            meter.read_counter(T0 + seconds, kwh)
        later = T0 + 3620 + minutes * 60
        meter.read_counter(later - 10, 1001)
        meter.read_counter(later, 0.2)
        assert meter.totals.energy == pytest.approx(1 + lump)

    def test_last_reset_that_moves_first_counts_once(self) -> None:
        """A counter whose last_reset moves before its value drops: 2 kWh, not 42."""
        meter = of_counter()
        for index, (kwh, reset) in enumerate(
            [(40, 1.0), (41, 1.0), (41, 2.0), (0.5, 2.0), (1, 2.0)]
        ):
            meter.read_counter(T0 + index * HOUR, kwh, reset)
        assert meter.totals.energy == pytest.approx(2)

    def test_last_reset_moves_with_the_value(self) -> None:
        """A reset that is told is one, however high the counter already is again."""
        meter = of_counter()
        for index, (kwh, reset) in enumerate([(3, 1.0), (4, 1.0), (2.5, 2.0), (3, 2)]):
            meter.read_counter(T0 + index * HOUR, kwh, reset)
        assert meter.totals.energy == pytest.approx(1 + 2.5 + 0.5)

    def test_a_jump_is_no_energy(self) -> None:
        """A reading that the equipment could not reach waits for a second one."""
        meter = of_counter(nameplate=3000)
        assert count(meter, 100, 101, 9000, 102) == pytest.approx(2)

    def test_a_replaced_counter_goes_on_from_there(self) -> None:
        """A jump that is confirmed is another counter; its past is not ours."""
        meter = of_counter(nameplate=3000)
        assert count(meter, 100, 101, 9000, 9001, 9002) == pytest.approx(3)

    def test_a_small_dip_is_accepted_in_time(self) -> None:
        """A counter restored a little lower is not held at its old height for ever."""
        meter = of_counter()
        count(meter, 1000, 1001)
        meter.read_counter(T0 + 2 * HOUR, 980)
        meter.read_counter(T0 + 2 * HOUR + DIP_ACCEPTED_AFTER, 980)
        assert meter.totals.energy == pytest.approx(1)
        meter.read_counter(T0 + 3 * HOUR + DIP_ACCEPTED_AFTER, 981)
        assert meter.totals.energy == pytest.approx(2)

    def test_a_clock_put_back_begins_anew(self) -> None:
        """No energy is counted against a time before the last reading's."""
        meter = of_counter()
        count(meter, 100, 101)
        meter.read_counter(T0 - HOUR, 105)
        assert meter.totals.energy == pytest.approx(1)
        meter.read_counter(T0, 106)
        assert meter.totals.energy == pytest.approx(2)

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, -5.0])
    def test_a_reading_that_is_none_is_refused(self, bad: float) -> None:
        """It changes nothing: the next good one counts as if it had not been."""
        meter = of_counter()
        assert count(meter, 100, 101, bad, 102) == pytest.approx(2)
        assert meter.refused == 1

    def test_lumps_are_believed(self) -> None:
        """A counter may report in tenths of a kWh, at once."""
        meter = of_counter(nameplate=1000)
        assert count(meter, 10, 10.1, every=1.0) == pytest.approx(0.1)
        assert COUNTER_SLACK >= 0.1

    @pytest.mark.parametrize("every", [10, 300])
    def test_coarse_steps_of_a_counter_that_is_told_again_and_again(
        self, every: int
    ) -> None:
        """Its attributes change between two steps: each kWh took the hour since the last."""
        meter = of_counter(nameplate=2000)
        deltas = []
        for seconds in range(0, 4 * 3600, every):
            if seconds == 3600 + 600:
                meter.change_activity(T0 + seconds, Activity.HEATING)
            elif seconds == 3600 + 3000:
                meter.change_activity(T0 + seconds, Activity.OFF)
            delta = meter.read_counter(T0 + seconds, 500.0 + seconds // 3600)
            deltas += [delta] if delta else []
        assert meter.totals.energy == pytest.approx(3)
        assert [(each.start, each.end) for each in deltas] == [
            (T0 + hour * HOUR, T0 + (hour + 1) * HOUR) for hour in range(3)
        ]
        assert [each.heating_kwh for each in deltas] == [0, 1, 0]

    def test_forgetting_keeps_the_totals(self) -> None:
        """Another counter begins anew, what was counted stays."""
        meter = of_counter()
        count(meter, 100, 101)
        meter.forget_counter()
        meter.read_counter(T0 + 2 * HOUR, 5000)
        meter.read_counter(T0 + 3 * HOUR, 5001)
        assert meter.totals.energy == pytest.approx(2)


class TestBoth:
    """A counter and a power sensor: one stands in for the other, nothing counts twice."""

    def test_power_is_not_added_to_a_counter(self) -> None:
        """While the counter can be read, it alone counts."""
        meter = of_counter(power=True)
        meter.read_counter(T0, 100)
        feed(meter, *polled(1, 1000))
        meter.read_counter(T0 + HOUR, 101)
        assert meter.totals.energy == pytest.approx(1)

    def test_power_stands_in_and_is_taken_off(self) -> None:
        """What power counted in an outage is not counted again by the counter."""
        meter = of_counter(power=True)
        meter.read_power(T0, 1000)
        meter.read_counter(T0, 100)
        meter.read_counter(T0 + 1, None)
        feed(meter, *polled(1, 1000))
        assert meter.totals.energy == pytest.approx(1, abs=0.001)
        meter.read_counter(T0 + HOUR + 1, 101.2)
        assert meter.totals.energy == pytest.approx(1.2, abs=0.001)
        meter.read_counter(T0 + 2 * HOUR, 102.2)
        assert meter.totals.energy == pytest.approx(2.2, abs=0.001)

    def test_what_power_counted_too_much_is_taken_off_later(self) -> None:
        """The counter is right in the end."""
        meter = of_counter(power=True)
        meter.read_counter(T0, 100)
        meter.read_counter(T0 + 1, None)
        feed(meter, *polled(1, 1000))
        meter.read_counter(T0 + HOUR + 1, 100.4)
        assert meter.totals.energy == pytest.approx(1, abs=0.02)
        meter.read_counter(T0 + 3 * HOUR, 102)
        assert meter.totals.energy == pytest.approx(2, abs=0.02)

    @pytest.mark.parametrize(
        ("after", "truth"),
        [
            pytest.param((0.3, 1.3), 2.0, id="reset in the outage"),
            pytest.param((500, 501, 502), 3.0, id="replaced in the outage"),
            pytest.param((0, 101, 102), 2.0, id="glitch after the outage"),
        ],
    )
    def test_power_stays_counted_where_the_counter_cannot_repeat_it(
        self, after: tuple[float, ...], truth: float
    ) -> None:
        """A counter that began anew owes nothing for what it never saw."""
        meter = of_counter(power=True, nameplate=4000)
        meter.read_counter(T0, 100)
        meter.read_counter(T0 + 1, None)
        feed(meter, *polled(1, 1000))
        for index, kwh in enumerate(after):
            meter.read_counter(T0 + (1 + index) * HOUR + 1, kwh)
        assert meter.totals.energy == pytest.approx(truth, abs=0.02)

    def test_an_estimate_stands_in_for_nothing_measured(self) -> None:
        """While a counter is away an estimate does not count in its place."""
        meter = of_counter()
        meter.read_counter(T0, 100)
        meter.read_counter(T0 + 1, None)
        feed(meter, *polled(1, 1000))
        assert not meter.counts_power
        assert meter.totals.energy == 0


class TestSplit:
    """Energy goes to heating or cooling by what the system did."""

    def test_power_goes_where_the_system_is(self) -> None:
        """Each part of an hour to what was done in it."""
        meter = of_power()
        meter.change_activity(T0, Activity.HEATING)
        feed(meter, *polled(1, 1000))
        meter.change_activity(T0 + HOUR, Activity.COOLING)
        feed(meter, *polled(1, 2000, start=1 + 1 / 60))
        meter.change_activity(T0 + 2 * HOUR, Activity.IDLE)
        totals = meter.totals
        assert totals.heating == pytest.approx(1, abs=0.02)
        assert totals.cooling == pytest.approx(2, abs=0.06)
        assert totals.heating + totals.cooling == pytest.approx(totals.energy)

    def test_a_held_power_is_split_at_the_change(self) -> None:
        """A source on change that speaks late does not give all to the last."""
        meter = of_power()
        meter.change_activity(T0, Activity.HEATING)
        meter.read_power(T0, 1000)
        meter.change_activity(T0 + 0.25 * HOUR, Activity.COOLING)
        meter.change_activity(T0 + 0.75 * HOUR, Activity.IDLE)
        meter.read_power(T0 + HOUR, 0)
        totals = meter.totals
        assert totals.energy == pytest.approx(1)
        assert totals.heating == pytest.approx(0.25)
        assert totals.cooling == pytest.approx(0.5)

    def test_a_clock_put_back_between_changes(self) -> None:
        """Parts never add up to more than the whole."""
        meter = of_power()
        meter.change_activity(T0 + HOUR, Activity.HEATING)
        meter.change_activity(T0, Activity.COOLING)
        feed(meter, (0, 1000), (1, 0))
        assert meter.totals.heating == 0
        assert meter.totals.cooling == pytest.approx(1)

    def test_a_counter_is_split_by_time(self) -> None:
        """Between two readings, as long as each lasted."""
        meter = of_counter()
        meter.change_activity(T0, Activity.HEATING)
        meter.read_counter(T0, 100)
        meter.change_activity(T0 + 3 * HOUR, Activity.COOLING)
        delta = meter.read_counter(T0 + 4 * HOUR, 104)
        assert delta is not None
        assert delta.source is Source.COUNTER
        assert (delta.heating_kwh, delta.cooling_kwh) == pytest.approx((3, 1))

    def test_idle_energy_is_neither(self) -> None:
        """Standby counts, but heats and cools nothing."""
        meter = of_counter()
        meter.change_activity(T0, Activity.IDLE)
        count(meter, 100, 101)
        assert (meter.totals.heating, meter.totals.cooling) == (0, 0)


SAMPLES = st.lists(
    st.tuples(
        st.floats(-600, 20_000, allow_nan=False),
        st.one_of(
            st.none(),
            st.floats(-5000, 40_000),
            st.sampled_from([math.nan, math.inf, -math.inf]),
        ),
        st.one_of(
            st.none(),
            st.floats(-10, 20_000),
            st.sampled_from([math.nan, math.inf, 0.0]),
        ),
        st.sampled_from(list(Activity)),
    ),
    max_size=30,
)
"""Steps of time in s (the clock may fall back), and what is read after each."""


@given(SAMPLES, st.booleans(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_totals_never_fall(
    samples: list[tuple[float, float | None, float | None, Activity]],
    has_counter: bool,
    has_power: bool,
) -> None:
    """Whatever is read: totals are finite, grow only, and contain their parts."""
    meter = Meter(has_counter=has_counter, has_power=has_power)
    at, before = T0, meter.totals
    for step, watts, kwh, activity in samples:
        at += step
        deltas = [
            meter.change_activity(at, activity),
            meter.read_power(at, watts),
            meter.read_counter(at, kwh) if has_counter else None,
            meter.advance(at),
        ]
        totals = meter.totals
        assert math.isfinite(totals.energy)
        assert totals.energy >= before.energy
        assert totals.heating >= before.heating
        assert totals.cooling >= before.cooling
        # What is smaller than any float of full precision has no exact parts.
        assert totals.heating + totals.cooling <= totals.energy * (1 + 1e-9) + 1e-300
        gained = sum(delta.kwh for delta in deltas if delta)
        assert totals.energy - before.energy == pytest.approx(gained)
        assert all(delta.start <= delta.end for delta in deltas if delta)
        before = totals


@given(
    st.lists(st.tuples(st.floats(1, 5000), st.floats(0, 15_000)), max_size=20),
    st.lists(st.floats(0, 20_000), max_size=20),
)
@settings(max_examples=80, deadline=None)
def test_asking_often_changes_nothing(
    samples: list[tuple[float, float]], asked: list[float]
) -> None:
    """The total does not depend on how often it is brought up to date."""
    calm, asking = of_power(), of_power()
    moments = sorted(T0 + moment for moment in asked)
    at = T0
    for step, watts in samples:
        at += step
        while moments and moments[0] < at:
            asking.advance(moments.pop(0))
        calm.read_power(at, watts)
        asking.read_power(at, watts)
    assert asking.totals.energy == pytest.approx(calm.totals.energy)


@given(SAMPLES)
@settings(max_examples=60, deadline=None)
def test_comes_back_as_it_was_saved(
    samples: list[tuple[float, float | None, float | None, Activity]],
) -> None:
    """What is saved as JSON is what is restored, whatever was read before."""
    meter = of_counter(power=True)
    at = T0
    for step, watts, kwh, _ in samples:
        at += step
        meter.read_power(at, watts)
        meter.read_counter(at, kwh)
    saved = json.loads(json.dumps(meter.as_dict(), allow_nan=False))
    restored = of_counter(power=True).restore(saved)
    assert restored.as_dict() == meter.as_dict()
    for one in (meter, restored):
        one.read_counter(at + HOUR, 5.0)
        one.read_counter(at + 2 * HOUR, 6.0)
    assert restored.totals.energy == pytest.approx(meter.totals.energy)


def killed(meter: Meter) -> Meter:
    """Return the meter that comes back from what was kept of one on the disk."""
    kept = json.loads(json.dumps(meter.as_dict(), allow_nan=False))
    return of_power().restore(kept)


def live(meter: Meter, start: float, end: float) -> float:
    """Let a meter be looked at each minute, as a system does; return the last time."""
    at = start
    while at + 60 <= end:
        at += 60
        meter.advance(at)
        meter.see(at)
    return at


class TestKill:
    """What a source that reports on change held when the power was cut."""

    def test_it_counts_once_the_source_speaks_again(self) -> None:
        """Up to the last look, neither more nor twice, and split by what it was for."""
        meter = of_power()
        meter.change_activity(T0, Activity.HEATING)
        meter.read_power(T0, 1000)
        live(meter, T0, T0 + HOUR / 2)
        meter.change_activity(T0 + HOUR / 2, Activity.COOLING)
        last = live(meter, T0 + HOUR / 2, T0 + HOUR)
        back = killed(killed(meter))
        before = back.totals.energy
        assert before == pytest.approx(MINIMUM_HOLD / HOUR)
        assert back.waits_since(last + HOUR) == T0 + MINIMUM_HOLD
        assert back.read_power(last + HOUR, None) is None
        assert back.read_power(last + HOUR, math.nan) is None
        assert back.totals.energy == before
        delta = back.read_power(last + HOUR, 400)
        assert delta is not None
        assert (delta.start, delta.end) == (T0 + MINIMUM_HOLD, last)
        assert back.totals.energy == pytest.approx(1)
        assert back.totals.heating == pytest.approx(0.5)
        assert back.totals.cooling == pytest.approx(0.5)
        assert back.as_dict()["held"] is None
        back.read_power(last + HOUR + 60, 0)
        assert back.totals.energy == pytest.approx(1 + 400 / 60_000)

    def test_a_stop_leaves_nothing_to_count(self) -> None:
        """It counted what it held, and keeps none of it."""
        meter = of_power()
        meter.read_power(T0, 1000)
        last = live(meter, T0, T0 + HOUR)
        meter.close(last)
        back = killed(meter)
        back.read_power(last + 5, 1000)
        assert back.totals.energy == pytest.approx(1)

    def test_not_beyond_what_the_source_is_believed_for(self) -> None:
        """No compressor holds a power for so long, crash or not."""
        meter = of_power()
        meter.read_power(T0, 1000)
        back = killed_at(meter, T0 + 10 * HOUR)
        back.read_power(T0 + 11 * HOUR, 1000)
        assert back.totals.energy == pytest.approx(SPARSE_HOLD / HOUR)

    def test_not_the_time_in_which_the_source_was_away(self) -> None:
        """What it held was counted when it went; of the rest nobody knows."""
        meter = of_power()
        meter.read_power(T0, 1000)
        live(meter, T0, T0 + HOUR / 2)
        meter.read_power(T0 + HOUR / 2, None)
        back = killed_at(meter, T0 + HOUR, since=T0 + HOUR / 2)
        back.read_power(T0 + 2 * HOUR, 1000)
        assert back.totals.energy == pytest.approx(0.5)

    def test_not_the_time_in_which_it_said_nonsense(self) -> None:
        """What is no power vouches for none."""
        meter = of_power()
        meter.read_power(T0, 1000)
        live(meter, T0, T0 + HOUR / 2)
        meter.doubt()
        back = killed_at(meter, T0 + HOUR, since=T0 + HOUR / 2)
        back.read_power(T0 + 2 * HOUR, 1000)
        assert back.totals.energy == pytest.approx(0.5)

    def test_a_polled_source_holds_nothing(self) -> None:
        """It would have spoken: what it does not say, it does not use."""
        meter = of_power()
        before = feed(meter, *polled(1, 1000))
        back = killed_at(meter, T0 + 2 * HOUR, since=T0 + HOUR)
        back.read_power(T0 + 3 * HOUR, 1000)
        assert back.totals.energy == pytest.approx(before + 180 * 1000 / 3.6e6)

    def test_a_resting_unit_has_no_file_written_each_minute(self) -> None:
        """What it uses meanwhile is not worth it."""
        meter = of_power()
        meter.read_power(T0, 5)
        written, at = 0, T0 + 120
        before = killed_at(meter, at).as_dict()
        while at < T0 + 12 * HOUR:
            at = live(meter, at, at + 60)
            now = meter.as_dict()
            written, before = written + (now != before), now
        assert written <= 12 * 0.005 / LEAST_KEPT + 2
        back = killed(meter)
        back.read_power(at, 5)
        assert 0.06 - LEAST_KEPT <= back.totals.energy <= 0.06

    def test_a_counter_makes_up_for_it_by_itself(self) -> None:
        """Else it would count twice."""
        meter = of_counter(power=True)
        meter.read_counter(T0, 5)
        meter.read_counter(T0 + 1, None)
        meter.read_power(T0 + 1, 1000)
        last = live(meter, T0 + 1, T0 + HOUR)
        assert meter.as_dict()["held"] is None
        back = of_counter(power=True).restore(meter.as_dict())
        back.read_power(last + 5, 1000)
        back.read_counter(last + 5, 6)
        assert back.totals.energy == pytest.approx(1)

    def test_an_estimate_vouches_for_nothing(self) -> None:
        """It is made anew each minute; silence says nothing of it."""
        meter = Meter(has_counter=False, has_power=False)
        meter.read_power(T0, 1000)
        live(meter, T0, T0 + HOUR)
        assert meter.as_dict()["held"] is None

    def test_a_clock_that_lies_behind_after_the_start(self) -> None:
        """A machine without a clock of its own: what is counted is not of the future."""
        meter = of_power()
        meter.read_power(T0, 1000)
        back = killed_at(meter, T0 + HOUR)
        delta = back.read_power(T0 - HOUR, 1000)
        assert delta is not None
        assert (delta.start, delta.end) == (T0 - HOUR, T0 - HOUR)
        assert back.totals.energy == pytest.approx(1)

    def test_a_clock_that_is_set_holds_no_hour_more(self) -> None:
        """Either way, it did not pass."""
        for step in (HOUR, -HOUR):
            meter = of_power()
            meter.read_power(T0, 1000)
            live(meter, T0, T0 + HOUR / 2)
            meter.set_clock(step)
            back = killed(meter)
            back.read_power(T0 + HOUR / 2 + step, 0)
            assert back.totals.energy == pytest.approx(0.5)

    def test_another_source_knows_nothing_of_it(self) -> None:
        """What the last one held is its own."""
        meter = of_power()
        meter.read_power(T0, 1000)
        back = killed_at(meter, T0 + HOUR)
        back.forget_held()
        back.read_power(T0 + HOUR, 1000)
        assert back.totals.energy == pytest.approx(MINIMUM_HOLD / HOUR)

    @pytest.mark.parametrize(
        "held",
        [
            5,
            [T0, T0 + 60, 1.0],
            [T0, T0 + 60, -1.0, 0.0, 0.0],
            [T0, T0 + 60, "many", 0.0, 0.0],
            [T0, T0 + 60, 1.0, 0.8, 0.8],
            [T0, T0 - 60, 1.0, 0.0, 0.0],
            [T0, T0 + 3 * LONGEST_HOLD, 1.0, 0.0, 0.0],
            [math.nan, T0, 1.0, 0.0, 0.0],
        ],
    )
    def test_refuses_what_no_power_held(self, held: Any) -> None:
        """A damaged file is refused whole: its copy is tried."""
        data = of_power().as_dict() | {"held": held, "energy": 5.0}
        meter = of_power()
        with pytest.raises((TypeError, ValueError)):
            meter.restore(data)
        assert meter.totals.energy == 0


def killed_at(meter: Meter, at: float, since: float = T0) -> Meter:
    """Return a meter that lived up to a time, and comes back."""
    live(meter, since, at)
    return killed(meter)


@given(
    st.lists(
        st.tuples(
            st.floats(1, 12_000),
            st.one_of(st.none(), st.floats(0, 15_000), st.sampled_from([5.0, 1000.0])),
            st.sampled_from(list(Activity)),
        ),
        min_size=1,
        max_size=6,
    ),
    st.floats(0, 90_000),
    st.floats(0, 90_000),
    st.floats(0, 15_000),
)
@settings(max_examples=60, deadline=None)
def test_a_kill_costs_no_more_than_the_last_minute(
    samples: list[tuple[float, float | None, Activity]],
    silent: float,
    down: float,
    watts: float,
) -> None:
    """A meter that comes back knows what one that stopped at the last look does.

    Never more, and less only by what is not worth a write.
    """
    meter = of_power()
    at = T0
    for step, value, activity in samples:
        live(meter, at, at + step)
        at += step
        meter.change_activity(at, activity)
        meter.read_power(at, value)
    last = live(meter, at, at + silent)
    back = killed(meter)
    meter.close(last)
    assert back.totals.energy <= meter.totals.energy + 1e-9
    back.read_power(last + down, watts)
    for mine, truth in zip(
        (back.totals.energy, back.totals.heating, back.totals.cooling),
        (meter.totals.energy, meter.totals.heating, meter.totals.cooling),
        strict=True,
    ):
        assert truth - LEAST_KEPT - 1e-9 <= mine <= truth + 1e-9


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kwh", "at", "seen", "last_reset", "below", "x"]), inner
        )
    ),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("energy", "heating", "cooling", "ahead", "counter"), JSON
        ),
    )
)
@settings(max_examples=100, deadline=None)
def test_garbage_is_refused_whole(data: dict[str, Any]) -> None:
    """Restoring garbage raises what the caller expects, and changes nothing."""
    meter = of_counter()
    before = meter.as_dict()
    try:
        meter.restore(data)
    except KeyError, TypeError, ValueError:
        assert meter.as_dict() == before
    else:
        assert math.isfinite(meter.totals.energy)
        meter.read_counter(T0, 1.0)
        meter.read_counter(T0 + 1, 0.0)


COUNTER = {
    "kwh": 5.0,
    "at": T0,
    "seen": 5.0,
    "last_reset": None,
    "below": None,
    "before_reset": None,
    "jumped_to": None,
}


def test_a_counter_without_a_date_comes_back() -> None:
    """Some sources say that they were last reset in the year 1."""
    meter = of_counter()
    meter.read_counter(T0, 100, -62_135_596_800.0)
    meter.read_counter(T0 + HOUR, 101, -62_135_596_800.0)
    assert of_counter().restore(meter.as_dict()).as_dict() == meter.as_dict()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(energy=-1.0),
        lambda data: data.update(energy=math.nan),
        lambda data: data.update(counter="5 kWh"),
        lambda data: data.update(counter={**COUNTER, "kwh": math.inf}),
        lambda data: data.update(counter={**COUNTER, "kwh": "many"}),
        lambda data: data.update(counter={**COUNTER, "below": "yesterday"}),
        lambda data: data.update(counter={**COUNTER, "jumped_to": [1]}),
        lambda data: data.update(counter={**COUNTER, "at": math.nan}),
        lambda data: data["counter"].pop("seen"),
        lambda data: data.pop("ahead"),
    ],
)
def test_refuses_damaged_figures(change: Callable[[dict[str, Any]], Any]) -> None:
    """A damaged store cannot make a meter that fails later."""
    data: dict[str, Any] = {
        "energy": 1.0,
        "heating": 0.0,
        "cooling": 0.0,
        "ahead": 0.0,
        "counter": dict(COUNTER),
    }
    of_counter().restore(data)
    change(data)
    with pytest.raises((KeyError, TypeError, ValueError)):
        of_counter().restore(data)


@pytest.mark.parametrize("has_power", [False, True])
def test_a_device_that_is_back_first_shows_what_was_known_of_it(
    has_power: bool,
) -> None:
    """The old figure, then a moment later the new: hours of use, not another counter."""
    meter = of_counter(power=has_power)
    meter.read_counter(0, 100.0)
    meter.read_counter(60, 100.01)
    meter.read_counter(61, None)
    meter.read_counter(7 * HOUR, 100.01)
    delta = meter.read_counter(7 * HOUR + 0.1, 103.0)
    assert delta is not None
    assert (delta.start, delta.end) == (60, 7 * HOUR + 0.1)
    assert meter.totals.energy == pytest.approx(3.0)
    # One that was there all the time moves on: what it counts later is of later.
    meter.read_counter(8 * HOUR, 103.0)
    delta = meter.read_counter(8 * HOUR + 60, 103.02)
    assert delta is not None
    assert delta.start == 8 * HOUR
