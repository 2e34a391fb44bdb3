"""Eyes, brows and glasses."""

from __future__ import annotations

from devtools.art.pen import Line, Pt, between, clipped, curve, ellipse, fill, lerp, mix, sample, stroke, taper
from devtools.art.person import Person

_UPPER = [(-28, 4), (-18, -5.5), (-2, -11.4), (14, -10.4), (29, -2.5)]
_LOWER = [(-28, 4), (-14, 8.4), (2, 9.6), (17, 6.6), (29, -2.5)]
_CREASE = [(-27, -3), (-16, -14), (0, -20), (17, -18), (33, -9)]


def eyes(p: Person) -> str:
    return "".join(_eye(p, side) for side in (-1, 1))


def _place(p: Person, side: int, points: Line, openness: float = 1) -> list[Pt]:
    size = p.eye_size * 1.1
    return [p.at(side * (59 * p.eye_gap + x * size), (y * openness - x * p.eye_tilt * 0.12) * size) for x, y in points]


def _eye(p: Person, side: int) -> str:
    tone, name = p.tone, f"eye{side}-{p.slug}".replace("-1", "l")
    upper = _place(p, side, _UPPER, p.lid)
    lower = _place(p, side, _LOWER, 1 - 0.16 * p.smile)
    crease = _place(p, side, _CREASE, 0.62 + 0.38 * p.lid)
    shape = between(upper, lower)
    cx, cy = _place(p, side, [(1, -2.4)])[0]
    # Both eyes look at the viewer, so the irises move back against the head's turn.
    cx += p.gaze - p.turn * 0.42
    r = 14.6 * p.eye_size
    lash = mix(tone.deep, "#120a08", 0.72)
    heavy = 3.8 if p.male else 5.2
    thick = [(x, y - heavy * w) for (x, y), w in zip(upper, (0.2, 0.7, 1, 1.05, 0.75), strict=True)]
    wing = _place(p, side, [(29, -2), (34, -5 if not p.male else -3)])
    socket = ellipse(p.at(side * 40, -16), 22, 13, tone.shade, 0.55 if side < 0 else 0.75, blur=8, turn=side * 18)
    outer = ellipse(p.at(side * 76, -22), 26, 9, tone.shade, 0.3, blur=6)
    ball = [
        fill(shape, "#f4ece4"),
        ellipse((cx, cy), r, r, mix(p.eyes, "#0c0806", 0.35)),
        ellipse((cx, cy), r * 0.84, r * 0.84, p.eyes),
        ellipse((cx, cy + r * 0.36), r * 0.6, r * 0.42, mix(p.eyes, "#ffe2b0", 0.38), 0.65, blur=1.5),
        ellipse((cx, cy), r * 0.44, r * 0.44, "#0d0908"),
        stroke(curve(upper, closed=False), mix(tone.deep, "#000000", 0.3), 9, 0.38, blur=2),
        ellipse((cx - r * 0.34, cy - r * 0.38), r * 0.24, r * 0.24, "#ffffff", 0.95),
        ellipse((cx + r * 0.4, cy + r * 0.42), r * 0.12, r * 0.12, "#ffffff", 0.5),
        ellipse(_place(p, side, [(-25, 5)])[0], 4, 3, mix(tone.blush, "#ffffff", 0.25), 0.8),
    ]
    lid = between(upper, crease)
    parts = [
        socket,
        outer,
        fill(lid, mix(tone.base, tone.shade, 0.42), 0.85, blur=1.5),
        stroke(curve(_place(p, side, [(-6, -16), (8, -16)]), closed=False), tone.light, 4, 0.4, blur=2),
        clipped(name, shape, ball),
        stroke(curve(crease, closed=False), tone.deep, 2, 0.5, blur=0.8),
        fill(between(upper, thick), lash, 0.92),
        stroke(curve(wing, closed=False), lash, 2 if p.male else 2.8, 0.8),
        stroke(curve(lower, closed=False), tone.deep, 1.6, 0.42, blur=0.8),
        stroke(curve(_place(p, side, [(-16, 14), (4, 15.5), (20, 12)]), closed=False), tone.light, 3, 0.35, blur=1.5),
    ]
    return "".join(parts)


def brows(p: Person) -> str:
    rng, parts = p.rng, []
    thick = (8.6 if p.male else 5.8) * p.brow
    for side in (-1, 1):
        lift = 7 * p.brow_arch
        base = -36 - p.brow_y
        spine = [(27, base - 1), (46, base - 5 - lift * 0.45), (70, base - 7 - lift * 0.8), (88, base - 2 - lift * 0.5),
                 (102, base + 8)]  # fmt: skip
        widths = (0.5, 0.92, 0.95, 0.66, 0.12)
        top = [p.at(side * u, v - thick * w, 6) for (u, v), w in zip(spine, widths, strict=True)]
        low = [p.at(side * u, v + thick * w * 0.72, 6) for (u, v), w in zip(spine, widths, strict=True)]
        parts.append(fill(between(top, low), p.brows, 0.62, blur=1.5))
        a, b = sample(low, 26), sample(top, 26)
        for i in range(24):
            start = lerp([a[i]], [b[i]], rng.uniform(-0.05, 0.5))[0]
            ahead = min(25, i + 3)
            end = lerp([a[ahead]], [b[ahead]], rng.uniform(0.55, 1.05))[0]
            mid = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.8)
            parts.append(fill(taper([start, mid, end], 2.6), p.brows, 0.5))
    return "".join(parts)


def glasses(p: Person) -> str:
    if not p.glasses:
        return ""
    parts, colour = [], p.glasses_colour
    rim = 5.5 if p.glasses != "wire" else 2.8
    corners = {
        "round": [(-39, -6), (-28, -30), (0, -37), (30, -30), (42, -4), (31, 26), (0, 37), (-28, 28)],
        "square": [
            (-42, -22),
            (-34, -31),
            (4, -33),
            (40, -30),
            (46, -20),
            (40, 20),
            (28, 31),
            (0, 33),
            (-26, 30),
            (-37, 18),
        ],
        "cat": [(-40, -14), (-28, -27), (6, -31), (42, -36), (51, -28), (42, 12), (26, 28), (0, 30), (-26, 25)],
        "wire": [
            (-40, -16),
            (-30, -27),
            (2, -30),
            (36, -27),
            (44, -14),
            (38, 17),
            (22, 28),
            (0, 30),
            (-24, 26),
            (-36, 14),
        ],
    }[p.glasses]
    for side in (-1, 1):
        lens = [p.at(side * (62 + x), 4 + y, 14) for x, y in corners]
        shade = [(x + 3, y + 7) for x, y in lens]
        parts.append(stroke(curve(shade), p.tone.deep, rim, 0.22, blur=3))
        parts.append(fill(curve(lens), "#ffffff", 0.07))
        glint = [p.at(side * 62 + x, 4 + y, 14) for x, y in [(-22, -22), (-6, -25), (-26, 8), (-32, 0)]]
        parts.append(fill(curve(glint), "#ffffff", 0.16, blur=1.5))
        parts.append(stroke(curve(lens), colour, rim))
        temple = [p.at(side * 105, -8, 12), p.rim(side * 142, -10)]
        parts.append(stroke(curve(temple, closed=False), colour, rim * 0.9))
    bridge = [p.at(-23, -4, 24), p.at(0, -12, 34), p.at(23, -4, 24)]
    parts.append(stroke(curve(bridge, closed=False), colour, rim * 0.9))
    return "".join(parts)
