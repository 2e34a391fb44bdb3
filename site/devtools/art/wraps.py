"""Braids, hijabs, turbans and beards."""

from __future__ import annotations

import random
from itertools import pairwise

from devtools.art.face import outline
from devtools.art.pen import Line, Pt, between, clipped, curve, ellipse, fill, lerp, mix, polygon, sample, stroke, taper
from devtools.art.person import Person
from devtools.art.strands import Tones, cap, rims, shadow


def braids(p: Person) -> tuple[str, str]:
    """Box braids from a middle parting."""
    tones, part = Tones.of(p.hair_colour), -8.0
    inner = [(part, -156), (-56, -142), (-104, -100), (-126, -30), (-130, 60), (-132, 180), (-126, 296)]
    outer = [(part, -226), (-86, -226), (-146, -156), (-168, -40), (-178, 70), (-186, 190), (-190, 300)]
    sides = [(inner, outer), ([(2 * part - u, v) for u, v in inner], [(2 * part - u, v) for u, v in outer])]
    base, ropes, behind = "", [], []
    for guides in sides:
        a, b = guides
        base += fill(between(rims(p, a), rims(p, [(u * 0.97, v * 0.985) for u, v in b])), tones.dark)
        for k in (6, 0, 5, 1, 4, 2, 3):
            run = lerp(a, b, 0.06 + 0.15 * k)
            run[-1] = (run[-1][0], run[-1][1] + (k * 37 % 5) * 7 - 12)
            ropes.append(_braid(p, run, tones, 19))
        behind += [_braid(p, [(u * 0.9, v + 10) for u, v in lerp(a, b, 0.1 + 0.3 * k)], tones, 19) for k in range(3)]
    return "".join(behind), shadow(p, inner[:4]) + shadow(p, sides[1][0][:4]) + base + "".join(ropes)


def _braid(p: Person, points: Line, tones: Tones, width: float) -> str:
    return _rope(rims(p, points), tones, width)


def _rope(points: Line, tones: Tones, width: float) -> str:
    steps = max(6, int(sum(abs(a[1] - b[1]) + abs(a[0] - b[0]) for a, b in pairwise(points)) / 9))
    path = sample(points, steps)
    parts = [
        stroke(curve(path, closed=False), tones.dark, width),
        stroke(curve(path, closed=False), tones.base, width - 4),
    ]
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
        _cloth_folds(p, a, b, dark, light),
    ]
    face_edge = stroke(curve(a), light, 3.5, 0.6) + stroke(curve([(x + 1, y + 4) for x, y in a]), dark, 3, 0.25, blur=2)
    return fill(curve(rims(p, back)), mix(cloth, dark, 0.45)), "".join(parts) + face_edge + _drape(
        p, cloth, dark, light
    )


def _cloth_folds(p: Person, a: Line, b: Line, dark: str, light: str) -> str:
    ring = curve(b) + curve(a)
    runs = (
        ([(-30, -236), (-104, -176), (-144, -84), (-150, 30), (-138, 120)], dark, 8, 0.4),
        ([(-16, -228), (-92, -164), (-132, -76), (-138, 30), (-124, 112)], light, 7, 0.5),
        ([(0, -200), (-70, -150), (-114, -84), (-126, 0)], dark, 5, 0.28),
        ([(20, -240), (96, -182), (142, -90), (152, 30), (142, 130)], dark, 9, 0.42),
        ([(14, -222), (84, -160), (130, -80), (140, 30), (128, 110)], light, 6, 0.32),
        ([(40, -150), (98, -112), (122, -40)], dark, 5, 0.26),
    )
    marks = [
        fill(taper(sample(rims(p, run), 12), width * 2.2), colour, strength, blur=3)
        for run, colour, width, strength in runs
    ]
    wash = fill(curve(rims(p, [(84, -250), (200, -60), (200, 300), (110, 330), (138, 60)])), dark, 0.5, blur=20)
    glow = ellipse(p.rim(-92, -176), 60, 20, light, 0.7, blur=12, turn=-46)
    key = f"hijab-{p.slug}"
    clip = f'<clipPath id="{key}"><path d="{ring}" clip-rule="evenodd"/></clipPath>'
    return f'{clip}<g clip-path="url(#{key})">{wash}{glow}{"".join(marks)}</g>'


def _drape(p: Person, cloth: str, dark: str, light: str) -> str:
    """The scarf under the chin and over the chest, its folds gathered at one shoulder."""
    first = [(-172, 70), (-128, 150), (-60, 202), (20, 214), (98, 178), (150, 96)]
    second = [(-236, 262), (-190, 352), (-60, 420), (70, 400), (186, 318), (226, 240)]
    a, b = sample(rims(p, first), 20), sample(rims(p, second), 20)
    shape = between(a, b)
    knot = (168, 96)
    marks = []
    for k, (u, v) in enumerate(((-176, 130), (-190, 190), (-196, 250), (-160, 320), (-96, 372), (-20, 400), (60, 400))):
        sag = 52 + 12 * k
        run = [(u, v), ((u + knot[0]) / 2 - 20, (v + knot[1]) / 2 + sag), (knot[0] + 10, knot[1] + 22 + 10 * k)]
        marks.append(fill(taper(sample(rims(p, run), 12), 26), dark, 0.34, blur=4))
        low = [(x - 4, y + 17) for x, y in run]
        marks.append(fill(taper(sample(rims(p, low), 12), 13), light, 0.42, blur=3))
    marks.append(fill(curve(rims(p, [(100, 120), (260, 140), (240, 400), (70, 430)])), dark, 0.4, blur=20))
    marks.append(
        stroke(curve(rims(p, [(-150, 96), (-70, 186), (10, 206), (90, 174)]), closed=False), dark, 16, 0.45, blur=6)
    )
    return fill(shape, cloth) + clipped(f"drape-{p.slug}", shape, marks)


