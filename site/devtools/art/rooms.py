"""Rooms and places for articles, specialties and news (1200 x 800 each)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from devtools.art.interiors import DOCTOR
from devtools.art.pen import CORAL, INK, clipped, curve, document, ellipse, fill, lift, linear, mix, polygon, stroke
from devtools.art.portrait import figure
from devtools.art.scenery import OAK, OAK_DARK, box, cloud, leaf, plant, tree
from devtools.art.tabletop import HEIGHT, WIDTH, light, mug, shadow, table, wall, window

NAVY, TEAL = "#22364e", "#0f5e59"


def _floor(y: float, colour: str = "#d9bf97") -> str:
    dark = mix(colour, OAK_DARK, 0.5)
    boards = "".join(stroke(f"M0 {y + 26 + 34 * k}H{WIDTH}", dark, 2, 0.4) for k in range(6)) + "".join(
        stroke(f"M{(k * 271) % 1180} {y + 26 + 34 * (k % 5)}v34", dark, 2, 0.4) for k in range(11)
    )
    tone = linear("floor", (0, y), (0, HEIGHT), [(0, lift(colour, 0.2)), (1, mix(colour, OAK_DARK, 0.3))])
    skirting = box(0, y - 26, WIDTH, 26, "#fdfaf3") + box(0, y - 26, WIDTH, 3, INK, 0.1)
    return tone + box(0, y, WIDTH, HEIGHT - y, "url(#floor)") + boards + skirting + box(0, y, WIDTH, 8, INK, 0.14, blur=4)  # fmt: skip


def _chair(x: float, y: float, colour: str) -> str:
    """An armchair seen from the front that stands on `y`."""
    dark = mix(colour, INK, 0.28)
    legs = "".join(fill(polygon([(x + d, y - 40), (x + d + 16, y - 40), (x + d + 12, y), (x + d + 4, y)]), OAK_DARK) for d in (16, 168))  # fmt: skip
    back = box(x + 8, y - 250, 184, 190, colour, r=44) + box(x + 24, y - 238, 80, 150, lift(colour, 0.25), 0.6, r=36, blur=10)  # fmt: skip
    seat = box(x + 18, y - 116, 164, 66, lift(colour, 0.14), r=24) + box(x + 18, y - 66, 164, 26, dark, 0.6, r=12)
    arms = "".join(box(x + d, y - 154, 40, 114, lift(colour, 0.08), r=20) + box(x + d + 24, y - 140, 14, 96, dark, 0.4, r=8) for d in (-8, 168))  # fmt: skip
    return ellipse((x + 106, y + 2), 130, 12, INK, 0.22, blur=8) + legs + back + seat + arms


def examination_room() -> str:
    """A consulting room with a couch, scales, a height chart on the wall and a window."""
    couch = ellipse((392, 694), 300, 12, INK, 0.22, blur=8) + "".join(box(x, 560, 16, 130, "#9fb0b8", r=4) for x in (150, 590)) + box(140, 640, 480, 14, "#b9c7cc", r=6)  # fmt: skip
    couch += box(96, 500, 580, 62, mix(TEAL, "#ffffff", 0.18), r=22) + box(96, 536, 580, 26, mix(TEAL, INK, 0.3), 0.7, r=12)  # fmt: skip
    couch += fill(polygon([(100, 512), (96, 440), (240, 392), (276, 412), (290, 506)]), mix(TEAL, "#ffffff", 0.26)) + fill(curve([(118, 430), (150, 402), (214, 384), (236, 404), (206, 428), (140, 452)]), "#fdfaf4")  # fmt: skip
    paper = fill(polygon([(300, 496), (664, 496), (664, 520), (664, 590), (604, 590), (604, 512), (300, 510)]), "#ffffff", 0.96) + stroke("M604 512V588", "#d5dcda", 3)  # fmt: skip
    chart = box(770, 130, 74, 474, INK, 0.14, r=6, blur=8) + box(762, 120, 74, 474, "#fdf8ec", r=6) + "".join(
        box(762, 142 + 26 * k, 34 if k % 2 else 50, 4, TEAL if k % 2 else CORAL, 0.85) for k in range(17)
    )  # fmt: skip
    vine = "".join(leaf((816, 160 + 52 * k), 20 if k % 2 else 160, 34, 18, "#7aa891") for k in range(8))
    scales = shadow(800, 706, 90) + box(716, 676, 168, 30, "#e8ecea", r=10) + box(716, 694, 168, 12, "#a9b6b9", r=6) + box(770, 670, 60, 12, "#4f5f66", r=5)  # fmt: skip
    desk = box(934, 500, 300, 20, OAK) + box(934, 500, 300, 5, "#fff3d8", 0.7) + box(950, 520, 20, 180, mix(OAK, "#3a2a1c", 0.3)) + box(1090, 520, 140, 150, mix(OAK, "#3a2a1c", 0.2)) + "".join(box(1108, 536 + 44 * k, 104, 34, mix(OAK, "#3a2a1c", 0.06), r=4) + ellipse((1160, 553 + 44 * k), 5, 5, "#d9b260") for k in range(3))  # fmt: skip
    screen = box(1000, 348, 176, 116, "#2b3945", r=10) + box(1010, 358, 156, 96, "#dbe8e6", r=4) + box(1024, 374, 60, 10, TEAL, r=4) + "".join(box(1024, 396 + 16 * k, (110, 90, 118)[k], 6, "#9aa8ac", r=3) for k in range(3)) + box(1080, 464, 16, 30, "#2b3945") + box(1046, 490, 84, 10, "#2b3945", r=4)  # fmt: skip
    cup = mug(950, 500, 46, CORAL, name="deskmug")
    frame = box(540, 130, 130, 160, OAK, r=3) + box(550, 140, 110, 140, "#fbf7ee") + "".join(leaf((605, 250 - 24 * k), -90 + s * 50, 44 - 5 * k, 20, "#5b8f79") for k in range(4) for s in (-1, 1)) + stroke("M605 268V160", "#2f5d4d", 3)  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#eef1e8", "#d7dccd"), window(110, 90, 320, 270), _floor(650), frame, chart, vine, couch, paper, scales, desk, screen, cup, light()])  # fmt: skip


def quiet_room() -> str:
    """A waiting room with two armchairs, a low lamp, books and a plant; nobody in it."""
    glow = ellipse((600, 360), 300, 260, "#ffe6ae", 0.6, blur=60)
    lamp = stroke("M600 690V300", "#3c4a52", 8) + fill(polygon([(526, 312), (674, 312), (644, 200), (556, 200)]), "#fbe6b6") + fill(polygon([(640, 312), (674, 312), (644, 200), (622, 200)]), "#d9a65c", 0.35) + ellipse((600, 696), 60, 10, "#3c4a52")  # fmt: skip
    low = shadow(604, 716, 110) + box(520, 590, 168, 14, OAK, r=6) + box(520, 590, 168, 4, "#fff3d8", 0.7) + "".join(stroke(f"M{a} 604L{b} 716", OAK_DARK, 8) for a, b in ((540, 530), (668, 678)))  # fmt: skip
    books = (
        box(548, 568, 96, 22, "#0f5e59", r=3)
        + box(556, 550, 84, 18, "#e7dcc6", r=3)
        + box(552, 574, 88, 3, "#faf6ee", 0.6)
    )
    rug = ellipse((600, 742), 520, 46, mix(CORAL, "#f6e9d6", 0.6)) + '<ellipse cx="600" cy="742" rx="470" ry="36" fill="none" stroke="#fdf6e8" stroke-width="6"/>'  # fmt: skip
    door = box(976, 176, 196, 474, "#e9dfcc", r=2) + box(992, 192, 164, 458, mix(TEAL, "#ffffff", 0.1)) + "".join(box(1014, y, 120, h, mix(TEAL, INK, 0.2), 0.6, r=4) for y, h in ((222, 170), (430, 190))) + ellipse((1010, 412), 8, 8, "#d9b260")  # fmt: skip
    cushion = (
        '<g transform="rotate(-10 330 590)">'
        + box(278, 540, 96, 84, "#e8c98a", r=22)
        + stroke("M296 582h60", "#c79a5b", 4, 0.7)
        + "</g>"
    )
    return document(WIDTH, HEIGHT, [wall("#e9ebe0", "#cfd8cc"), window(90, 100, 300, 250), _floor(650, "#c9ac82"), door, glow, rug, lamp,
                                    plant(120, 700, 300, 19, leaves=15), _chair(236, 712, "#7f9fa0"), cushion, low, books, _chair(752, 712, "#c98b6b"), light()])  # fmt: skip


def cool_evening() -> str:
    """An open window in the evening: a curtain in the wind, a fan, a jug of water with mint."""
    back = wall("#e9dfe0", "#cfc3cb")
    sky = linear("dusk", (0, 80), (0, 520), [(0, "#58738f"), (0.55, "#c9a6a0"), (1, "#f2cfa2")]) + box(230, 70, 470, 450, "url(#dusk)")  # fmt: skip
    hills = fill(curve([(220, 470), (340, 420), (470, 440), (600, 400), (720, 436), (720, 560), (220, 560)]), "#4d6b68") + fill(curve([(220, 510), (400, 470), (560, 490), (720, 466), (720, 560), (220, 560)]), "#35544f")  # fmt: skip
    moon = ellipse((590, 160), 34, 34, "#f9efd2") + ellipse((590, 160), 70, 70, "#f9efd2", 0.25, blur=16) + "".join(ellipse((260 + (k * 97) % 420, 90 + (k * 53) % 130), 2.6, 2.6, "#fdf6e4", 0.9) for k in range(12))  # fmt: skip
    view = clipped("dusky", polygon([(230, 70), (700, 70), (700, 520), (230, 520)]), [sky, moon, hills])
    frame = (
        stroke("M230 70H700V520H230Z", "#fdfaf3", 24)
        + box(196, 528, 538, 24, "#fdfaf3")
        + box(196, 552, 538, 10, INK, 0.14, blur=4)
    )
    sash = fill(polygon([(700, 70), (838, 44), (838, 560), (700, 520)]), "#c9d7de", 0.45) + stroke("M700 70L838 44V560L700 520", "#fdfaf3", 16) + stroke("M700 290L838 296", "#fdfaf3", 10)  # fmt: skip
    cloth = fill(curve([(170, 40), (320, 40), (330, 170), (410, 330), (470, 470), (400, 560), (330, 590), (300, 480), (230, 520), (180, 620), (160, 400)]), "#f6efe6", 0.94)  # fmt: skip
    cloth += "".join(stroke(curve([(200 + 32 * k, 50), (214 + 40 * k, 240), (230 + 62 * k, 480)], closed=False), "#cbbcae", 8, 0.5, blur=4) for k in range(4)) + box(120, 30, 760, 14, OAK_DARK, r=7)  # fmt: skip
    fan = shadow(980, 690, 110) + ellipse((980, 684), 92, 18, NAVY) + box(968, 540, 24, 146, NAVY, r=8) + '<circle cx="980" cy="440" r="132" fill="#eef1ee" fill-opacity=".55"/>'  # fmt: skip
    fan += "".join(f'<g transform="rotate({a} 980 440)">' + fill(curve([(980, 440), (940, 390), (952, 330), (1000, 322), (1022, 372)]), "#8fb3a6", 0.9) + "</g>" for a in (10, 130, 250))  # fmt: skip
    fan += "".join(f'<circle cx="980" cy="440" r="{r}" fill="none" stroke="#7d8f97" stroke-width="{w}"/>' for r, w in ((132, 9), (100, 3), (66, 3), (34, 3))) + "".join(f'<path d="M980 440L980 312" transform="rotate({30 * k} 980 440)" stroke="#7d8f97" stroke-width="2.4"/>' for k in range(12)) + ellipse((980, 440), 22, 22, TEAL)  # fmt: skip
    jug = shadow(560, 690, 100) + fill(curve([(486, 470), (500, 560), (490, 660), (520, 692), (610, 692), (640, 660), (626, 560), (636, 470)]), "#e6f1f1", 0.75) + fill(curve([(496, 540), (560, 532), (630, 540), (634, 650), (608, 686), (522, 686), (496, 650)]), "#9cc8cd", 0.7)  # fmt: skip
    jug += stroke("M634 500q70 0 62 74q-6 54 -62 52", "#d5e6e6", 14) + ellipse((561, 470), 76, 13, "#f6fbfb") + ellipse((540, 600), 26, 25, "#f0d65c", 0.9) + "".join(leaf((580, 560 + 20 * k), a, 46, 24, "#4f8f63") for k, a in enumerate((-60, 200, 20))) + stroke("M512 500l6 140", "#ffffff", 8, 0.7)  # fmt: skip
    glass = shadow(740, 700, 56) + fill(polygon([(694, 570), (786, 570), (776, 700), (704, 700)]), "#e6f1f1", 0.8) + fill(polygon([(698, 610), (782, 610), (776, 700), (704, 700)]), "#9cc8cd", 0.75) + stroke("M714 584l6 96", "#ffffff", 6, 0.7)  # fmt: skip
    book = shadow(300, 700, 130) + box(196, 668, 220, 30, CORAL, r=4) + box(206, 674, 206, 18, "#fbf6ea", r=2) + stroke("M226 664L380 656", NAVY, 8)  # fmt: skip
    return document(WIDTH, HEIGHT, [back, view, frame, sash, cloth, table(620, "#b99470"), fan, jug, glass, book])


def bench() -> str:
    """A bench under a tree by still water in the morning; nobody on it."""
    sky = linear("sky", (0, 0), (0, 460), [(0, "#bcd3da"), (0.7, "#eae7d6"), (1, "#f7e8cf")]) + box(0, 0, WIDTH, 470, "url(#sky)") + cloud(300, 120, 360) + cloud(960, 90, 280)  # fmt: skip
    far = fill(curve([(-40, 440), (160, 350), (380, 390), (620, 330), (860, 384), (1080, 336), (1260, 390), (1260, 500), (-40, 500)]), "#9db7a4") + fill(curve([(-40, 460), (240, 410), (520, 436), (800, 404), (1260, 440), (1260, 510), (-40, 510)]), "#7a9f8a")  # fmt: skip
    water = linear("lake", (0, 460), (0, 660), [(0, "#cfe0dc"), (1, "#7fa8aa")]) + box(0, 462, WIDTH, 220, "url(#lake)") + "".join(stroke(f"M{(k * 223) % 1140} {480 + (k * 37) % 150}h{60 + (k * 41) % 120}", "#ffffff", 3, 0.5) for k in range(20))  # fmt: skip
    swan = "".join(
        f'<g transform="translate({x} {y}) scale({s})">' + fill(curve([(0, 0), (30, -14), (70, -12), (96, -30), (88, 4), (56, 16), (16, 14)]), "#ffffff") + stroke(curve([(8, 2), (-12, -26), (2, -52), (-8, -60)], closed=False), "#ffffff", 11) + fill(polygon([(-10, -66), (-30, -56), (-12, -54)]), CORAL) + "</g>"
        for x, y, s in ((330, 560, 0.9), (236, 530, 0.55))
    )  # fmt: skip
    bank = linear("grass", (0, 600), (0, 800), [(0, "#9dbb84"), (1, "#5f8a63")]) + fill(curve([(-40, 660), (240, 628), (620, 620), (960, 596), (1260, 600), (1260, 840), (-40, 840)]), "url(#grass)") + fill(curve([(420, 830), (560, 740), (760, 700), (1240, 690), (1240, 740), (860, 760), (720, 830)]), "#e3d3b0")  # fmt: skip
    wood = "#a9764a"
    seat = ellipse((760, 716), 280, 16, INK, 0.24, blur=8) + "".join(box(x, 560, 18, 156, "#3a4a52", r=5) for x in (560, 930)) + "".join(box(536, 512 + 34 * k, 436, 24, lift(wood, 0.2 - 0.06 * k), r=6) for k in range(3)) + box(520, 624, 470, 26, lift(wood, 0.3), r=8) + box(520, 646, 470, 12, mix(wood, INK, 0.4), r=5) + "".join(stroke(f"M{x} 590H{x + 46}V628", "#3a4a52", 12) for x in (540, 920))  # fmt: skip
    scarf = fill(polygon([(616, 508), (688, 508), (694, 622), (612, 622)]), CORAL) + box(612, 500, 80, 18, lift(CORAL, 0.3), r=8) + "".join(box(612, y, 82, 9, "#f6e2cf", 0.85) for y in (548, 566, 600)) + "".join(stroke(f"M{616 + 12 * k} 622l-2 20", CORAL, 4) for k in range(7))  # fmt: skip
    book = box(770, 598, 84, 22, TEAL, r=4) + box(776, 602, 76, 12, "#fbf6ea")
    grass = "".join(stroke(curve([(x, y), (x + 4, y - 20), (x + (k % 3 - 1) * 12, y - 40 - (k * 7) % 22)], closed=False), ("#4f7f5a", "#7aa06a", "#3f6b4e")[k % 3], 4) for k, (x, y) in enumerate((20 + (k * 53) % 420, 700 + (k * 29) % 90) for k in range(44)))  # fmt: skip
    flowers = "".join(ellipse((30 + (k * 67) % 400, 670 + (k * 43) % 110), 7, 7, ("#ffffff", "#e9c65a", CORAL)[k % 3]) for k in range(16))  # fmt: skip
    big = tree(1080, 730, 880, 5, "#6d9d7a")
    return document(WIDTH, HEIGHT, [sky, far, water, swan, bank, big, seat, scarf, book, grass, flowers, light()])


def _shoe(x: float, y: float, colour: str, *, name: str) -> str:
    """A walking shoe from its side that stands on `y`, its toe to the right."""
    upper = [(x, y - 36), (x + 4, y - 116), (x + 40, y - 130), (x + 84, y - 112), (x + 130, y - 84), (x + 200, y - 66), (x + 242, y - 34), (x + 236, y - 16), (x + 4, y - 16)]  # fmt: skip
    tone = linear(
        name, (x, y - 130), (x + 200, y), [(0, lift(colour, 0.36)), (0.6, colour), (1, mix(colour, INK, 0.2))]
    )
    toe = fill(
        curve([(x + 180, y - 70), (x + 236, y - 44), (x + 240, y - 18), (x + 176, y - 18), (x + 164, y - 46)]),
        mix(colour, INK, 0.25),
    )
    heel = fill(
        curve([(x, y - 100), (x + 30, y - 96), (x + 44, y - 50), (x + 34, y - 18), (x + 2, y - 20)]),
        mix(colour, INK, 0.25),
    )
    laces = "".join(stroke(f"M{x + 74 + 22 * k} {y - 112 + 13 * k}l22 -12M{x + 74 + 22 * k} {y - 112 + 13 * k}l14 28", "#fbf6ea", 6) for k in range(4))  # fmt: skip
    mouth = ellipse((x + 30, y - 124), 32, 11, mix(colour, INK, 0.5), turn=12)
    sole = box(x - 6, y - 26, 254, 26, "#f4ead4", r=12) + box(x - 6, y - 10, 254, 10, "#8a7a63", r=5)
    loop = stroke(f"M{x + 4} {y - 120}q-16 -18 2 -30", CORAL, 7)
    return (
        shadow(x + 124, y, 150) + loop + tone + fill(curve(upper), f"url(#{name})") + toe + heel + mouth + laces + sole
    )


def shoes() -> str:
    """Walking shoes on a mat by an open door, a coat on a hook, a path that leads out."""
    out = linear("out", (0, 90), (0, 690), [(0, "#bcd6df"), (0.6, "#eef0e0"), (1, "#cfdcb4")]) + box(470, 70, 330, 620, "url(#out)")  # fmt: skip
    path = fill(curve([(470, 560), (640, 500), (800, 540), (820, 720), (450, 720)]), "#8fb27c") + fill(polygon([(560, 700), (636, 500), (654, 500), (770, 700)]), "#ead9b4") + tree(540, 560, 230, 3, "#7fa986") + tree(756, 590, 300, 8, "#6b9a7a") + cloud(620, 190, 230)  # fmt: skip
    view = clipped("way", polygon([(470, 70), (800, 70), (800, 690), (470, 690)]), [out, path])
    frame = stroke("M470 692V70H800V692", "#fdfaf3", 30) + stroke("M448 692V48H822V692", "#cbbd9f", 2)
    door = fill(polygon([(800, 74), (980, 30), (980, 760), (800, 690)]), TEAL) + fill(polygon([(826, 130), (950, 108), (950, 340), (826, 336)]), mix(TEAL, INK, 0.25)) + fill(polygon([(826, 390), (950, 400), (950, 690), (826, 640)]), mix(TEAL, INK, 0.25)) + ellipse((962, 392), 9, 13, "#d9b260")  # fmt: skip
    rail = box(60, 150, 330, 26, OAK, r=4) + "".join(
        stroke(f"M{x} 172v22q0 12 12 12", "#5f4a34", 8) for x in (110, 220, 330)
    )
    coat = fill(curve([(220, 196), (180, 214), (140, 300), (120, 470), (150, 490), (176, 380), (172, 560), (290, 560), (284, 380), (306, 486), (336, 470), (312, 300), (268, 214)]), "#d8a441") + stroke("M228 214V556", "#a87a26", 4, 0.7) + "".join(ellipse((242, 300 + 70 * k), 6, 6, "#6d4f1a") for k in range(4)) + fill(curve([(176, 400), (172, 560), (214, 560), (210, 400)]), "#a87a26", 0.25, blur=8) + stroke("M188 440h36M246 440h34", "#a87a26", 5, 0.8)  # fmt: skip
    umbrella = stroke("M352 206V560", NAVY, 9) + fill(curve([(340, 240), (366, 240), (374, 500), (352, 560), (330, 500)]), NAVY) + stroke("M352 560v26q0 18 18 16", "#8a5a34", 8)  # fmt: skip
    mat = fill(polygon([(400, 706), (900, 706), (960, 786), (340, 786)]), mix(CORAL, "#8a5a4a", 0.45)) + stroke("M424 718H880L922 774H380Z", "#f4dfc8", 5, 0.7)  # fmt: skip
    pair = _shoe(420, 738, "#4f7f8c", name="shoe1") + _shoe(560, 774, "#4f7f8c", name="shoe2")
    return document(WIDTH, HEIGHT, [wall("#f3ecdd", "#dccfb6"), _floor(690), view, frame, door, rail, umbrella, coat, plant(1110, 716, 330, 11, leaves=15), mat, pair, light()])  # fmt: skip


def video_visit() -> str:
    """A tablet on a kitchen table with a doctor on its screen, medicines and a list beside it."""
    caller = replace(DOCTOR, turn=8.0, tilt=-2.0, gaze=0.0)
    stand = shadow(560, 668, 330) + fill(polygon([(420, 650), (700, 650), (730, 672), (390, 672)]), "#8a949a")
    body = box(236, 186, 640, 470, INK, 0.2, r=34, blur=12) + box(228, 176, 640, 474, "#27323b", r=34)
    room = linear("room", (0, 200), (0, 620), [(0, "#eef1e8"), (1, "#d3ddd4")]) + box(254, 202, 588, 422, "url(#room)") + box(300, 240, 120, 150, OAK, r=3) + box(310, 250, 100, 130, "#fbf7ee") + "".join(leaf((360, 352 - 22 * k), -90 + s * 50, 42 - 5 * k, 18, "#5b8f79") for k in range(4) for s in (-1, 1)) + plant(800, 620, 240, 9, leaves=12, pot="#22364e")  # fmt: skip
    who = f'<g transform="translate(548 398) scale(0.56) translate(-400 -420)">{figure(caller)}</g>'
    me = box(704, 222, 116, 88, "#fdfaf3", r=10) + box(708, 226, 108, 80, "#c9d8d4", r=8) + ellipse((762, 260), 19, 22, "#e0b08a") + fill(curve([(728, 306), (736, 284), (762, 278), (788, 284), (796, 306)]), "#d8a441") + fill(curve([(742, 258), (748, 238), (764, 234), (780, 242), (782, 262), (772, 250), (752, 250)]), "#4a3326")  # fmt: skip
    bar = box(462, 560, 176, 58, "#14263a", 0.55, r=29) + "".join(ellipse((494 + 56 * k, 589), 20, 20, ("#ffffff", "#ffffff", "#d9654b")[k], 0.92) for k in range(3)) + box(488, 580, 12, 16, NAVY, r=5) + box(540, 583, 16, 14, NAVY, r=3) + fill(polygon([(556, 590), (564, 583), (564, 597)]), NAVY) + stroke("M596 594q10 -10 20 0", "#ffffff", 5)  # fmt: skip
    screen = clipped("screen", "M272 202H824a18 18 0 0 1 18 18V606a18 18 0 0 1-18 18H272a18 18 0 0 1-18-18V220a18 18 0 0 1 18-18Z", [room, who, me, bar])  # fmt: skip
    pills = shadow(990, 690, 100) + box(914, 596, 156, 94, "#fdfaf3", r=6) + box(914, 596, 156, 30, TEAL, r=6) + box(930, 642, 92, 9, "#9aa8ac", r=4) + box(930, 660, 70, 9, "#9aa8ac", r=4) + shadow(1120, 704, 56) + box(1080, 590, 84, 114, "#e3a34e", r=12) + box(1076, 566, 92, 34, "#f6f2e8", r=8) + box(1080, 622, 84, 50, "#fdf6e6")  # fmt: skip
    pad = fill(polygon([(40, 724), (76, 640), (206, 640), (214, 724)]), "#fdfaf3") + fill(polygon([(40, 724), (76, 640), (88, 640), (56, 724)]), CORAL) + "".join(stroke(f"M{104 - 6 * k} {660 + 22 * k}h{78 - (k * 23) % 30}", "#8796a0", 5) for k in range(3)) + stroke("M150 744L244 690", NAVY, 9)  # fmt: skip
    return document(WIDTH, HEIGHT, [wall("#f4ecdb", "#e2d5bb"), window(900, 70, 240, 300), table(580), stand, body, screen, pad, pills, light()])  # fmt: skip


ROOMS: dict[str, Callable[[], str]] = {
    "examination-room": examination_room, "quiet-room": quiet_room, "cool-evening": cool_evening,
    "bench-by-the-water": bench, "walking-shoes": shoes, "video-visit": video_visit,
}  # fmt: skip
