"""Lamps, textiles, storage and furniture."""

from .pencil import COLOURS, circle, dark, dashes, each, faint, glyph, haze, leaf, light, line, oval, path, rect, turn


@glyph(stands=False)
def pendant_lamp(c, a):
    return (
        path("M190 430-60 1300h920L610 430z", a, ' opacity=".22"')
        + line("M400-400V240", dark(c, 0.5), 8)
        + rect(372, 190, 56, 70, COLOURS["brass"], 10)
        + oval(400, 446, 70, 54, light(a, 0.6))
        + path("M180 430q0-190 220-190t220 190z", "~" + c)
        + rect(168, 418, 464, 26, light(c, 0.2), 13)
    )


@glyph(stands=True)
def desk_lamp(c, a):
    return (
        path("M250 330 130 640h330L410 400z", COLOURS["yellow"], ' opacity=".3"')
        + line("M560 610 610 400 400 240", dark(c, 0.1), 22)
        + circle(610, 400, 24, a)
        + circle(560, 606, 22, a)
        + path("M440 640q0-50 120-50t120 50z", "~" + c)
        + turn(
            38,
            path("M330 190h84l60 160H270z", "~" + c)
            + oval(372, 352, 102, 20, light(a, 0.6))
            + rect(348, 156, 48, 44, a, 12),
            x=372,
            y=250,
        )
    )


@glyph(stands=False)
def paper_lamp(c, a):
    ribs = each(
        lambda rx: oval(400, 420, rx, 218, "none", f' stroke="{dark(c, .14)}" stroke-width="5"'), 50, 120, 180, 222
    )
    return (
        haze(400, 420, 290, light(a, 0.4), 0.3)
        + line("M400-400V200", COLOURS["iron"], 7)
        + oval(400, 420, 225, 220, "~" + c)
        + ribs
        + rect(345, 188, 110, 26, COLOURS["iron"], 12)
        + rect(345, 626, 110, 22, COLOURS["iron"], 11)
    )


@glyph(stands=True)
def candles(c, a):
    def one(x, y):
        return (
            haze(x, y - 66, 74, a, 0.22)
            + rect(x - 27, y, 54, 580 - y, "~" + c, 12)
            + line(f"M{x} {y}v-26", COLOURS["iron"], 6)
            + path(f"M{x} {y - 116}q44 60 0 98-44-38 0-98z", a)
            + path(f"M{x - 70} 580h140l-22 60H{x - 48}z", "~" + COLOURS["brass"])
        )

    return one(300, 230) + one(500, 310)


@glyph(stands=True)
def jar_candle(c, a):
    return (
        haze(400, 220, 100, a, 0.25)
        + rect(230, 300, 340, 340, "~" + c, 44)
        + oval(400, 322, 150, 30, light(c, 0.75))
        + line("M400 318v-36", COLOURS["iron"], 7)
        + path("M400 160q56 78 0 124-56-46 0-124z", a)
        + rect(300, 410, 200, 150, COLOURS["cream"], 8)
        + leaf(400, 545, 110, 0, COLOURS["leaf"])
        + leaf(400, 545, 80, 55, COLOURS["leaf"])
        + leaf(400, 545, 80, -55, COLOURS["leaf"])
    )


@glyph(stands=True)
def throw(c, a):
    fringe = dashes("M212 588h380", light(c, 0.2), 60, "9 19")
    return (
        rect(180, 380, 440, 110, "~" + dark(c, 0.1), 50)
        + rect(170, 270, 460, 130, "~" + c, 56)
        + path("M196 330h408v236H196z", "~" + c)
        + each(lambda y: rect(196, y, 408, 18, a), 420, 456, 520)
        + fringe
    )


@glyph(stands=False)
def cushion(c, a):
    return (
        path("M190 210q210 40 420 0-40 200 0 400-210-40-420 0 40-200 0-400z", "~" + c)
        + line("M190 210q210 40 420 0-40 200 0 400-210-40-420 0 40-200 0-400z", a, 12)
        + line("M260 290q60 30 70 90m210-90q-60 30-70 90m-210 160q50-20 66-66m214 66q-50-20-66-66", dark(c, 0.14), 8)
    )


@glyph(stands=True)
def bedspread(c, a):
    cells = dashes("M222 403h330M222 443h330M222 483h330", dark(c, 0.13), 22, "22 20")
    return (
        rect(180, 540, 440, 100, "~" + dark(c, 0.1), 46)
        + rect(180, 450, 440, 110, "~" + c, 50)
        + rect(180, 350, 440, 170, "~" + c, 44)
        + cells
        + line("M200 590h300", dark(c, 0.25), 6)
        + rect(560, 420, 40, 56, a, 4)
    )


def ring(radius):
    return f"M{400 - radius} 400a{radius} {radius} 0 1 1 {2 * radius} 0 {radius} {radius} 0 1 1 {-2 * radius} 0"


@glyph(stands=False)
def rug(c, a):
    rings = each(lambda r: dashes(ring(r), dark(c, 0.14), 7, "22 9"), *range(30, 250, 31))
    return circle(400, 400, 262, c) + line(ring(200), a, 34) + rings


