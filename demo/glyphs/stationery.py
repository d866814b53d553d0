"""Paper, pens and what lies on a desk."""

from .pencil import COLOURS, circle, dark, each, glyph, leaf, light, line, oval, path, rect, turn


@glyph(stands=False)
def notebook(c, a):
    return turn(
        -10,
        path("M470 640h34v110l-17-20-17 20z", a)
        + rect(238, 142, 350, 520, COLOURS["cream"], 14)
        + rect(226, 130, 350, 520, "~" + c, 18)
        + rect(226, 130, 58, 520, dark(c, 0.2), 18)
        + rect(340, 250, 170, 90, COLOURS["cream"], 8)
        + line("M364 284h122m-122 26h80", dark(c, 0.1), 7)
        + rect(540, 130, 14, 520, a),
    )


@glyph(stands=False)
def slim_notebook(c, a):
    return turn(
        8,
        rect(262, 172, 310, 470, COLOURS["cream"], 30)
        + rect(250, 160, 310, 470, "~" + c, 30)
        + line("M262 190v410", dark(c, 0.2), 6)
        + each(lambda y: rect(256, y, 12, 44, COLOURS["steel"], 5), 260, 480)
        + circle(405, 360, 70, a)
        + path("M335 360a70 70 0 0 0 140 0z", light(a, 0.4)),
    )


@glyph(stands=False)
def sketchbook(c, a):
    return turn(
        -6,
        rect(150, 232, 516, 360, COLOURS["white"], 12)
        + rect(138, 220, 516, 360, "~" + c, 14)
        + rect(138, 220, 50, 360, dark(c, 0.16), 14)
        + path("M240 500l100-140 70 90 60-70 120 120z", a)
        + circle(540, 310, 34, COLOURS["mustard"]),
    ) + turn(
        -30,
        rect(300, 640, 300, 26, "~" + COLOURS["tomato"], 6) + path("M300 640v26l-44-13z", COLOURS["oat"]),
        x=450,
        y=650,
    )


@glyph(stands=False)
def planner(c, a):
    grid = each(
        lambda x, y: rect(x, y, 92, 62, light(c, 0.55), 8),
        *((x, y) for y in (330, 410, 490, 570) for x in (268, 374, 480)),
    )
    wire = each(lambda x: rect(x, 128, 14, 62, COLOURS["iron"], 7), *range(260, 570, 44))
    return (
        rect(230, 160, 382, 500, dark(c, 0.3), 16)
        + rect(220, 150, 382, 500, "~" + c, 16)
        + rect(268, 230, 304, 60, a, 8)
        + grid
        + line("M396 440l16 16 30-36m-146 92h52", a, 10)
        + wire
    )


@glyph(stands=False)
def pen(c, a):
    return turn(
        45,
        rect(366, 60, 68, 430, "~" + c, 30)
        + rect(360, 290, 80, 22, a)
        + path("M370 490h60l-18 130q-12 40-24 0z", "~" + a)
        + path("M390 612h20l-10 60z", COLOURS["black"])
        + rect(424, 90, 18, 190, a, 9),
    ) + line("M104 666q36-60 54-16t50-58", COLOURS["ink"], 9)


@glyph(stands=False)
def fountain_pen(c, a):
    return turn(
        45,
        rect(362, 40, 76, 400, "~" + c, 34)
        + rect(358, 250, 84, 20, COLOURS["brass"])
        + path("M368 440h64l-8 80h-48z", dark(c, 0.35))
        + path("M372 516h56q16 80-28 190-44-110-28-190z", "~" + a)
        + line("M400 560v130", dark(a, 0.5), 4)
        + circle(400, 560, 9, dark(a, 0.5))
        + rect(428, 70, 16, 180, COLOURS["brass"], 8),
    ) + line("M80 690q36-60 54-16t50-58", COLOURS["ink"], 9)


