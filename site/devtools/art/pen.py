"""Points, splines, colours and small SVG helpers shared by every drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Pt: TypeAlias = tuple[float, float]
Line: TypeAlias = Sequence[Pt]

INK = "#14263a"
PAPER = "#faf6ee"
TEAL = "#0f5e59"
CORAL = "#d9654b"


def _rgb(colour: str) -> tuple[float, float, float]:
    value = colour.lstrip("#")
    return tuple(int(value[i : i + 2], 16) / 255 for i in (0, 2, 4))  # type: ignore[return-value]


def mix(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from `first` to `second`, mixed in linear light so that tints stay clean."""
    pairs = zip(_rgb(first), _rgb(second), strict=True)
    linear = [a**2.2 * (1 - share) + b**2.2 * share for a, b in pairs]
    return "#" + "".join(f"{round(max(0.0, min(1.0, c)) ** (1 / 2.2) * 255):02x}" for c in linear)


def lift(colour: str, share: float) -> str:
    """A lighter tone of the same colour, evenly to the eye; for cloth in the light."""
    return "#" + "".join(f"{round(min(1.0, c + (1 - c) * share * (0.35 + 0.65 * c)) * 255):02x}" for c in _rgb(colour))


def sample(points: Line, count: int, *, closed: bool = False) -> list[Pt]:
    """`count` points along a Catmull-Rom curve through `points`, evenly spaced by parameter."""
    pts = list(points)
    spans = len(pts) if closed else len(pts) - 1
    out: list[Pt] = []
    for i in range(count):
        t = spans * i / (count if closed else count - 1)
        k = min(int(t), spans - 1)
        out.append(_catmull(pts, k, t - k, closed=closed))
    return out


def _neighbour(pts: list[Pt], index: int, *, closed: bool) -> Pt:
    return pts[index % len(pts)] if closed else pts[max(0, min(len(pts) - 1, index))]


def _catmull(pts: list[Pt], k: int, t: float, *, closed: bool) -> Pt:
    a, b, c, d = (_neighbour(pts, k + j, closed=closed) for j in (-1, 0, 1, 2))

    def axis(i: int) -> float:
        return 0.5 * (
            2 * b[i]
            + (c[i] - a[i]) * t
            + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t * t
            + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3
        )

    return axis(0), axis(1)


def curve(points: Line, *, closed: bool = True) -> str:
    """Path data of a smooth curve through `points`."""
    pts = list(points)
    parts = [f"M{pts[0][0]:.1f} {pts[0][1]:.1f}"]
    for i in range(len(pts) if closed else len(pts) - 1):
        a, b, c, d = (_neighbour(pts, i + j, closed=closed) for j in (-1, 0, 1, 2))
        c1 = (b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6)
        c2 = (c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6)
        parts.append(f"C{c1[0]:.1f} {c1[1]:.1f} {c2[0]:.1f} {c2[1]:.1f} {c[0]:.1f} {c[1]:.1f}")
    return "".join(parts) + ("Z" if closed else "")


def between(first: Line, second: Line) -> str:
    """Path data of the region between two open curves that start at the same end."""
    back = curve(list(reversed(list(second))), closed=False).replace("M", "L", 1)
    return curve(first, closed=False) + back + "Z"


def polygon(points: Line) -> str:
    """Path data of a region with straight edges."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def lerp(first: Line, second: Line, share: float) -> list[Pt]:
    """The curve `share` of the way between two curves with equally many points."""
    return [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in zip(first, second, strict=True)]


def fill(data: str, colour: str, opacity: float = 1, *, blur: float = 0, extra: str = "") -> str:
    """A filled path; `blur` is one of the standard deviations declared by `document`."""
    soft = f' filter="url(#b{blur:g})"' if blur else ""
    seen = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path d="{data}" fill="{colour}"{seen}{soft} {extra}/>'


def stroke(data: str, colour: str, width: float, opacity: float = 1, *, blur: float = 0, extra: str = "") -> str:
    """A stroked path with round ends."""
    soft = f' filter="url(#b{blur:g})"' if blur else ""
    return (
        f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}" '
        f'stroke-linecap="round" stroke-linejoin="round"{soft} {extra}/>'
    )


def ellipse(
    centre: Pt, rx: float, ry: float, colour: str, opacity: float = 1, *, blur: float = 0, turn: float = 0
) -> str:
    """A filled ellipse, turned by `turn` degrees about its centre."""
    soft = f' filter="url(#b{blur:g})"' if blur else ""
    x, y = centre
    spin = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
    return (
        f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:g}" ry="{ry:g}" fill="{colour}" '
        f'fill-opacity="{opacity:g}"{soft}{spin}/>'
    )


def clipped(name: str, data: str, content: Iterable[str]) -> str:
    """`content` seen only inside the region `data`; `name` must be unique in the document."""
    body = "".join(content)
    return f'<clipPath id="{name}"><path d="{data}"/></clipPath><g clip-path="url(#{name})">{body}</g>'


def linear(name: str, start: Pt, end: Pt, stops: Sequence[tuple[float, str]]) -> str:
    """A gradient in user space; refer to it as `url(#name)`."""
    marks = "".join(f'<stop offset="{at:g}" stop-color="{colour}"/>' for at, colour in stops)
    (x1, y1), (x2, y2) = start, end
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="{x1:.1f}" y1="{y1:.1f}" '
        f'x2="{x2:.1f}" y2="{y2:.1f}">{marks}</linearGradient>'
    )


def taper(points: Line, width: float) -> str:
    """Path data of a stroke through `points` that is `width` wide in its middle and ends in points."""
    pts, left, right = list(points), [], []
    for i, (x, y) in enumerate(pts):
        before, after = pts[max(0, i - 1)], pts[min(len(pts) - 1, i + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        size = math.hypot(dx, dy) or 1
        half = width / 2 * math.sin(math.pi * (0.04 + 0.92 * i / (len(pts) - 1))) ** 0.8
        left.append((x - dy / size * half, y + dx / size * half))
        right.append((x + dy / size * half, y - dx / size * half))
    return between(left, right)


BLURS = (0.8, 1.5, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 60)


def document(width: int, height: int, content: Iterable[str]) -> str:
    """A whole SVG document with the shared blur filters."""
    filters = "".join(
        f'<filter id="b{s:g}" x="-80%" y="-80%" width="260%" height="260%">'
        f'<feGaussianBlur stdDeviation="{s:g}"/></filter>'
        for s in BLURS
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><defs>{filters}</defs>{"".join(content)}</svg>'
    )
