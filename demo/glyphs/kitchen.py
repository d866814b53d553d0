"""Mugs, pans, knives, boards and what goes on a table."""

from .pencil import (
    COLOURS,
    circle,
    dark,
    dashes,
    each,
    faint,
    glyph,
    leaf,
    light,
    line,
    mix,
    oval,
    path,
    rect,
    stack,
    steam,
    turn,
)


@glyph(stands=True)
def mug(c, a):
    return (
        line("M540 380h40a60 60 0 0 1 0 130h-50", dark(c), 36)
        + path("M230 300h320v270a70 70 0 0 1-70 70H300a70 70 0 0 1-70-70z", "~" + c)
        + oval(390, 302, 160, 34, light(c))
        + oval(390, 308, 132, 22, a)
        + steam(360, 240)
    )


@glyph(stands=True)
def tin_mug(c, a):
    return (
        line("M540 380h30a52 52 0 0 1 0 116h-36", a, 22)
        + rect(240, 300, 310, 340, "~" + c, 26)
        + rect(228, 288, 334, 28, a, 14)
        + each(lambda x, y: circle(x, y, 7, dark(c, 0.12)), (300, 380), (350, 470), (290, 560), (420, 400), (390, 580))
    )


@glyph(stands=True)
def tumbler(c, a):
    dots = each(
        lambda x, y: oval(x, y, 6, 4, a),
        (300, 380),
        (340, 470),
        (295, 540),
        (380, 400),
        (430, 500),
        (360, 590),
        (480, 420),
        (460, 580),
        (330, 330),
        (500, 350),
        (420, 340),
        (390, 540),
    )
    return path("M260 270h280l-24 340q-3 30-34 30H318q-31 0-34-30z", "~" + c) + oval(400, 272, 140, 28, light(c)) + dots


@glyph(stands=True)
def footed_bowl(c, a):
    return (
        path("M320 590h160l24 50H296z", dark(c))
        + path("M180 350h440q-10 250-220 250T180 350z", "~" + c)
        + path("M188 410h424q-5 34-16 62H204q-11-28-16-62z", a)
        + oval(400, 352, 220, 44, light(c))
        + oval(400, 360, 186, 30, "#c79b74")
    )


@glyph(stands=True)
def cup(c, a):
    return (
        oval(400, 616, 220, 26, dark(a, 0.1))
        + oval(400, 606, 220, 26, a)
        + line("M520 440h26a40 40 0 0 1 0 84h-36", dark(c), 24)
        + path("M270 400h260v100q0 100-130 100T270 500z", "~" + c)
        + oval(400, 402, 130, 26, light(c))
        + oval(400, 407, 106, 17, COLOURS["cocoa"])
        + steam(370, 350)
    )


@glyph(stands=True)
def glass(c, a):
    return (
        path("M250 250h300l-26 350q-3 40-44 40H320q-41 0-44-40z", c, ' opacity=".75"')
        + path("M292 330h216l-16 210q-3 36-38 36H346q-35 0-38-36z", "~" + a)
        + faint(rect(278, 270, 20, 250, "#fff", 10), 0.6)
    )


@glyph(stands=False)
def skillet(c, a):
    egg = (
        ""
        if a == c
        else (
            path("M300 380q10-80 100-70t110 70-20 110-110 20-110-40 10-90z", "#fffaf1")
            + circle(400, 410, 46, a)
            + circle(386, 396, 12, light(a, 0.7))
        )
    )
    return (
        turn(
            40,
            rect(366, 590, 68, 220, "~" + c, 30)
            + circle(400, 770, 14, dark(c, 0.5))
            + circle(400, 410, 220, "~" + c)
            + circle(400, 410, 182, dark(c, 0.35)),
            x=400,
            y=410,
        )
        + egg
    )


@glyph(stands=True)
def casserole(c, a):
    return (
        rect(150, 410, 500, 44, dark(c), 22)
        + path("M200 380h400v190q0 70-70 70H270q-70 0-70-70z", "~" + c)
        + path("M190 380q20-110 210-110t210 110z", "~" + dark(c, 0.08))
        + rect(182, 366, 436, 26, light(c, 0.25), 13)
        + rect(384, 236, 32, 44, dark(a, 0.3))
        + rect(356, 216, 88, 36, a, 18)
    )


@glyph(stands=True)
def saucepan(c, a):
    return (
        path("M560 430 770 380q20-4 20 16t-20 24L560 476z", "~" + a)
        + circle(752, 402, 9, dark(a, 0.5))
        + path("M160 400h410v180q0 60-60 60H220q-60 0-60-60z", "~" + c)
        + oval(365, 402, 205, 36, light(c, 0.5))
        + oval(365, 408, 178, 25, COLOURS["steel"])
        + circle(560, 452, 8, light(c))
        + circle(540, 470, 8, light(c))
    )


@glyph(stands=True)
def ramekin(c, a):
    flutes = dashes("M228 545h350", dark(c, 0.13), 150, "14 28")
    return (
        path("M180 430h440l-24 180q-4 30-34 30H238q-30 0-34-30z", "~" + c)
        + flutes
        + oval(400, 430, 220, 62, light(c))
        + oval(400, 434, 192, 48, "~" + a)
        + oval(350, 424, 60, 14, light(a, 0.3))
        + oval(470, 444, 40, 9, dark(a))
    )


def blade(c, a, shape, edge=""):
    return turn(
        -45,
        path(shape, "~" + c)
        + edge
        + rect(340, 540, 82, 40, dark(c, 0.4), 6)
        + path("M342 576h78l10 190q2 34-48 34t-48-34z", "~" + a)
        + each(lambda y: circle(382, y, 9, light(a, 0.5)), 630, 690, 750),
    )


