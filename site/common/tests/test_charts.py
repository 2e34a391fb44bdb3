from __future__ import annotations

from datetime import date

from common.charts import HEIGHT, stacked


def test_bars_stand_on_the_floor_and_their_parts_on_each_other() -> None:
    columns = [(2, 1, 1), (0, 0, 0), (4, 0, 4)]
    chart = stacked({date(2027, 3, day): column for day, column in enumerate(columns, start=1)})
    for bar in chart.bars:
        floor = HEIGHT
        for piece in bar.pieces:
            assert piece.y + piece.height == floor
            floor = piece.y
        assert floor >= 0
    assert [bar.name for bar in chart.bars] == ["1 Mar", "", "3 Mar"]
    assert [bar.total for bar in chart.bars] == [4, 0, 8]
    assert [piece.series for piece in chart.bars[2].pieces] == [0, 2]
    assert stacked({}).bars == []
