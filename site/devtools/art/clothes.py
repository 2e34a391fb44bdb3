"""Neck, shoulders and what people wear to work."""

from __future__ import annotations

from devtools.art.face import outline
from devtools.art.pen import Line, Pt, clipped, curve, ellipse, fill, lift, linear, mix, polygon, stroke
from devtools.art.person import CENTRE_X, Person

LIFT = 62.0
"""How far the body is moved up under the head, so that what falls from the head moves down in its units."""


def _dark(colour: str, share: float = 0.35) -> str:
    return mix(colour, "#0b1220", share)


def _light(colour: str, share: float = 0.3) -> str:
    return lift(colour, share)


def neck(p: Person) -> str:
    """Neck and upper chest, with the shadow of the chin."""
    tone = p.tone
    half = (80 if p.male else 65) * (0.5 + 0.5 * p.face_w)
    x = CENTRE_X
    side = [(half - 4, 520), (half - 6, 610), (half + 2, 668), (half + 16, 704), (half + 40, 740), (half + 40, 1000)]
    pts = [(x - u, y) for u, y in reversed(side)] + [(x + u, y) for u, y in side]
    shape = curve(pts)
    chin = [(u + 10, v + 30 + LIFT) for u, v in outline(p)]
    cords = []
    for s in (-1, 1):
        cord = [(x + s * (half - 14), 600), (x + s * 34, 690), (x + s * 14, 742)]
        cords.append(stroke(curve(cord, closed=False), tone.shade, 8, 0.5, blur=4))
        bone = [(x + s * 22, 752), (x + s * 90, 742), (x + s * 170, 764)]
        cords.append(stroke(curve(bone, closed=False), tone.shade, 9, 0.55, blur=4))
        cords.append(stroke(curve([(u, y - 9) for u, y in bone], closed=False), tone.light, 6, 0.4, blur=4))
    soft = [
        ellipse((x - 30, 790), 130, 60, tone.light, 0.3, blur=24),
        fill(
            curve([(x + half * 0.35, 560), (x + 240, 560), (x + 240, 800), (x + half * 0.7, 760)]),
            tone.shade,
            0.65,
            blur=16,
        ),
        *cords,
        fill(curve(chin), mix(tone.shade, tone.deep, 0.45), 0.72, blur=10),
        fill(curve([(u * 0.94 + x * 0.06, v - 10) for u, v in chin]), tone.deep, 0.35, blur=16),
    ]
    return fill(shape, mix(tone.base, tone.shade, 0.18)) + clipped(f"neck-{p.slug}", shape, soft)


def _sides(p: Person, nape: float, top: float, inset: float) -> tuple[list[Pt], list[Pt]]:
    wide = (314 if p.male else 272) - inset
    run = [(nape, top), (nape + 34, top + 30), (wide * 0.6, 748 + inset), (wide * 0.82, 774 + inset), (wide - 14, 816),
           (wide + 10, 890), (wide + 22, 1010)]  # fmt: skip
    return [(CENTRE_X - u, y) for u, y in reversed(run)], [(CENTRE_X + u, y) for u, y in run]


def _garment(p: Person, neckline: Line, *, nape: float, top: float, colour: str, name: str) -> str:
    left, right = _sides(p, nape, top, 14 if name == "under" else 0)
    line = curve([left[-1], *neckline, right[0]], closed=False).replace("M", "L", 1)
    data = curve(left, closed=False) + line + curve(right, closed=False).replace("M", "L", 1) + "Z"
    key = f"{name}-{p.slug}"
    grad = linear(
        f"g{key}", (180, 700), (660, 1000), [(0, _light(colour, 0.14)), (0.5, colour), (1, _dark(colour, 0.26))]
    )
    return grad + fill(data, f"url(#g{key})") + clipped(key, data, _drapery(p, colour))


