"""Indoor pictures: the consulting room on the home page and the pictures of the articles."""

from __future__ import annotations

from collections.abc import Callable

from devtools.art.pen import CORAL, INK, clipped, curve, document, ellipse, fill, lift, linear, mix, polygon, stroke
from devtools.art.person import Person
from devtools.art.portrait import figure
from devtools.art.scenery import OAK, OAK_DARK, box, cloud, leaf, plant, tree

DOCTOR = Person("hero-doctor", "brown", "#ffffff", "wavy", "#241a15", "coat", "#f4f1ea", under="#14655f", age=0.25, turn=17,
                tilt=2, gaze=8, eyes="#35200f", lips=1.1, smile=0.9, teeth=0.4, nose_w=1.02, earrings="gold")  # fmt: skip
PATIENT = Person("hero-patient", "fair", "#ffffff", "short_part", "#b9b4ab", "jumper", "#c0674c", under="#eef2f2", male=True,
                 age=0.8, turn=-17, tilt=-2, gaze=-8, eyes="#4f7385", brow_colour="#8f877c", smile=0.95)  # fmt: skip


def _room() -> str:
    wall = linear("wall", (0, 0), (1600, 700), [(0, "#f8f1e4"), (0.55, "#f1e7d5"), (1, "#e2d6c0")])
    return wall + box(0, 0, 1600, 1000, "url(#wall)")


def _outside(x: float, y: float, w: float, h: float) -> str:
    sky = linear("out", (x, y), (x + w * 0.3, y + h), [(0, "#bfd9e2"), (0.6, "#e9efe6"), (1, "#f7ecd8")])
    roofs = "".join(
        fill(
            polygon(
                [
                    (x + a, y + h),
                    (x + a, y + h - b),
                    (x + a + 58, y + h - b - 46),
                    (x + a + 116, y + h - b),
                    (x + a + 116, y + h),
                ]
            ),
            c,
            0.75,
        )
        for a, b, c in (
            (-20, 150, "#c79f86"),
            (100, 190, "#b98a70"),
            (214, 140, "#d2b79c"),
            (330, 176, "#b7917a"),
            (446, 150, "#cbab92"),
        )
    )
    green = tree(x + w * 0.2, y + h + 30, 330, 3, "#7ba582") + tree(x + w * 0.82, y + h + 40, 380, 8, "#6a9a7c")
    return sky + box(x, y, w, h, "url(#out)") + cloud(x + w * 0.5, y + 110, 260) + roofs + green


def _big_window(x: float, y: float, w: float, h: float) -> str:
    view = clipped("view", polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)]), [_outside(x, y, w, h)])
    trim = "#fdfaf3"
    bars = "".join(box(x + w * k / 3 - 6, y, 12, h, trim) for k in (1, 2)) + box(x, y + h * 0.36, w, 11, trim)
    frame = stroke(polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)]), trim, 24)
    edge = stroke(
        polygon([(x - 13, y - 13), (x + w + 13, y - 13), (x + w + 13, y + h + 13), (x - 13, y + h + 13)]), "#c8baa0", 2
    )
    blind = box(x - 6, y - 12, w + 12, 92, "#f3e6cc") + "".join(
        box(x - 6, y - 12 + 23 * k, w + 12, 3, "#d9c8a6", 0.7) for k in range(1, 5)
    )
    sill = box(x - 40, y + h + 12, w + 80, 24, "#fdfaf3") + box(x - 40, y + h + 36, w + 80, 10, INK, 0.12, blur=4)
    return view + bars + frame + edge + blind + sill


def _light() -> str:
    beams = [[(620, 130), (1010, 420), (1010, 880), (620, 620)], [(860, 60), (1230, 300), (1230, 620), (860, 420)]]
    return "".join(fill(polygon(b), "#fff6da", 0.34, blur=20) for b in beams)


def _shelf(x: float, y: float) -> str:
    colours = ("#0f5e59", "#c9654b", "#22364e", "#d8b36a", "#8aa79b", "#e7dcc6", "#4a6b7c")
    books, left = [], x + 16
    for k in range(13):
        w, h = 17 + (k * 7) % 13, 88 + (k * 23) % 38
        books.append(box(left, y - h, w, h, colours[k % 7], r=2) + box(left + 3, y - h + 14, w - 6, 4, "#faf6ee", 0.6))
        left += w + 3
    pot = plant(x + 352, y, 120, 77, leaves=11, pot="#e9dfcc")
    return "".join(books) + pot + box(x, y, 430, 15, OAK) + box(x, y + 15, 430, 12, INK, 0.14, blur=4)


