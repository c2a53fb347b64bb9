"""Cost of a log density + gradient against the number of data and of parameters, and of compiling a model: the table and
docs/performance.svg. How: at the top of scaling_bench.cpp."""

import math

import harness
from harness import ROOT

PICTURE = ROOT / "docs" / "performance.svg"
COLOURS = ["#1b6ca8", "#c8553d", "#4a7c59", "#7a5195"]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 300, 52, 12, 26, 40


def read(text):
    """Rows (model, axis, size, microseconds, milliseconds to compile); the axis is "-" for the seven models."""
    rows = []
    for line in text.splitlines()[1:]:
        *words, axis, size, cost, compile_time = line.split()
        rows.append((" ".join(words), axis, int(size), float(cost), float(compile_time)))
    return rows


def panel(rows, axis, title, x_offset):
    """One plot, logarithmic in both directions, as SVG."""
    points = [row for row in rows if row[1] == axis]
    x_low, x_high = (math.log10(f(row[2] for row in points)) for f in (min, max))
    y_low, y_high = (math.log10(f(row[3] for row in points)) for f in (min, max))
    y_low, y_high = math.floor(y_low), math.ceil(y_high)

    def at(size, cost):
        x = LEFT + (math.log10(size) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (math.log10(cost) - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)
        return x_offset + x, y

    parts = []
    for power in range(math.ceil(x_low), math.floor(x_high) + 1):
        x, _ = at(10.0**power, 10.0**y_low)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" class="grid"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">1e{power}</text>')
    for power in range(y_low, y_high + 1):
        _, y = at(10.0**x_low, 10.0**power)
        parts.append(f'<line x1="{x_offset + LEFT}" y1="{y:.1f}" x2="{x_offset + WIDTH - RIGHT}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{x_offset + LEFT - 4}" y="{y + 4:.1f}" text-anchor="end">1e{power}</text>')
    for number, name in enumerate(dict.fromkeys(row[0] for row in points)):
        curve = [at(row[2], row[3]) for row in points if row[0] == name]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in curve)
        colour = COLOURS[number]
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in curve]
        parts.append(f'<text x="{x_offset + LEFT + 8}" y="{TOP + 14 + 14 * number}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{x_offset + WIDTH / 2}" y="16" text-anchor="middle">{title}</text>')
    parts.append(f'<text x="{x_offset + WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">{axis}</text>')
    return "\n".join(parts)


def picture(rows):
    style = "text{font:11px sans-serif}.grid{stroke:#ddd}"
    by_data = panel(rows, "n", "microseconds per gradient against data", 0)
    by_parameters = panel(rows, "d", "against parameters", WIDTH)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}" height="{HEIGHT}">\n<style>{style}</style>\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{by_data}\n{by_parameters}\n</svg>\n'
    )


def main():
    arguments = harness.options(__doc__.split("\n")[0])
    with harness.scratch() as folder:
        run = harness.run([harness.program(arguments.build, "scaling_bench"), ROOT / "configs" / "models"], folder)
    if run.code != 0:
        raise SystemExit(f"bench: scaling_bench ended with {run.code}:\n{run.text()}")
    rows = read(run.text())
    if not arguments.quick:
        PICTURE.write_text(picture(rows))
    table = [[name, "" if axis == "-" else axis, size, cost, 1e3 * cost / size, ms] for name, axis, size, cost, ms in rows]
    header = ["model", "axis", "size (the seven: d)", "us", "ns per datum or parameter", "compile ms"]
    harness.publish("scaling", arguments, "Cost against data and parameters.", [harness.markdown(header, table)], rows)


if __name__ == "__main__":
    main()
