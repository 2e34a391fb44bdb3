from __future__ import annotations

from datetime import date

from common.charts import HEIGHT, Chart, Series, stacked

BOTH = (Series("Came"), Series("Missed"))


def of(*columns: tuple[float, ...], series: tuple[Series, ...] = BOTH) -> Chart:
    days = {date(2027, 3, day): column for day, column in enumerate(columns, start=1)}
    return stacked(days, series, heading="Day")


def test_the_tallest_bar_fills_the_height_and_nothing_is_drawn_of_nothing() -> None:
    chart = of((2, 1), (0, 0), (1, 0))

    tallest, nothing, last = chart.bars
    assert sum(piece.height for piece in tallest.pieces) == HEIGHT - 18
    assert [piece.series for piece in tallest.pieces] == [0, 1]
    assert (nothing.pieces, nothing.label, last.label) == ([], "", "1")
    assert [bar.name for bar in chart.bars] == ["1 Mar", "", "3 Mar"]


def test_bars_stand_on_the_floor_and_their_parts_on_each_other() -> None:
    for bar in of((2, 1), (0, 0), (0, 4), (7, 3)).bars:
        floor = HEIGHT
        for piece in bar.pieces:
            assert piece.y + piece.height == floor
            floor = piece.y
        assert floor >= 0


def test_the_table_says_every_number_that_is_drawn_and_what_is_not_drawn_besides() -> None:
    series = (*BOTH, Series("Median", written=lambda number: f"{number:g} days", is_drawn=False))
    chart = of((2, 1, 900), (0, 0, 0), series=series)

    assert [row.cells for row in chart.rows] == [["2", "1", "900 days"], ["0", "0", "0 days"]]
    assert sum(piece.height for piece in chart.bars[0].pieces) == HEIGHT - 18
    assert chart.legend == "Filled: came; striped: missed"
    # What gives a bar without a figure its measure: the two that are drawn, in the words of the first.
    assert chart.tallest == "3"


def test_a_series_alone_needs_no_legend_and_no_day_at_all_is_an_empty_chart() -> None:
    assert of((1,), series=(Series("Seen"),)).legend == ""
    assert not of((1, 0)).is_empty
    assert of((0, 0)).is_empty
    assert of().bars == []
