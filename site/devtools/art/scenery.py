"""Things that stand in the scenes: plants, windows, furniture, trees, house fronts."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from devtools.art.pen import Pt, clipped, curve, ellipse, fill, lift, linear, mix, polygon, stroke

OAK, OAK_DARK = "#c9a476", "#9a7448"
LEAF, LEAF_DARK = "#3f7a63", "#1f4d42"


def box(
    x: float, y: float, w: float, h: float, colour: str, opacity: float = 1, *, r: float = 0, blur: float = 0
) -> str:
    soft = f' filter="url(#b{blur:g})"' if blur else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r:g}" fill="{colour}" '
        f'fill-opacity="{opacity:g}"{soft}/>'
    )


def leaf(base: Pt, angle: float, length: float, width: float, colour: str) -> str:
    """One leaf with its lit half and its rib; `angle` in degrees, 0 to the right."""
    a = math.radians(angle)
    ux, uy = math.cos(a), math.sin(a)

    def at(t: float, side: float) -> Pt:
        return base[0] + ux * length * t - uy * width * side, base[1] + uy * length * t + ux * width * side

    whole = [at(0, 0), at(0.3, 0.46), at(0.62, 0.4), at(1, 0), at(0.62, -0.4), at(0.3, -0.46)]
    half = [at(0, 0), at(0.3, -0.46), at(0.62, -0.4), at(1, 0), at(0.5, -0.02)]
    rib = curve([at(0, 0), at(0.5, 0.02), at(0.97, 0)], closed=False)
    return (
        fill(curve(whole), colour)
        + fill(curve(half), lift(colour, 0.34), 0.55)
        + stroke(rib, mix(colour, "#f2f0dd", 0.3), 1.6, 0.6)
    )


def plant(x: float, y: float, size: float, seed: int, *, leaves: int = 16, pot: str = "#c9694e") -> str:
    """A pot plant whose pot stands on `y`."""
    rng, parts = random.Random(seed), []
    top = y - size * 0.34
    for k in range(leaves):
        angle = -90 + (k - leaves / 2 + 0.5) * 150 / leaves + rng.uniform(-8, 8)
        reach = size * rng.uniform(0.45, 1.0)
        a = math.radians(angle)
        tip = (x + math.cos(a) * reach * 0.72, top + math.sin(a) * reach)
        bend = (x + math.cos(a) * reach * 0.22, top + math.sin(a) * reach * 0.62)
        parts.append(stroke(curve([(x, top), bend, tip], closed=False), LEAF_DARK, size * 0.014, 0.9))
        droop = angle + (34 if math.cos(a) > 0 else -34)
        parts.append(
            leaf(tip, droop, size * rng.uniform(0.3, 0.4), size * 0.19, mix(LEAF_DARK, "#5f9a78", rng.random()))
        )
    w, h = size * 0.36, size * 0.34
    body = polygon([(x - w / 2, y - h), (x + w / 2, y - h), (x + w * 0.38, y), (x - w * 0.38, y)])
    grad = linear(
        f"pot{seed}", (x - w / 2, y), (x + w / 2, y), [(0, lift(pot, 0.3)), (0.5, pot), (1, mix(pot, "#2a1a1a", 0.35))]
    )
    rim = box(x - w * 0.54, y - h - size * 0.03, w * 1.08, size * 0.07, lift(pot, 0.1), r=3)
    return (
        ellipse((x + w * 0.1, y), w * 0.6, size * 0.03, "#14263a", 0.25, blur=6)
        + "".join(parts)
        + grad
        + fill(body, f"url(#pot{seed})")
        + rim
    )


def tree(x: float, y: float, size: float, seed: int, colour: str = "#5f8f74") -> str:
    """A street tree that stands on `y`."""
    rng = random.Random(seed)
    trunk = polygon(
        [
            (x - size * 0.035, y),
            (x + size * 0.035, y),
            (x + size * 0.02, y - size * 0.6),
            (x - size * 0.02, y - size * 0.6),
        ]
    )
    crown = []
    for k in range(70):
        a, d = rng.uniform(0, math.tau), rng.uniform(0, 1) ** 0.6
        px, py = x + math.cos(a) * d * size * 0.34, y - size * 0.78 + math.sin(a) * d * size * 0.3
        lit = max(0.0, min(1.0, 0.5 + (x - px + y - size * 0.78 - py) / size))
        shade = mix(colour, "#17362f", 0.34) if k < 22 else mix(colour, "#e3ecc4", 0.42 * lit)
        crown.append(ellipse((px, py), size * rng.uniform(0.05, 0.11), size * rng.uniform(0.045, 0.09), shade, 0.92))
    return fill(trunk, "#6a5040") + "".join(crown)


def cloud(x: float, y: float, w: float) -> str:
    puffs = ((0, 0, 0.5, 0.09), (-0.2, -0.05, 0.2, 0.09), (0.08, -0.09, 0.22, 0.12), (0.27, -0.03, 0.17, 0.07))
    return "".join(
        ellipse((x + dx * w, y + dy * w), rx * w, ry * w, "#ffffff", 0.5, blur=6) for dx, dy, rx, ry in puffs
    )


@dataclass(frozen=True)
class Front:
    """One house front: where it stands, what it is built of, how its windows sit."""

    x: float
    ground: float
    width: float
    height: float
    wall: str
    floors: int
    columns: int
    seed: int
    trim: str = "#f4efe4"
    bricks: bool = True
    arched: bool = False
    door: int = -1
    door_colour: str = "#0f5e59"
    roof: str = "slate"


def front(f: Front) -> str:
    top = f.ground - f.height
    wall = linear(
        f"wall{f.seed}",
        (f.x, top),
        (f.x + f.width, f.ground),
        [(0, lift(f.wall, 0.16)), (0.6, f.wall), (1, mix(f.wall, "#22303c", 0.18))],
    )
    parts = [_roof(f, top), wall, box(f.x, top, f.width, f.height, f"url(#wall{f.seed})")]
    if f.bricks:
        parts.append(_bricks(f, top))
    step, bay = f.height / f.floors, f.width / f.columns
    for row in range(f.floors):
        for col in range(f.columns):
            cx, base = f.x + bay * (col + 0.5), top + step * (row + 0.86)
            last = row == f.floors - 1
            if last and col == f.door:
                parts.append(_door(f, cx, step, bay))
            else:
                grow = 1.0 if row else 0.86
                parts.append(
                    _window(f, cx, base - (step * 0.04 if last else 0), bay * 0.46, step * 0.62 * grow, row * 10 + col)
                )
    parts.append(box(f.x - 4, top - 7, f.width + 8, 11, f.trim))
    parts.append(box(f.x - 4, top + 4, f.width + 8, 5, "#14263a", 0.2))
    if f.floors > 2:
        parts.append(box(f.x, top + step * (f.floors - 1) - 4, f.width, 8, f.trim, 0.85))
    return "".join(parts)


def _bricks(f: Front, top: float) -> str:
    rng, marks = random.Random(f.seed), []
    for _ in range(int(f.width * f.height / 900)):
        x, row = f.x + rng.uniform(4, f.width - 22), rng.randint(1, int(f.height / 8) - 1)
        marks.append(box(x, top + row * 8, 17, 5.5, rng.choice(["#fff3e4", "#2a1612"]), rng.uniform(0.05, 0.16)))
    return "".join(marks)


def _roof(f: Front, top: float) -> str:
    if f.roof == "gable":
        peak = [(f.x - 8, top), (f.x + f.width / 2, top - f.width * 0.36), (f.x + f.width + 8, top)]
        return fill(polygon(peak), "#59646d") + fill(
            polygon([peak[1], peak[2], (f.x + f.width / 2, top)]), "#14263a", 0.2
        )
    slope = [(f.x, top), (f.x + 18, top - 44), (f.x + f.width - 18, top - 44), (f.x + f.width, top)]
    stack = box(f.x + f.width * 0.74, top - 92, 52, 60, mix(f.wall, "#22303c", 0.2)) + box(
        f.x + f.width * 0.74 - 4, top - 98, 60, 9, f.trim
    )
    pots = "".join(box(f.x + f.width * 0.74 + 6 + 15 * k, top - 116, 9, 19, "#b9684c", r=2) for k in range(3))
    return stack + pots + fill(polygon(slope), "#5c6872") + box(f.x, top - 16, f.width, 16, "#14263a", 0.14)


def _window(f: Front, cx: float, base: float, w: float, h: float, salt: int) -> str:
    x, y, name = cx - w / 2, base - h, f"{f.seed}-{salt}"
    glass = linear(f"glass{name}", (x, y), (x + w, base), [(0, "#dfeaec"), (0.45, "#9db5bd"), (1, "#5d7784")])
    arch = f"M{x:.1f} {base:.1f}V{y + w * 0.4:.1f}Q{x:.1f} {y:.1f} {cx:.1f} {y:.1f}Q{x + w:.1f} {y:.1f} {x + w:.1f} {y + w * 0.4:.1f}V{base:.1f}Z"
    shape = arch if f.arched else polygon([(x, y), (x + w, y), (x + w, base), (x, base)])
    frame = stroke(shape, f.trim, max(4, w * 0.09))
    bars = stroke(f"M{cx:.1f} {y:.1f}V{base:.1f}M{x:.1f} {y + h * 0.5:.1f}H{x + w:.1f}", f.trim, max(2, w * 0.045))
    head = box(x - w * 0.14, y - h * 0.1, w * 1.28, h * 0.08, f.trim, 0.9) if not f.arched else ""
    blind = box(x, y, w, h * 0.24, "#f6efdf", 0.7) if salt % 3 == 0 and not f.arched else ""
    gleam = fill(
        polygon([(x + w * 0.1, y + h * 0.72), (x + w * 0.62, y), (x + w * 0.82, y), (x + w * 0.3, base)]),
        "#ffffff",
        0.16,
    )
    inside = clipped(f"pane{name}", shape, [blind, gleam, box(x, y, w, h * 0.1, "#14263a", 0.34, blur=3)])
    return (
        head
        + glass
        + fill(shape, f"url(#glass{name})")
        + inside
        + bars
        + frame
        + box(x - w * 0.12, base, w * 1.24, 7, f.trim)
        + box(x - w * 0.12, base + 7, w * 1.24, 5, "#14263a", 0.2)
    )


def _door(f: Front, cx: float, step: float, bay: float) -> str:
    w, h = bay * 0.44, step * 0.74
    x, y = cx - w / 2, f.ground - h
    surround = box(x - 14, y - 14, w + 28, h + 14, f.trim, r=2)
    light = f'<path d="M{x:.1f} {y:.1f}A{w / 2:.1f} {w / 2:.1f} 0 0 1 {x + w:.1f} {y:.1f}Z" fill="#c3d4d6"/>'
    fan = f'<path d="M{x - 12:.1f} {y:.1f}A{w / 2 + 12:.1f} {w / 2 + 12:.1f} 0 0 1 {x + w + 12:.1f} {y:.1f}Z" fill="{f.trim}"/>'
    spokes = "".join(
        stroke(f"M{cx:.1f} {y:.1f}L{cx + math.cos(a) * w / 2:.1f} {y - math.sin(a) * w / 2:.1f}", f.trim, 2.4)
        for a in (0.6, 1.15, 1.57, 2.0, 2.54)
    )
    panels = "".join(
        box(x + w * px, y + h * py, w * 0.3, h * ph, mix(f.door_colour, "#06141c", 0.28), r=2)
        for px in (0.14, 0.56) for py, ph in ((0.08, 0.34), (0.5, 0.34))
    )  # fmt: skip
    knob = ellipse((x + w * 0.88, y + h * 0.5), 4, 4, "#d9b260")
    plate = box(x + w + 22, y + h * 0.16, 40, 52, "#faf6ee", r=3) + box(x + w + 30, y + h * 0.16 + 11, 24, 4, f.door_colour) + box(
        x + w + 30, y + h * 0.16 + 21, 24, 3, "#8b98a0") + box(x + w + 30, y + h * 0.16 + 29, 18, 3, "#8b98a0")  # fmt: skip
    steps = box(x - 24, f.ground - 8, w + 48, 10, "#d8d2c5") + box(x - 34, f.ground + 2, w + 68, 10, "#c4beb1")
    return fan + light + spokes + surround + box(x, y, w, h, f.door_colour) + panels + knob + plate + steps
