"""Two pictures of a race as SVG, fit for a slide: effective draws a second, and seconds from start to end. A row a model
(the seven and those of the field side by side), a colour a contender, a logarithmic axis."""

import dataclasses
import html
import math

from models import SEVEN

COLOURS = {"exmc": "#c2272d", "exmc-5": "#e8888c", "stan": "#1b6ca8", "nutpie": "#4a7c59", "nutpie_low_rank": "#93bf9e",
           "walnutpie": "#b07d2b", "pymc": "#7a5195"}
WIDTH, LEFT, GUTTER, RIGHT, TOP, BOTTOM, LINE = 1280, 140, 70, 24, 116, 40, 8
STYLE = ("text{font:15px sans-serif;fill:#222}.title{font-size:22px;font-weight:bold}.small{font-size:13px;fill:#555}"
         ".grid{stroke:#ddd}.row{stroke:#f0f0f0}")


@dataclasses.dataclass(frozen=True)
class Mark:
    """A dot at `x` with a line from `low` to `high`; `ring`: a hollow dot there besides. Without x: no figure, a hollow dot in
    the gutter on the left."""

    model: str
    contender: str
    x: float | None
    low: float | None = None
    high: float | None = None
    ring: float | None = None


class Chart:
    def __init__(self, title, subtitle, axis, gutter, marks, labels):
        """`labels`: contender -> how it is called; `gutter`: what a mark without a figure means, None where all have one."""
        self.title, self.subtitle, self.axis, self.marks, self.labels = title, subtitle, axis, marks, labels
        models = dict.fromkeys(mark.model for mark in marks)
        self.contenders = [name for name in COLOURS if any(mark.contender == name for mark in marks)]
        self.gutter, self.left = gutter, LEFT + (GUTTER if gutter else 0)
        sides = [model for model in models if model in SEVEN], [model for model in models if model not in SEVEN]
        self.panels = [side for side in sides if side]
        self.panel = WIDTH / max(len(self.panels), 1)
        values = [value for mark in marks for value in (mark.x, mark.low, mark.high, mark.ring) if value]
        self.first = math.floor(math.log10(min(values, default=1)))
        self.last = max(math.ceil(math.log10(max(values, default=1))), self.first + 1)
        self.row = LINE * (len(self.contenders) + 2)
        self.height = TOP + self.row * max(map(len, self.panels), default=0) + BOTTOM

    def svg(self):
        size = f'viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" height="{self.height}"'
        parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f"<style>{STYLE}</style>",
                 '<rect width="100%" height="100%" fill="white"/>',
                 self._text(20, 32, self.title, "title"), self._text(20, 54, self.subtitle, "small")]
        parts += [*self._legend(), *self._grid(), *(self._drawn(mark) for mark in self.marks if mark.contender in COLOURS)]
        return "\n".join([*parts, "</svg>\n"])

    def _place(self, model):
        """(x of its panel, y of its row)."""
        panel = next(number for number, side in enumerate(self.panels) if model in side)
        return panel * self.panel, TOP + self.row * self.panels[panel].index(model)

    def _at(self, value, x):
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return x + self.left + share * (self.panel - self.left - RIGHT)

    @staticmethod
    def _text(x, y, text, kind="", anchor="start"):
        return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{html.escape(text)}</text>'

    def _legend(self):
        x = 20
        for name in self.contenders:
            label = self.labels[name]
            yield f'<circle cx="{x + 5}" cy="77" r="5" fill="{COLOURS[name]}"/>'
            yield self._text(x + 15, 82, label)
            x += 42 + 7.6 * len(label)

    def _grid(self):
        bottom = self.height - BOTTOM
        for start in (number * self.panel for number in range(len(self.panels))):
            for power in range(self.first, self.last + 1):
                x = self._at(10.0**power, start)
                yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" class="grid"/>'
                yield self._text(x, bottom + 16, _short(power), "small", "middle")
            yield self._text(start + (self.left + self.panel - RIGHT) / 2, self.height - 8, self.axis, "small", "middle")
            if self.gutter:
                yield self._text(start + LEFT + 18, TOP - 6, self.gutter, "small", "middle")
        for model in (model for side in self.panels for model in side):
            x, y = self._place(model)
            yield f'<line x1="{x + 20}" y1="{y}" x2="{x + self.panel - RIGHT}" y2="{y}" class="row"/>'
            yield self._text(x + 20, y + self.row / 2 + 5, model)

    def _drawn(self, mark):
        start, top = self._place(mark.model)
        y, colour = top + LINE * (self.contenders.index(mark.contender) + 1.5), COLOURS[mark.contender]
        hollow = lambda x: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="white" stroke="{colour}" stroke-width="1.5"/>'
        if not mark.x:
            return hollow(start + LEFT + 18) if self.gutter else ""
        line = ""
        if mark.low and mark.high:
            x1, x2 = self._at(mark.low, start), self._at(mark.high, start)
            line = f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="2"/>'
        dot = f'<circle cx="{self._at(mark.x, start):.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>'
        return line + dot + (hollow(self._at(mark.ring, start)) if mark.ring else "")


def _short(power):
    """Of a power of ten: 0.01, 10, 1k, 100M."""
    if power < 0:
        return f"{10.0**power:g}"
    return f"{10 ** (power % 3)}{['', 'k', 'M', 'G', 'T'][power // 3]}"


def _marks(board, of):
    present = [(model, name, board.of(model, name)) for model in board.models for name in board.contenders]
    return [of(*entry) for entry in present if entry[2].timed]


def effective_draws(board, labels, where):
    def mark(model, name, summary):
        rate = summary.rate()
        return Mark(model, name, rate.middle, rate.low or rate.middle, rate.high) if rate else Mark(model, name, None)

    return Chart("Effective draws per second", f"Of the worst parameter, warm-up included; median and range over seeds. {where}",
                 "ESS per second", "not converged", _marks(board, mark), labels).svg()


def start_to_end(board, labels, where):
    def mark(model, name, summary):
        seconds, cold = summary.of("end_to_end").middle, summary.cold()
        return Mark(model, name, seconds, min(seconds, cold or seconds), max(seconds, cold or seconds), cold)

    return Chart("From the start of the program to its end",
                 f"Dot: everything compiled before; ring: nothing compiled. Four chains (5 ranks: five). {where}", "seconds", None,
                 _marks(board, mark), labels).svg()
