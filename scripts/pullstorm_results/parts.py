# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The parts that every report is made of, and the page around them."""

import html
import json
import os

from pullstorm_results import draw, reading
from pullstorm_results.chart import to_json

# Nothing from elsewhere is ever loaded, whatever a scenario's text holds.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
SCRIPTS = ("report_tools.js", "report_plot.js", "report_rows.js", "report_heat.js")


def escape(text):
    return html.escape(str(text), quote=True)


def paragraph(text, kind=""):
    return f"<p{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{escape(text)}</p>\n"


def section(name, title, body):
    heading = f'<h2 id="{name}-title">{escape(title)}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-title">\n{heading}\n{body}</section>\n'


def _kind(is_text, cell):
    """The class of a cell: a number, or a text that needs some width."""
    return " class=n" if not is_text else " class=w" if len(str(cell)) > 40 else ""


def table(caption, header, rows, texts=1):
    """A table that scrolls by itself where it is too wide; the first `texts` columns are text, the others numbers."""
    head = "".join(
        f'<th scope="col"{"" if place < texts else " class=n"}>{escape(name)}</th>'
        for place, name in enumerate(header)
    )
    body = []
    for row in rows:
        cells = "".join(
            f"<td{_kind(place < texts, cell)}>{escape(cell)}</td>" for place, cell in enumerate(row) if place
        )
        wide = " class=w" if len(str(row[0])) > 24 else ""
        body.append(f'<tr><th scope="row"{wide}>{escape(row[0])}</th>{cells}</tr>')
    lines = "\n".join(body)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">\n<table><caption>'
        f"{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>\n"
    )


def folded(title, body):
    return f"<details><summary>{escape(title)}</summary>\n{body}</details>\n"


def text_block(text, label):
    return f'<pre tabindex="0" aria-label="{escape(label)}">{escape(text)}</pre>\n'


def warning_list(warnings):
    if not warnings:
        return ""
    items = "".join(f"<li>{escape(text)}</li>\n" for text in warnings)
    return (
        f'<section id="warnings" class="warnings" aria-labelledby="warnings-title">\n'
        f'<h2 id="warnings-title">Warnings</h2>\n<ul>\n{items}</ul></section>\n'
    )


def opening(scenario, question, kind, answers, uncertain=()):
    """What every report begins with: what was looked at, what was asked, what came out, how sure that is.

    scenario, answers, uncertain: texts; kind: the verdict, which gives the answer its colour, or "".
    """
    body = "".join(paragraph(text) for text in scenario) + paragraph(question, "question")
    texts = "".join(paragraph(text) for text in answers) + "".join(paragraph(text, "uncertain") for text in uncertain)
    word = kind.replace(" ", "-") or "plain"
    return section("answer", "Question and answer", f'{body}<div class="answer {word}">\n{texts}</div>\n')


def figures(charts, first=0):
    """Places for the plots, each with a picture for readers without scripts; first: place of the first in the page."""
    found = []
    for place, chart in enumerate(charts, first):
        note = f'<span class="note">{escape(chart.note)}</span>' if chart.note else ""
        picture = draw.inline_svg(chart)
        label = escape(f"{chart.title}. {chart.note}")
        picture = picture.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        found.append(
            f'<figure id="plot-{escape(chart.name)}">\n<figcaption><h3>{escape(chart.title)}</h3>{note}'
            f'</figcaption>\n<div class="plot" data-chart="{place}"></div>\n<noscript>{picture}</noscript>\n'
            "</figure>\n"
        )
    return "".join(found)


def _embedded(charts):
    text = json.dumps(
        [to_json(chart) for chart in charts], ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _own(name):
    with open(os.path.join(reading.HERE, name), encoding="utf-8") as file:
        return file.read()


def whole(title, subtitle, body, charts):
    """The page."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="color-scheme" content="light">
<title>{escape(title)} – pullstorm</title>
<style>
{_own("report.css")}</style>
</head>
<body>
<header>
<h1>{escape(title)}</h1>
{paragraph(subtitle, "subtitle")}</header>
<main>
{body}</main>
<script type="application/json" id="charts">{_embedded(charts)}</script>
<script>
(function () {{
"use strict";
{"".join(_own(name) for name in SCRIPTS)}}})();
</script>
</body>
</html>
"""