_LAYERS = (
    # Each layer of cloth: its lower edge from one side to the other; upper layers lie on lower ones.
    [(-152, -40), (-118, -82), (-60, -118), (10, -152), (80, -196), (140, -228)],
    [(-160, -78), (-112, -128), (-50, -164), (20, -200), (90, -244), (130, -268)],
    [(-162, -124), (-106, -176), (-40, -212), (30, -246), (96, -284)],
    [(-150, -176), (-92, -222), (-30, -252), (40, -284), (90, -304)],
)


def turban(p: Person) -> tuple[str, str]:
    cloth = p.extras[0] if p.extras else "#1f3a5a"
    dark, light = mix(cloth, "#060a12", 0.55), mix(cloth, "#cfdceb", 0.2)
    base = [(-150, -40), (-166, -100), (-160, -184), (-112, -258), (-30, -292), (60, -288), (130, -244), (166, -170),
            (166, -98), (150, -40), (116, -84), (62, -116), (2, -146), (-58, -114), (-114, -80)]  # fmt: skip
    shape = curve(rims(p, base))
    marks = []
    for mirrored in (True, False):
        for layer in _LAYERS:
            run = [(-u, v) for u, v in layer] if mirrored else layer
            band = [*run, (run[-1][0], run[-1][1] - 60), (run[0][0] - 30, run[0][1] - 90)]
            edge, low = (sample(rims(p, run), 14), sample(rims(p, [(u + 2, v + 8) for u, v in run]), 14))
            marks.append(fill(taper(low, 26), dark, 0.6, blur=4))
            marks.append(fill(polygon(rims(p, band)), cloth, 0.9))
            marks.append(fill(taper([(x, y - 4) for x, y in edge], 8), light, 0.6, blur=2))
            marks.append(fill(taper([(x, y - 18) for x, y in edge], 10), dark, 0.28, blur=3))
    marks.append(
        fill(curve(rims(p, [(80, -320), (200, -220), (190, -30), (130, -50), (136, -180)])), dark, 0.6, blur=20)
    )
    marks.append(ellipse(p.rim(-88, -206), 56, 30, light, 0.4, blur=16, turn=-38))
    patch = fill(curve(rims(p, [(-40, -112), (0, -150), (40, -112), (0, -122)])), mix(cloth, PATCH, 0.7))
    sides = ""
    for s in (-1, 1):
        inner = [(s * 139, 34), (s * 134, -20), (s * 126, -66)]
        outer = [(s * 146, 34), (s * 148, -20), (s * 146, -66)]
        sides += fill(between(rims(p, inner), rims(p, outer)), p.beard_colour or p.hair_colour)
    cast = shadow(p, [(-140, -40), (-112, -76), (-58, -104), (0, -124), (58, -106), (112, -78), (140, -40)], width=22)
    return "", cast + sides + patch + fill(shape, cloth) + clipped(f"turban-{p.slug}", shape, marks)


PATCH = "#c9653f"


def beard(p: Person) -> str:
    if not p.beard:
        return ""
    return {"stubble": _stubble, "full": _full, "short": _short, "long": _long, "moustache": _moustache}[p.beard](p)


def _stubble(p: Person) -> str:
    colour = p.beard_colour or p.hair_colour
    zone = [(-134, 40), (-120, 70), (-84, 92), (-50, 104), (0, 100), (50, 104), (84, 92), (120, 70), (134, 40), (122, 110),
            (98, 156), (50, 196), (0, 204), (-50, 196), (-98, 156), (-122, 110)]  # fmt: skip
    mist = fill(curve(rims(p, zone)), colour, 0.2, blur=12)
    return clipped(f"stubble-{p.slug}", curve(outline(p)), [mist])


_CHEEK = [(-137, 14), (-129, 56), (-112, 92), (-84, 112), (-62, 122), (-52, 136), (-36, 147), (-14, 151), (0, 150),
          (14, 151), (36, 147), (52, 136), (62, 122), (84, 112), (112, 92), (129, 56), (137, 14)]  # fmt: skip


def _jaw(drop: float, wide: float) -> list[Pt]:
    edge = [(-140, 10), (-139, 56), (-130, 100), (-116, 142), (-90, 174), (-64, 192), (-34, 203), (0, 207), (34, 203),
            (64, 192), (90, 174), (116, 142), (130, 100), (139, 56), (140, 10)]  # fmt: skip
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


def _tuft(p: Person, up: Line, down: Line, colour: str) -> str:
    rng, tones = random.Random(p.slug), Tones.of(colour)
    a, b = sample(up, 24), sample(down, 24)
    parts = [fill(between(up, down), tones.base, 0.9, blur=1.5)]
    for _ in range(44):
        i = rng.randint(0, 19)
        start, end = (
            lerp([a[i]], [b[i]], rng.uniform(0, 0.5))[0],
            lerp([a[i + 4]], [b[i + 4]], rng.uniform(0.6, 1.1))[0],
        )
        shade = mix(tones.dark, tones.light, rng.random())
        mid = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        parts.append(fill(taper([start, mid, end], 3.4), shade, 0.6))
    return "".join(parts)


def _short(p: Person) -> str:
    return _growth(p, 4, 0.0, width=1.8) + _moustache(p)


def _full(p: Person) -> str:
    return _growth(p, 20, 0.03) + _moustache(p)


def _long(p: Person) -> str:
    return _growth(p, 74, 0.05, width=2.6, count=340) + _moustache(p, thick=1.6)
