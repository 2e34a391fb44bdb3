"""Hairstyles. Each is a pair: what lies behind the head, and what lies on it."""

from __future__ import annotations

import math
from collections.abc import Callable

from devtools.art.face import outline
from devtools.art.pen import Line, clipped, curve, ellipse, fill, lerp, mix
from devtools.art.person import Person
from devtools.art.strands import Tones, cap, curls, flow, mirror, rims, shadow

Style = Callable[[Person], tuple[str, str]]

_TEMPLES = [(-139, 34), (-133, -30), (-124, -82), (-86, -122), (-42, -134), (0, -137), (42, -134), (86, -122), (124, -82),
            (133, -30), (139, 34)]  # fmt: skip
_CROWN = [(-141, 42), (-151, -20), (-153, -60), (-152, -122), (-116, -196), (-60, -230), (0, -238), (60, -230), (116, -196),
          (152, -122), (153, -60), (151, -20), (141, 42)]  # fmt: skip


def _raised(points: Line, rise: float, wide: float = 1) -> list[tuple[float, float]]:
    return [(u * wide, v - rise * max(0.0, min(1.0, (-v - 60) / 120))) for u, v in points]


def short_part(p: Person) -> tuple[str, str]:
    left = ([(-60, -150), (-96, -132), (-122, -92), (-131, -40), (-138, 24)],
            [(-62, -216), (-112, -198), (-144, -142), (-152, -66), (-140, 36)])  # fmt: skip
    top = ([(-66, -150), (-20, -138), (34, -142), (88, -132), (122, -88), (132, -34), (139, 26)],
           [(-72, -206), (-24, -246), (44, -246), (104, -214), (146, -150), (153, -60), (141, 40)])  # fmt: skip
    front = shadow(p, top[0]) + shadow(p, left[0]) + flow(p, *left, count=70, sheen=None)
    return "", front + flow(p, *top, count=130, loose=5, sheen=(0.1, 0.38))


def crop(p: Person) -> tuple[str, str]:
    line = _raised(_TEMPLES, -2)
    crown = _raised(_CROWN, -8, 0.965)
    return "", cap(p, line, crown, count=260, width=2, bulge=8, lean=0.02)


def fade(p: Person) -> tuple[str, str]:
    """Very short, close at the sides; for tight curls."""
    tones = Tones.of(p.hair_colour)
    line = [(-136, 20), (-131, -40), (-123, -88), (-104, -126), (-52, -138), (0, -140), (52, -138), (104, -126),
            (123, -88), (131, -40), (136, 20)]  # fmt: skip
    crown = [(-139, 28), (-146, -60), (-142, -124), (-112, -190), (-58, -222), (0, -230), (58, -222), (112, -190),
             (142, -124), (146, -60), (139, 28)]  # fmt: skip
    top = [(-118, -118), (-60, -136), (0, -138), (60, -136), (118, -118), (128, -150), (104, -192), (56, -222), (0, -231),
           (-56, -222), (-104, -192), (-128, -150)]  # fmt: skip
    sides = cap(p, line, crown, count=60, width=1.6, colour=mix(tones.base, p.tone.shade, 0.3))
    return "", sides + curls(p, top, count=420, size=(2, 4.5), bumps=4)


def quiff(p: Person) -> tuple[str, str]:
    left = ([(-78, -142), (-108, -118), (-126, -84), (-132, -36), (-138, 26)],
            [(-84, -206), (-124, -180), (-147, -130), (-150, -60), (-140, 38)])  # fmt: skip
    right = ([(88, -132), (110, -114), (126, -84), (132, -36), (138, 26)],
             [(96, -206), (128, -178), (148, -130), (150, -60), (140, 38)])  # fmt: skip
    line = [(-112, -116), (-64, -140), (-20, -146), (20, -146), (64, -140), (114, -116)]
    top = [(-126, -150), (-104, -204), (-46, -240), (30, -250), (96, -226), (130, -150)]
    sides = flow(p, *left, count=60, sheen=None) + flow(p, *right, count=60, sheen=None)
    return "", shadow(p, left[0]) + sides + cap(p, line, top, count=190, lean=0.1, bulge=18)


