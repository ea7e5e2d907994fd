"""Wilson's 95 % interval of a share: what evaluation, review and training all say beside one."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % score interval of ``right`` in ``n`` trials, within 0 to 1; (0, 1) where nothing was counted.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953: unlike the normal approximation it keeps inside
    0 to 1 and is honest at 0 and at n. scipy has both intervals too, in a module that takes a second to load.

    >>> tuple(round(bound, 3) for bound in wilson(9, 10))
    (0.596, 0.982)
    """
    if n == 0:
        return 0.0, 1.0
    share, square = right / n, Z_95 * Z_95
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z_95 / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (0.0 if right == 0 else max(0.0, middle - half)), (1.0 if right == n else min(1.0, middle + half))


def wilson_corrected(right: int, n: int) -> tuple[float, float]:
    """Return :func:`wilson` with the correction for continuity that small samples need.

    Newcombe 1998, method 4 (https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C857::AID-SIM777%3E3.0.CO;2-E).

    >>> [round(bound, 4) for bound in wilson_corrected(81, 263)]
    [0.2535, 0.3682]
    """
    if n == 0:
        return 0.0, 1.0
    share, wrong, square, scale = right / n, 1 - right / n, Z_95 * Z_95, 2 * (n + Z_95 * Z_95)
    middle = 2 * right + square
    below = Z_95 * sqrt(max(0.0, square - 2 - 1 / n + 4 * share * (n * wrong + 1)))
    above = Z_95 * sqrt(max(0.0, square + 2 - 1 / n + 4 * share * (n * wrong - 1)))
    low = 0.0 if right == 0 else max(0.0, (middle - 1 - below) / scale)
    return low, 1.0 if right == n else min(1.0, (middle + 1 + above) / scale)