def _frame(x: float, y: float, w: float, h: float) -> str:
    mat = (
        box(x + 6, y + 10, w, h, INK, 0.16, blur=6)
        + box(x, y, w, h, OAK)
        + box(x + 10, y + 10, w - 20, h - 20, "#fbf7ee")
    )
    cx, cy = x + w / 2, y + h * 0.74
    sprig = "".join(leaf((cx, cy - 26 * k), -90 + s * 52, 58 - 5 * k, 24, "#5b8f79") for k in range(4) for s in (-1, 1))
    return mat + stroke(f"M{cx} {cy + 26}L{cx} {cy - 110}", "#2f5d4d", 3) + sprig


def _desk() -> str:
    top = linear("desk", (0, 850), (1600, 1000), [(0, lift(OAK, 0.3)), (0.6, OAK), (1, mix(OAK, OAK_DARK, 0.6))])
    grain = "".join(
        stroke(f"M{-20 + k * 40} {872 + (k * 31) % 120}q300 {-8 + k % 5 * 4} 620 2", OAK_DARK, 2, 0.16)
        for k in range(0, 38, 3)
    )
    return (
        box(0, 830, 1600, 26, INK, 0.2, blur=8)
        + top
        + box(0, 846, 1600, 160, "url(#desk)")
        + box(0, 846, 1600, 5, "#f3dfbb", 0.7)
        + grain
    )


def _arm(elbow: tuple[float, float], hand: tuple[float, float], cloth: str, skin: str, side: int) -> str:
    (ex, ey), (hx, hy) = elbow, hand
    fore = [
        (ex - 34 * side, ey - 34),
        (ex + 30 * side, ey - 40),
        (hx - 26 * side, hy - 24),
        (hx - 14 * side, hy + 24),
        (ex, ey + 36),
        (ex - 44 * side, ey + 10),
    ]
    palm = [
        (hx - 30 * side, hy - 20),
        (hx + 10 * side, hy - 22),
        (hx + 40 * side, hy - 8),
        (hx + 54 * side, hy + 8),
        (hx + 36 * side, hy + 18),
        (hx - 24 * side, hy + 20),
    ]
    lines = "".join(
        stroke(
            f"M{hx + 22 * side} {hy - 4 + 7 * k}L{hx + 48 * side} {hy + 1 + 6 * k}", mix(skin, "#4a2416", 0.5), 2, 0.5
        )
        for k in range(2)
    )
    cuff = stroke(
        curve([(hx - 24 * side, hy - 24), (hx - 18 * side, hy), (hx - 18 * side, hy + 24)], closed=False),
        mix(cloth, INK, 0.24),
        7,
    )
    shadow = ellipse((hx - 20 * side, hy + 28), 120, 12, INK, 0.24, blur=8)
    crease = stroke(
        curve([(ex - 30 * side, ey - 26), (ex, ey - 6), (ex + 24 * side, ey - 12)], closed=False),
        mix(cloth, INK, 0.5),
        6,
        0.3,
        blur=3,
    )
    return shadow + fill(curve(palm), skin) + lines + fill(curve(fore), cloth) + crease + cuff


def _seat(p: Person, x: float, y: float, scale: float) -> str:
    return f'<g transform="translate({x} {y}) scale({scale}) translate(-400 -420)">{figure(p)}</g>'


def _things() -> str:
    notes = fill(polygon([(812, 908), (970, 896), (1006, 962), (836, 978)]), "#fdfaf3") + "".join(
        stroke(f"M{842 + 6 * k} {918 + 13 * k}L{950 + 6 * k} {910 + 13 * k}", "#9aa8ac", 2.4, 0.8) for k in range(4)
    )
    pen = stroke("M976 980L1040 956", "#14263a", 6) + stroke("M1030 960L1040 956", CORAL, 6)
    mug = (
        ellipse((1106, 948), 54, 10, INK, 0.24, blur=6)
        + box(1070, 872, 68, 74, "#0f5e59", r=8)
        + box(1070, 872, 20, 74, "#3d8a82", 0.6, r=8)
    )
    mug += stroke("M1138 890q30 2 26 24q-4 20-26 18", "#0f5e59", 9) + ellipse((1104, 874), 34, 7, "#4a2f22")
    return notes + pen + mug


def hero_body() -> str:
    """The consulting room without its document, to be set into other pictures."""
    doctor = _seat(DOCTOR, 726, 484, 0.76)
    patient = _seat(PATIENT, 1262, 476, 0.78)
    sleeves = _arm((540, 880), (716, 912), "#f4f1ea", "#a97048", 1) + _arm(
        (1462, 872), (1270, 912), "#c0674c", "#efc7a9", -1
    )
    return "".join([
        _room(), _big_window(96, 70, 540, 560), _shelf(1130, 196), _frame(742, 84, 170, 220), _light(),
        plant(96, 870, 430, 5, leaves=20), plant(560, 642, 150, 9, leaves=10, pot="#22364e"),
        ellipse((1000, 700), 520, 180, "#8a7654", 0.14, blur=60), doctor, patient, _desk(), sleeves, _things(),
        fill(polygon([(0, 0), (700, 0), (300, 1000), (0, 1000)]), "#fff4d8", 0.14, blur=60),
    ])  # fmt: skip


