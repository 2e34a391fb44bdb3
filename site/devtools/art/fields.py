"""One still life for each specialty that has none among the articles' (1200 x 800 each)."""

from __future__ import annotations

from collections.abc import Callable

from devtools.art.pen import CORAL, INK, clipped, curve, document, ellipse, fill, lift, linear, mix, polygon, stroke
from devtools.art.scenery import OAK, OAK_DARK, box, leaf, plant
from devtools.art.tabletop import HEIGHT, WIDTH, light, mug, shadow, table, tube, wall, window

NAVY, TEAL, GOLD = "#22364e", "#0f5e59", "#d8a441"


def _ring(x: float, y: float, r: float, colour: str, width: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def heart() -> str:
    """A model of a heart on a stand, beside books and a cup."""
    stand = shadow(600, 690, 150) + ellipse((600, 682), 120, 22, mix(OAK, OAK_DARK, 0.5)) + ellipse((600, 672), 120, 22, OAK) + box(588, 540, 24, 134, "#c3ccd0", r=6)  # fmt: skip
    body = [(470, 330), (500, 270), (580, 258), (650, 276), (716, 320), (734, 400), (706, 490), (650, 570), (606, 606), (556, 560), (498, 480), (462, 400)]  # fmt: skip
    tone = linear("heart", (470, 270), (730, 600), [(0, "#e58a78"), (0.45, "#c9503f"), (1, "#8d2f2a")])
    vena = (
        stroke("M520 330V150", "#4a6c96", 44)
        + stroke("M512 320V152", "#86a5c8", 9, 0.8)
        + ellipse((520, 150), 22, 8, "#2f4a6d")
    )
    aorta = stroke(curve([(600, 330), (592, 210), (650, 130), (728, 166), (736, 260)], closed=False), "#b8402f", 54) + stroke(curve([(586, 320), (578, 206), (646, 116), (722, 146)], closed=False), "#ec9a86", 9, 0.8)  # fmt: skip
    aorta += stroke("M632 140V84M676 126V76", "#b8402f", 24) + "".join(
        ellipse((x, y), 12, 5, "#7c241d") for x, y in ((632, 84), (676, 76))
    )
    lung = stroke(curve([(560, 330), (600, 270), (690, 262), (760, 300)], closed=False), "#4a6c96", 40) + stroke(curve([(570, 306), (610, 258), (690, 250), (752, 282)], closed=False), "#86a5c8", 7, 0.8) + ellipse((762, 302), 8, 20, "#2f4a6d", turn=-20)  # fmt: skip
    muscle = (
        tone
        + fill(curve(body), "url(#heart)")
        + fill(curve([(490, 320), (540, 280), (590, 300), (560, 380), (510, 430), (480, 390)]), "#f3b2a2", 0.5, blur=16)
    )
    coronary = stroke(curve([(640, 290), (620, 370), (640, 450), (612, 540)], closed=False), "#e9c65a", 9) + stroke(curve([(622, 380), (676, 410), (700, 460)], closed=False), "#e9c65a", 6) + stroke(curve([(630, 430), (580, 470), (566, 530)], closed=False), "#4a6c96", 6) + stroke(curve([(648, 300), (600, 360), (530, 400), (490, 440)], closed=False), "#4a6c96", 7)  # fmt: skip
    books = shadow(250, 690, 170) + box(110, 648, 290, 42, TEAL, r=5) + box(124, 608, 262, 40, "#e7dcc6", r=5) + box(116, 570, 250, 38, CORAL, r=5) + "".join(box(140, y, w, 5, "#fbf6ea", 0.7) for y, w in ((664, 150), (584, 120))) + box(150, 624, 130, 5, NAVY, 0.6)  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#eaf0ec", "#cfdbd5"), window(100, 70, 270, 300), table(580), plant(1060, 690, 320, 8, leaves=14), books, stand, vena, lung, aorta, muscle, coronary, mug(800, 690, 100, NAVY, name="cup"), light()])  # fmt: skip


def lens() -> str:
    """A dermatoscope, a card with tones of skin and a notebook with a sketch."""
    desk = linear("desk", (0, 0), (WIDTH, HEIGHT), [(0, "#f0ebe0"), (1, "#d8cbb5")]) + box(
        0, 0, WIDTH, HEIGHT, "url(#desk)"
    )
    cloth = fill(polygon([(0, 560), (WIDTH, 470), (WIDTH, HEIGHT), (0, HEIGHT)]), "#c9dad3") + stroke("M0 576L1200 486", "#ffffff", 6, 0.6)  # fmt: skip
    tones = ("#f3d2bd", "#efc7a9", "#dfb189", "#c9946a", "#a97048", "#82502f", "#633b27")
    card = (
        '<g transform="rotate(-8 330 300)">'
        + box(120, 126, 470, 330, INK, 0.2, r=14, blur=12)
        + box(110, 112, 470, 330, "#fffdf7", r=14)
    )
    card += "".join(
        box(136 + 60 * k, 142, 54, 230, tone, r=27) + ellipse((158 + 60 * k, 180), 11, 26, "#ffffff", 0.25, blur=4)
        for k, tone in enumerate(tones)
    ) + box(136, 396, 180, 12, "#9aa8ac", 0.8, r=5) + box(136, 416, 110, 9, "#c5cdd0", 0.9, r=4) + "</g>"  # fmt: skip
    head = ellipse((806, 356), 158, 156, INK, 0.25, blur=14) + ellipse((790, 336), 152, 152, "#27323b") + ellipse((790, 336), 128, 128, "#dfe8e8") + ellipse((790, 336), 112, 112, "#e9c3a2")  # fmt: skip
    spot = ellipse((796, 344), 40, 34, "#8f5c3a", 0.9, blur=3) + ellipse((790, 340), 24, 20, "#6a4028", 0.8, blur=3) + "".join(stroke(curve([(700 + 26 * k, 250 + (k * 37) % 60), (712 + 26 * k, 320), (700 + 24 * k, 420)], closed=False), "#d3a884", 3, 0.5) for k in range(8))  # fmt: skip
    marks = "".join(f'<path d="M790 236v{14 if k % 3 else 24}" transform="rotate({20 * k} 790 336)" stroke="#27323b" stroke-width="3"/>' for k in range(18)) + _ring(790, 336, 112, "#ffffff", 5)  # fmt: skip
    lamps = "".join(f'<circle cx="790" cy="216" r="6" fill="#fff6d2" transform="rotate({30 * k} 790 336)"/>' for k in range(12)) + ellipse((752, 288), 46, 30, "#ffffff", 0.4, blur=8)  # fmt: skip
    grip = fill(curve([(876, 442), (930, 410), (1090, 640), (1100, 704), (1052, 726), (1000, 690)]), INK, 0.24, blur=10) + fill(curve([(866, 432), (918, 396), (1078, 630), (1088, 690), (1040, 712), (990, 676)]), "#2f3d48")  # fmt: skip
    grip += fill(curve([(878, 432), (898, 416), (1046, 636), (1030, 652)]), "#5f7280", 0.8, blur=3) + ellipse(
        (948, 512), 17, 20, TEAL, turn=-34
    )
    pad = '<g transform="rotate(7 380 640)">' + box(250, 560, 330, 210, INK, 0.18, r=6, blur=10) + box(240, 548, 330, 210, "#fdfaf3", r=6) + box(240, 548, 330, 26, CORAL, r=6) + ellipse((330, 660), 50, 44, "#e3b08c") + ellipse((334, 658), 20, 17, "#8f5c3a") + "".join(box(410, 618 + 30 * k, (120, 96, 130)[k], 8, "#9aa8ac", 0.85, r=4) for k in range(3)) + "</g>"  # fmt: skip
    return document(
        WIDTH,
        HEIGHT,
        [desk, cloth, card, pad, grip, head, spot, lamps, marks, plant(70, 850, 250, 4, leaves=12), light()],
    )


def play() -> str:
    """Wooden blocks, a boat, a ball and stacking rings in a play corner, a child's drawing on the wall."""
    board = table(600, "#d9bf97")
    picture = box(708, 96, 290, 226, INK, 0.16, r=4, blur=8) + box(700, 86, 290, 226, "#fffdf7", r=4) + ellipse((762, 142), 26, 26, "#f0c64a") + "".join(f'<path d="M762 104v-14" transform="rotate({45 * k} 762 142)" stroke="#f0c64a" stroke-width="6" stroke-linecap="round"/>' for k in range(8))  # fmt: skip
    picture += stroke("M856 276V196H944V276M844 200L900 150L956 200", CORAL, 8) + stroke("M888 276V236H914V276", NAVY, 7) + stroke("M716 280q30 -16 60 0t60 0", "#5b8f79", 8) + "".join(stroke(f"M{x} 274V236M{x} 236m-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0M{x - 14} 256H{x + 14}", tone, 6) for x, tone in ((770, TEAL), (806, CORAL)))  # fmt: skip
    tape = box(820, 74, 56, 22, "#f4dfa8", 0.9)

    def cube(x: float, y: float, s: float, colour: str) -> str:
        return box(x, y - s, s, s, colour, r=8) + box(x, y - s, s, s * 0.34, lift(colour, 0.35), 0.6, r=8) + box(x + s - 16, y - s, 16, s, mix(colour, INK, 0.3), 0.5, r=8)  # fmt: skip

    blocks = shadow(300, 700, 230) + cube(110, 700, 120, CORAL) + cube(240, 700, 120, "#8fb3a6") + cube(370, 700, 120, GOLD) + cube(178, 578, 116, NAVY) + cube(308, 578, 116, "#f0e2c6")  # fmt: skip
    blocks += fill(polygon([(232, 462), (306, 340), (380, 462)]), TEAL) + fill(
        polygon([(306, 340), (380, 462), (330, 462)]), mix(TEAL, INK, 0.3), 0.6
    )
    signs = ellipse((170, 640), 26, 26, "#ffffff", 0.9) + fill(polygon([(270, 664), (300, 612), (330, 664)]), "#ffffff", 0.9) + box(406, 616, 48, 48, "#ffffff", 0.9, r=4) + _ring(236, 520, 22, "#ffffff", 9) + stroke("M342 520h48M366 496v48", CORAL, 10)  # fmt: skip
    rings = shadow(620, 700, 110) + box(612, 440, 16, 250, OAK, r=8) + "".join(
        box(620 - w / 2, 640 - 46 * k, w, 46, tone, r=23) + box(620 - w / 2 + 18, 648 - 46 * k, w * 0.4, 9, "#ffffff", 0.4, r=4)
        for k, (w, tone) in enumerate(((190, NAVY), (162, TEAL), (134, GOLD), (106, CORAL)))
    ) + ellipse((620, 446), 24, 24, "#f0e2c6")  # fmt: skip
    rings += box(530, 682, 180, 18, OAK_DARK, r=8)
    ball = shadow(850, 720, 84) + ellipse((850, 640), 82, 82, "#f4ead4") + fill("M850 558a82 82 0 0 1 58 140l-58-58Z", CORAL) + fill("M792 698a82 82 0 0 1-24-58h82Z", TEAL) + ellipse((822, 604), 24, 18, "#ffffff", 0.6, blur=6)  # fmt: skip
    boat = shadow(1050, 712, 130) + fill(curve([(930, 640), (1170, 640), (1136, 706), (966, 706)]), NAVY) + box(930, 634, 242, 14, "#f4ead4", r=6) + stroke("M1050 634V430", OAK_DARK, 9) + fill(polygon([(1060, 440), (1060, 610), (1150, 610)]), "#fdf6e6") + fill(polygon([(1040, 470), (1040, 610), (966, 610)]), CORAL)  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#f6ead8", "#e6d3b8"), window(100, 60, 280, 250), picture, tape, board, blocks, signs, rings, ball, boat, light()])  # fmt: skip


def flowers() -> str:
    """A vase of flowers, an open diary with marked days, and a cup of tea."""
    vase = shadow(330, 690, 130) + fill(curve([(262, 470), (250, 540), (236, 620), (270, 688), (390, 688), (424, 620), (410, 540), (398, 470)]), "#8fb3a6") + fill(curve([(262, 480), (254, 560), (250, 630), (280, 676), (300, 676), (284, 560), (290, 480)]), "#ffffff", 0.3, blur=6) + ellipse((330, 470), 68, 13, "#6f968a")  # fmt: skip
    stems, heads = [], []
    for k, (x, y, tone) in enumerate(((150, 250, CORAL), (250, 170, "#f0d9c8"), (340, 120, CORAL), (440, 190, GOLD), (520, 280, "#f0d9c8"), (300, 290, GOLD), (410, 320, CORAL))):  # fmt: skip
        stems.append(
            stroke(curve([(330, 470), ((330 + x) / 2 + 10, (470 + y) / 2 + 20), (x, y)], closed=False), "#4f7f63", 7)
        )
        stems.append(
            leaf(((330 + x) / 2, (470 + y) / 2 + 10), -140 if x < 330 else -40, 92, 34, ("#5b8f79", "#3f7a63")[k % 2])
        )
        petals = "".join(f'<g transform="rotate({a} {x} {y})">' + ellipse((x, y - 32), 19, 32, lift(tone, 0.2 if a % 90 else 0.05)) + "</g>" for a in range(0, 360, 45))  # fmt: skip
        heads.append(petals + ellipse((x, y), 19, 19, "#7a4a2a") + ellipse((x - 4, y - 5), 9, 8, "#b07a48", 0.8))
    diary = shadow(760, 716, 300) + fill(polygon([(520, 700), (590, 520), (760, 540), (760, 722)]), "#fffdf7") + fill(polygon([(760, 540), (930, 520), (1000, 700), (760, 722)]), "#f7f1e4") + stroke("M760 540V722", "#d5c9b2", 4) + stroke("M514 706L760 730L1006 706", TEAL, 10)  # fmt: skip
    cells = "".join(
        ellipse(
            (604 + 34 * c - 12 * r, 574 + 38 * r + 2.4 * c), 10, 8, CORAL if (r * 4 + c) in (5, 6, 7, 8) else "#cfd6d6"
        )
        for r in range(3)
        for c in range(4)
    )
    lines = "".join(
        stroke(f"M{790 + 2 * k} {572 + 28 * k}L{934 + 8 * k - (k * 31) % 40} {556 + 27 * k}", "#9aa8ac", 5, 0.8)
        for k in range(4)
    )
    pen = stroke("M860 730L1000 652", NAVY, 10) + stroke("M986 660L1000 652", CORAL, 10)
    return document(WIDTH, HEIGHT, [wall("#f5e9df", "#e4d0c2"), window(760, 50, 320, 290), table(570), *stems, vase, *heads, diary, cells, lines, mug(1040, 690, 104, TEAL, name="cup"), pen, light()])  # fmt: skip


def exercise() -> str:
    """A rolled mat, small weights, a band and a ball on a wooden floor by a tall window."""
    boards = linear("floor", (0, 540), (0, HEIGHT), [(0, "#e6cfa6"), (1, "#bd9763")]) + box(0, 540, WIDTH, 260, "url(#floor)") + "".join(stroke(f"M0 {572 + 42 * k}H{WIDTH}", OAK_DARK, 2, 0.35) for k in range(6)) + "".join(stroke(f"M{(k * 257) % 1180} {572 + 42 * (k % 5)}v42", OAK_DARK, 2, 0.35) for k in range(12))  # fmt: skip
    skirting = box(0, 512, WIDTH, 30, "#fdfaf3") + box(0, 540, WIDTH, 8, INK, 0.14, blur=4)
    sun = fill(polygon([(420, 560), (640, 560), (860, 800), (500, 800)]), "#fff4d0", 0.45, blur=12)
    mat = shadow(250, 690, 190) + box(60, 590, 350, 100, TEAL, r=50) + box(80, 600, 300, 26, "#ffffff", 0.18, r=13) + ellipse((396, 640), 34, 50, mix(TEAL, "#ffffff", 0.2)) + "".join(f'<ellipse cx="396" cy="640" rx="{26 - 8 * k}" ry="{39 - 12 * k}" fill="none" stroke="{mix(TEAL, INK, 0.3)}" stroke-width="5"/>' for k in range(3)) + "".join(box(x, 586, 22, 106, CORAL, r=8) for x in (130, 300))  # fmt: skip

    def weight(x: float, y: float, colour: str) -> str:
        return shadow(x + 90, y, 110) + box(x + 40, y - 50, 100, 24, "#aab6bb", r=10) + box(x + 40, y - 50, 100, 8, "#e9eff0", 0.8, r=4) + "".join(box(x + d, y - 84, 54, 84, colour, r=14) + box(x + d + 8, y - 78, 12, 66, "#ffffff", 0.25, r=6) for d in (0, 126))  # fmt: skip

    ball = shadow(960, 700, 190) + ellipse((960, 520), 182, 180, "#7fa9b4") + ellipse((900, 450), 90, 76, "#cfe3e8", 0.7, blur=20) + clipped("ball", "M778 520a182 180 0 0 1 364 0a182 180 0 0 1 -364 0Z", [stroke(curve([(786, 500 + 46 * k), (960, 548 + 52 * k), (1136, 500 + 46 * k)], closed=False), "#5f8995", 4, 0.6) for k in (-2, -1, 0, 1)]) + fill(curve([(1080, 390), (1142, 520), (1090, 650), (980, 700), (1060, 600)]), INK, 0.16, blur=20)  # fmt: skip
    band = stroke(curve([(470, 740), (520, 710), (600, 724), (640, 760), (560, 780), (480, 766), (470, 740)], closed=False), mix(CORAL, INK, 0.2), 16) + stroke(curve([(470, 736), (520, 706), (600, 720), (640, 756)], closed=False), lift(CORAL, 0.3), 5)  # fmt: skip
    bottle = (
        shadow(700, 700, 50)
        + tube(664, 700, 74, 170, "#dfe9e6", name="flask", r=18)
        + box(676, 498, 50, 40, NAVY, r=8)
        + box(664, 600, 74, 40, CORAL)
    )
    return document(WIDTH, HEIGHT, [wall("#f1eee2", "#dcd6c4"), boards, skirting, window(430, 60, 300, 400), sun, plant(110, 570, 300, 41, leaves=14, pot="#e9dfcc"), ball, bottle, mat, weight(450, 690, NAVY), band, light()])  # fmt: skip


def listening() -> str:
    """A tuning fork, an otoscope and a pair of headphones for a hearing test."""
    box_ = shadow(960, 690, 190) + box(790, 520, 340, 170, "#eef0ec", r=18) + box(790, 660, 340, 30, "#c7cfce", 0.7, r=14) + box(816, 546, 150, 90, "#2b3f45", r=8) + stroke(curve([(830, 600), (856, 574), (884, 604), (910, 580), (950, 592)], closed=False), "#8fd0bd", 5) + "".join(ellipse((1010 + 62 * k, 590), 24, 24, mix(TEAL, INK, 0.2)) + ellipse((1008 + 62 * k, 587), 21, 21, TEAL) + stroke(f"M{1008 + 62 * k} 587L{1018 + 62 * k - 14 * k} 574", "#ffffff", 4) for k in range(2))  # fmt: skip
    arc = (
        stroke("M300 560C280 300 560 300 540 560", INK, 26, 0.18, blur=6)
        + stroke("M294 552C274 286 556 286 536 552", NAVY, 26)
        + stroke("M300 520C292 310 500 296 530 500", "#5f7896", 6, 0.8)
    )
    cups = "".join(
        shadow(x + 20, 694, 70) + box(x - 34, 520, 108, 168, mix(NAVY, "#ffffff", 0.08), r=46) + box(x - 16 if left else x + 24, 536, 36, 136, "#d9654b" if left else "#3c6ea0", r=18)
        for x, left in ((280, False), (514, True))
    )  # fmt: skip
    cord = stroke(curve([(300, 686), (340, 740), (520, 750), (700, 720), (800, 640)], closed=False), "#2d3c4b", 8)
    waves = "".join(f'<path d="M{664 + s * (40 + 22 * k)} {214 - 10 * k}q{s * 20} {34 + 10 * k} 0 {76 + 22 * k}" fill="none" stroke="{TEAL}" stroke-width="6" stroke-opacity="{0.55 - 0.14 * k:.2f}" stroke-linecap="round"/>' for k in range(3) for s in (-1, 1))  # fmt: skip
    fork = shadow(668, 690, 60) + box(636, 660, 64, 30, OAK, r=6) + stroke("M668 664V440", "#9fb0b8", 18) + stroke("M640 200V380Q640 440 668 440Q696 440 696 380V200", "#9fb0b8", 17) + stroke("M636 204V380Q640 430 662 436", "#eef4f5", 4, 0.9) + stroke("M662 660V446", "#eef4f5", 4, 0.8)  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#e9eef0", "#cbd7da"), window(840, 60, 280, 280), table(590), plant(110, 690, 290, 14, leaves=13), waves, fork, arc, cups, cord, box_, light()])  # fmt: skip


FIELDS: dict[str, Callable[[], str]] = {
    "a-model-heart": heart, "a-close-look": lens, "play-corner": play, "flowers-and-diary": flowers,
    "exercise-corner": exercise, "listening": listening,
}  # fmt: skip
