from __future__ import annotations

from ops.backtest.case import Window
from ops.backtest.score import Score, score
from tests.builders import NOON

WINDOW = Window(NOON, NOON.plus(2))


def test_an_alert_within_a_window_or_just_after_it_is_true() -> None:
    hours = [NOON.plus(at) for at in (-1, 0, 2, 3, 4)]

    assert [score([hour], [WINDOW]).true_alerts for hour in hours] == [0, 1, 1, 1, 0]


def test_a_window_is_found_once_however_many_alerts_fall_into_it() -> None:
    result = score(
        [NOON, NOON.plus(1), NOON.plus(50)], [WINDOW, Window(NOON.plus(9), NOON.plus(9))]
    )

    assert result == Score(alerts=3, true_alerts=2, windows=2, found=1)
    assert (result.precision, result.recall) == (2 / 3, 1 / 2)


def test_without_alerts_there_is_no_precision_and_without_windows_no_recall() -> None:
    assert score([], [WINDOW]).precision is None
    assert score([], [WINDOW]).recall == 0
    assert score([NOON], []).recall is None
    assert score([NOON], []).precision == 0


def test_scores_add_up() -> None:
    assert Score(1, 1, 2, 1) + Score(3, 0, 1, 1) == Score(4, 1, 3, 2)
