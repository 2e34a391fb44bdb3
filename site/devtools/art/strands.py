"""Hair as it is painted: a mass, the strands in it, a sheen, and a shadow on the skin."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from devtools.art.face import outline
from devtools.art.pen import Line, Pt, between, clipped, curve, ellipse, fill, lerp, mix, sample, stroke, taper
from devtools.art.person import Person


@dataclass(frozen=True)
class Tones:
    base: str
    dark: str
    light: str

    @classmethod
    def of(cls, colour: str) -> Tones:
        bright = sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) / 765
        warm = mix("#b98a63", "#fff3df", min(1.0, bright * 1.5))
        return cls(colour, mix(colour, "#0d0908", 0.45 if bright < 0.5 else 0.4), mix(colour, warm, 0.2 + 0.2 * bright))


def rims(p: Person, points: Line) -> list[Pt]:
    return [p.rim(u, v) for u, v in points]


def mirror(points: Line) -> list[Pt]:
    return [(-u, v) for u, v in points]


def shadow(p: Person, hairline: Line, *, width: float = 18, strength: float = 0.34) -> str:
    """What the hair casts on the skin below its edge; `hairline` is in head units."""
    line = [(x + 3, y + 6) for x, y in rims(p, hairline)]
    soft = stroke(curve(line, closed=False), p.tone.deep, width, strength, blur=6)
    return clipped(f"shade-{abs(hash_of(hairline))}-{p.slug}", curve(outline(p)), [soft])


def hash_of(points: Line) -> int:
    """A number that names a shape, the same in every run."""
    return int(sum((i + 1) * (u * 7 + v * 13) for i, (u, v) in enumerate(points))) % 99991


def flow(p: Person, first: Line, second: Line, *, count: int = 60, colour: str = "", name: str = "", wave: float = 0,
         waves: float = 3, loose: int = 3, sheen: tuple[float, float] | None = (0.12, 0.42), width: float = 2.4,
         contrast: float = 1) -> str:  # fmt: skip
    """A lock whose strands run along it, from the common start of two guide curves to their ends."""
    rng = random.Random(f"{p.slug}{hash_of(first)}{hash_of(second)}{name}")
    tones = Tones.of(colour or p.hair_colour)
    a, b = sample(rims(p, first), 28), sample(rims(p, second), 28)
    if wave:
        a, b = _wavy(a, wave, waves), _wavy(b, wave, waves)
    shape = between([*a[::3], a[-1]], [*b[::3], b[-1]])
    key = f"lock{hash_of(first)}-{hash_of(second)}{name}-{p.slug}"
    inner = [_strand(rng, a, b, tones, width, contrast) for _ in range(count)]
    if sheen:
        inner += [_gleam(rng, a, b, tones, sheen, width) for _ in range(count // 3)]
    outer = [_loose(rng, a, b, tones) for _ in range(loose)]
    return fill(shape, tones.base) + clipped(key, shape, inner) + "".join(outer)


def _wavy(points: Line, size: float, waves: float) -> list[Pt]:
    out = []
    for i, (x, y) in enumerate(points):
        t = i / (len(points) - 1)
        out.append((x + math.sin(t * waves * math.tau) * size * min(1, t * 2.5), y))
    return out


def _strand(rng: random.Random, a: Line, b: Line, tones: Tones, width: float, contrast: float) -> str:
    share = rng.random()
    path = lerp(a, b, share)
    start, end = rng.randint(0, 6), rng.randint(20, 27)
    colour = mix(tones.dark, tones.light, rng.random() ** 1.6)
    return fill(
        taper(path[start : end + 1 : 3], rng.uniform(1.2, 3.4) * width), colour, rng.uniform(0.2, 0.5) * contrast
    )


def _gleam(rng: random.Random, a: Line, b: Line, tones: Tones, span: tuple[float, float], width: float) -> str:
    path = lerp(a, b, rng.uniform(0.1, 0.92))
    start = int(27 * (span[0] + rng.uniform(-0.06, 0.06)))
    end = int(27 * (span[1] + rng.uniform(-0.1, 0.06)))
    part = path[max(0, start) : max(start + 3, end)]
    return fill(taper(part[::2], rng.uniform(1.4, 3.6) * width), tones.light, rng.uniform(0.25, 0.5))


def _loose(rng: random.Random, a: Line, b: Line, tones: Tones) -> str:
    share = rng.choice([rng.uniform(-0.02, 0.015), rng.uniform(0.985, 1.025)])
    path = lerp(a, b, share)[2 : rng.randint(18, 28)]
    return fill(taper(path[::3], rng.uniform(1.6, 2.8)), tones.base, 0.7)


def cap(p: Person, hairline: Line, crown: Line, *, count: int = 150, lean: float = 0.04, colour: str = "",
        bulge: float = 14, reach: float = 0.08, width: float = 2.4, name: str = "", cast: bool = True) -> str:  # fmt: skip
    """Hair that grows from a hairline over the skull; strands run from `hairline` to `crown`."""
    rng = random.Random(f"{p.slug}{hash_of(hairline)}{name}")
    tones = Tones.of(colour or p.hair_colour)
    a, b = sample(rims(p, hairline), 90), sample(rims(p, crown), 90)
    shape = between([*a[::4], a[-1]], [*b[::4], b[-1]])
    inner: list[str] = []
    edge: list[str] = []
    for k in range(count):
        i = rng.randint(0, 89)
        j = max(0, min(89, i + int(lean * 90) + rng.randint(-3, 3)))
        (x0, y0), (x1, y1) = a[i], b[j]
        mid = ((x0 + x1) / 2 + rng.uniform(-6, 6), (y0 + y1) / 2 - bulge)
        colour_k = mix(tones.dark, tones.light, rng.random() ** 1.5 * (1 - 0.5 * i / 89))
        dx, dy = (x1 - x0) * reach * rng.random(), (y1 - y0) * reach * rng.random()
        path = sample([(x0 - dx, y0 - dy), mid, (x1, y1)], 6)
        line = fill(taper(path, rng.uniform(1.3, 3.4) * width), colour_k, rng.uniform(0.22, 0.5))
        (edge if k % 4 == 0 else inner).append(line)
    key = f"cap{hash_of(hairline)}{name}-{p.slug}"
    glow = ellipse(p.rim(-62, -185), 62, 20, tones.light, 0.32, blur=12, turn=-24)
    wash = ellipse(p.rim(150, -90), 54, 120, tones.dark, 0.55, blur=20)
    under = shadow(p, hairline) if cast else ""
    return under + fill(shape, tones.base) + clipped(key, shape, [wash, *inner, glow]) + "".join(edge)


def curls(p: Person, shape: Line, *, count: int = 260, size: tuple[float, float] = (7, 15), colour: str = "",
          name: str = "", bumps: float = 11, fuzz: bool = True) -> str:  # fmt: skip
    """A mass of curls: a bumpy silhouette filled with small bent strokes, lighter towards the light."""
    rng = random.Random(f"{p.slug}{hash_of(shape)}{name}")
    tones = Tones.of(colour or p.hair_colour)
    rim = sample(rims(p, shape), 190, closed=True)
    xs, ys = [x for x, _ in rim], [y for _, y in rim]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    body = [fill(curve(rim), tones.base)]
    if fuzz:
        body += [_bump(rng, point, bumps, tones.base) for point in rim]
    marks = []
    for _ in range(count):
        x, y = rng.uniform(x0, x1), rng.uniform(y0, y1)
        lit = 1 - 0.62 * (x - x0) / (x1 - x0) - 0.38 * (y - y0) / (y1 - y0)
        shade = mix(tones.dark, tones.light, max(0.0, min(1.0, lit * 0.9 + rng.uniform(-0.35, 0.3))))
        marks.append(_curl(rng, (x, y), rng.uniform(*size), shade))
    key = f"curls{hash_of(shape)}{name}-{p.slug}"
    return "".join(body) + clipped(key, curve(rim), marks)


def _bump(rng: random.Random, point: Pt, size: float, colour: str) -> str:
    r = size * rng.uniform(0.45, 0.95)
    return ellipse(
        (point[0] + rng.gauss(0, size * 0.14), point[1] + rng.gauss(0, size * 0.14)), r, r * rng.uniform(0.7, 1), colour
    )


def _curl(rng: random.Random, centre: Pt, r: float, colour: str) -> str:
    start, sweep = rng.uniform(0, math.tau), rng.uniform(2.2, 4.6)
    pts = []
    for k in range(5):
        angle = start + sweep * k / 4
        grow = r * (0.55 + 0.45 * k / 4)
        pts.append((centre[0] + math.cos(angle) * grow, centre[1] + math.sin(angle) * grow))
    return fill(taper(sample(pts, 8), rng.uniform(2.4, 5) * (0.6 + r / 16)), colour, rng.uniform(0.4, 0.8))
