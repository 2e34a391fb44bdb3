"""Braids, hijabs, turbans and beards."""

from __future__ import annotations

import random

from devtools.art.pen import Pt, between, clipped, curve, ellipse, fill, lerp, mix, sample, stroke
from devtools.art.person import Person
from devtools.art.strands import Tones, cap, flow, rims, shadow


def braids(p: Person) -> tuple[str, str]:
    tones = Tones.of(p.hair_colour)
    back = [_braid(p, [(u * 0.8, -170), (u * 1.02, -60), (u * 1.08, 80), (u * 1.1 + k * 3, 250 + 12 * (k % 3))], tones, 19)
            for k, u in enumerate((-176, -152, -128, 128, 152, 176))]  # fmt: skip
    line = [(-136, 20), (-132, -36), (-124, -88), (-88, -128), (-44, -142), (0, -146), (44, -142), (88, -128), (124, -88),
            (132, -36), (136, 20)]  # fmt: skip
    crown = [(-146, 20), (-156, -50), (-152, -126), (-118, -202), (-62, -238), (0, -248), (62, -238), (118, -202),
             (152, -126), (156, -50), (146, 20)]  # fmt: skip
    a, b = sample(rims(p, line), 15), sample(rims(p, crown), 15)
    rows = [_rope([a[i], lerp([a[i]], [b[i]], 0.5)[0], b[i]], tones, 17) for i in range(1, 14)]
    falls = []
    for k, u in enumerate((-168, -148, -132)):
        falls.append(_braid(p, [(u * 0.92, -120), (u, -30), (u * 1.04, 90), (u * 1.06 - k * 4, 296 - 14 * k)], tones, 20))
    for k, u in enumerate((168, 150, 134)):
        falls.append(_braid(p, [(u * 0.92, -120), (u, -30), (u * 1.04, 90), (u * 1.06 + k * 4, 300 - 14 * k)], tones, 20))
    base = fill(between(a, b), tones.dark)
    return "".join(back), shadow(p, line) + base + "".join(rows) + "".join(falls)


def _braid(p: Person, points: list[Pt], tones: Tones, width: float) -> str:
    return _rope(rims(p, points), tones, width)


def _rope(points: list[Pt], tones: Tones, width: float) -> str:
    steps = max(6, int(sum(abs(a[1] - b[1]) + abs(a[0] - b[0]) for a, b in zip(points, points[1:], strict=False)) / 9))
    path = sample(points, steps)
    parts = [stroke(curve(path, closed=False), tones.dark, width), stroke(curve(path, closed=False), tones.base, width - 4)]
    for i in range(1, len(path) - 1):
        (x0, y0), (x1, y1) = path[i - 1], path[i + 1]
        dx, dy = x1 - x0, y1 - y0
        size = (dx * dx + dy * dy) ** 0.5 or 1
        nx, ny = -dy / size, dx / size
        x, y = path[i]
        side = 1 if i % 2 else -1
        h = width * 0.36
        tip = (x + nx * h * side - dx * 0.3, y + ny * h * side - dy * 0.3)
        parts.append(stroke(curve([tip, (x, y)], closed=False), tones.light, 3.4, 0.42 if side > 0 else 0.24))
    return "".join(parts)


def hijab(p: Person) -> tuple[str, str]:
    cloth = p.extras[0] if p.extras else "#7f9c8f"
    dark, light = mix(cloth, "#1b2430", 0.38), mix(cloth, "#fff8ec", 0.4)
    back = [(-150, -120), (-96, -222), (0, -252), (96, -222), (150, -120), (172, 20), (196, 170), (226, 280), (120, 380),
            (-120, 380), (-226, 280), (-196, 170), (-172, 20)]  # fmt: skip
    inner = [(0, -128), (56, -122), (98, -92), (118, -40), (122, 20), (114, 86), (92, 142), (54, 182), (0, 199), (-54, 182),
             (-92, 142), (-114, 86), (-122, 20), (-118, -40), (-98, -92), (-56, -122)]  # fmt: skip
    outer = [(0, -250), (76, -236), (136, -176), (166, -80), (172, 20), (174, 110), (186, 200), (150, 290), (0, 330),
             (-150, 290), (-186, 200), (-174, 110), (-172, 20), (-166, -80), (-136, -176), (-76, -236)]  # fmt: skip
    a, b = rims(p, inner), rims(p, outer)
    ring = curve(b) + curve(a)
    cap_line = [(-112, -76), (-80, -112), (-36, -130), (0, -134), (36, -130), (80, -112), (112, -76)]
    under = fill(between(rims(p, cap_line), rims(p, [(u * 0.96, v + 15) for u, v in cap_line])), dark)
    parts = [
        stroke(curve([(x + 4, y + 7) for x, y in a]), p.tone.deep, 20, 0.4, blur=8),
        under,
        fill(ring, cloth, extra='fill-rule="evenodd"'),
        _cloth_folds(p, a, b, cloth, dark, light),
    ]
    face_edge = stroke(curve(a), light, 3.5, 0.6) + stroke(curve([(x + 1, y + 4) for x, y in a]), dark, 3, 0.25, blur=2)
    return fill(curve(rims(p, back)), mix(cloth, dark, 0.45)), "".join(parts) + face_edge + _drape(p, cloth, dark, light)


