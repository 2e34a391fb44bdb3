"""The head without its hair: skull, ears, shading, eyes, brows, nose, mouth, marks of age."""

from __future__ import annotations

from devtools.art.pen import Line, Pt, clipped, curve, ellipse, fill, linear, mix, sample, stroke, taper
from devtools.art.person import Person


def outline(p: Person) -> list[Pt]:
    """The head's silhouette, clockwise from the crown."""
    jaw = (107 if p.male else 95) * p.jaw
    chin = (42 if p.male else 33) * p.chin
    right: list[Pt] = [
        (64, -192),
        (108, -154),
        (131, -92),
        (136, -15),
        (132, 44) if p.male else (129, 40),
        (122, 98) if p.male else (115, 96),
    ]
    right += [(jaw, 142), (jaw * 0.7, 176), (chin, 197)]
    left = [(-u, v) for u, v in reversed(right)]
    return [p.rim(u, v) for u, v in [(0, -203), *right, (0, 203), *left]]


def ears(p: Person) -> str:
    tone, parts = p.tone, []
    for side in (-1, 1):
        # The ear on the side towards which the head turns goes out of sight.
        hide = side * p.turn
        u = side * (143 - max(0.0, hide) * 1.2 + max(0.0, -hide) * 0.3)
        width = 17 - max(0.0, hide) * 0.35
        base = mix(tone.base, tone.shade, 0.25 if side < 0 else 0.75)
        x, y = p.rim(u, 14)
        shape = [
            (x - side * 10, y - 38), (x + side * width * 0.7, y - 42), (x + side * width * 1.25, y - 20),
            (x + side * width * 0.9, y + 14), (x + side * width * 0.35, y + 38), (x - side * 6, y + 42),
        ]  # fmt: skip
        inner = [(x + side * 2, y - 26), (x + side * width * 0.8, y - 24), (x + side * width * 0.6, y + 4), (x, y + 16)]
        parts.append(fill(curve(shape), base))
        parts.append(fill(curve(inner), tone.shade, 0.8, blur=3))
        parts.append(stroke(curve(inner[:3], closed=False), tone.deep, 2.2, 0.35, blur=0.8))
        if p.earrings:
            parts.append(_earring(p, x + side * 3, y + 44))
    return "".join(parts)


def _earring(p: Person, x: float, y: float) -> str:
    if p.earrings == "hoop":
        return f'<circle cx="{x:.1f}" cy="{y + 11:.1f}" r="11" fill="none" stroke="#c79a4b" stroke-width="3.2"/>'
    colour = "#f4efe6" if p.earrings == "pearl" else "#c79a4b"
    return ellipse((x, y - 4), 5.5, 5.5, colour) + ellipse((x - 1.6, y - 5.8), 1.7, 1.7, "#ffffff", 0.9)


def head(p: Person) -> str:
    """The skull with soft modelling: the light comes from the upper left."""
    tone, shape = p.tone, curve(outline(p))
    dark = p.skin in {"deep", "ebony", "brown"}
    lift = 0.5 if dark else 0.62
    stops = [(0, mix(tone.base, tone.light, 0.55)), (0.5, tone.base), (1, mix(tone.base, tone.shade, 0.75))]
    x0, y0 = p.rim(-140, -150)
    x1, y1 = p.rim(150, 120)
    soft = [
        fill(curve([p.rim(u, v) for u, v in _SIDE]), tone.shade, 0.6, blur=20),
        fill(curve([p.rim(u, v) for u, v in _UNDER]), tone.shade, 0.55, blur=16),
        fill(curve([p.rim(u, v) for u, v in _LEFT_EDGE]), tone.shade, 0.42, blur=12),
        ellipse(p.at(-18, -105), 70, 42, tone.light, lift, blur=24),
        ellipse(p.at(-72, 50), 34, 22, tone.light, lift, blur=16, turn=-20),
        ellipse(p.at(70, 46), 22, 16, tone.light, lift * 0.55, blur=12, turn=20),
        ellipse(p.at(-4, 176), 26, 16, tone.light, lift * 0.7, blur=10),
        ellipse(p.at(-76, 66), 36, 26, tone.blush, 0.34, blur=20),
        ellipse(p.at(80, 66), 32, 26, tone.blush, 0.34, blur=20),
        ellipse(p.at(0, 78), 30, 22, tone.blush, 0.22, blur=16),
    ]
    if p.freckles:
        soft.append(_freckles(p))
    grad = linear(f"skin-{p.slug}", (x0, y0), (x1, y1), stops)
    return grad + fill(shape, f"url(#skin-{p.slug})") + clipped(f"head-{p.slug}", shape, soft)


