"""The intervals of a share, against scipy's and against printed ones."""

import doctest

import pytest
from scipy.stats import binomtest

from enrichment import wilson as module
from enrichment.wilson import wilson, wilson_corrected

BOTH = pytest.mark.parametrize(("own", "method"), [(wilson, "wilson"), (wilson_corrected, "wilsoncc")])


def test_examples_in_docstrings_run():
    assert doctest.testmod(module) == (0, 2)


@BOTH
@pytest.mark.parametrize("n", [1, 2, 5, 20, 263, 10_000])
def test_bounds_are_those_of_scipy(own, method, n):
    for right in {0, 1, n // 3, n // 2, n - 1, n}:
        expected = binomtest(right, n).proportion_ci(0.95, method)
        assert own(right, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


@BOTH
def test_the_interval_holds_the_share_and_stays_in_bounds(own, method):
    assert own(0, 0) == (0.0, 1.0)
    for n in range(1, 200):
        assert own(0, n)[0] == 0
        assert own(n, n)[1] == 1
        for right in range(n + 1):
            low, high = own(right, n)
            assert 0 <= low <= right / n <= high <= 1, (right, n)


@BOTH
def test_more_trials_narrow_the_interval(own, method):
    widths = [high - low for low, high in (own(n // 2, n) for n in (10, 100, 1000))]
    assert widths == sorted(widths, reverse=True)


def test_newcombes_table():
    # Newcombe 1998, table I, method 4.
    printed = {
        (81, 263): (0.2535, 0.3682),
        (15, 148): (0.0598, 0.1644),
        (0, 20): (0.0, 0.2005),
        (1, 29): (0.0018, 0.1963),
    }
    assert {case: tuple(round(b, 4) for b in wilson_corrected(*case)) for case in printed} == printed
