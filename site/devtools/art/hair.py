"""Hairstyles. Each is a pair: what lies behind the head, and what lies on it."""

from __future__ import annotations

from collections.abc import Callable

from devtools.art.pen import ellipse, fill, curve, mix
from devtools.art.person import Person
from devtools.art.strands import Tones, cap, curls, flow, mirror, rims, shadow

Style = Callable[[Person], tuple[str, str]]

_TEMPLES = [(-139, 34), (-133, -30), (-124, -82), (-86, -122), (-42, -134), (0, -137), (42, -134), (86, -122), (124, -82),
            (133, -30), (139, 34)]  # fmt: skip
_CROWN = [(-148, 34), (-153, -50), (-152, -122), (-116, -196), (-60, -230), (0, -238), (60, -230), (116, -196),
          (152, -122), (153, -50), (148, 34)]  # fmt: skip


def _raised(points: list[tuple[float, float]], rise: float, wide: float = 1) -> list[tuple[float, float]]:
    return [(u * wide, v - rise * max(0.0, min(1.0, (-v - 60) / 120))) for u, v in points]


def short_part(p: Person) -> tuple[str, str]:
    left = ([(-60, -150), (-96, -132), (-122, -92), (-131, -40), (-138, 24)],
            [(-62, -216), (-112, -198), (-144, -142), (-153, -66), (-149, 24)])  # fmt: skip
    top = ([(-66, -150), (-20, -138), (34, -142), (88, -132), (122, -88), (132, -34), (139, 26)],
           [(-72, -206), (-24, -246), (44, -246), (104, -214), (146, -150), (155, -60), (149, 26)])  # fmt: skip
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
    crown = [(-143, 20), (-146, -60), (-142, -124), (-112, -190), (-58, -222), (0, -230), (58, -222), (112, -190),
             (142, -124), (146, -60), (143, 20)]  # fmt: skip
    top = [(-118, -118), (-60, -136), (0, -138), (60, -136), (118, -118), (128, -150), (104, -192), (56, -222), (0, -231),
           (-56, -222), (-104, -192), (-128, -150)]  # fmt: skip
    sides = cap(p, line, crown, count=60, width=1.6, colour=mix(tones.base, p.tone.shade, 0.3))
    return "", sides + curls(p, top, count=420, size=(2, 4.5), bumps=4)


def quiff(p: Person) -> tuple[str, str]:
    left = ([(-78, -142), (-108, -118), (-126, -84), (-132, -36), (-138, 26)],
            [(-84, -206), (-124, -180), (-147, -130), (-152, -60), (-148, 26)])  # fmt: skip
    right = ([(88, -132), (110, -114), (126, -84), (132, -36), (138, 26)],
             [(96, -206), (128, -178), (148, -130), (152, -60), (148, 26)])  # fmt: skip
    line = [(-96, -128), (-60, -140), (-20, -146), (20, -146), (60, -140), (100, -124)]
    top = [(-132, -168), (-96, -228), (-36, -258), (34, -262), (92, -236), (134, -168)]
    sides = flow(p, *left, count=60, sheen=None) + flow(p, *right, count=60, sheen=None)
    return "", shadow(p, left[0]) + sides + cap(p, line, top, count=190, lean=0.1, bulge=18)


def swept_back(p: Person) -> tuple[str, str]:
    line = [(-138, 34), (-132, -34), (-122, -92), (-96, -146), (-54, -166), (0, -164), (54, -168), (96, -148), (122, -92),
            (132, -34), (138, 34)]  # fmt: skip
    return "", cap(p, line, _raised(_CROWN, 6), count=230, lean=0, bulge=10)


def receding(p: Person) -> tuple[str, str]:
    left = ([(-112, -132), (-124, -100), (-131, -50), (-138, 30)], [(-120, -172), (-146, -124), (-154, -56), (-149, 34)])
    right = (mirror(left[0]), mirror(left[1]))
    top = ([(-116, -140), (-70, -176), (0, -186), (70, -176), (116, -140)],
           [(-122, -172), (-72, -214), (0, -224), (72, -214), (122, -172)])  # fmt: skip
    thin = cap(p, *top, count=60, width=1.8, bulge=6, cast=False)
    return "", thin + flow(p, *left, count=60, sheen=None) + flow(p, *right, count=60, sheen=None)


def fringe_sides(p: Person) -> tuple[str, str]:
    """Bald on top, hair round the sides."""
    left = ([(-124, -104), (-130, -66), (-134, -20), (-139, 34)], [(-130, -116), (-149, -80), (-154, -28), (-149, 40)])
    right = (mirror(left[0]), mirror(left[1]))
    shine = ellipse(p.rim(-52, -168), 40, 20, p.tone.light, 0.6, blur=10, turn=-24)
    return "", shine + flow(p, *left, count=50, sheen=None) + flow(p, *right, count=50, sheen=None)