_SIDE = [(92, -170), (165, -120), (170, 60), (130, 170), (80, 210), (96, 120), (112, 40), (104, -60)]
_UNDER = [(-100, 168), (-40, 196), (20, 200), (90, 172), (140, 120), (140, 230), (0, 250), (-130, 220)]
_LEFT_EDGE = [(-132, -120), (-165, -60), (-165, 70), (-110, 190), (-96, 176), (-120, 90), (-134, 0)]


def _freckles(p: Person) -> str:
    rng, out = p.rng, []
    for _ in range(70):
        u, v = rng.gauss(0, 62), rng.gauss(44, 20)
        if abs(u) < 104 and 6 < v < 92:
            size = rng.uniform(1, 2.2)
            out.append(ellipse(p.at(u, v), size, size * 0.9, tone_mark(p), rng.uniform(0.18, 0.4)))
    return "".join(out)


def tone_mark(p: Person) -> str:
    return mix(p.tone.shade, "#a4552c", 0.5)


def nose(p: Person) -> str:
    tone, w, length = p.tone, 28 * p.nose_w * (1.06 if p.male else 0.94), 86 * p.nose_l

    def at(u: float, v: float, depth: float = 30) -> Pt:
        return p.at(u, v, depth)

    side = [p.at(16, -40, 6), p.at(12, -8, 12), at(13, 34), at(w * 0.7, length - 18), at(w + 8, length), at(w + 14, 52),
            p.at(28, 12, 8)]  # fmt: skip
    plane = [p.at(19, -26, 6), p.at(12, -4, 12), at(9, 34), at(10, length - 26), at(w * 0.42, length - 6), at(w * 0.3, length + 7),
             at(w * 0.78, length + 3, 26), at(w * 1.02, length - 8, 20), at(w * 0.8, length - 24, 22), at(20, 34, 18),
             p.at(22, 0, 8)]  # fmt: skip
    lit = [p.at(-6, -34, 8), at(-8, 20), at(-9, length - 26), at(2, length - 22), at(1, 20), p.at(2, -34, 8)]
    ball = [at(-w * 0.62, length - 8), at(-w * 0.3, length + 5), at(0, length + 9), at(w * 0.3, length + 5),
            at(w * 0.62, length - 8)]  # fmt: skip
    parts = [
        fill(curve(side), tone.shade, 0.5, blur=6),
        fill(curve(plane), tone.shade, 0.62, blur=2),
        fill(curve([p.at(-20, -30), p.at(-12, -5, 12), p.at(-15, 12, 12), p.at(-27, 4)]), tone.shade, 0.5, blur=6),
        fill(curve(lit), tone.light, 0.6, blur=6),
        ellipse(at(0, length + 13), w * 0.92, 8, tone.deep, 0.34, blur=6),
        ellipse(at(-4, length - 13), w * 0.34, 9, tone.light, 0.75, blur=4),
        ellipse(at(-w * 0.86, length - 9), w * 0.24, 9, tone.light, 0.25, blur=4),
        stroke(curve(ball, closed=False), tone.deep, 2.6, 0.42, blur=1.5),
    ]
    for s in (-1, 1):
        hole = [at(s * w * 0.2, length + 2), at(s * w * 0.42, length - 4), at(s * w * 0.68, length - 1),
                at(s * w * 0.5, length + 4)]  # fmt: skip
        wing = [at(s * w * 1.02, length - 12, 20), at(s * w * 1.05, length - 5, 20), at(s * w * 0.94, length + 3, 22),
                at(s * w * 0.74, length + 3, 26)]  # fmt: skip
        parts.append(fill(curve(hole), mix(tone.deep, "#1c0c08", 0.3), 0.72, blur=0.8))
        parts.append(fill(taper(sample(wing, 10), 4), tone.deep, 0.4 if s < 0 else 0.5, blur=0.8))
        parts.append(ellipse(at(s * (w + 9), length - 4, 12), 7, 12, tone.shade, 0.5, blur=4))
    parts.append(
        stroke(curve([at(-5, length + 16, 22), at(-6, length + 26, 22)], closed=False), tone.shade, 5, 0.4, blur=2)
    )
    return "".join(parts)


