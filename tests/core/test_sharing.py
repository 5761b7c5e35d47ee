"""What one outdoor unit uses, shared among its zones."""

from hypothesis import given, strategies as st
import pytest

from custom_components.klima.core.sharing import Sharing


def test_shares_follow_the_loads() -> None:
    """A zone pays for what it asked, for as long as it asked it."""
    sharing = Sharing()
    sharing.change(0, {"a": 1.0, "b": 0.5, "c": 0.0})
    sharing.change(60, {"a": 0.0, "b": 0.5, "c": 0.0})
    assert sharing.take(120) == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0})
    assert sharing.take(180) == pytest.approx({"a": 0.0, "b": 1.0, "c": 0.0})


def test_standby_serves_them_all() -> None:
    """With no zone under load, all share equally; with no zone, none does."""
    sharing = Sharing()
    assert sharing.take(10) == {}
    sharing.change(10, {"a": 0.0, "b": 0.0})
    assert sharing.take(20) == {"a": 0.5, "b": 0.5}


def test_a_clock_that_is_put_back_takes_nothing_away() -> None:
    """Time that ran backwards counts for nothing."""
    sharing = Sharing()
    sharing.change(100, {"a": 1.0, "b": 1.0})
    sharing.change(50, {"a": 1.0, "b": 0.0})
    assert sharing.take(60) == {"a": 1.0, "b": 0.0}


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e4), st.dictionaries(st.sampled_from("abc"), st.floats(0, 1))
        ),
        min_size=1,
    ),
    st.floats(0, 1e4),
)
def test_shares_add_up(
    changes: list[tuple[float, dict[str, float]]], end: float
) -> None:
    """Whatever happened, the shares are the whole, and none is negative."""
    sharing = Sharing()
    for at, loads in changes:
        sharing.change(at, {"a": 0.0, **loads})
    shares = sharing.take(end)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(share >= 0 for share in shares.values())