def pencil(x, tip, colour, end=644):
    return (
        rect(x - 24, tip + 84, 48, end - tip - 84, "~" + colour)
        + path(f"M{x - 24} {tip + 84}l24-84 24 84z", COLOURS["oat"])
        + path(f"M{x - 9} {tip + 31}L{x} {tip}l9 31z", COLOURS["black"])
    )


@glyph(stands=False)
def pencils(c, a):
    return turn(18, pencil(320, 190, c) + pencil(400, 110, a) + pencil(480, 150, COLOURS["mustard"]))


@glyph(stands=False)
def watercolours(c, a):
    pans = [
        "yellow",
        "mustard",
        "tomato",
        "berry",
        "plum",
        "midnight",
        "sea",
        "sky",
        "celadon",
        "leaf",
        "rust",
        "cocoa",
    ]
    wells = each(lambda n: rect(206 + n % 6 * 66, 432 + n // 6 * 84, 56, 72, COLOURS[pans[n]], 8), *range(12))
    return (
        rect(170, 170, 460, 220, "~" + light(c, 0.5), 26)
        + each(
            lambda x, f: oval(x, 280, 54, 36, COLOURS[f], ' opacity=".7"'),
            (270, "sky"),
            (400, "apricot"),
            (530, "sage"),
        )
        + rect(170, 396, 460, 228, "~" + c, 26)
        + rect(190, 416, 420, 188, COLOURS["white"], 12)
        + wells
        + turn(-24, rect(180, 640, 380, 18, a, 9) + path("M560 636l90 13-90 13z", COLOURS["black"]), y=650)
    )


@glyph(stands=False)
def desk_tray(c, a):
    return turn(
        -8,
        rect(150, 240, 500, 340, "~" + c, 30)
        + rect(178, 268, 444, 130, dark(c, 0.28), 16)
        + rect(178, 416, 250, 136, dark(c, 0.28), 16)
        + rect(446, 416, 176, 136, dark(c, 0.28), 16)
        + rect(200, 296, 380, 24, "~" + a, 12)
        + rect(220, 344, 340, 24, "~" + COLOURS["mustard"], 4)
        + each(lambda x, y: line(f"M{x} {y}h60a16 16 0 0 1 0 32h-50", COLOURS["steel"], 8), (220, 446), (300, 490))
        + rect(478, 446, 66, 66, COLOURS["pink"], 6)
        + rect(530, 464, 60, 60, COLOURS["yellow"], 6),
    )


@glyph(stands=True)
def pencil_cup(c, a):
    return (
        turn(-10, pencil(330, 200, a, 500))
        + turn(9, pencil(470, 180, COLOURS["mustard"], 500))
        + pencil(400, 150, COLOURS["tomato"], 500)
        + rect(250, 380, 300, 260, "~" + c, 30)
        + rect(250, 470, 300, 30, light(c, 0.3))
        + rect(240, 368, 320, 30, light(c, 0.2), 15)
    )


@glyph(stands=False)
def scissors(c, a):
    ring = f'<ellipse cx="400" cy="640" rx="62" ry="84" fill="none" stroke="{a}" stroke-width="34"/>'
    half = path("M372 540 392 60q40 20 40 90l-6 330z", "~" + c)
    return turn(
        30,
        turn(14, half + ring, y=470)
        + turn(-14, f'<g transform="matrix(-1 0 0 1 800 0)">{half}{ring}</g>', y=470)
        + circle(400, 470, 20, dark(c, 0.5)),
    )


@glyph(stands=False)
def envelope(c, a):
    return (
        turn(
            6,
            rect(200, 180, 400, 300, COLOURS["white"], 8)
            + line("M250 250h300m-300 50h260m-260 50h180", COLOURS["flax"], 8),
        )
        + rect(160, 300, 480, 330, "~" + c, 16)
        + path("M160 316 400 500 640 316V300H160z", light(c, 0.5))
        + line("M162 312 400 496 638 312", dark(c, 0.18), 6)
        + circle(400, 490, 50, "~" + a)
        + circle(400, 490, 32, dark(a, 0.16))
        + leaf(400, 512, 44, 0, light(a))
    )