def _drapery(p: Person, colour: str) -> list[str]:
    dark, light, wide = _dark(colour, 0.5), _light(colour, 0.42), 322 if p.male else 276
    out = []
    for s in (-1, 1):
        x = CENTRE_X + s * (wide - 66)
        arm = [(x + s * 6, 884), (x - s * 8, 940), (x - s * 4, 1010)]
        out.append(stroke(curve(arm, closed=False), dark, 8, 0.34, blur=4))
        out.append(stroke(curve(arm, closed=False), dark, 2.4, 0.4, blur=0.8))
        for k, (dx, dy) in enumerate(((-20, 0), (-56, 34))):
            fold = [(x + s * 2, 884 + k * 14), (x + s * dx, 908 + dy), (x + s * (dx - 44), 926 + dy)]
            out.append(stroke(curve(fold, closed=False), dark, 8, 0.2, blur=4))
        seam = [(CENTRE_X + s * 150, 772), (CENTRE_X + s * 190, 800), (CENTRE_X + s * 206, 850)]
        out.append(stroke(curve(seam, closed=False), dark, 7, 0.12, blur=6))
    out.append(ellipse((CENTRE_X - wide + 92, 806), 80, 14, light, 0.3, blur=12, turn=-20))
    out.append(fill(curve([(560, 780), (760, 800), (780, 1020), (590, 1020), (540, 900)]), dark, 0.26, blur=24))
    out.append(ellipse((CENTRE_X + 14, 730), 110, 34, dark, 0.26, blur=16))
    return out


def _collar(p: Person, colour: str, *, open_: float = 26, deep: float = 796) -> str:
    """A shirt collar: two leaves and the stand behind them."""
    x, half = CENTRE_X, (80 if p.male else 64)
    parts = []
    for s in (-1, 1):
        leaf = [(x + s * (half + 6), 664), (x + s * (half + 34), 706), (x + s * (half - 2), 776), (x + s * open_, deep - 34),
                (x + s * open_ * 0.9, deep - 40), (x + s * (half * 0.72), 716)]  # fmt: skip
        shade = _light(colour, 0.25) if s < 0 else _dark(colour, 0.1)
        cast = [(u + 4, y + 9) for u, y in leaf]
        parts.append(fill(polygon(cast), _dark(colour, 0.8), 0.3, blur=6))
        parts.append(fill(polygon(leaf), shade))
        parts.append(stroke(polygon(leaf), _dark(colour, 0.3), 1.4, 0.5))
        inner = [leaf[0], leaf[5], leaf[4]]
        parts.append(stroke(curve(inner, closed=False), _dark(colour, 0.45), 3, 0.3, blur=1.5))
    return "".join(parts)


def _buttons(colour: str, start: float) -> str:
    placket = stroke(f"M{CENTRE_X + 17} {start}L{CENTRE_X + 18} 1010", _dark(colour, 0.35), 1.8, 0.5)
    placket += stroke(f"M{CENTRE_X - 15} {start + 4}L{CENTRE_X - 14} 1010", _dark(colour, 0.35), 1.4, 0.35)
    dots = [ellipse((CENTRE_X + 1, y), 4.6, 4.6, _dark(colour, 0.3)) + ellipse((CENTRE_X, y - 1), 3.4, 3.4, _light(colour, 0.5), 0.8)
            for y in (start + 34, start + 110, start + 186) if y < 1000]  # fmt: skip
    return placket + "".join(dots)


def shirt(p: Person) -> str:
    x, deep = CENTRE_X, 800 if p.male else 820
    line = [(x - 40, 724), (x, deep - 24), (x + 40, 724)]
    body = _garment(p, line, nape=84 if p.male else 68, top=676, colour=p.cloth, name="shirt")
    return body + _buttons(p.cloth, deep - 18) + _collar(p, p.cloth, open_=20, deep=deep)


