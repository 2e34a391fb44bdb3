"""The four clinics from the street."""

from __future__ import annotations

from collections.abc import Callable

from devtools.art.pen import curve, document, ellipse, fill, lift, linear, mix, polygon, stroke
from devtools.art.scenery import Front, box, cloud, front, tree

WIDTH, HEIGHT, PAVEMENT = 1200, 800, 690


def _sky(top: str = "#bcd3da", low: str = "#f4ead8") -> str:
    grad = linear("sky", (0, 0), (200, 640), [(0, top), (0.65, mix(top, low, 0.6)), (1, low)])
    return (
        grad
        + f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#sky)"/>'
        + cloud(260, 120, 360)
        + cloud(860, 84, 300)
    )


def _street(tone: str = "#b9bab4") -> str:
    kerb = box(0, PAVEMENT, WIDTH, 44, "#d9d3c6") + box(0, PAVEMENT + 44, WIDTH, 8, "#f0ebdf")
    slabs = "".join(stroke(f"M{x} {PAVEMENT}l-14 44", "#14263a", 1.4, 0.14) for x in range(40, 1240, 76))
    road = box(0, PAVEMENT + 52, WIDTH, 80, tone) + box(0, PAVEMENT + 52, WIDTH, 10, "#14263a", 0.16, blur=3)
    return kerb + slabs + road + box(0, PAVEMENT - 6, WIDTH, 16, "#14263a", 0.14, blur=4)


def _railings(x: float, width: float) -> str:
    posts = "".join(
        stroke(f"M{x + k:.0f} {PAVEMENT}V{PAVEMENT - 66}", "#1a2a36", 3.4) for k in range(0, int(width) + 1, 15)
    )
    bars = stroke(f"M{x} {PAVEMENT - 54}H{x + width}M{x} {PAVEMENT - 12}H{x + width}", "#1a2a36", 4)
    return posts + bars


def _lamp(x: float) -> str:
    pole = stroke(f"M{x} {PAVEMENT + 30}V{PAVEMENT - 250}", "#24323f", 8) + box(
        x - 9, PAVEMENT - 6, 18, 38, "#24323f", r=3
    )
    head = polygon(
        [(x - 13, PAVEMENT - 256), (x + 13, PAVEMENT - 256), (x + 19, PAVEMENT - 304), (x - 19, PAVEMENT - 304)]
    )
    return (
        pole
        + fill(head, "#fbe9b8")
        + stroke(head, "#24323f", 4)
        + fill(polygon([(x - 23, PAVEMENT - 304), (x + 23, PAVEMENT - 304), (x, PAVEMENT - 326)]), "#24323f")
    )


def _bicycle(x: float) -> str:
    y = PAVEMENT + 2
    wheels = "".join(
        f'<circle cx="{x + d}" cy="{y}" r="31" fill="none" stroke="#1d2b38" stroke-width="4"/>' for d in (0, 94)
    )
    frame = stroke(
        f"M{x} {y}L{x + 30} {y - 48}L{x + 82} {y - 50}L{x + 46} {y}ZM{x + 46} {y}L{x + 26} {y - 60}M{x + 94} {y}L{x + 78} {y - 66}",
        "#d9654b",
        5,
    )
    return wheels + frame + stroke(f"M{x + 14} {y - 62}H{x + 38}M{x + 66} {y - 68}L{x + 90} {y - 70}", "#1d2b38", 6)


def london() -> str:
    rows = (
        Front(-130, PAVEMENT, 330, 500, "#b98a66", 4, 2, 11),
        Front(200, PAVEMENT, 520, 520, "#a9714f", 4, 3, 12, door=1),
        Front(720, PAVEMENT, 350, 500, "#c09a76", 4, 2, 13, door=0, door_colour="#22364e"),
        Front(1070, PAVEMENT, 330, 520, "#a9714f", 4, 2, 14),
    )
    plinth = box(200, PAVEMENT - 122, 520, 122, "#f2ece0", 0.0)
    planters = "".join(
        ellipse((x, PAVEMENT - 66), 30, 26, "#3f7a63") + box(x - 22, PAVEMENT - 46, 44, 46, "#2b3945", r=2)
        for x in (392, 528)
    )
    return document(WIDTH, HEIGHT, [_sky(), *map(front, rows), plinth, _street(), _railings(0, 376), _railings(545, 190), _railings(900, 300),
                                    planters, tree(1010, PAVEMENT + 20, 470, 5), _lamp(120), _bicycle(620)])  # fmt: skip


