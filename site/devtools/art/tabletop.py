"""What the still lifes share: the wall and the table they stand before, and things that stand in several of them."""

from __future__ import annotations

from devtools.art.pen import INK, Pt, clipped, curve, ellipse, fill, lift, linear, mix, polygon, stroke
from devtools.art.scenery import OAK, OAK_DARK, box, cloud, tree

WIDTH, HEIGHT = 1200, 800


def wall(light: str, dark: str) -> str:
    """A plain wall, lit from the upper left."""
    return linear("wall", (0, 0), (WIDTH, HEIGHT * 0.8), [(0, light), (1, dark)]) + box(
        0, 0, WIDTH, HEIGHT, "url(#wall)"
    )


def table(y: float, colour: str = OAK, *, name: str = "table") -> str:
    """A table seen from the front whose top ends at `y`, with its edge and its grain."""
    dark = mix(colour, OAK_DARK, 0.55)
    top = linear(name, (0, y), (0, HEIGHT), [(0, lift(colour, 0.34)), (0.5, colour), (1, dark)])
    grain = "".join(
        stroke(
            f"M{-60 + (k * 211) % 1100} {y + 34 + (k * 53) % max(1, int(HEIGHT - y - 44))}q180 {-6 + k % 4 * 4} 380 2",
            dark,
            2.4,
            0.28,
        )
        for k in range(12)
    )
    back = box(0, y - 14, WIDTH, 18, INK, 0.16, blur=8)
    return back + top + box(0, y, WIDTH, HEIGHT - y, f"url(#{name})") + grain + box(0, y, WIDTH, 4, "#fff3d8", 0.7)


def shadow(x: float, y: float, rx: float, *, opacity: float = 0.26) -> str:
    """What a thing that stands at `x`, `y` throws on the table, away from the light."""
    return ellipse((x + rx * 0.12, y + 3), rx, max(8, rx * 0.12), INK, opacity, blur=8)


def light() -> str:
    """A broad beam over everything, from the upper left."""
    return fill(polygon([(0, 0), (620, 0), (180, HEIGHT), (0, HEIGHT)]), "#fff4d8", 0.2, blur=40)


def tube(x: float, y: float, w: float, h: float, colour: str, *, name: str, r: float = 10) -> str:
    """A round body such as a jar or a bottle: lit on the left, shaded on the right; it stands on `y`."""
    tone = linear(
        name,
        (x, 0),
        (x + w, 0),
        [(0, lift(colour, 0.12)), (0.22, lift(colour, 0.5)), (0.55, colour), (1, mix(colour, INK, 0.32))],
    )
    return tone + box(x, y - h, w, h, f"url(#{name})", r=r)


def window(x: float, y: float, w: float, h: float, *, name: str = "pane") -> str:
    """A sash window with a bright morning behind it."""
    pane = polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
    sky = linear(f"{name}sky", (x, y), (x, y + h), [(0, "#bfd9e2"), (0.7, "#eef0e2"), (1, "#f8ecd6")])
    view = [
        box(x, y, w, h, f"url(#{name}sky)"),
        cloud(x + w * 0.6, y + h * 0.22, w * 0.7),
        tree(x + w * 0.24, y + h + h * 0.1, h * 0.72, 3, "#83ab8c"),
        tree(x + w * 0.86, y + h + h * 0.14, h * 0.6, 8, "#6f9f80"),
    ]
    trim = "#fdfaf3"
    bars = box(x + w / 2 - 5, y, 10, h, trim) + box(x, y + h * 0.46, w, 12, trim)
    edge = stroke(polygon([(x - 12, y - 12), (x + w + 12, y - 12), (x + w + 12, y + h + 12), (x - 12, y + h + 12)]), "#cbbd9f", 2)  # fmt: skip
    sill = box(x - 34, y + h + 8, w + 68, 22, trim) + box(x - 34, y + h + 30, w + 68, 9, INK, 0.13, blur=4)
    return sky + clipped(name, pane, view) + bars + stroke(pane, trim, 22) + edge + sill


def mug(x: float, y: float, size: float, colour: str, *, name: str) -> str:
    """A mug that stands on `y`, its handle to the right, with something hot in it."""
    w, h = size, size * 1.02
    handle = stroke(
        f"M{x + w - 4:.1f} {y - h * 0.78:.1f}q{w * 0.46:.1f} 0 {w * 0.4:.1f} {h * 0.32:.1f}"
        f"q-{w * 0.06:.1f} {h * 0.26:.1f} -{w * 0.4:.1f} {h * 0.26:.1f}",
        mix(colour, INK, 0.18),
        size * 0.13,
    )
    rim = ellipse((x + w / 2, y - h), w / 2, size * 0.085, lift(colour, 0.4)) + ellipse(
        (x + w / 2, y - h + 1), w / 2 - 7, size * 0.06, "#b0713f"
    )
    return shadow(x + w / 2, y, w * 0.62) + handle + tube(x, y, w, h, colour, name=name, r=size * 0.16) + rim


def steam(x: float, y: float, size: float) -> str:
    """Two wisps that rise from `x`, `y`."""
    return "".join(
        stroke(
            curve([(x + d, y), (x + d + 12, y - size * 0.3), (x + d - 8, y - size * 0.62), (x + d + 10, y - size)], closed=False),
            "#ffffff", 9, 0.5, blur=4,
        )
        for d in (-16, 18)
    )  # fmt: skip


def digit(figure: str, x: float, y: float, size: float, colour: str) -> str:
    """A figure of seven bars, as on a meter; `x`, `y` is its upper left corner and it is half as wide as high."""
    w, m = size * 0.5, size / 2
    bars = {
        "a": ((0, 0), (w, 0)), "b": ((w, 0), (w, m)), "c": ((w, m), (w, size)), "d": ((0, size), (w, size)),
        "e": ((0, m), (0, size)), "f": ((0, 0), (0, m)), "g": ((0, m), (w, m)),
    }  # fmt: skip
    lit = {
        "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
        "8": "abcdefg", "9": "abfgcd",
    }[figure]  # fmt: skip
    inset = size * 0.07

    def bar(one: tuple[Pt, Pt]) -> str:
        (x1, y1), (x2, y2) = one
        dx, dy = (inset, 0.0) if y1 == y2 else (0.0, inset)
        return f"M{x + x1 + dx:.1f} {y + y1 + dy:.1f}L{x + x2 - dx:.1f} {y + y2 - dy:.1f}"

    return stroke("".join(bar(bars[one]) for one in lit), colour, size * 0.1)


def number(figures: str, x: float, y: float, size: float, colour: str) -> str:
    return "".join(digit(one, x + k * size * 0.76, y, size, colour) for k, one in enumerate(figures))
