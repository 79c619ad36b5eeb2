"""Small plots with logarithmic axes, as one SVG file."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, COLUMNS = 330, 200, 3
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 34, 36
COLOURS = ("#1f6fb2", "#c2571a", "#3a8f3a", "#8052a3")


def exponent(points):
    """The power of x that y grows with: the slope of a line fitted to their logarithms."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    middle_x = sum(x for x, _ in logs) / len(logs)
    middle_y = sum(y for _, y in logs) / len(logs)
    width = sum((x - middle_x) ** 2 for x, _ in logs)
    return sum((x - middle_x) * (y - middle_y) for x, y in logs) / width


def write(path, panels):
    """Writes panels of (title, name of x, lines), titles say what y is; lines by their names, or the only one's points."""
    rows = -(-len(panels) // COLUMNS)
    width, height = WIDTH * min(COLUMNS, len(panels)), HEIGHT * rows
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        place = f"translate({number % COLUMNS * WIDTH} {number // COLUMNS * HEIGHT})"
        parts += [f'<g transform="{place}">', *_panel(*panel), "</g>"]
    with open(path, "w") as file:
        file.write("\n".join([*parts, "</svg>", ""]))


def _panel(title, name, lines):
    named = lines if isinstance(lines, dict) else {"": lines}
    every = [point for points in named.values() for point in points]
    x_axis = _Axis([x for x, _ in every], LEFT, WIDTH - RIGHT)
    y_axis = _Axis([y for _, y in every], HEIGHT - BOTTOM, TOP)
    grey = 'stroke="#ccc"'
    yield f'<text x="{WIDTH / 2}" y="18" text-anchor="middle">{escape(title)}</text>'
    yield f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(name)}</text>'
    for value in x_axis.ticks():
        at = x_axis.place(value)
        yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" {grey}/>'
        yield f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 13}" text-anchor="middle">{_short(value)}</text>'
    for value in y_axis.ticks():
        at = y_axis.place(value)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" {grey}/>'
        yield f'<text x="{LEFT - 5}" y="{at + 4:.1f}" text-anchor="end">{_short(value)}</text>'
    for number, (label, points) in enumerate(named.items()):
        yield from _line([(x_axis.place(x), y_axis.place(y)) for x, y in points], COLOURS[number])
        at = TOP + 12 + 13 * number
        yield f'<text x="{LEFT + 6}" y="{at}" fill="{COLOURS[number]}">{escape(label)}</text>'


def _line(places, colour):
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'


class _Axis:
    """Whole powers of ten around the values."""

    def __init__(self, values, start, end):
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(self.low + 1, math.ceil(math.log10(max(values)) - 1e-9))
        self.start, self.end = start, end

    def place(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        step = max(1, (self.high - self.low) // 4)
        return [10.0**power for power in range(self.low, self.high + 1, step)]


def _short(value):
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"
