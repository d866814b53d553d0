"""Things to wear, laid flat."""

from .pencil import circle, dark, dashes, each, glyph, light, line, oval, path, rect

TORSO = (
    "M300 180q100 60 200 0l140 70q24 12 14 38l-44 110-70-26v290"
    "q0 24-24 24H284q-24 0-24-24V372l-70 26-44-110q-10-26 14-38z"
)


@glyph(stands=False)
def tee(c, a):
    pocket = "" if a == c else path("M440 320h84v70l-42 24-42-24z", dark(c, 0.16))
    return (
        path(TORSO, "~" + c)
        + line("M300 182q100 84 200 0", dark(c, 0.25), 16)
        + pocket
        + line("M274 656h252", dark(c, 0.14), 6)
    )


LONG = (
    "M300 170q100 50 200 0l96 44q28 12 36 46l66 330-76 22-80-260v310"
    "q0 24-24 24H282q-24 0-24-24V352l-80 260-76-22 66-330q8-34 36-46z"
)


@glyph(stands=False)
def striped_top(c, a):
    stripes = each(lambda y: rect(90, y, 620, 18, a), *range(300, 680, 44))
    return (
        f'<clipPath id="torso"><path d="{LONG}"/></clipPath>'
        + path(LONG, "~" + c)
        + f'<g clip-path="url(#torso)">{stripes}</g>'
        + line("M300 172q100 56 200 0", a, 14)
    )


@glyph(stands=False)
def shirt(c, a):
    return (
        path(LONG, "~" + c)
        + path("M318 170h164l-82 110z", dark(c, 0.3))
        + path("M300 168l-16 60 84 50 32-40-76-80zM500 168l16 60-84 50-32-40 76-80z", light(c, 0.4))
        + line("M400 280v400", dark(c, 0.14), 5)
        + each(lambda y: circle(400, y, 8, a), 330, 410, 490, 570, 640)
        + path("M442 360h74v66l-37 18-37-18z", dark(c, 0.1))
    )


def ribs(c):
    return (
        dashes("M272 662h260", dark(c, 0.16), 44, "8 16")
        + line("M112 576l62 18m514-18-62 18", dark(c, 0.2), 10)
        + line("M108 556l66 20m518-20-66 20", dark(c, 0.2), 6)
    )


@glyph(stands=False)
def jumper(c, a):
    knit = each(lambda y: line("M276 %d" % y + "l18 14 18-14" * 7, a, 6), 330, 352, 374)
    return path(LONG, "~" + c) + line("M302 178q98 70 196 0", dark(c, 0.2), 26) + knit + ribs(c)


@glyph(stands=False)
def cardigan(c, a):
    return (
        path(LONG, "~" + c)
        + path("M330 178h140l-70 190z", dark(c, 0.45))
        + line("M316 180 400 372l84-192M400 372v310", light(c, 0.14), 22)
        + each(lambda y: circle(400, y, 13, a), 410, 480, 550, 620)
        + rect(284, 540, 86, 90, dark(c, 0.2), 8)
        + rect(430, 540, 86, 90, dark(c, 0.28), 8)
        + ribs(c)
    )


@glyph(stands=False)
def beanie(c, a):
    lines = each(
        lambda d: line(f"M400 210Q{400 + d} 260 {400 + d * 1.25:g} 500", dark(c, 0.14), 7),
        -150,
        -100,
        -50,
        0,
        50,
        100,
        150,
    )
    return (
        path("M190 510q-10-320 210-320t210 320z", "~" + c)
        + lines
        + rect(170, 480, 460, 120, "~" + light(c, 0.14), 34)
        + dashes("M204 540h400", dark(c, 0.14), 96, "8 24")
        + rect(520, 530, 60, 40, a, 4)
    )


@glyph(stands=False)
def scarf(c, a):
    fringe = each(
        lambda x, y: line(f"M{x} {y}v50", c, 9),
        *((x, 660) for x in range(262, 380, 22)),
        *((x, 590) for x in range(442, 560, 22)),
    )
    weave = each(lambda y: line(f"M266 {y}" + "l16 14 16-14" * 3, dark(c, 0.16), 6), 420, 460, 500)
    return (
        fringe
        + path("M430 300h140v296H430z", "~" + dark(c, 0.12))
        + rect(430, 500, 140, 34, a)
        + path("M190 270q0-130 210-130t210 130-210 130-210-130z", "~" + c)
        + oval(400, 250, 120, 52, dark(c, 0.42))
        + path("M250 330h140v336H250z", "~" + c)
        + weave
        + rect(250, 560, 140, 34, a)
        + line("M226 310q60 70 174 72", dark(c, 0.18), 8)
    )


@glyph(stands=False)
def straw_hat(c, a):
    return (
        oval(400, 500, 300, 96, "~" + c)
        + oval(400, 490, 300, 90, light(c, 0.18))
        + path("M240 490q0-260 160-260t160 260q-160 50-320 0z", "~" + c)
        + path("M240 430q160 60 320 0v62q-160 52-320 0z", a)
        + line("M270 360q130 46 260 0m-230-66q100 34 200 0", dark(c, 0.14), 6)
    )


@glyph(stands=False)
def socks(c, a):
    def one(x, y):
        return (
            f'<g transform="translate({x} {y})">'
            + path("M0 0h130v250l110 70q40 30 20 80-20 44-70 40-110-10-160-60-30-30-30-90z", "~" + c)
            + rect(-8, -14, 146, 66, a, 16)
            + path("M4 300q56-20 90 20t10 94q-60-16-84-44-16-26-16-70z", a)
            + path("M200 294l40 26q40 30 20 80-14 30-42 38-40-70-18-144z", a)
            + rect(0, 90, 130, 14, a)
            + "</g>"
        )

    return one(400, 160) + one(230, 220)