def crew(p: Person) -> str:
    x = CENTRE_X
    half = 92 if p.male else 84
    line = [(x - half * 0.84, 722), (x - half * 0.46, 752), (x, 764), (x + half * 0.46, 752), (x + half * 0.84, 722)]
    ring = [(x - half, 692), *line, (x + half, 692)]
    return _garment(p, line, nape=half, top=690, colour=p.cloth, name="crew") + _rib(ring, p.cloth)


def _rib(ring: Line, colour: str) -> str:
    low = [(u, y + 10) for u, y in ring]
    base = stroke(curve(low, closed=False), _dark(colour, 0.14), 22)
    edge = stroke(curve(ring, closed=False), _light(colour, 0.3), 2.4, 0.6)
    shade = stroke(curve([(u, y + 23) for u, y in ring], closed=False), _dark(colour, 0.6), 4, 0.3, blur=2)
    return shade + base + edge


def jumper_collar(p: Person) -> str:
    """A round-necked jumper over a shirt."""
    x, half = CENTRE_X, 98 if p.male else 84
    line = [(x - half * 0.84, 744), (x - half * 0.46, 786), (x, 802), (x + half * 0.46, 786), (x + half * 0.84, 744)]
    inner = _garment(p, [(x - 30, 730), (x, 778), (x + 30, 730)], nape=82, top=676, colour=p.under, name="under")
    ring = [(x - half - 6, 700), *line, (x + half + 6, 700)]
    body = _garment(p, line, nape=half + 4, top=698, colour=p.cloth, name="jumper")
    return inner + _collar(p, p.under, open_=14, deep=806) + body + _rib(ring, p.cloth) + _tips(p)


def _tips(p: Person) -> str:
    return _collar(p, p.under, open_=16, deep=800)


def blouse(p: Person) -> str:
    x = CENTRE_X
    line = [(x - 52, 740), (x - 22, 808), (x, 846), (x + 22, 808), (x + 52, 740)]
    body = _garment(p, line, nape=84, top=690, colour=p.cloth, name="blouse")
    parts = []
    for s in (-1, 1):
        roll = [(x + s * 82, 694), (x + s * 56, 744), (x + s * 24, 812), (x + s * 1, 850)]
        parts.append(
            stroke(curve([(u + s * 10, y + 6) for u, y in roll], closed=False), _dark(p.cloth, 0.5), 8, 0.28, blur=4)
        )
        parts.append(stroke(curve(roll, closed=False), _light(p.cloth, 0.28) if s < 0 else _dark(p.cloth, 0.14), 9))
        gather = [(x + s * 60, 770), (x + s * 92, 850), (x + s * 96, 960)]
        parts.append(stroke(curve(gather, closed=False), _dark(p.cloth, 0.5), 8, 0.18, blur=4))
    return body + "".join(parts) + stroke(f"M{x} 850L{x + 3} 1010", _dark(p.cloth, 0.5), 2, 0.4, blur=0.8)


def scrubs(p: Person) -> str:
    x = CENTRE_X
    line = [(x - 56, 742), (x - 28, 792), (x, 838), (x + 28, 792), (x + 56, 742)]
    nape = 96 if p.male else 84
    body = _garment(p, line, nape=nape, top=690, colour=p.cloth, name="scrubs")
    left = [(x - nape, 692), (x - 58, 744), (x - 26, 796), (x + 4, 846)]
    right = [(x + nape, 692), (x + 58, 744), (x + 26, 796), (x - 4, 846)]
    band = stroke(curve(right, closed=False), _dark(p.cloth, 0.24), 20) + stroke(
        curve(left, closed=False), _light(p.cloth, 0.12), 20
    )
    stitch = stroke(curve([(u - 14, y + 8) for u, y in left], closed=False), _dark(p.cloth, 0.5), 1.6, 0.5)
    stitch += stroke(curve([(u + 14, y + 8) for u, y in right], closed=False), _dark(p.cloth, 0.5), 1.6, 0.5)
    px = x + 84
    pocket = stroke(f"M{px} 928L{px + 96} 922L{px + 98} 1010M{px} 928L{px + 2} 1010", _dark(p.cloth, 0.5), 2.2, 0.5)
    pocket += stroke(f"M{px} 940L{px + 96} 934", _dark(p.cloth, 0.5), 1.4, 0.4)
    return body + band + stitch + pocket