def mouth(p: Person) -> str:
    tone, m, full = p.tone, 48 * p.mouth_w, 15 * p.lips
    y, up, depth = 126 + 2 * p.nose_l, 11 * p.smile, 16
    lip = p.lipstick or mix(tone.lip, tone.base, 0.3 if p.male else 0.08)
    gap = 13 * p.teeth

    def at(u: float, v: float) -> Pt:
        return p.at(u, v, depth)

    corner_l, corner_r = at(-m, y - up), at(m, y - up)
    top = [corner_l, at(-m * 0.55, y - full * 0.52 - up * 0.25), at(-m * 0.2, y - full * 0.86), at(0, y - full * 0.62),
           at(m * 0.2, y - full * 0.86), at(m * 0.55, y - full * 0.52 - up * 0.25), corner_r]  # fmt: skip
    seam = [corner_l, at(-m * 0.5, y + up * 0.05), at(-m * 0.16, y + up * 0.22), at(0, y + 2 + up * 0.2),
            at(m * 0.16, y + up * 0.22), at(m * 0.5, y + up * 0.05), corner_r]  # fmt: skip
    drop = (0, 0.72, 0.96, 1, 0.96, 0.72, 0)
    under = [(sx, sy + gap * share) for (sx, sy), share in zip(seam, drop, strict=True)]
    low = [corner_l, at(-m * 0.62, y + full * 0.62 + gap * 0.8), at(-m * 0.26, y + full * 1.12 + gap),
           at(0, y + full * 1.2 + gap), at(m * 0.26, y + full * 1.12 + gap), at(m * 0.62, y + full * 0.62 + gap * 0.8),
           corner_r]  # fmt: skip
    parts = [
        ellipse(at(2, y + full * 1.25 + gap + 10), 26, 7, tone.deep, 0.3, blur=6),
        fill(_between(top, seam), mix(lip, tone.deep, 0.22)),
        fill(_between(under, low), lip),
        ellipse(at(-7, y + full * 0.68 + gap), m * 0.34, full * 0.2, mix(lip, "#fff0e6", 0.4), 0.36, blur=3),
    ]
    if gap:
        parts.append(_teeth(p, seam, under))
    line = mix(tone.deep, "#2a0f0c", 0.35)
    parts.append(stroke(curve(seam, closed=False), line, 2.6, 0.75, blur=0.8))
    for s, (cx, cy) in ((-1, corner_l), (1, corner_r)):
        parts.append(ellipse((cx + s * 2, cy), 6, 4, tone.deep, 0.4, blur=3))
        parts.append(
            stroke(curve([(cx + s * 1, cy + 1), (cx + s * 5, cy - 3)], closed=False), line, 2.4, 0.5, blur=0.8)
        )
    return "".join(parts)


def _between(first: Line, second: Line) -> str:
    from_first = curve(first, closed=False)
    return from_first + curve(list(reversed(second)), closed=False).replace("M", "L", 1) + "Z"


def _teeth(p: Person, seam: Line, under: Line) -> str:
    hole = _between(seam, under)
    (x0, _), (x1, _) = seam[0], seam[-1]
    mid = (x0 + x1) / 2
    white = ellipse((mid, seam[3][1] - 1), (x1 - x0) * 0.41, 11 * p.teeth + 4, "#f6efe6")
    gum = stroke(curve(seam, closed=False), "#3a1512", 5, 0.28, blur=2)
    return fill(hole, "#6b2b28") + clipped(f"teeth-{p.slug}", hole, [white, gum])


def folds(p: Person) -> str:
    """Lines that a smile and the years draw; faint on the young."""
    tone, parts = p.tone, []
    weight = 0.16 + 0.3 * p.age + 0.14 * p.smile
    for s in (-1, 1):
        fold = [p.at(s * 38, 74, 18), p.at(s * 54, 96, 12), p.at(s * 61, 120, 8)]
        parts.append(stroke(curve(fold, closed=False), tone.shade, 5, weight * 1.2, blur=3))
        parts.append(stroke(curve(fold, closed=False), tone.deep, 1.6, weight * 0.45, blur=0.8))
        bag = [p.at(s * 34, 20), p.at(s * 56, 28), p.at(s * 80, 20)]
        parts.append(stroke(curve(bag, closed=False), tone.shade, 4, 0.2 + 0.5 * p.age, blur=3))
        if p.age > 0.4:
            for k in (-1, 0, 1):
                line = [p.at(s * 96, -1 + k * 7), p.at(s * 109, -3 + k * 11)]
                parts.append(stroke(curve(line, closed=False), tone.deep, 1.5, 0.34 * p.age, blur=0.8))
    if p.age > 0.5:
        for k, w in ((0, 58), (1, 50)):
            line = [p.at(-w, -92 - 17 * k), p.at(0, -97 - 17 * k), p.at(w, -92 - 17 * k)]
            parts.append(stroke(curve(line, closed=False), tone.deep, 1.6, 0.3 * p.age, blur=0.8))
    return "".join(parts)