def hero() -> str:
    """A doctor and a patient talk by the window of a bright consulting room (1600 x 1000)."""
    return document(1600, 1000, [hero_body()])


def visit() -> str:
    """What to bring: notebook, glasses, keys and a mug on a table (1200 x 800)."""
    table = linear("t", (0, 0), (1200, 800), [(0, "#efe0c6"), (1, "#d3b48a")]) + box(0, 0, 1200, 800, "url(#t)")
    grain = "".join(stroke(f"M-20 {40 + 62 * k}q400 {-14 + k % 4 * 9} 1240 6", OAK_DARK, 2.4, 0.13) for k in range(13))
    book = (
        box(300, 168, 420, 520, INK, 0.3, r=12, blur=12)
        + box(286, 150, 420, 520, "#0f5e59", r=12)
        + box(312, 160, 384, 500, "#fdfaf3", r=5)
    )
    rows = "".join(
        stroke(f"M360 {250 + 52 * k}H{640 - (k * 53) % 120}", "#8796a0", 5, 0.8)
        + box(330, 240 + 52 * k, 18, 18, "#0f5e59", 0.85, r=4)
        for k in range(7)
    )
    pen = (
        stroke("M742 596L880 250", INK, 15, 0.25, blur=4)
        + stroke("M734 590L872 244", "#22364e", 15)
        + stroke("M856 284L872 244", CORAL, 15)
    )
    mug = (
        ellipse((1010, 300), 122, 122, INK, 0.24, blur=16)
        + ellipse((998, 284), 116, 116, "#f4efe4")
        + ellipse((998, 284), 98, 98, "#6a432c")
    )
    mug += ellipse((972, 258), 60, 44, "#9a6a48", 0.5, blur=12) + stroke(
        "M1106 324q66 20 52 74q-18 36-72 -18", "#f4efe4", 22
    )
    specs = "".join(
        f'<circle cx="{x}" cy="596" r="62" fill="#fff" fill-opacity=".25" stroke="#7a3f2e" stroke-width="11"/>'
        for x in (900, 1056)
    )
    specs += stroke("M962 588q16-18 32 0M842 580L812 470M1116 580L1142 470", "#7a3f2e", 10)
    return document(1200, 800, [table, grain, book, rows, pen, mug, specs, plant(96, 850, 300, 12, leaves=14),
                                fill(polygon([(0, 0), (560, 0), (120, 800), (0, 800)]), "#fff6dd", 0.3, blur=40)])  # fmt: skip


def _shore() -> str:
    sky = linear("s", (0, 0), (0, 520), [(0, "#b7d6de"), (1, "#f4ecd9")]) + box(0, 0, 1200, 540, "url(#s)")
    sea = linear("w", (0, 400), (0, 560), [(0, "#7fb0b0"), (1, "#3f7f84")]) + box(0, 400, 1200, 180, "url(#w)")
    waves = "".join(
        stroke(f"M{(k * 197) % 1150} {420 + (k * 23) % 120}h{50 + (k * 31) % 90}", "#f7f1e2", 3, 0.5) for k in range(22)
    )
    bench = "".join(
        box(0, 548 + 66 * k, 1200, 56, mix(OAK, OAK_DARK, 0.12 * k)) + box(0, 548 + 66 * k, 1200, 5, "#f3dfbb", 0.6)
        for k in range(4)
    )
    gaps = "".join(box(0, 604 + 66 * k, 1200, 10, "#4a3624", 0.8) for k in range(4))
    return "".join([sky, cloud(760, 130, 380), sea, waves, bench, gaps])