@glyph(stands=True)
def basket(c, a):
    weave = each(
        lambda x, y: rect(x, y, 46, 20, dark(c, 0.18), 9),
        *((226 + 64 * n + 32 * (m % 2), 400 + 36 * m) for m in range(6) for n in range(5 + (m + 1) % 2)),
    )
    logs = each(
        lambda x, y: circle(x, y, 52, COLOURS["walnut"])
        + circle(x, y, 40, COLOURS["oak"])
        + circle(x, y, 18, COLOURS["pine"]),
        (290, 330),
        (400, 300),
        (508, 334),
    )
    return (
        logs
        + line("M210 400q-60-90 30-110m350 110q60-90-30-110", a, 22)
        + path("M196 370h408l-34 230q-6 40-46 40H276q-40 0-46-40z", "~" + c)
        + weave
        + rect(184, 354, 432, 36, a, 18)
    )


@glyph(stands=True)
def cork_jar(c, a):
    return (
        rect(312, 190, 176, 90, "~" + COLOURS["pine"], 14)
        + faint(rect(250, 260, 300, 380, c, 40), 0.85)
        + path("M266 400q134-40 268 0v200q0 26-26 26H292q-26 0-26-26z", "~" + a)
        + rect(292, 250, 216, 26, light(c, 0.5), 12)
        + each(
            lambda x, y: oval(x, y, 13, 8, light(a, 0.35)),
            (310, 450),
            (370, 500),
            (320, 560),
            (440, 450),
            (410, 570),
            (480, 530),
            (355, 430),
        )
        + line("M282 310v110", "#fff", 13)
    )


@glyph(stands=False)
def peg_rail(c, a):
    pegs = each(
        lambda x: rect(x, 246, 26, 66, dark(c), 10) + circle(x + 13, 312, 26, "~" + light(c, 0.15)), 187, 387, 587
    )
    bag = (
        line("M340 470q10-150 60-150t60 150", a, 20)
        + path("M290 450h220l28 220q4 30-26 30H288q-30 0-26-30z", "~" + a)
        + path("M372 560h56v56h-56z", light(a, 0.5))
    )
    return rect(110, 220, 580, 76, "~" + c, 20) + pegs + bag


@glyph(stands=True)
def stool(c, a):
    return (
        path("M270 370h48l-50 270h-44z", dark(c))
        + path("M482 370h48l46 270h-44z", dark(c, 0.3))
        + path("M376 370h48v270h-48z", dark(c, 0.15))
        + rect(262, 500, 276, 22, c, 11)
        + rect(200, 320, 400, 66, "~" + c, 33)
        + oval(400, 326, 190, 28, light(c, 0.4))
        + oval(400, 330, 110, 14, a)
    )


@glyph(stands=True)
def chair(c, a):
    spindles = each(lambda x: rect(x, 190, 12, 220, dark(c, 0.12), 6), 300, 338, 376, 414, 452, 490)
    return (
        spindles
        + line("M258 410V230q0-80 142-80t142 80v180", c, 26)
        + path("M262 440h34l-22 200h-36z", dark(c))
        + path("M504 440h34l24 200h-36z", dark(c, 0.3))
        + rect(250, 540, 300, 18, dark(c), 9)
        + path("M220 410h360q14 0 14 24t-22 24H228q-22 0-22-24t14-24z", "~" + light(c, 0.12))
        + path("M252 392h296l12 20H240z", a)
    )


@glyph(stands=True)
def shelf(c, a):
    boards = each(lambda y, w: rect(400 - w // 2, y, w, 22, "~" + c, 6), (230, 260), (350, 310), (470, 360), (590, 410))
    books = each(
        lambda x, y, w, h, f: rect(x, y - h, w, h, COLOURS[f], 5),
        (300, 350, 30, 84, "tomato"),
        (332, 350, 24, 70, "mustard"),
        (358, 350, 34, 90, "ink"),
        (270, 470, 36, 92, "sea"),
        (308, 470, 26, 76, "cream"),
        (440, 470, 90, 30, "rust"),
        (446, 440, 76, 26, "sage"),
        (250, 590, 130, 66, "willow"),
        (430, 590, 40, 84, "plum"),
        (472, 590, 30, 72, "oat"),
    )
    return (
        line("M300 160 214 640M500 160l86 480", dark(c), 24)
        + boards
        + books
        + path("M370 190h60l-8 40h-44z", a)
        + each(lambda d: leaf(400, 194, 80, d, COLOURS["leaf"]), -45, 0, 45)
    )


@glyph(stands=False)
def clock(c, a):
    ticks = each(lambda d: turn(d, rect(393, 212, 14, 44, COLOURS["ink"], 7)), 0, 90, 180, 270)
    return (
        circle(400, 400, 240, "~" + c)
        + circle(400, 400, 204, COLOURS["white"])
        + ticks
        + line("M400 400 310 320", COLOURS["ink"], 18)
        + line("M400 400 480 276", COLOURS["ink"], 12)
        + line("M400 440V400l10 130", a, 6)
        + circle(400, 400, 17, a)
    )


@glyph(stands=False)
def mirror(c, a):
    return (
        line("M400 120 236 330m164-210 164 210", a, 18)
        + circle(400, 112, 20, COLOURS["brass"])
        + circle(400, 440, 230, "~" + c)
        + circle(400, 440, 206, "#c4dfe6")
        + path("M250 400 420 240h90L236 500q-8-50 14-100zm60 190 260-250 26 60-220 220q-36-8-66-30z", "#e3f1f3")
    )