@glyph(stands=False)
def knife(c, a):
    shape = "M344 548V20q100 130 100 330v198z"
    return blade(c, a, shape, path("M344 20q100 130 100 330v198h-26V350q0-180-74-310z", light(c, 0.7)))


@glyph(stands=False)
def paring_knife(c, a):
    return blade(
        c, a, "M344 548V200q80 100 80 240v108z", path("M344 200q80 100 80 240v108h-22V440q0-120-58-210z", light(c, 0.7))
    )


@glyph(stands=False)
def bread_knife(c, a):
    teeth = "q24 14 0 30" * 16
    return blade(c, a, f"M350 548V30q30-10 70 30{teeth}z", path("M360 60h14v470h-14z", light(c, 0.6)))


@glyph(stands=False)
def board(c, a):
    grain = each(
        lambda x, y, n: line(f"M{x} {y}c14 {n // 3}-14 {n * 2 // 3} 0 {n}", dark(c, 0.1), 6),
        (280, 330, 220),
        (340, 260, 330),
        (470, 290, 300),
        (530, 360, 180),
    )
    food = (
        ""
        if a == c
        else each(
            lambda x, y: circle(x, y, 58, a)
            + circle(x, y, 46, light(a, 0.25))
            + each(lambda dx, dy: oval(x + dx, y + dy, 9, 13, light(a, 0.75)), (-18, -12), (18, -12), (0, 20)),
            (330, 560),
            (405, 520),
            (480, 480),
        )
    )
    return (
        turn(
            18,
            rect(210, 200, 380, 470, dark(c), 40)
            + rect(210, 190, 380, 470, "~" + c, 40)
            + grain
            + circle(400, 246, 26, dark(c, 0.5)),
        )
        + food
    )


@glyph(stands=False)
def serving_board(c, a):
    grain = each(lambda x: line(f"M{x} 330c16 100-16 200 0 330", dark(c, 0.25), 6), 340, 400, 460)
    return turn(
        42,
        path(
            "M370 60h60q20 0 20 20l6 130q64 20 64 90v390q0 60-60 60H340q-60 0-60-60V300q0-70 64-90l6-130q0-20 20-20z",
            "~" + c,
        )
        + circle(400, 110, 18, dark(c, 0.5))
        + grain
        + path("M330 560l130-50v110z", a)
        + circle(366, 566, 8, dark(a))
        + circle(420, 566, 11, dark(a)),
    )


@glyph(stands=False)
def plate(c, a):
    return (
        circle(400, 400, 250, "~" + c)
        + circle(400, 400, 236, light(c, 0.25))
        + circle(400, 400, 178, dark(c, 0.1))
        + circle(400, 400, 168, light(c, 0.12))
        + line("M284 330a135 135 0 0 1 96-64", light(a, 0.6), 12)
    )


@glyph(stands=False)
def wide_bowl(c, a):
    twirl = line("M310 420a90 70 0 1 1 180 0a70 54 0 1 1-140 0a50 38 0 1 1 100 0a28 22 0 1 1-56 0", "#f0cf83", 17)
    return (
        circle(400, 400, 250, "~" + a)
        + circle(400, 400, 228, c)
        + circle(400, 400, 160, dark(c, 0.16))
        + twirl
        + circle(470, 350, 20, COLOURS["tomato"])
        + circle(336, 372, 15, COLOURS["tomato"])
        + leaf(400, 408, 66, 20, COLOURS["leaf"])
    )


@glyph(stands=True)
def carafe(c, a):
    return (
        path("M330 220h140v60q0 60 60 120t20 180q-8 60-60 60H310q-52 0-60-60-40-120 20-180t60-120z", c, ' opacity=".8"')
        + path("M268 450h264q50 60 18 130-10 44-56 44H306q-46 0-56-44-32-70 18-130z", "~" + a)
        + path("M318 130h164l-12 100H330z", light(c, 0.5), ' opacity=".9"')
        + rect(318, 120, 164, 16, "#fff", 8)
        + line("M300 420q-30 40-26 100", "#fff", 14)
    )


@glyph(stands=True)
def napkins(c, a):
    return stack(
        c,
        a,
        4,
        68,
        lambda y: line(f"M400 {y + 2}v262", a, 22) + line(f"M400 {y}q-80-70-96-10t96 10q80-70 96-10t-96 10", a, 18),
    )


@glyph(stands=False)
def spoons(c, a):
    return (
        turn(
            -24,
            rect(384, 330, 32, 390, "~" + c, 16)
            + oval(400, 230, 74, 118, "~" + c)
            + oval(400, 226, 48, 86, dark(c, 0.2)),
            y=620,
        )
        + turn(
            24,
            rect(384, 330, 32, 390, "~" + a, 16)
            + path("M326 140q74-40 148 0v130q0 76-74 90-74-14-74-90z", "~" + a)
            + each(lambda x: rect(x, 180, 15, 110, dark(a, 0.45), 7), 356, 392, 428),
            y=620,
        )
        + rect(384, 330, 32, 390, "~" + mix(c, a, 0.5), 16)
        + path("M336 110h128v150q0 80-64 90-64-10-64-90z", "~" + mix(c, a, 0.5))
    )


@glyph(stands=False)
def apron(c, a):
    return (
        line("M318 190q82-150 164 0", a, 16)
        + line("M214 400h-70m442 0h70", a, 16)
        + path("M310 180h180q6 130 100 190v310q0 20-20 20H230q-20 0-20-20V370q94-60 100-190z", "~" + c)
        + path("M290 470h220v90q0 40-40 40H330q-40 0-40-40z", dark(c, 0.2))
        + line("M400 474v122", c, 6)
        + line("M326 212h148", a, 8)
        + rect(440, 400, 16, 100, COLOURS["oak"], 8)
    )