def manchester() -> str:
    back = "".join(
        box(x, 300 - h, w, h + 300, "#c2b3a5", 0.5)
        for x, w, h in ((0, 150, 40), (170, 90, 110), (960, 120, 90), (1090, 140, 20))
    )
    chimney = fill(polygon([(210, 420), (226, 60), (262, 60), (278, 420)]), "#b48a74", 0.75)
    mill = Front(150, 640, 720, 520, "#a4523c", 4, 6, 21, arched=True, door=3, trim="#e9d9c3")
    side = Front(870, 640, 400, 360, "#8f4a39", 3, 3, 22, arched=True, trim="#e9d9c3")
    low = Front(-120, 640, 270, 330, "#b9694f", 3, 2, 23, arched=True, trim="#e9d9c3")
    quay = box(0, 640, WIDTH, 34, "#cfc6b6") + box(0, 674, WIDTH, 14, "#9a9184")
    water = linear("water", (0, 688), (0, 800), [(0, "#5f8288"), (1, "#8fb0b0")]) + box(
        0, 688, WIDTH, 112, "url(#water)"
    )
    glints = "".join(
        stroke(f"M{60 + (k * 173) % 1080} {704 + (k * 29) % 86}h{40 + (k * 37) % 90}", "#f4ead8", 3, 0.34)
        for k in range(18)
    )
    boat = fill(curve([(700, 700), (960, 700), (990, 716), (940, 752), (720, 752), (684, 718)]), "#17424a") + box(
        740, 664, 190, 40, "#c9553f", r=4
    )
    panes = "".join(box(756 + 42 * k, 674, 26, 18, "#f6e6c2", r=3) for k in range(4)) + box(
        732, 660, 206, 8, "#f2e7d3", r=3
    )
    bollards = "".join(box(x, 626, 14, 40, "#24323f", r=5) for x in (90, 420, 640, 1060))
    return document(WIDTH, HEIGHT, [_sky("#c3d3d9", "#f3e4d2"), back, chimney, *map(front, (low, side, mill)), quay, water, glints, boat, panes,
                                    bollards, tree(1080, 652, 330, 9), tree(70, 652, 270, 4, "#7d9a6a")])  # fmt: skip


def bristol() -> str:
    paints = ("#e3b4a0", "#a9c4c9", "#ecd9a4", "#b7c9ae", "#d99a83", "#c5cfe0", "#efe4d0", "#9fbfae", "#e6c48e")
    hill = fill(
        curve([(-40, 420), (240, 330), (560, 286), (900, 320), (1260, 260), (1260, 720), (-40, 720)]), "#9db28f"
    )
    far = []
    for k in range(15):
        x, y = -20 + k * 84, 420 - 50 * ((k % 5) / 5) - k * 4
        far.append(
            front(Front(x, y, 78, 112, lift(paints[(k * 2) % 9], 0.25), 2, 2, 300 + k, bricks=False, roof="gable"))
        )
    trees = "".join(tree(60 + k * 190, 470 + (k % 3) * 8, 150, 40 + k, "#7fa080") for k in range(7))
    row = [Front(-60 + k * 218, PAVEMENT, 214, 330 + (k % 3) * 22, paints[k], 3, 2, 31 + k, bricks=False, door=0 if k == 2 else (1 if k % 2 else -1),
                 door_colour=("#22364e", "#7a3f2e", "#0f5e59", "#22364e", "#0f5e59", "#7a3f2e")[k]) for k in range(6)]  # fmt: skip
    return document(
        WIDTH,
        HEIGHT,
        [
            _sky("#b5d0dd", "#f6eddc"),
            hill,
            *far,
            trees,
            *map(front, row),
            _street("#aeb3b1"),
            _bicycle(640),
            _lamp(1010),
        ],
    )


def edinburgh() -> str:
    crag = fill(
        curve(
            [
                (-60, 470),
                (40, 380),
                (120, 268),
                (190, 232),
                (270, 250),
                (330, 330),
                (420, 360),
                (1260, 410),
                (1260, 700),
                (-60, 700),
            ]
        ),
        "#8ea08d",
    )
    shade = fill(curve([(196, 236), (270, 250), (330, 330), (380, 480), (250, 480), (230, 340)]), "#5d7468", 0.5)
    rows = (
        Front(-60, PAVEMENT, 400, 268, "#c3ad8c", 2, 3, 41, trim="#dfd2b8"),
        Front(340, PAVEMENT, 480, 500, "#cdb894", 4, 4, 42, trim="#e6dac2", door=1),
        Front(820, PAVEMENT, 460, 470, "#b9a384", 4, 3, 43, trim="#dfd2b8", door=1, door_colour="#7a2f2e"),
    )
    courses = "".join(stroke(f"M340 {y}H1200", "#5c4a34", 1, 0.1) for y in range(230, PAVEMENT, 22))
    return document(WIDTH, HEIGHT, [_sky("#b8cad6", "#efe6da"), crag, shade, *map(front, rows), courses, _street("#a9a8a2"), _railings(0, 340), _railings(560, 250),
                                    _lamp(300), tree(1100, PAVEMENT + 16, 380, 17, "#6d8f63")])  # fmt: skip


PLACES: dict[str, Callable[[], str]] = {
    "london": london,
    "manchester": manchester,
    "bristol": bristol,
    "edinburgh": edinburgh,
}
