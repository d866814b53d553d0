"""Soap, creams and towels."""

from .pencil import (
    COLOURS,
    circle,
    dark,
    dashes,
    each,
    glyph,
    haze,
    jar,
    leaf,
    light,
    line,
    oval,
    path,
    rect,
    stack,
    turn,
)


@glyph(stands=True)
def soap(c, a):
    bubbles = each(
        lambda x, y, r: haze(x, y, r, "#fff", 0.65) + circle(x - r // 3, y - r // 3, r // 5, "#fff"),
        (260, 330, 44),
        (330, 270, 26),
        (540, 340, 34),
        (590, 290, 18),
        (470, 250, 20),
    )
    return (
        bubbles
        + rect(180, 440, 440, 200, "~" + c, 70)
        + rect(200, 400, 400, 170, light(c, 0.25), 70)
        + line("M310 440h180a45 45 0 0 1 0 90H310a45 45 0 0 1 0-90z", dark(c, 0.12), 8)
        + each(
            lambda x, y: oval(x, y, 10, 6, a),
            (250, 440),
            (560, 520),
            (330, 550),
            (500, 424),
            (240, 600),
            (420, 610),
            (560, 600),
        )
        + leaf(400, 524, 76, 0, a)
    )


@glyph(stands=True)
def soap_stack(c, a):
    return (
        rect(190, 480, 420, 160, "~" + c, 46)
        + turn(-4, rect(210, 330, 380, 150, "~" + light(a, 0.1), 46))
        + turn(-4, rect(360, 322, 80, 166, COLOURS["cream"]))
        + rect(358, 480, 84, 160, COLOURS["cream"])
        + leaf(400, 600, 80, 0, COLOURS["leaf"])
        + leaf(400, 440, 76, -4, COLOURS["leaf"])
    )


@glyph(stands=True)
def soap_block(c, a):
    return (
        path("M200 370l60-80h380l-50 80z", light(c, 0.35))
        + path("M590 370l50-80v270l-50 80z", dark(c))
        + rect(200, 370, 390, 270, c, 12)
        + rect(240, 410, 310, 190, dark(c, 0.1), 12)
        + line("M330 560q60-40 130-110", a, 9)
        + each(
            lambda x, y, d: leaf(x, y, 62, d, a),
            (370, 532, 90),
            (410, 494, 95),
            (372, 528, -20),
            (412, 490, -20),
            (458, 452, 40),
        )
    )


@glyph(stands=True)
def round_bar(c, a):
    return (
        oval(400, 590, 210, 50, dark(c))
        + rect(190, 480, 420, 110, "~" + c)
        + oval(400, 480, 210, 60, light(c, 0.25))
        + oval(400, 480, 150, 38, light(c, 0.1))
        + leaf(360, 500, 84, 70, a)
        + leaf(440, 492, 84, -70, a)
        + each(
            lambda x, y, r: haze(x, y, r, "#fff", 0.6), (290, 370, 36), (360, 310, 22), (530, 360, 28), (480, 290, 14)
        )
    )


@glyph(stands=True)
def tube(c, a):
    petals = each(lambda d: turn(d, oval(400, 374, 17, 36, a), y=410), *range(0, 360, 45))
    return (
        rect(330, 570, 140, 70, dark(a, 0.1), 12)
        + path("M270 150h260l-40 420H310z", "~" + c)
        + rect(262, 130, 276, 46, dark(c, 0.16), 8)
        + circle(400, 410, 84, COLOURS["cream"])
        + petals
        + circle(400, 410, 20, COLOURS["brass"])
        + each(lambda x: rect(x, 140, 6, 28, dark(c, 0.3)), *range(282, 530, 22))
    )


@glyph(stands=False)
def balm_tin(c, a):
    hexagons = each(
        lambda x, y: path(f"M{x} {y - 38}l33 19v38l-33 19-33-19v-38z", a),
        (400, 330),
        (362, 396),
        (438, 396),
        (400, 462),
    )
    return (
        circle(520, 510, 150, dark(c, 0.14))
        + circle(520, 504, 128, COLOURS["cream"])
        + circle(520, 504, 108, "~" + light(a, 0.4))
        + circle(360, 372, 190, "~" + c)
        + circle(360, 372, 168, light(c, 0.2))
        + f'<g transform="translate(-40 -24)">{hexagons}</g>'
    )


@glyph(stands=True)
def salts(c, a):
    grains = each(
        lambda x, y: rect(x, y, 22, 22, light(c, 0.5), 6),
        (270, 360),
        (340, 350),
        (430, 370),
        (510, 350),
        (266, 580),
        (380, 590),
        (500, 580),
        (520, 480),
    )
    return jar(
        COLOURS["glass"],
        c,
        rect(270, 200, 260, 96, "~" + COLOURS["pine"], 20) + grains,
        circle(400, 485, 44, a)
        + circle(400, 485, 28, light(a, 0.3))
        + circle(400, 485, 13, dark(a))
        + leaf(446, 510, 50, 60, COLOURS["leaf"])
        + leaf(354, 510, 50, -60, COLOURS["leaf"]),
    )


@glyph(stands=True)
def cloths(c, a):
    return stack(
        c,
        a,
        3,
        96,
        lambda y: rect(340, y, 120, 288, a)
        + rect(362, y + 90, 76, 96, COLOURS["cream"], 6)
        + leaf(400, y + 172, 66, 0, COLOURS["leaf"]),
    )


@glyph(stands=False)
def towel(c, a):
    cells = dashes("".join(f"M268 {y}h270" for y in range(263, 570, 48)), dark(c, 0.1), 26, "26 22")
    return (
        rect(120, 170, 560, 30, "~" + COLOURS["oak"], 15)
        + path("M240 160h320v500q0 16-16 16H256q-16 0-16-16z", "~" + c)
        + path("M240 160h320v44H240z", light(c, 0.3))
        + cells
        + rect(240, 590, 320, 26, a)
    )


@glyph(stands=False)
def bath_brush(c, a):
    bristles = each(lambda n: line(f"M{318 + n % 4 * 54} {130 + n // 4 * 44}l0 1", a, 30), *range(20))
    return turn(
        40,
        path("M370 330h60l14 400q0 44-44 44t-44-44z", "~" + c)
        + circle(400, 730, 14, dark(c, 0.5))
        + oval(400, 220, 150, 170, "~" + c)
        + oval(400, 220, 124, 144, dark(c, 0.18))
        + bristles,
    )


@glyph(stands=True)
def soap_dish(c, a):
    return (
        rect(250, 440, 300, 130, "~" + a, 56)
        + rect(264, 424, 272, 110, light(a, 0.3), 50)
        + path("M160 540h480l-30 74q-10 26-40 26H230q-30 0-40-26z", "~" + c)
        + rect(150, 530, 500, 30, light(c, 0.3), 15)
        + each(lambda x: rect(x, 580, 40, 14, dark(c, 0.16), 7), 240, 320, 400, 480)
        + each(lambda x, y, r: haze(x, y, r, "#fff", 0.6), (330, 360, 30), (390, 320, 18), (500, 370, 22))
    )