def sun() -> str:
    """A hat, sun cream and dark glasses on a bench by the sea (1200 x 800)."""
    brim = (
        ellipse((400, 640), 330, 44, INK, 0.3, blur=12)
        + ellipse((400, 610), 320, 66, "#e6cd95")
        + ellipse((400, 602), 300, 52, "#f0dcae")
    )
    crown = fill(
        curve([(220, 600), (236, 480), (300, 410), (400, 396), (500, 410), (564, 480), (580, 600), (400, 632)]),
        "#ecd6a3",
    )
    straw = "".join(
        stroke(
            curve([(222 - k, 590 - 24 * k), (400, 622 - 24 * k), (578 + k, 590 - 24 * k)], closed=False),
            "#c9a860",
            2.4,
            0.5,
        )
        for k in range(8)
    )
    band = stroke(curve([(222, 574), (400, 606), (578, 574)], closed=False), "#0f5e59", 40)
    side = fill(curve([(480, 404), (564, 480), (580, 600), (500, 618), (520, 500)]), "#7a5a24", 0.25, blur=12)
    bottle = (
        ellipse((820, 650), 110, 16, INK, 0.3, blur=8)
        + box(740, 330, 150, 316, "#d9654b", r=34)
        + box(740, 330, 50, 316, "#f09a80", 0.5, r=30)
    )
    bottle += (
        box(768, 264, 94, 78, "#f4efe4", r=12)
        + box(760, 430, 110, 110, "#fdf8ee", r=55)
        + ellipse((815, 485), 26, 26, "#e6b44c")
    )
    shades = "".join(
        fill(curve([(x, 640), (x + 60, 626), (x + 120, 640), (x + 108, 694), (x + 60, 712), (x + 12, 694)]), "#1d2b38")
        for x in (906, 1040)
    )
    shades += stroke("M1026 646q8-10 16 0", "#1d2b38", 9) + "".join(
        fill(polygon([(x, 650), (x + 30, 644), (x + 12, 690)]), "#ffffff", 0.2) for x in (930, 1064)
    )
    return document(1200, 800, [_shore(), brim, crown, straw, band, side, bottle, shades])


def sleep() -> str:
    """A bedside table with a lamp, a book and a glass of water (1200 x 800)."""
    wall = linear("n", (0, 0), (1200, 700), [(0, "#1d3446"), (1, "#2c4a57")]) + box(0, 0, 1200, 800, "url(#n)")
    glow = ellipse((800, 330), 420, 330, "#ffdf9e", 0.4, blur=60) + ellipse(
        (800, 330), 220, 190, "#ffeab8", 0.4, blur=60
    )
    pane = (
        box(120, 90, 300, 400, "#14263a")
        + ellipse((330, 190), 42, 42, "#f4ecd4")
        + ellipse((312, 180), 40, 40, "#14263a")
    )
    stars = "".join(ellipse((140 + (k * 89) % 260, 110 + (k * 57) % 350), 2.4, 2.4, "#f4ecd4", 0.9) for k in range(16))
    frame = stroke("M120 90H420V490H120ZM270 90V490M120 290H420", "#d9cdb6", 14) + box(96, 490, 348, 20, "#d9cdb6")
    lamp = fill(polygon([(700, 360), (900, 360), (856, 200), (744, 200)]), "#f9e3b2") + fill(
        polygon([(830, 360), (900, 360), (856, 200), (826, 200)]), "#d9a65c", 0.4
    )
    base = box(792, 360, 16, 120, "#c79a5b") + fill(
        curve([(750, 580), (760, 500), (800, 470), (840, 500), (850, 580), (800, 590)]), "#0f5e59"
    )
    shine = ellipse((778, 520), 12, 34, "#8cc4ba", 0.6, blur=4)
    books = (
        box(880, 548, 200, 34, "#c9654b", r=4)
        + box(892, 516, 176, 32, "#e7dcc6", r=4)
        + box(892, 526, 176, 3, "#8b98a0", 0.6)
    )
    glass = fill(polygon([(600, 470), (680, 470), (670, 584), (610, 584)]), "#dfeff0", 0.4) + fill(
        polygon([(604, 510), (676, 510), (670, 584), (610, 584)]), "#a9cdd2", 0.6
    )
    table = (
        box(500, 584, 640, 30, OAK)
        + box(500, 584, 640, 6, "#f7e2b6", 0.8)
        + box(530, 614, 580, 190, mix(OAK, "#3a2a1c", 0.4))
        + box(560, 650, 520, 110, mix(OAK, "#3a2a1c", 0.2), r=6)
    )
    knob = ellipse((820, 704), 14, 14, "#d9b260")
    bed = fill(curve([(-60, 640), (120, 570), (330, 590), (440, 640), (470, 820), (-60, 820)]), "#e9e0d0") + fill(
        curve([(-60, 590), (60, 520), (230, 540), (300, 610), (120, 660), (-60, 680)]), "#f7f1e4")  # fmt: skip
    fold = stroke(curve([(-20, 720), (160, 690), (420, 730)], closed=False), "#b9aa90", 8, 0.5, blur=4)
    return document(
        1200, 800, [wall, pane, stars, frame, glow, lamp, base, shine, table, knob, books, glass, bed, fold]
    )


ARTICLES: dict[str, Callable[[], str]] = {"before-your-visit": visit, "skin-in-the-sun": sun, "sleeping-better": sleep}