def polo_neck(p: Person) -> str:
    x, half = CENTRE_X, 80 if p.male else 64
    body = _garment(p, [(x - 40, 720), (x, 726), (x + 40, 720)], nape=half + 10, top=672, colour=p.cloth, name="polo")
    tube = [(x - half - 2, 632), (x, 662), (x + half + 2, 632), (x + half + 8, 690), (x + half + 16, 724), (x, 756),
            (x - half - 16, 724), (x - half - 8, 690)]  # fmt: skip
    shape = curve(tube)
    ribs = [stroke(f"M{x + u} 640L{x + u * 1.1:.0f} 752", _dark(p.cloth, 0.5), 2.4, 0.22) for u in range(-80, 90, 13)]
    soft = [*ribs, fill(curve([(u + 14, v + 40 + LIFT) for u, v in outline(p)]), _dark(p.cloth, 0.8), 0.4, blur=12),
            stroke(curve([(x - half, 694), (x, 722), (x + half, 694)], closed=False), _dark(p.cloth, 0.6), 8, 0.28, blur=4)]  # fmt: skip
    edge = stroke(
        curve([(x - half - 14, 726), (x, 757), (x + half + 14, 726)], closed=False),
        _dark(p.cloth, 0.6),
        5,
        0.35,
        blur=3,
    )
    return body + edge + fill(shape, p.cloth) + clipped(f"tube-{p.slug}", shape, soft)


def _lapels(p: Person, colour: str, *, low: float = 960, wide: float = 118) -> str:
    x, parts = CENTRE_X, []
    half = 84 if p.male else 72
    for s in (1, -1):
        leaf = [(x + s * half, 668), (x + s * (half + 36), 712), (x + s * (half + 44), 748), (x + s * (wide + 26), 790),
                (x + s * (wide - 2), 808), (x + s * (wide + 16), 836), (x + s * 40, low), (x - s * 6, low + 50),
                (x + s * 22, low - 60), (x + s * (half - 26), 790)]  # fmt: skip
        tone = _light(colour, 0.16) if s < 0 else _dark(colour, 0.08)
        parts.append(fill(polygon([(u + s * 8, y + 8) for u, y in leaf]), _dark(colour, 0.8), 0.34, blur=6))
        parts.append(fill(polygon(leaf), tone))
        parts.append(stroke(polygon(leaf), _dark(colour, 0.42), 1.8, 0.55))
        notch = [leaf[4], (x + s * (half - 2), 764)]
        parts.append(stroke(polygon(notch), _dark(colour, 0.5), 2.2, 0.6))
    return "".join(parts)


def _open_front(p: Person, colour: str, name: str, low: float = 1000) -> str:
    x, half = CENTRE_X, 90 if p.male else 78
    line = [(x - half + 12, 770), (x - 30, low - 60), (x, low), (x + 30, low - 60), (x + half - 12, 770)]
    return _garment(p, line, nape=half, top=676, colour=colour, name=name)


def jacket(p: Person) -> str:
    """A jacket over a shirt (with a collar) or, for women, a plain top."""
    x = CENTRE_X
    if p.male:
        under = _garment(p, [(x - 36, 728), (x, 776), (x + 36, 728)], nape=80, top=676, colour=p.under, name="under")
        under += _buttons(p.under, 786) + _collar(p, p.under, open_=16, deep=800)
        if "tie" in p.extras:
            under += _tie()
    else:
        line = [(x - 54, 760), (x, 806), (x + 54, 760)]
        under = _garment(p, line, nape=72, top=690, colour=p.under, name="under")
        under += stroke(curve([(x - 70, 712), *line, (x + 70, 712)], closed=False), _dark(p.under, 0.3), 3, 0.5)
    return under + _open_front(p, p.cloth, "jacket") + _lapels(p, p.cloth)


