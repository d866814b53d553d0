"""Tins, bags and jars."""

from .pencil import COLOURS, circle, dark, each, glyph, jar, leaf, light, line, oval, path, rect, turn


@glyph(stands=True)
def tea_tin(c, a):
    return (
        rect(260, 190, 280, 80, "~" + dark(c, 0.12), 20)
        + rect(240, 250, 320, 390, "~" + c, 24)
        + rect(240, 250, 320, 20, dark(c, 0.25))
        + circle(400, 450, 108, COLOURS["cream"])
        + each(lambda d: leaf(400, 510, 118, d, a), 0, -50, 50)
        + rect(330, 590, 140, 12, light(c, 0.5), 6)
    )


@glyph(stands=True)
def coffee_bag(c, a):
    bean = turn(
        30, oval(400, 450, 50, 70, "~" + COLOURS["cocoa"]) + line("M400 388q-26 62 0 124", COLOURS["oak"], 9), y=450
    )
    return (
        path("M270 180h260l30 80v360q0 20-20 20H260q-20 0-20-20V260z", "~" + c)
        + rect(264, 150, 272, 44, dark(c, 0.25), 8)
        + line("M240 262h320", dark(c, 0.2), 7)
        + rect(240, 360, 320, 180, a)
        + bean
        + circle(400, 300, 11, dark(c, 0.35))
    )


@glyph(stands=True)
def salt_tin(c, a):
    return (
        rect(220, 380, 360, 220, "~" + c)
        + oval(400, 600, 180, 42, dark(c, 0.14))
        + path("M220 470q45-50 90 0t90 0 90 0 90 0v70q-45-50-90 0t-90 0-90 0-90 0z", a)
        + oval(400, 380, 180, 50, light(c, 0.4))
        + oval(400, 376, 150, 38, dark(c, 0.12))
        + path("M280 380q60-90 120-80t120 80q-120 40-240 0z", COLOURS["white"])
        + each(lambda x, y: path(f"M{x} {y}l16 24h-32z", COLOURS["white"]), (330, 270), (460, 262), (400, 240))
    )


@glyph(stands=True)
def honey(c, a):
    cells = each(lambda x, y: path(f"M{x} {y - 30}l26 15v30l-26 15-26-15v-30z", c), (400, 456), (370, 508), (430, 508))
    return jar(
        COLOURS["glass"], c, rect(248, 220, 304, 76, "~" + a, 20) + rect(248, 262, 304, 14, dark(a, 0.14)), cells
    )


@glyph(stands=True)
def jam(c, a):
    checks = each(lambda x: rect(x, 216, 30, 70, light(a, 0.5)), 270, 330, 390, 450, 510)
    fruit = (
        circle(400, 488, 46, "~" + c)
        + line("M400 444q-16 40 0 88", dark(c, 0.16), 5)
        + leaf(404, 446, 48, 60, COLOURS["leaf"])
    )
    return jar(
        COLOURS["glass"],
        c,
        path("M256 210h288l36 130-40-14-36 20-40-20-36 20-36-20-40 20-40-20-36 20-34-6z", "~" + a)
        + checks
        + line("M250 296h300", COLOURS["flax"], 12),
        fruit,
    )


@glyph(stands=True)
def spread(c, a):
    nut = path("M400 440q60 40 50 84-10 30-50 30t-50-30q-10-44 50-84z", "~" + a) + path(
        "M352 520q48-24 96 0-4 34-48 34t-48-34z", light(a, 0.4)
    )
    return jar(COLOURS["glass"], c, rect(254, 216, 292, 80, "~" + COLOURS["brass"], 14), nut)