def swept_back(p: Person) -> tuple[str, str]:
    line = [(-138, 34), (-132, -34), (-122, -92), (-96, -146), (-54, -166), (0, -164), (54, -168), (96, -148), (122, -92),
            (132, -34), (138, 34)]  # fmt: skip
    return "", cap(p, line, _raised(_CROWN, 6), count=230, lean=0, bulge=10)


def receding(p: Person) -> tuple[str, str]:
    left = (
        [(-112, -132), (-124, -100), (-131, -50), (-138, 30)],
        [(-120, -172), (-146, -124), (-152, -56), (-141, 42)],
    )
    right = (mirror(left[0]), mirror(left[1]))
    top = ([(-116, -140), (-70, -176), (0, -186), (70, -176), (116, -140)],
           [(-122, -172), (-72, -214), (0, -224), (72, -214), (122, -172)])  # fmt: skip
    thin = cap(p, *top, count=60, width=1.8, bulge=6, cast=False)
    return "", thin + flow(p, *left, count=60, sheen=None) + flow(p, *right, count=60, sheen=None)


def fringe_sides(p: Person) -> tuple[str, str]:
    """Bald on top, hair round the sides."""
    left = ([(-124, -104), (-130, -66), (-134, -20), (-139, 34)], [(-130, -116), (-149, -80), (-152, -28), (-142, 46)])
    right = (mirror(left[0]), mirror(left[1]))
    shine = ellipse(p.rim(-52, -168), 40, 20, p.tone.light, 0.6, blur=10, turn=-24)
    return "", shine + flow(p, *left, count=50, sheen=None) + flow(p, *right, count=50, sheen=None)


def bald(p: Person) -> tuple[str, str]:
    soft = [(-132, -40), (-128, -98), (-96, -150), (0, -176), (96, -150), (128, -98), (132, -40), (140, -60), (136, -126),
            (96, -190), (0, -216), (-96, -190), (-136, -126), (-140, -60)]  # fmt: skip
    stubble = clipped(f"scalp-{p.slug}", curve(outline(p)), [fill(curve(rims(p, soft)), p.hair_colour, 0.16, blur=10)])
    shine = ellipse(p.rim(-54, -160), 44, 24, p.tone.light, 0.7, blur=10, turn=-26)
    return "", stubble + shine + ellipse(p.rim(-62, -170), 17, 8, "#ffffff", 0.26, blur=4, turn=-28)


def curly_top(p: Person) -> tuple[str, str]:
    sides, _ = "", ""
    line = [(-138, 26), (-132, -36), (-122, -90), (-80, -124), (0, -130), (80, -124), (122, -90), (132, -36), (138, 26)]
    crown = [
        (-140, 40),
        (-153, -50),
        (-152, -120),
        (-104, -200),
        (0, -232),
        (104, -200),
        (152, -120),
        (153, -50),
        (140, 40),
    ]
    top = [(-116, -108), (-72, -128), (-36, -112), (4, -126), (44, -116), (84, -126), (122, -104), (152, -130), (142, -190),
           (92, -234), (20, -248), (-56, -242), (-118, -208), (-152, -140)]  # fmt: skip
    return sides, cap(p, line, crown, count=90) + shadow(p, top[:7], strength=0.28) + curls(
        p, top, count=300, size=(9, 17), bumps=15
    )


def afro(p: Person) -> tuple[str, str]:
    back = [(-130, 40), (-172, -10), (-194, -104), (-166, -200), (-96, -258), (0, -274), (96, -258), (166, -200),
            (194, -104), (172, -10), (130, 40)]  # fmt: skip
    front = [(-140, 10), (-134, -50), (-122, -98), (-76, -128), (0, -136), (76, -128), (122, -98), (134, -50), (140, 10),
             (166, -30), (184, -112), (156, -200), (90, -252), (0, -266), (-90, -252), (-156, -200), (-184, -112),
             (-166, -30)]  # fmt: skip
    hairline = front[:9]
    return curls(p, back, count=240, size=(5, 9), bumps=13), shadow(p, hairline) + curls(
        p, front, count=700, size=(4.5, 9), bumps=7, name="f"
    )


