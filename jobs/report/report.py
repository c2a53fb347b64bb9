"""report.py FILE SUMMARY OUT: the page of jobs/report.sh. SUMMARY is what `exmc_mpi --summary --json FILE` printed."""

import html
import json
import pathlib
import sys

import draws
import figures

STYLE = pathlib.Path(__file__).with_name("report.css")
MOST_ROWS = 200


def cell(name, value):
    if value is None:
        return "–"
    if isinstance(value, str):
        return html.escape(value).replace("[", "<wbr>[")  # where a long name may be broken
    if name.startswith("ess"):
        return f"{value:.0f}"
    return f"{value:.3f}" if name == "rhat" else f"{value:.4g}"


def shown(variable, name):
    return variable.get("label", variable["name"]) if name == "name" else variable[name]


def is_bad(name, variable, summary):
    """Whether a number of the table is one of those that the warnings are about, by the program's own rule."""
    rule = "ess" if name.startswith("ess") else name
    return variable["name"] in summary["suspicious"].get(rule, ())


def table(summary):
    variables = summary["variables"]
    names = [name for name in variables[0] if name != "label"]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    rows = []
    for variable in variables[:MOST_ROWS]:
        cells = (f'<td{" class=bad" if is_bad(name, variable, summary) else ""}>{cell(name, shown(variable, name))}</td>'
                 for name in names)
        rows.append(f"<tr>{''.join(cells)}</tr>")
    more = f"<p>… and {len(variables) - MOST_ROWS} more.</p>" if len(variables) > MOST_ROWS else ""
    return f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{more}"


def warnings(summary):
    if not summary["warnings"]:
        return '<p class=good>No warnings.</p>'
    return "<ul class=warnings>" + "".join(f"<li>{html.escape(text)}</li>" for text in summary["warnings"]) + "</ul>"


def facts(result, summary):
    state = "complete" if summary["draws"] == summary["planned_draws"] else "not complete"
    shown = {"draws": f"{summary['chains']} {'chain' if summary['chains'] == 1 else 'chains'} × {summary['draws']} of {summary['planned_draws']} ({state})",
             "divergences": str(summary["divergences"]), "seed": result.text("model", "seed"),
             "begun": result.text("run", "created_at"), "processor": result.text("run", "processor"),
             "program": result.text("run", "versions").splitlines()[0]}
    rows = "".join(f"<dt>{html.escape(key)}</dt><dd>{html.escape(value)}</dd>" for key, value in shown.items())
    return f"<dl>{rows}</dl>"


def section(title, text, content):
    return f"<section><h2>{html.escape(title)}</h2><p>{text}</p>{content}</section>"


def page(result, summary):
    name = result.model_name()
    parts = [section("Warnings", "What to know before trusting these draws.", warnings(summary)),
             section("Summary", "Red: what the warnings are about: an R-hat that converged chains do not show, or fewer than 100 effective draws a chain.", table(summary))]
    parts += [section(figure.title, figure.text, figure.image) for figure in figures.all_of(result, summary)]
    parts.append(section("Model", "The IR, as the run read it.",
                         f"<pre>{html.escape(json.dumps(json.loads(result.text('model', 'ir')), indent=1))}</pre>"))
    return (f'<!doctype html><html lang=en><head><meta charset=utf-8>'
            f'<meta name=viewport content="width=device-width, initial-scale=1"><title>{html.escape(name)}</title>'
            f"<style>{STYLE.read_text()}</style></head><body><main><h1>{html.escape(name)}</h1>"
            f"{facts(result, summary)}{''.join(parts)}</main></body></html>\n")


def main():
    file, summary_file, out = sys.argv[1:]
    summary = json.loads(pathlib.Path(summary_file).read_text())
    result = draws.Result(file, summary["draws"], summary["chain_numbers"])
    try:
        result.model_name()
    except (KeyError, ValueError) as error:  # the program's summary does without the model
        sys.stderr.write(f"report: {file}: cannot read the model in it: {error}\n")
        return 3
    try:
        pathlib.Path(out).write_text(page(result, summary), encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"report: {out}: cannot write: {error.strerror}\n")
        return 3
    print(f"{out}: {pathlib.Path(out).stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