def _cloth_folds(p: Person, a: list[Pt], b: list[Pt], cloth: str, dark: str, light: str) -> str:
    rng, marks = random.Random(p.slug), []  # noqa: S311
    a2, b2 = sample(a, 64, closed=True), sample(b, 64, closed=True)
    ring = curve(b) + curve(a)
    for share, colour, width, strength in (
        (0.22, dark, 9, 0.35), (0.34, light, 8, 0.4), (0.52, dark, 12, 0.3), (0.66, light, 10, 0.38), (0.84, dark, 14, 0.3),
    ):  # fmt: skip
        shift = rng.uniform(-0.06, 0.06)
        path = [lerp([a2[i]], [b2[i]], share + shift * (i % 9) / 9)[0] for i in range(64)]
        for start in (2, 36):
            marks.append(stroke(curve(path[start : start + 27 : 3], closed=False), colour, width, strength, blur=4))
    wash = fill(curve(rims(p, [(70, -250), (200, -60), (200, 300), (110, 330), (130, 60)])), dark, 0.55, blur=20)
    glow = ellipse(p.rim(-92, -170), 64, 22, light, 0.6, blur=12, turn=-44)
    key = f"hijab-{p.slug}"
    clip = f'<clipPath id="{key}"><path d="{ring}" clip-rule="evenodd"/></clipPath>'
    return f'{clip}<g clip-path="url(#{key})">{wash}{glow}{"".join(marks)}</g>'


def _drape(p: Person, cloth: str, dark: str, light: str) -> str:
    """The end that crosses under the chin and over the shoulder."""
    first = [(-150, 92), (-96, 172), (-20, 216), (70, 214), (140, 170), (172, 110)]
    second = [(-206, 236), (-150, 330), (-20, 392), (110, 380), (200, 300), (190, 190)]
    a, b = sample(rims(p, first), 20), sample(rims(p, second), 20)
    shape = between(a, b)
    marks = []
    for share, colour, width, strength in (
        (0.06, dark, 10, 0.45), (0.18, light, 9, 0.5), (0.34, dark, 14, 0.38), (0.47, light, 10, 0.45), (0.62, dark, 14, 0.36),
        (0.76, light, 9, 0.35), (0.92, dark, 20, 0.4),
    ):  # fmt: skip
        marks.append(stroke(curve(lerp(a, b, share), closed=False), colour, width, strength, blur=4))
    marks.append(fill(curve(rims(p, [(90, 120), (240, 140), (220, 380), (60, 400)])), dark, 0.42, blur=20))
    return fill(shape, cloth) + clipped(f"drape-{p.slug}", shape, marks)


def turban(p: Person) -> tuple[str, str]:
    cloth = p.extras[0] if p.extras else "#1f3a5a"
    dark, light = mix(cloth, "#060a12", 0.5), mix(cloth, "#e9f0f6", 0.34)
    base = [(-150, -46), (-168, -110), (-160, -196), (-104, -276), (-20, -306), (64, -296), (134, -246), (168, -170),
            (166, -100), (150, -46), (112, -84), (58, -112), (0, -140), (-58, -108), (-112, -80)]  # fmt: skip
    shape = curve(rims(p, base))
    marks = []
    for k in range(6):
        rise = 26 * k
        left = [(-172, -52 - rise * 0.9), (-96, -118 - rise * 0.96), (-20, -176 - rise * 0.9), (60, -236 - rise * 0.6),
                (120, -290 - rise * 0.3)]  # fmt: skip
        right = [(-u, v + 4) for u, v in left]
        for run, shade in ((right, 0.9), (left, 1)):
            if run is right and k > 4:
                continue
            path = curve(rims(p, run), closed=False)
            low = curve(rims(p, [(u, v + 9) for u, v in run]), closed=False)
            marks.append(stroke(low, dark, 9, 0.42 * shade, blur=3))
            marks.append(stroke(path, light, 3, 0.5 * shade, blur=1.5))
    marks.append(fill(curve(rims(p, [(70, -320), (200, -220), (190, -40), (120, -60), (130, -180)])), dark, 0.6, blur=20))
    marks.append(ellipse(p.rim(-88, -216), 58, 26, light, 0.36, blur=12, turn=-38))
    band = fill(curve(rims(p, [(-34, -114), (0, -134), (34, -114), (0, -124)])), mix(cloth, PATCH, 0.6))
    hairline = [(-138, 30), (-136, -20), (-128, -60)]
    sides = fill(between(rims(p, hairline), rims(p, [(-150, 30), (-152, -20), (-146, -60)])), p.hair_colour)
    sides += fill(between(rims(p, [(138, 30), (136, -20), (128, -60)]), rims(p, [(150, 30), (152, -20), (146, -60)])),
                  p.hair_colour)  # fmt: skip
    cast = shadow(p, [(-140, -40), (-112, -76), (-58, -104), (0, -134), (58, -106), (112, -78), (140, -40)], width=22)
    return "", cast + sides + band + fill(shape, cloth) + clipped(f"turban-{p.slug}", shape, marks)


