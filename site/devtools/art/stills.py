"""Still lifes for articles and specialties: things on a table, by daylight (1200 x 800 each)."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from devtools.art.pen import CORAL, INK, clipped, curve, document, ellipse, fill, lift, linear, mix, polygon, stroke
from devtools.art.scenery import OAK, OAK_DARK, box, leaf, plant
from devtools.art.tabletop import HEIGHT, WIDTH, light, mug, number, shadow, steam, table, tube, wall, window

NAVY, TEAL, CREAM = "#22364e", "#0f5e59", "#f6efe2"


def _cuff() -> str:
    roll = shadow(790, 640, 150) + tube(664, 640, 250, 168, NAVY, name="cuff", r=30)
    end = ellipse((668, 556), 34, 84, mix(NAVY, "#ffffff", 0.12))
    rings = "".join(
        f'<ellipse cx="668" cy="556" rx="{26 - 8 * k}" ry="{66 - 21 * k}" fill="none" stroke="{mix(NAVY, "#ffffff", 0.4)}" '
        f'stroke-width="4"/>'
        for k in range(3)
    )
    patch = box(780, 506, 96, 20, "#dfe7e6", 0.85, r=4) + stroke("M800 516h56", "#8b98a0", 4)
    return roll + end + rings + patch


def blood_pressure() -> str:
    """A blood pressure monitor with its cuff, and a notebook with a week of readings."""
    case = (
        shadow(390, 640, 240)
        + box(190, 392, 400, 250, "#eef0ec", r=34)
        + box(190, 392, 400, 130, "#ffffff", 0.6, r=34)
        + box(190, 604, 400, 38, "#c7cfce", 0.6, r=22)
    )
    screen = linear("lcd", (220, 416), (440, 610), [(0, "#d3e3d6"), (1, "#b4cbbd")]) + box(218, 418, 230, 194, "#4f5f66", r=16)  # fmt: skip
    screen += box(228, 428, 210, 174, "url(#lcd)", r=10) + number("128", 300, 444, 46, "#22363a") + number("79", 335, 512, 46, "#22363a")  # fmt: skip
    screen += number("66", 372, 572, 20, "#22363a") + fill(
        "M256 566c-9-11-24 2 0 18c24-16 9-29 0-18Z", "#b4493a"
    ) + "".join(stroke(f"M250 {458 + 68 * k}h20", "#5b7278", 5) for k in range(2))  # fmt: skip
    knobs = ellipse((516, 478), 42, 42, mix(TEAL, INK, 0.2)) + ellipse((512, 474), 38, 38, TEAL) + stroke("M512 456v18", "#ffffff", 6) + stroke("M500 464a17 17 0 1 0 24 0", "#ffffff", 5)  # fmt: skip
    knobs += "".join(box(482 + 38 * k, 560, 28, 18, "#aab6b6", r=8) for k in range(2))
    hose = stroke(curve([(588, 560), (640, 690), (760, 712), (880, 690), (906, 600)], closed=False), "#2d3c4b", 11)
    hose += stroke(curve([(588, 556), (640, 685), (760, 707), (880, 686)], closed=False), "#6d7f8d", 3, 0.8)
    page = shadow(1010, 640, 120) + fill(polygon([(930, 640), (960, 452), (1140, 452), (1150, 640)]), "#fdfaf3")
    page += fill(polygon([(930, 640), (960, 452), (976, 452), (948, 640)]), TEAL) + "".join(
        stroke(f"M{992 - 4 * k} {484 + 30 * k}h44M{1060 - 2 * k} {484 + 30 * k}h{52 - (k * 13) % 16}", "#8796a0", 5, 0.85)
        for k in range(5)
    )  # fmt: skip
    pen = stroke("M1000 664L1140 612", INK, 10, 0.2, blur=4) + stroke("M996 658L1138 606", NAVY, 10) + stroke("M1122 612L1138 606", CORAL, 10)  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#f3ecdd", "#dfd2b9"), window(70, 60, 330, 270), plant(1060, 452, 0.1, 1), table(560),
                                    plant(80, 640, 260, 21, leaves=13, pot="#c9694e"), case, screen, knobs, _cuff(), hose, page, pen, light()])  # fmt: skip


def stethoscope() -> str:
    """A stethoscope on a desk beside a strip with a calm heartbeat."""
    paper = shadow(600, 720, 420, opacity=0.18) + fill(polygon([(150, 600), (1010, 560), (1036, 704), (168, 752)]), "#fdf3ec")  # fmt: skip
    lines = "".join(
        stroke(f"M{168 + 43 * k} {599 - 2 * k}l{4 + 0.3 * k:.1f} {150 - 0.2 * k:.1f}", "#e3b3a2", 1.6, 0.7) for k in range(20)
    ) + "".join(stroke(f"M{152 + 4 * k} {626 + 27 * k}L{1014 + 5 * k} {585 + 26 * k}", "#e3b3a2", 1.6, 0.7) for k in range(5))  # fmt: skip
    beats = []
    for k in range(5):
        x, y = 190 + 168 * k, 686 - 8 * k
        beats.append(f"{'L' if k else 'M'}{x} {y}h10q14-20 28 0h16l6 8 14-84 15 98 9-22h14q22-38 46 0h14")
    trace = stroke("".join(beats), NAVY, 5)
    hose = stroke(curve([(1010, 300), (908, 250), (816, 310), (806, 430), (716, 534), (568, 548), (430, 440)], closed=False), INK, 30, 0.22, blur=6)  # fmt: skip
    hose += stroke(curve([(1000, 290), (898, 238), (806, 300), (796, 420), (706, 524), (560, 538), (430, 430)], closed=False), NAVY, 24)  # fmt: skip
    hose += stroke(curve([(990, 282), (896, 231), (800, 296), (789, 418)], closed=False), "#6d86a3", 5, 0.8)
    hose += stroke(curve([(704, 517), (560, 531), (434, 424)], closed=False), "#6d86a3", 5, 0.7)
    ears = stroke(curve([(430, 432), (330, 380), (250, 300), (240, 226)], closed=False), "#9fb0b8", 15) + stroke(
        curve([(430, 432), (380, 320), (390, 240), (440, 180)], closed=False), "#b8c6cc", 15
    )
    ears += stroke(curve([(426, 426), (328, 372), (252, 296)], closed=False), "#eef4f5", 4, 0.9)
    ears += ellipse((238, 214), 19, 25, "#2b3945", turn=-8) + ellipse((446, 168), 19, 25, "#2b3945", turn=34) + ellipse((430, 432), 24, 20, "#2b3945")  # fmt: skip
    chest = ellipse((1024, 330), 104, 100, INK, 0.25, blur=10) + ellipse((1010, 310), 98, 98, "#8b9da6") + ellipse((1006, 304), 92, 92, "#cfdadd")  # fmt: skip
    chest += ellipse((1006, 304), 70, 70, "#f2f3ee") + ellipse((990, 286), 44, 40, "#ffffff", 0.7, blur=6) + f'<circle cx="1006" cy="304" r="80" fill="none" stroke="{TEAL}" stroke-width="10"/>'  # fmt: skip
    desk = linear("desk", (0, 0), (WIDTH, HEIGHT), [(0, "#f1e2c8"), (0.6, "#e0c79d"), (1, "#c8a775")]) + box(0, 0, WIDTH, HEIGHT, "url(#desk)")  # fmt: skip
    grain = "".join(stroke(f"M-20 {30 + 58 * k}q420 {-12 + k % 4 * 8} 1240 6", OAK_DARK, 2.4, 0.13) for k in range(14))
    return document(WIDTH, HEIGHT, [desk, grain, paper, lines, trace, ears, hose, chest, plant(70, 860, 290, 12, leaves=13), light()])  # fmt: skip


def _towel(x: float, y: float, w: float, colour: str, *, name: str) -> str:
    tone = linear(name, (x, y - 62), (x, y), [(0, lift(colour, 0.3)), (0.5, colour), (1, mix(colour, INK, 0.2))])
    body = tone + box(x, y - 62, w, 62, f"url(#{name})", r=26)
    folds = stroke(f"M{x + 26} {y - 31}H{x + w - 34}", mix(colour, INK, 0.24), 4, 0.6)
    stripe = box(x + w - 96, y - 62, 16, 62, "#ffffff", 0.5) + box(x + w - 70, y - 62, 6, 62, "#ffffff", 0.5)
    return body + folds + stripe


def cream() -> str:
    """Folded towels, a pump bottle and an open tub of cream on a bathroom shelf."""
    tiles = "".join(
        box(-20 + 124 * c, -40 + 124 * r, 118, 118, lift("#cfe0dc", 0.25 + 0.09 * ((c * 5 + r * 3) % 4)), 0.8, r=5)
        for c in range(11)
        for r in range(5)
    )
    back = wall("#dfeae6", "#c3d5d0") + tiles
    shelf = table(596, "#d9b98e", name="shelf")
    towels = shadow(330, 640, 210) + _towel(140, 640, 400, "#e9dfcc", name="t1") + _towel(156, 578, 372, "#8fb3a6", name="t2") + _towel(170, 516, 344, "#f4ece0", name="t3")  # fmt: skip
    glove = fill(curve([(250, 456), (240, 400), (262, 340), (286, 330), (300, 372), (310, 316), (336, 310), (344, 366), (362, 322), (386, 330), (384, 390), (412, 372), (428, 392), (396, 440), (380, 458)]), "#fdfaf3")  # fmt: skip
    bottle = shadow(670, 640, 100) + tube(596, 640, 148, 272, "#f2efe6", name="bottle", r=26) + tube(630, 372, 80, 34, TEAL, name="neck", r=8)  # fmt: skip
    bottle += box(660, 284, 20, 60, "#d9ddd8") + box(604, 262, 96, 28, TEAL, r=12) + box(596, 268, 30, 18, mix(TEAL, INK, 0.2), r=8)  # fmt: skip
    bottle += box(618, 440, 104, 130, "#dcebe5", r=8) + leaf((640, 540), -52, 84, 40, "#5b8f79") + leaf((690, 552), -118, 74, 36, "#7aa891")  # fmt: skip
    tub = shadow(920, 640, 140) + tube(800, 640, 236, 104, "#f6efe2", name="tub", r=18) + ellipse((918, 538), 118, 25, "#e2d8c4") + ellipse((918, 536), 106, 20, "#fffdf7")  # fmt: skip
    tub += fill(curve([(840, 534), (880, 520), (912, 530), (950, 516), (990, 534), (930, 546)]), "#ffffff") + stroke(curve([(870, 534), (910, 526), (948, 532)], closed=False), "#d8cdb8", 4, 0.8)  # fmt: skip
    spoon = stroke("M966 524L1100 396", "#c79a5b", 12) + ellipse((1106, 390), 22, 15, "#d8b37a", turn=-44)
    lid = shadow(1106, 690, 86) + ellipse((1106, 682), 84, 22, mix(TEAL, INK, 0.2)) + ellipse((1106, 672), 84, 22, TEAL) + ellipse((1100, 669), 66, 15, lift(TEAL, 0.16))  # fmt: skip
    return document(WIDTH, HEIGHT, [back, shelf, towels, glove, bottle, tub, spoon, lid, light()])


def _bear(x: float, y: float, s: float) -> str:
    """A toy bear whose chin is at `x`, `y`; drawn for a size of 1."""
    fur, dark, pale = "#b98a5b", "#8f6540", "#e2c49b"
    parts = [
        ellipse((0, 150), 128, 132, fur), ellipse((-34, 120), 70, 80, lift(fur, 0.3), 0.5, blur=20), ellipse((0, 176), 78, 84, pale, 0.85),
        ellipse((-112, 100), 44, 88, fur, turn=32), ellipse((112, 100), 44, 88, dark, turn=-32), ellipse((110, 98), 40, 84, fur, turn=-32),
        ellipse((-86, -150), 44, 44, fur), ellipse((-84, -148), 26, 26, pale), ellipse((86, -150), 44, 44, fur), ellipse((86, -148), 26, 26, pale),
        ellipse((0, -72), 124, 112, fur), ellipse((-40, -104), 64, 54, lift(fur, 0.34), 0.55, blur=16), ellipse((0, -38), 60, 48, pale),
        ellipse((-46, -84), 11, 13, "#1d1510"), ellipse((46, -84), 11, 13, "#1d1510"), ellipse((-50, -89), 4, 4, "#ffffff"), ellipse((42, -89), 4, 4, "#ffffff"),
        fill(curve([(-20, -62), (0, -68), (20, -62), (0, -42)]), "#3a241a"), stroke("M0 -42v14M0 -28q-16 14 -30 4M0 -28q16 14 30 4", "#3a241a", 5),
        stroke("M-60 24Q0 58 62 22", TEAL, 22), fill(polygon([(20, 40), (62, 34), (74, 108), (36, 104)]), TEAL),
    ]  # fmt: skip
    return f'<g transform="translate({x} {y}) scale({s})">{"".join(parts)}</g>'


def teddy() -> str:
    """A toy bear under a blanket in a child's bed, with a thermometer and a cup of water beside it."""
    back = wall("#f5e3d6", "#e6cdbb") + "".join(
        ellipse((60 + 150 * (k % 8), 70 + 120 * (k // 8) + 40 * (k % 2)), 9, 9, "#ffffff", 0.6) for k in range(24)
    )
    board = box(60, 210, 700, 420, mix(OAK, "#fff3dd", 0.2), r=60) + box(92, 244, 636, 360, mix(OAK, OAK_DARK, 0.15), 0.5, r=44)  # fmt: skip
    pillow = ellipse((420, 500), 330, 130, INK, 0.16, blur=20) + fill(curve([(110, 470), (180, 380), (420, 360), (660, 380), (736, 470), (700, 590), (420, 616), (140, 590)]), "#fdfaf4")  # fmt: skip
    pillow += stroke(curve([(180, 420), (260, 450), (300, 520)], closed=False), "#d9cfbf", 7, 0.7, blur=4) + stroke(curve([(660, 420), (610, 450), (580, 520)], closed=False), "#d9cfbf", 8, 0.8, blur=4)  # fmt: skip
    quilt_line = curve([(-40, 640), (160, 606), (420, 640), (640, 612), (800, 650), (820, 820), (-40, 820)])
    quilt = linear("quilt", (0, 600), (700, 820), [(0, "#7fa9a0"), (1, "#4f7f79")]) + fill(quilt_line, "url(#quilt)")
    squares = clipped("quiltsq", quilt_line, [box(-20 + 150 * c, 600 + 110 * r, 70, 52, ("#f1e2c6", "#d9846b", "#2f5f5b")[(c + r) % 3], 0.8, r=6) for c in range(6) for r in range(2)])  # fmt: skip
    hem = stroke(curve([(-40, 640), (160, 606), (420, 640), (640, 612), (800, 650)], closed=False), "#fdf6e8", 30) + stroke(curve([(-40, 658), (160, 624), (420, 658), (640, 630), (800, 668)], closed=False), INK, 6, 0.12, blur=3)  # fmt: skip
    stand = box(850, 560, 400, 26, OAK) + box(850, 560, 400, 5, "#fff3d8", 0.7) + box(876, 586, 360, 230, mix(OAK, "#3a2a1c", 0.3)) + box(904, 624, 300, 110, mix(OAK, "#3a2a1c", 0.14), r=6) + ellipse((1050, 680), 12, 12, "#d9b260")  # fmt: skip
    cup = shadow(1110, 560, 60) + fill(polygon([(1056, 436), (1156, 436), (1144, 560), (1068, 560)]), "#e8f2f2", 0.8) + fill(polygon([(1060, 476), (1152, 476), (1144, 560), (1068, 560)]), "#9cc5cc", 0.75) + stroke("M1078 450l8 96", "#ffffff", 8, 0.7)  # fmt: skip
    meter = shadow(950, 560, 90) + '<g transform="rotate(-7 950 548)">' + box(864, 534, 150, 24, "#f7f5ef", r=12) + box(1008, 540, 44, 12, "#b9c4c8", r=6) + box(884, 538, 66, 16, "#c9ddd0", r=3) + stroke("M894 546h44", "#22363a", 5) + ellipse((976, 546), 7, 7, TEAL) + "</g>"  # fmt: skip
    lamp = ellipse((960, 300), 250, 200, "#ffe9b5", 0.5, blur=60)
    return document(WIDTH, HEIGHT, [back, lamp, board, pillow, _bear(416, 500, 0.86), quilt, squares, hem, stand, cup, meter, light()])  # fmt: skip


def oil() -> str:
    """A brown dropper bottle, a small dish of oil and a branch of olive on a linen cloth."""
    cloth = linear("linen", (0, 0), (WIDTH, HEIGHT), [(0, "#f5f0e4"), (1, "#ddd3c0")]) + fill(curve([(180, 590), (600, 556), (1080, 590), (1180, 700), (980, 800), (240, 800), (60, 700)]), "url(#linen)")  # fmt: skip
    hem = stroke(curve([(180, 604), (600, 570), (1066, 604)], closed=False), "#b9ab90", 3, 0.6)
    bottle = shadow(470, 690, 110) + tube(384, 690, 170, 270, "#7a4520", name="amber", r=30) + fill(polygon([(404, 430), (534, 430), (510, 390), (428, 390)]), "#6d3c1c") + tube(424, 396, 90, 46, "#22282f", name="cap", r=8)  # fmt: skip
    bulb = fill(curve([(438, 354), (440, 270), (469, 236), (498, 270), (500, 354)]), "#c45a45") + ellipse((456, 292), 8, 34, "#f0a58f", 0.8, blur=4)  # fmt: skip
    label = box(384, 500, 170, 134, "#f4ead4") + leaf((440, 606), -60, 84, 32, "#6c8a4a") + leaf((484, 610), -112, 78, 30, "#8aa562") + box(384, 500, 24, 134, "#ffffff", 0.3) + box(520, 500, 34, 134, INK, 0.14)  # fmt: skip
    gleam = box(402, 440, 14, 220, "#e9b277", 0.5, r=7, blur=3)
    dish = shadow(790, 700, 140) + fill(curve([(664, 642), (700, 690), (790, 706), (880, 690), (916, 642), (790, 668)]), "#e7eae6") + ellipse((790, 642), 127, 27, "#fbfaf5") + ellipse((790, 645), 108, 20, "#d6b84a") + ellipse((760, 640), 44, 7, "#f2e08d", 0.8)  # fmt: skip
    stem = [(1130, 330), (1040, 400), (960, 500), (900, 590)]
    branch = stroke(curve(stem, closed=False), "#6d5a3a", 8)
    leaves = "".join(
        leaf(at, angle, size, 34, tone)
        for at, angle, size, tone in (
            ((1104, 350), -150, 110, "#6f8f5d"), ((1104, 352), 60, 120, "#5d7d52"), ((1052, 392), -170, 124, "#86a272"),
            ((1046, 396), 48, 128, "#5d7d52"), ((1000, 450), 176, 120, "#6f8f5d"), ((990, 462), 30, 124, "#7c9a68"),
            ((946, 522), 168, 104, "#86a272"), ((938, 534), 40, 116, "#5d7d52"), ((1130, 330), -60, 90, "#7c9a68"),
        )
    )  # fmt: skip
    olives = "".join(
        ellipse((x + 4, y + 6), 26, 32, INK, 0.16, blur=6)
        + ellipse((x, y), 25, 31, tone, turn=20)
        + ellipse((x - 8, y - 10), 7, 10, "#ffffff", 0.5, blur=2)
        for x, y, tone in ((1020, 540, "#5e6b34"), (1090, 474, "#4b5a2c"), (962, 630, "#6f7d3c"))
    )  # fmt: skip
    pads = "".join(shadow(x, y, 52) + ellipse((x, y - 10), 50, 26, "#ffffff") + ellipse((x - 6, y - 14), 36, 14, "#f1ede4") for x, y in ((230, 708), (292, 734)))  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#eef0e4", "#d5dccb"), window(90, 50, 300, 250), table(540, "#cfae80"), cloth, hem, bottle, bulb, label, gleam, dish, branch, leaves, olives, pads, light()])  # fmt: skip


def honey() -> str:
    """A hot drink with lemon, a jar of honey and a box of tissues on a kitchen table."""
    jar = shadow(760, 650, 120) + tube(668, 650, 190, 190, "#d9932a", name="honey", r=34) + box(668, 470, 190, 30, "#ffffff", 0.18, r=10) + tube(682, 470, 162, 44, "#f4ead4", name="lid", r=10)  # fmt: skip
    jar += box(690, 528, 146, 84, "#fdf6e6", r=8) + "".join(
        fill(polygon([(x + 17 * math.cos(a), y + 17 * math.sin(a)) for a in (k * math.pi / 3 for k in range(6))]), "#e8b04a", 0.9)
        for x, y in ((746, 556), (778, 556), (762, 584), (730, 584), (794, 584))
    )  # fmt: skip
    box_front = shadow(1020, 660, 140) + box(900, 516, 240, 144, "#8fb3a6", r=10) + box(900, 516, 240, 40, "#ffffff", 0.16, r=10) + "".join(leaf((930 + 52 * k, 636), -90 + (k % 2) * 24 - 12, 70, 28, "#4f7f6a") for k in range(4))  # fmt: skip
    tissue = fill(curve([(964, 522), (940, 440), (976, 398), (1000, 440), (1030, 372), (1060, 430), (1104, 408), (1090, 480), (1072, 522)]), "#ffffff") + stroke(curve([(1000, 440), (1006, 480), (996, 518)], closed=False), "#cfd8d6", 5, 0.8, blur=2) + stroke(curve([(1060, 430), (1048, 476), (1054, 518)], closed=False), "#cfd8d6", 5, 0.8, blur=2) + ellipse((1020, 522), 70, 9, mix("#8fb3a6", INK, 0.35))  # fmt: skip
    lemon = (
        shadow(300, 672, 110)
        + ellipse((262, 634), 66, 60, "#efc93c")
        + ellipse((244, 616), 28, 22, "#fbe890", 0.8, blur=6)
    )
    half = ellipse((352, 654), 58, 56, "#e0b52e") + ellipse((346, 652), 54, 53, "#fdf6d8") + ellipse((346, 652), 46, 45, "#f3d65a")  # fmt: skip
    half += "".join(stroke(f"M346 652L{346 + 44 * math.cos(a):.1f} {652 + 43 * math.sin(a):.1f}", "#fdf6d8", 5) for a in (k * math.pi / 4 for k in range(8))) + ellipse((346, 652), 6, 6, "#fdf6d8")  # fmt: skip
    slice_ = ellipse((612, 436), 38, 38, "#e0b52e") + ellipse((612, 436), 33, 33, "#fbe487") + "".join(stroke(f"M612 436L{612 + 31 * math.cos(a):.1f} {436 + 31 * math.sin(a):.1f}", "#fdf6d8", 4) for a in (k * math.pi / 4 for k in range(8)))  # fmt: skip
    cup = slice_ + mug(440, 650, 190, TEAL, name="mug") + steam(530, 430, 150)
    spoon = shadow(560, 716, 120, opacity=0.2) + stroke("M470 716H640", "#b8c4c8", 11) + ellipse((672, 716), 38, 15, "#cfd9dc") + ellipse((668, 713), 26, 8, "#eef3f4")  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#f4ecdb", "#e2d5bb"), window(440, 40, 330, 260), table(556), plant(120, 600, 300, 31, leaves=14, pot="#e9dfcc"),
                                    lemon, half, cup, jar, box_front, tissue, spoon, light()])  # fmt: skip


def plate() -> str:
    """A plate from above: half vegetables, a quarter grains, a quarter fish, with a glass of water."""
    cloth = linear("cloth", (0, 0), (WIDTH, HEIGHT), [(0, "#e7efe9"), (1, "#c6d7cf")]) + box(0, 0, WIDTH, HEIGHT, "url(#cloth)")  # fmt: skip
    weave = "".join(stroke(f"M{k} 0V{HEIGHT}", "#ffffff", 10, 0.22) for k in range(60, 1200, 150)) + "".join(stroke(f"M0 {k}H{WIDTH}", "#ffffff", 10, 0.22) for k in range(60, 800, 150))  # fmt: skip
    cx, cy, rng = 570, 410, random.Random(7)
    dish = ellipse((cx + 14, cy + 22), 318, 312, INK, 0.25, blur=20) + ellipse((cx, cy), 312, 306, "#fdfaf4") + f'<circle cx="{cx}" cy="{cy}" r="250" fill="#f4efe4"/>' + f'<circle cx="{cx}" cy="{cy}" r="286" fill="none" stroke="{TEAL}" stroke-width="5" stroke-opacity="0.7"/>'  # fmt: skip
    salad = "".join(
        leaf((cx - rng.uniform(10, 190), cy + rng.uniform(-190, 190)), rng.uniform(100, 260), 118, 66, rng.choice(("#5f9a5b", "#7fb06a", "#3f7f52", "#97bf74")))
        for _ in range(46)
    )  # fmt: skip
    tomatoes = "".join(
        ellipse((x + 3, y + 5), 30, 29, INK, 0.2, blur=4) + ellipse((x, y), 29, 28, "#d0482f") + ellipse((x - 9, y - 9), 9, 7, "#ffffff", 0.55, blur=2)
        for x, y in ((460, 320), (418, 430), (500, 520), (404, 512))
    )  # fmt: skip
    carrots = "".join(ellipse((x, y), 24, 23, "#e58a35") + ellipse((x, y), 12, 11, "#f0a65a") for x, y in ((478, 418), (520, 300), (446, 560), (520, 452), (370, 380)))  # fmt: skip
    grains = "".join(
        ellipse((cx + r * math.cos(a), cy - r * math.sin(a)), 12, 6, rng.choice(("#d9b778", "#c79f5c", "#e8cf9c", "#b98b4a")), turn=rng.uniform(0, 180))
        for r, a in ((36 + 176 * rng.random() ** 0.6, rng.uniform(0.16, 1.42)) for _ in range(420))
    )  # fmt: skip
    bed = fill(curve([(cx + 14, cy - 220), (cx + 130, cy - 184), (cx + 214, cy - 90), (cx + 224, cy - 16), (cx + 110, cy - 14), (cx + 14, cy - 26)]), "#cfa866")  # fmt: skip
    fish = fill(curve([(cx + 22, cy + 34), (cx + 110, cy + 20), (cx + 206, cy + 44), (cx + 186, cy + 140), (cx + 110, cy + 196), (cx + 30, cy + 180), (cx + 10, cy + 100)]), "#e39a78")  # fmt: skip
    fish += "".join(stroke(curve([(cx + 30 + 30 * k, cy + 44 + 4 * k), (cx + 48 + 30 * k, cy + 100), (cx + 36 + 30 * k, cy + 168 - 8 * k)], closed=False), "#f6cbb2", 6, 0.8) for k in range(5))  # fmt: skip
    herb = "".join(leaf((cx + 110, cy + 100), a, 46, 20, "#3f7f52") for a in (-40, 40, 160)) + ellipse((cx + 60, cy + 140), 30, 29, "#f0d04a") + ellipse((cx + 60, cy + 140), 24, 23, "#fbec9d")  # fmt: skip
    fork = stroke("M176 690V470", INK, 14, 0.18, blur=4) + stroke("M168 684V440", "#aab8bd", 15) + "".join(stroke(f"M{146 + 15 * k} 440V330", "#b9c5c9", 8) for k in range(4)) + fill(curve([(142, 420), (194, 420), (180, 470), (156, 470)]), "#b3c0c5")  # fmt: skip
    knife = stroke("M978 690V540", "#aab8bd", 18) + fill(curve([(966, 548), (968, 300), (984, 262), (1000, 330), (992, 548)]), "#c6d1d5") + stroke("M972 320V540", "#eef3f4", 4, 0.8)  # fmt: skip
    water = ellipse((1090, 214), 92, 92, INK, 0.2, blur=12) + ellipse((1080, 200), 88, 88, "#e9f3f3", 0.95) + ellipse((1080, 200), 74, 74, "#a9d0d6", 0.9) + ellipse((1054, 176), 28, 20, "#ffffff", 0.8, blur=4) + '<circle cx="1080" cy="200" r="88" fill="none" stroke="#ffffff" stroke-width="6"/>'  # fmt: skip
    clip = f"M{cx - 250} {cy}a250 250 0 0 1 500 0a250 250 0 0 1 -500 0Z"
    return document(WIDTH, HEIGHT, [cloth, weave, dish, clipped("food", clip, [salad, tomatoes, carrots, bed, grains, fish, herb]), fork, knife, water, light()])  # fmt: skip


def letter() -> str:
    """A letter with its envelope, reading glasses and a cup of tea on a wooden table."""
    desk = linear("desk", (0, 0), (WIDTH, HEIGHT), [(0, "#efe0c6"), (1, "#d3b48a")]) + box(0, 0, WIDTH, HEIGHT, "url(#desk)")  # fmt: skip
    grain = "".join(stroke(f"M-20 {40 + 62 * k}q400 {-14 + k % 4 * 9} 1240 6", OAK_DARK, 2.4, 0.13) for k in range(13))
    env = '<g transform="rotate(-9 420 560)">' + box(176, 372, 560, 350, INK, 0.24, r=8, blur=12) + box(164, 358, 560, 350, "#d8e4df", r=8) + fill(polygon([(164, 362), (724, 362), (444, 560)]), "#c3d5cf") + stroke("M164 706L372 514M724 706L516 514", "#aec3bc", 4) + "</g>"  # fmt: skip
    sheet = '<g transform="rotate(4 640 360)">' + box(436, 96, 430, 560, INK, 0.26, r=4, blur=12) + box(424, 82, 430, 560, "#fffdf7", r=4)  # fmt: skip
    sheet += (
        box(470, 122, 96, 26, TEAL, r=6) + box(760, 126, 56, 12, "#c5cdd0", r=4) + box(470, 190, 170, 15, INK, 0.8, r=4)
    )
    sheet += "".join(
        box(470, 236 + 30 * k, (330, 312, 340, 180, 0, 336, 320, 250)[k], 10, "#9aa8ac", 0.85, r=4) for k in range(8)
    )
    sheet += stroke(curve([(472, 540), (500, 500), (520, 548), (546, 508), (566, 542), (600, 520), (640, 534)], closed=False), NAVY, 5) + box(470, 572, 130, 9, "#9aa8ac", 0.85, r=4) + "</g>"  # fmt: skip
    specs = "".join(f'<circle cx="{x + 8}" cy="{y + 12}" r="66" fill="none" stroke="{INK}" stroke-opacity=".2" stroke-width="12" filter="url(#b4)"/><circle cx="{x}" cy="{y}" r="66" fill="#ffffff" fill-opacity=".3" stroke="#7a3f2e" stroke-width="12"/>' for x, y in ((904, 610), (1064, 566)))  # fmt: skip
    specs += stroke("M968 588q16-24 34-8M842 630L800 500M1128 550L1120 420", "#7a3f2e", 11)
    cup = ellipse((1012, 262), 134, 134, INK, 0.22, blur=16) + ellipse((1000, 246), 130, 130, "#e6ece8") + ellipse((1000, 246), 86, 86, "#ffffff") + ellipse((1000, 246), 74, 74, "#b9743a") + ellipse((978, 224), 34, 24, "#e0a868", 0.7, blur=6) + stroke("M1082 216q50-14 54 22q-6 32-50 26", "#ffffff", 15)  # fmt: skip
    return document(WIDTH, HEIGHT, [desk, grain, env, sheet, cup, specs, plant(80, 860, 280, 15, leaves=13), light()])


STILLS: dict[str, Callable[[], str]] = {
    "blood-pressure": blood_pressure, "quiet-pulse": stethoscope, "soft-skin": cream, "teddy-and-thermometer": teddy,
    "olive-oil": oil, "honey-and-lemon": honey, "a-good-plate": plate, "letter": letter,
}  # fmt: skip
