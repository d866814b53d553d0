"""What every glyph is drawn with: colours, primitives as SVG text, and the register of glyphs."""

COLOURS = {
    "amber": "#d98e2b",
    "apricot": "#eda268",
    "berry": "#a63a50",
    "black": "#35323a",
    "brass": "#d3a84c",
    "brick": "#c0503b",
    "celadon": "#9dc0a6",
    "chalk": "#f4efe6",
    "clay": "#c9805e",
    "cocoa": "#5d3f33",
    "copper": "#cf7d52",
    "cream": "#f6e7cb",
    "flax": "#dcc9a3",
    "forest": "#3d6650",
    "glass": "#d5e9e6",
    "grey": "#8d9299",
    "ink": "#33476b",
    "iron": "#45454d",
    "lavender": "#a99bcb",
    "leaf": "#5f9460",
    "midnight": "#3a4a78",
    "moss": "#7d8f57",
    "mustard": "#dca63a",
    "oak": "#d3a26b",
    "oat": "#e6d6b8",
    "ochre": "#cf9440",
    "olive": "#87884c",
    "pine": "#b98654",
    "pink": "#e7a9a2",
    "plum": "#7c4a69",
    "rust": "#b9603a",
    "sage": "#a3b899",
    "sea": "#3f7f8f",
    "sky": "#8fb9d3",
    "slate": "#69778a",
    "steel": "#bcc5cb",
    "terracotta": "#c96f4a",
    "tomato": "#d2503c",
    "walnut": "#7d5539",
    "white": "#fffaf1",
    "willow": "#b98f5a",
    "yellow": "#f2c54b",
}
GLYPHS = {}
STANDING = set()


def glyph(stands):
    """Registers a drawing under its function's name; one that stands gets a table, with its feet at y = 640."""

    def register(draw):
        GLYPHS[draw.__name__] = draw
        if stands:
            STANDING.add(draw.__name__)
        return draw

    return register


# Primitives. A fill that starts with `~` is two-toned: lit on the left, in shade on the right.


def mix(colour, other, share):
    """`colour` moved by `share` (0 to 1) towards `other`."""
    pairs = zip((colour[i : i + 2] for i in (1, 3, 5)), (other[i : i + 2] for i in (1, 3, 5)))
    return "#" + "".join(f"{round(int(a, 16) * (1 - share) + int(b, 16) * share):02x}" for a, b in pairs)


def dark(colour, share=0.22):
    return mix(colour, "#2a2233", share)


def light(colour, share=0.35):
    return mix(colour, "#fffaf0", share)


def path(d, fill, extra=""):
    return f'<path d="{d}" fill="{fill}"{extra}/>'


def line(d, colour, width):
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
    )


def rect(x, y, w, h, fill, r=0):
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}"' + (f' rx="{r}"/>' if r else "/>")


def oval(x, y, rx, ry, fill, extra=""):
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"{extra}/>'


def circle(x, y, r, fill):
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"/>'


def turn(angle, *parts, x=400, y=400):
    return f'<g transform="rotate({angle} {x} {y})">{"".join(parts)}</g>'


def each(draw, *places):
    """Joins a drawing repeated at each of the places, which are its arguments."""
    return "".join(draw(*(place if isinstance(place, tuple) else (place,))) for place in places)


def haze(x, y, r, fill, opacity):
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" opacity="{opacity}"/>'


def faint(part, opacity):
    return f'<g opacity="{opacity}">{part}</g>'


def dashes(d, colour, width, pattern):
    """Repeats a mark along a path: ribs of a cuff, cells of a weave, fringes."""
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{pattern}"/>'


def leaf(x, y, length, angle, colour):
    """A leaf that grows from (x, y), turned clockwise by `angle` degrees."""
    half = length // 2
    shape = f"M{x} {y}q{-half} {-half} 0 {-length}q{half} {half} 0 {length}z"
    return turn(angle, path(shape, "~" + colour), x=x, y=y)


def steam(x, y):
    return line(f"M{x} {y}c-26-30 26-50 0-82m64 82c-26-30 26-50 0-82", "#fffaf0", 12)


def jar(c, contents, lid, label):
    """A glass jar with the given contents, lid and label."""
    return (
        faint(rect(230, 280, 340, 360, c, 50), 0.8)
        + rect(246, 330, 308, 296, "~" + contents, 40)
        + lid
        + rect(296, 410, 208, 150, COLOURS["cream"], 10)
        + label
        + line("M266 360v150", "#fff", 12)
    )


def stack(c, a, layers, height, top):
    """Folded cloth in layers on the table; `top` draws what goes over it, given the upper edge."""
    out = ""
    for n in range(layers):
        y = 640 - (n + 1) * height
        out += rect(190, y, 420, height - 8, "~" + mix(c, a, 0.16 * (n % 2)), (height - 8) // 2)
        out += line(f"M230 {y + height // 2 - 4}h250", dark(c, 0.12), 5)
    return out + top(640 - layers * height)