def _curtains(p: Person, length: float, wide: float, *, wave: float = 0, part: float = -40, waves: float = 2.2,
              ends: float = 0.35, full: float = 1) -> str:  # fmt: skip
    """Two falls of hair from a parting; `length` is where they end, below the eyes; `ends` draws the tips together."""
    span = wide - 126
    left_in = [(part, -152), (part - 34, -140), (-100, -104), (-122, -40), (-124, 50), (-122 + 8 * full, length * 0.62),
               (-130 - span * ends * 0.4, length)]  # fmt: skip
    left_out = [(part, -216), (-92, -212), (-144, -150), (-wide + 10, -40), (-wide - 4, 70), (-wide - 10, length * 0.62),
                (-wide + span * ends, length + 10)]  # fmt: skip
    right_in = [(part, -152), (part + 56, -148), (82, -122), (116, -62), (125, 50), (122 - 8 * full, length * 0.62),
                (130 + span * ends * 0.4, length)]  # fmt: skip
    right_out = [(part, -216), (44, -230), (128, -186), (wide - 8, -70), (wide + 4, 60), (wide + 10, length * 0.62),
                 (wide - span * ends, length + 10)]  # fmt: skip
    cast = shadow(p, left_in[:5]) + shadow(p, right_in[:5])
    crown = [(part - 50, -144), (part, -158), (part + 60, -150), (part + 40, -222), (part, -222), (part - 40, -214)]
    under = fill(curve(rims(p, crown)), mix(p.hair_colour, "#0a0706", 0.3))
    left = _locks(p, left_in, left_out, wave, waves, (0.18, 0.4))
    right = _locks(p, right_in, right_out, -wave, waves, (0.14, 0.34))
    return cast + under + left + right


def _locks(p: Person, inner: Line, outer: Line, wave: float, waves: float, sheen: tuple[float, float]) -> str:
    """A fall of hair in overlapping locks, each with a tip of its own."""
    parts = []
    for k, (start, end, drop) in enumerate(((0.0, 0.36, -6), (0.62, 1.0, -12), (0.26, 0.74, 8))):
        a, b = lerp(inner, outer, start), lerp(inner, outer, end)
        tip = ((a[-1][0] + b[-1][0]) / 2, (a[-1][1] + b[-1][1]) / 2 + drop)
        a[-1], b[-1] = lerp([a[-1]], [tip], 0.55)[0], lerp([b[-1]], [tip], 0.55)[0]
        parts.append(flow(p, a, b, count=60, wave=wave, waves=waves, loose=2 if k < 2 else 0, sheen=sheen, name=str(k)))
    return "".join(parts)


def _behind(p: Person, length: float, wide: float, *, wave: float = 0) -> str:
    dark = mix(p.hair_colour, "#0a0706", 0.3)
    left = [(-20, -190), (-100, -176), (-wide, -60), (-wide - 2, 80), (-wide + 14, length)]
    right = [(20, -190), (100, -176), (wide, -60), (wide + 2, 80), (wide - 14, length)]
    return flow(p, left, right, count=110, colour=dark, wave=wave, sheen=None, contrast=0.7, loose=0)


def long_side(p: Person) -> tuple[str, str]:
    return _behind(p, 340, 160), _curtains(p, 330, 172, wave=5, waves=1.2, ends=0.3)


def wavy(p: Person) -> tuple[str, str]:
    return _behind(p, 330, 166, wave=8), _curtains(p, 282, 182, wave=12, waves=2.1, part=-30, ends=0.3)


def bob_wavy(p: Person) -> tuple[str, str]:
    return _behind(p, 196, 160, wave=6), _curtains(p, 190, 176, wave=9, waves=1.4, part=-46, ends=0.25)