def _tie() -> str:
    x, colour = CENTRE_X, "#0f5e59"
    blade = [(x - 13, 800), (x + 15, 800), (x + 34, 1010), (x - 30, 1010)]
    knot = [(x - 21, 768), (x + 23, 768), (x + 14, 804), (x - 11, 804)]
    return (
        fill(polygon([(u + 6, y + 6) for u, y in blade]), "#0b1220", 0.25, blur=4)
        + fill(polygon(blade), colour)
        + fill(polygon([(x + 4, 800), blade[1], blade[2], (x + 6, 1010)]), _dark(colour, 0.3), 0.6)
        + fill(polygon(knot), _light(colour, 0.1))
        + stroke(polygon(knot), _dark(colour, 0.5), 1.6, 0.6)
    )


def white_coat(p: Person) -> str:
    x, white = CENTRE_X, "#f4f1ea"
    if p.male:
        under = _garment(p, [(x - 36, 728), (x, 776), (x + 36, 728)], nape=80, top=676, colour=p.under, name="under")
        under += _buttons(p.under, 786) + _collar(p, p.under, open_=16, deep=800)
    else:
        line = [(x - 54, 752), (x, 800), (x + 54, 752)]
        under = _garment(p, line, nape=72, top=690, colour=p.under, name="under")
    return under + _open_front(p, white, "coat", 1006) + _lapels(p, white, low=980, wide=112)


def cardigan(p: Person) -> str:
    x = CENTRE_X
    under = _garment(p, [(x - 56, 734), (x, 768), (x + 56, 734)], nape=84, top=690, colour=p.under, name="under")
    under += _rib([(x - 84, 690), (x - 60, 734), (x, 766), (x + 60, 734), (x + 84, 690)], p.under)
    line = [(x - 84, 800), (x - 44, 900), (x - 24, 1006), (x + 24, 1006), (x + 44, 900), (x + 84, 800)]
    body = _garment(p, line, nape=100, top=694, colour=p.cloth, name="cardigan")
    edges = []
    for s in (-1, 1):
        run = [(x + s * 102, 700), (x + s * 88, 800), (x + s * 52, 900), (x + s * 32, 1010)]
        edges.append(
            stroke(curve([(u - s * 10, y + 4) for u, y in run], closed=False), _dark(p.cloth, 0.8), 8, 0.3, blur=4)
        )
        edges.append(stroke(curve(run, closed=False), _light(p.cloth, 0.1) if s < 0 else _dark(p.cloth, 0.16), 22))
    return under + body + "".join(edges)


def stethoscope(p: Person) -> str:
    if "stethoscope" not in p.extras:
        return ""
    x, half, tube = CENTRE_X, 104 if p.male else 94, "#24323f"
    parts = []
    for s in (-1, 1):
        run = [
            (x + s * (half - 6), 700),
            (x + s * (half + 8), 760),
            (x + s * (half - 4), 860),
            (x + s * (half - 20), 1010),
        ]
        parts.append(stroke(curve([(u + 5, y + 8) for u, y in run], closed=False), "#0b1220", 11, 0.28, blur=4))
        parts.append(stroke(curve(run, closed=False), tube, 11))
        parts.append(stroke(curve([(u - 3, y) for u, y in run], closed=False), "#6d7f8d", 2.4, 0.7))
    return "".join(parts)


WARDROBE = {
    "shirt": shirt, "crew": crew, "jumper": jumper_collar, "blouse": blouse, "scrubs": scrubs, "polo": polo_neck,
    "jacket": jacket, "coat": white_coat, "cardigan": cardigan,
}  # fmt: skip