PATCH = "#c9653f"


def beard(p: Person) -> str:
    if not p.beard:
        return ""
    return {"stubble": _stubble, "full": _full, "short": _short, "long": _long, "moustache": _moustache}[p.beard](p)


def _stubble(p: Person) -> str:
    colour = p.beard_colour or p.hair_colour
    zone = [(-134, 40), (-120, 70), (-84, 92), (-50, 104), (0, 100), (50, 104), (84, 92), (120, 70), (134, 40), (122, 110),
            (98, 156), (50, 196), (0, 204), (-50, 196), (-98, 156), (-122, 110)]  # fmt: skip
    from devtools.art.face import outline

    mist = fill(curve(rims(p, zone)), colour, 0.3, blur=10)
    return clipped(f"stubble-{p.slug}", curve(outline(p)), [mist])


_CHEEK = [(-138, 10), (-130, 50), (-112, 84), (-78, 104), (-56, 112), (-50, 132), (-40, 150), (0, 156), (40, 150),
          (50, 132), (56, 112), (78, 104), (112, 84), (130, 50), (138, 10)]  # fmt: skip


def _jaw(drop: float, wide: float) -> list[Pt]:
    edge = [(-142, 10), (-141, 56), (-130, 100), (-114, 140), (-88, 172), (-62, 192), (-34, 204), (0, 208), (34, 204),
            (62, 192), (88, 172), (114, 140), (130, 100), (141, 56), (142, 10)]  # fmt: skip
    return [(u * (1 + wide * max(0, v) / 200), v + drop * max(0.0, (v - 60) / 140)) for u, v in edge]


def _growth(p: Person, drop: float, wide: float, *, width: float = 2.2, count: int = 260) -> str:
    colour = p.beard_colour or p.hair_colour
    return cap(p, _CHEEK, _jaw(drop, wide), count=count, lean=0, bulge=-6, colour=colour, width=width, reach=0.1,
               name="beard", cast=False)  # fmt: skip


def _moustache(p: Person, *, thick: float = 1) -> str:
    colour, parts = p.beard_colour or p.hair_colour, []
    for s in (-1, 1):
        top = [(s * 2, 100), (s * 22, 97), (s * 42, 106), (s * 56, 126), (s * 58, 140)]
        low = [(s * 2, 117), (s * 20, 116 + 2 * thick), (s * 36, 120 + 2 * thick), (s * 48, 132), (s * 56, 146)]
        up = [p.at(u, v, 16) for u, v in top]
        down = [p.at(u, v, 16) for u, v in low]
        parts.append(_tuft(p, up, down, colour))
    return "".join(parts)


def _tuft(p: Person, up: list[Pt], down: list[Pt], colour: str) -> str:
    rng, tones = random.Random(p.slug), Tones.of(colour)  # noqa: S311
    a, b = sample(up, 24), sample(down, 24)
    parts = [fill(between(up, down), tones.base, 0.9, blur=1.5)]
    for _ in range(44):
        i = rng.randint(0, 19)
        start, end = lerp([a[i]], [b[i]], rng.uniform(0, 0.5))[0], lerp([a[i + 4]], [b[i + 4]], rng.uniform(0.6, 1.1))[0]
        shade = mix(tones.dark, tones.light, rng.random())
        parts.append(stroke(curve([start, end], closed=False), shade, 1.7, 0.6))
    return "".join(parts)


def _short(p: Person) -> str:
    return _growth(p, 4, 0.0, width=1.8) + _moustache(p)


def _full(p: Person) -> str:
    return _growth(p, 20, 0.03) + _moustache(p)


def _long(p: Person) -> str:
    return _growth(p, 74, 0.05, width=2.6, count=340) + _moustache(p, thick=1.6)


__all__ = ["beard", "braids", "flow", "hijab", "turban"]