def bob_fringe(p: Person) -> tuple[str, str]:
    left = ([(-96, -150), (-118, -90), (-126, -10), (-124, 90), (-116, 168)],
            [(-70, -220), (-146, -160), (-166, -40), (-170, 90), (-158, 176)])  # fmt: skip
    right = (mirror(left[0]), mirror(left[1]))
    line = [(-122, -54), (-84, -63), (-42, -67), (0, -68), (42, -67), (84, -63), (122, -54)]
    crown = [(-128, -130), (-104, -196), (-54, -230), (0, -240), (54, -230), (104, -196), (128, -130)]
    fringe = cap(p, line, crown, count=210, lean=0, bulge=0, reach=0.04)
    sides = flow(p, *left, count=90, sheen=(0.3, 0.5)) + flow(p, *right, count=90, sheen=(0.3, 0.5))
    return _behind(p, 166, 150), shadow(p, left[0]) + shadow(p, right[0]) + sides + fringe


def pixie(p: Person) -> tuple[str, str]:
    left = ([(40, -168), (-20, -120), (-76, -98), (-118, -66), (-132, -10), (-134, 44)],
            [(44, -226), (-40, -244), (-112, -214), (-154, -140), (-160, -40), (-146, 48)])  # fmt: skip
    right = ([(36, -168), (78, -140), (112, -104), (128, -50), (134, 40)],
             [(30, -226), (90, -232), (142, -180), (162, -80), (146, 46)])  # fmt: skip
    back = fill(
        curve(rims(p, [(-140, 60), (-150, -60), (0, -200), (150, -60), (140, 60), (0, 90)])),
        Tones.of(p.hair_colour).dark,
    )
    return back, shadow(p, left[0]) + flow(p, *right, count=80) + flow(p, *left, count=130, loose=6)


def _tied(p: Person) -> str:
    line = [(-138, 30), (-132, -34), (-124, -86), (-90, -130), (-46, -138), (0, -141), (46, -138), (90, -130), (124, -86),
            (132, -34), (138, 30)]  # fmt: skip
    crown = _raised(_CROWN, -6, 0.97)
    return cap(p, line, crown, count=240, lean=0, bulge=8)


def _smooth_back(p: Person, part: float) -> str:
    """Hair drawn from a parting over the ears to the nape."""
    left = ([(part, -150), (part - 40, -140), (-98, -112), (-122, -66), (-131, -6), (-138, 46)],
            [(part, -212), (-84, -206), (-136, -150), (-149, -70), (-150, 6), (-144, 54)])  # fmt: skip
    right = ([(part, -150), (part + 60, -144), (98, -112), (122, -66), (131, -6), (138, 46)],
             [(part, -212), (60, -220), (136, -154), (149, -70), (150, 6), (144, 54)])  # fmt: skip
    under = fill(curve(rims(p, [(part - 40, -146), (part, -154), (part + 50, -150), (part + 40, -210), (part - 40, -206)])),
                 mix(p.hair_colour, "#0a0706", 0.3))  # fmt: skip
    cast = shadow(p, left[0]) + shadow(p, right[0])
    return cast + under + flow(p, *left, count=100, loose=3) + flow(p, *right, count=110, loose=3)


def _bun(p: Person, u: float, v: float, r: float) -> str:
    """A coil of hair about a point behind the head."""
    first = [(u + r * math.cos(a) * 0.2, v + r * math.sin(a) * 0.2) for a in _RING]
    second = [(u + r * math.cos(a), v + r * math.sin(a) * 0.94) for a in _RING]
    core = ellipse(p.rim(u, v), r * 0.5, r * 0.48, Tones.of(p.hair_colour).dark)
    return core + flow(p, first, second, count=90, sheen=(0.45, 0.75), loose=2)


_RING = [math.radians(40 + 40 * k) for k in range(10)]


def low_bun(p: Person) -> tuple[str, str]:
    return _bun(p, 128, 116, 50), _smooth_back(p, -24)


def top_bun(p: Person) -> tuple[str, str]:
    return _bun(p, 6, -236, 58), _tied(p)


def curly_shoulder(p: Person) -> tuple[str, str]:
    return _behind(p, 246, 168, wave=12), _curtains(p, 250, 190, wave=12, waves=3.4, part=-14, ends=0.2)