def bald(p: Person) -> tuple[str, str]:
    soft = [(-132, -40), (-128, -98), (-96, -150), (0, -176), (96, -150), (128, -98), (132, -40), (140, -60), (136, -126),
            (96, -190), (0, -216), (-96, -190), (-136, -126), (-140, -60)]  # fmt: skip
    stubble = fill(curve(rims(p, soft)), p.hair_colour, 0.13, blur=10)
    shine = ellipse(p.rim(-54, -160), 44, 24, p.tone.light, 0.7, blur=10, turn=-26)
    return "", stubble + shine + ellipse(p.rim(-62, -170), 17, 8, "#ffffff", 0.26, blur=4, turn=-28)


def curly_top(p: Person) -> tuple[str, str]:
    sides, _ = "", ""
    line = [(-138, 26), (-132, -36), (-122, -90), (-80, -124), (0, -130), (80, -124), (122, -90), (132, -36), (138, 26)]
    crown = [(-150, 26), (-156, -50), (-152, -120), (-104, -200), (0, -232), (104, -200), (152, -120), (156, -50), (150, 26)]
    top = [(-116, -108), (-72, -128), (-36, -112), (4, -126), (44, -116), (84, -126), (122, -104), (152, -140), (138, -204),
           (88, -246), (20, -262), (-56, -254), (-116, -220), (-152, -156)]  # fmt: skip
    return sides, cap(p, line, crown, count=90) + shadow(p, top[:7], strength=0.28) + curls(
        p, top, count=300, size=(9, 17), bumps=15
    )


def afro(p: Person) -> tuple[str, str]:
    back = [(-150, 40), (-196, -20), (-212, -110), (-178, -212), (-100, -274), (0, -292), (100, -274), (178, -212),
            (212, -110), (196, -20), (150, 40)]  # fmt: skip
    front = [(-140, 10), (-134, -50), (-122, -98), (-76, -128), (0, -136), (76, -128), (122, -98), (134, -50), (140, 10),
             (186, -30), (198, -120), (164, -210), (92, -262), (0, -276), (-92, -262), (-164, -210), (-198, -120),
             (-186, -30)]  # fmt: skip
    hairline = front[:9]
    return curls(p, back, count=240, size=(5, 9), bumps=13), shadow(p, hairline) + curls(
        p, front, count=700, size=(4.5, 9), bumps=7, name="f"
    )


def _curtains(p: Person, length: float, wide: float, *, wave: float = 0, part: float = -40, tuck: bool = False,
              waves: float = 2.2) -> str:  # fmt: skip
    """Two falls of hair from a parting; `length` is where they end, below the eyes."""
    reach = 128 if not tuck else 140
    left_in = [(part, -150), (part - 40, -138), (-112, -94), (-128, -20), (-reach, 70), (-reach + 2, length * 0.6),
               (-reach - 4, length)]  # fmt: skip
    left_out = [(part - 4, -222), (-98, -214), (-150, -150), (-wide + 8, -40), (-wide, 70), (-wide - 6, length * 0.6),
                (-wide + 12, length + 6)]  # fmt: skip
    right_in = [(part, -150), (part + 62, -146), (86, -122), (122, -60), (reach, 50), (reach, length * 0.6),
                (reach + 4, length)]  # fmt: skip
    right_out = [(part, -222), (50, -236), (132, -188), (wide - 6, -70), (wide + 2, 60), (wide + 6, length * 0.6),
                 (wide - 12, length + 6)]  # fmt: skip
    cast = shadow(p, left_in[:5]) + shadow(p, right_in[:5])
    left = flow(p, left_in, left_out, count=90, wave=wave, waves=waves, loose=5, sheen=(0.2, 0.42))
    right = flow(p, right_in, right_out, count=110, wave=-wave, waves=waves, loose=5, sheen=(0.16, 0.36))
    return cast + left + right


def _behind(p: Person, length: float, wide: float, *, wave: float = 0) -> str:
    dark = mix(p.hair_colour, "#0a0706", 0.36)
    left = [(-20, -200), (-110, -180), (-wide, -60), (-wide - 2, 80), (-wide + 4, length)]
    right = [(20, -200), (110, -180), (wide, -60), (wide + 2, 80), (wide - 4, length)]
    return flow(p, left, right, count=110, colour=dark, wave=wave, sheen=None, contrast=0.7, loose=0)


def long_side(p: Person) -> tuple[str, str]:
    return _behind(p, 300, 158), _curtains(p, 330, 176, wave=5, waves=1.3)


def wavy(p: Person) -> tuple[str, str]:
    return _behind(p, 240, 170, wave=8), _curtains(p, 250, 190, wave=15, waves=2.4, part=-30)


def bob(p: Person) -> tuple[str, str]:
    return _behind(p, 168, 152), _curtains(p, 178, 172, wave=4, waves=1, part=36)


def bob_wavy(p: Person) -> tuple[str, str]:
    return _behind(p, 170, 164, wave=8), _curtains(p, 186, 184, wave=12, waves=2, part=-46)


def bob_fringe(p: Person) -> tuple[str, str]:
    left = ([(-96, -150), (-118, -90), (-126, -10), (-124, 90), (-116, 168)],
            [(-70, -220), (-146, -160), (-166, -40), (-170, 90), (-158, 176)])  # fmt: skip
    right = (mirror(left[0]), mirror(left[1]))
    line = [(-122, -52), (-84, -58), (-42, -60), (0, -61), (42, -60), (84, -58), (122, -52)]
    crown = [(-128, -130), (-104, -196), (-54, -230), (0, -240), (54, -230), (104, -196), (128, -130)]
    fringe = cap(p, line, crown, count=210, lean=0, bulge=0, reach=0.04)
    sides = flow(p, *left, count=90, sheen=(0.3, 0.5)) + flow(p, *right, count=90, sheen=(0.3, 0.5))
    return _behind(p, 166, 150), shadow(p, left[0]) + shadow(p, right[0]) + sides + fringe


def pixie(p: Person) -> tuple[str, str]:
    left = ([(40, -168), (-20, -120), (-76, -98), (-118, -66), (-132, -10), (-134, 44)],
            [(44, -226), (-40, -244), (-112, -214), (-154, -140), (-160, -40), (-146, 48)])  # fmt: skip
    right = ([(36, -168), (78, -140), (112, -104), (128, -50), (134, 40)],
             [(30, -226), (90, -232), (142, -180), (162, -80), (146, 46)])  # fmt: skip
    back = fill(curve(rims(p, [(-140, 60), (-150, -60), (0, -200), (150, -60), (140, 60), (0, 90)])), Tones.of(p.hair_colour).dark)
    return back, shadow(p, left[0]) + flow(p, *right, count=80) + flow(p, *left, count=130, loose=6)


def _tied(p: Person) -> str:
    line = [(-138, 30), (-132, -34), (-124, -86), (-90, -130), (-46, -146), (0, -150), (46, -146), (90, -130), (124, -86),
            (132, -34), (138, 30)]  # fmt: skip
    crown = _raised(_CROWN, -6, 0.97)
    return cap(p, line, crown, count=240, lean=0, bulge=8)


def low_bun(p: Person) -> tuple[str, str]:
    left = ([(8, -150), (-50, -142), (-104, -112), (-126, -62), (-134, 0), (-140, 44)],
            [(6, -220), (-86, -212), (-142, -148), (-154, -60), (-152, 10), (-144, 52)])  # fmt: skip
    right = ([(4, -150), (60, -142), (106, -110), (126, -62), (134, 0), (140, 44)],
             [(6, -220), (92, -212), (142, -148), (154, -60), (152, 10), (144, 52)])  # fmt: skip
    bun = [(100, 70), (150, 60), (186, 96), (178, 140), (138, 158), (96, 130)]
    back = curls(p, bun, count=50, size=(16, 34), bumps=3)
    return back, shadow(p, left[0]) + shadow(p, right[0]) + flow(p, *left, count=90) + flow(p, *right, count=90)


def top_bun(p: Person) -> tuple[str, str]:
    bun = [(-52, -232), (-66, -268), (-40, -306), (4, -318), (48, -304), (66, -266), (50, -230), (0, -218)]
    return curls(p, bun, count=60, size=(16, 36), bumps=3), _tied(p)


def ponytail(p: Person) -> tuple[str, str]:
    tail = ([(96, -120), (150, -70), (164, 20), (150, 120), (140, 210), (120, 262)],
            [(110, -150), (176, -104), (206, 10), (204, 130), (184, 226), (134, 276)])  # fmt: skip
    left = ([(-40, -156), (-84, -132), (-118, -92), (-130, -40), (-138, 24)],
            [(-40, -222), (-108, -206), (-146, -140), (-153, -60), (-148, 28)])  # fmt: skip
    right = ([(-42, -156), (20, -150), (82, -130), (120, -90), (132, -40), (140, 20)],
             [(-40, -222), (40, -232), (116, -196), (150, -130), (154, -60), (148, 24)])  # fmt: skip
    return flow(p, *tail, count=80, wave=4, waves=1.2), shadow(p, left[0]) + shadow(p, right[0]) + flow(
        p, *left, count=80
    ) + flow(p, *right, count=110)


def curly_shoulder(p: Person) -> tuple[str, str]:
    back = [(-130, 150), (-190, 130), (-204, 20), (-186, -110), (-124, -212), (0, -252), (124, -212), (186, -110),
            (204, 20), (190, 130), (130, 150), (0, 100)]  # fmt: skip
    left = [(-20, -150), (-70, -134), (-112, -96), (-124, -30), (-126, 50), (-118, 150), (-160, 176), (-200, 120),
            (-206, 10), (-190, -110), (-120, -216), (-26, -250)]  # fmt: skip
    right = [(-24, -152), (40, -144), (96, -112), (122, -40), (126, 50), (118, 150), (160, 176), (200, 120), (206, 10),
             (190, -110), (124, -214), (-20, -250)]  # fmt: skip
    cast = shadow(p, left[:6]) + shadow(p, right[:6])
    return curls(p, back, count=200, size=(10, 20), colour=mix(p.hair_colour, "#0a0706", 0.3)), cast + curls(
        p, left, count=240, size=(8, 18), bumps=12
    ) + curls(p, right, count=240, size=(8, 18), bumps=12)
