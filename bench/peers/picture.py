"""The comparison as an SVG picture, made from the result files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

from bench.peers.adapters import BARE
from bench.peers.figures import OURS, ranked, shown, times
from bench.peers.outcome import Outcome, Result

PANELS = ("echo", "draining_raw", "starting", "python_with_pattern", "python_without", "idle")
"""Tasks that are shown, if they were measured."""

WIDTH, COLUMNS = 960, 2
MARGIN, GAP = 20, 30
NAME_WIDTH, LABEL_WIDTH = 100, 130
LINE, HEAD = 19, 44

STYLE = """
text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 14px; }
.quiet { fill: #656d76; }
.ours { font-weight: 600; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.bar { fill: #afb8c1; }
.bar.ours { fill: #0969da; }
.bar.bare { fill: #656d76; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .quiet { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .bar { fill: #545d68; }
  .bar.ours { fill: #4493f8; }
  .bar.bare { fill: #9198a1; }
}
"""


def picture(rows: Mapping[str, Result]) -> str:
    """Draw a panel for each task: bars show how many times the bare loop's cost a call has, on a logarithmic scale."""
    panels = [rows[task] for task in PANELS if task in rows]
    width = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS
    drawn: list[str] = []
    top = float(MARGIN)
    for first in range(0, len(panels), COLUMNS):
        beside = panels[first : first + COLUMNS]
        height = max(HEAD + LINE * len(row.outcomes) for row in beside)
        for column, row in enumerate(beside):
            drawn.append(f'<g transform="translate({MARGIN + column * (width + GAP):g} {top:g})">')
            drawn += panel(row, width)
            drawn.append("</g>")
        top += height + GAP
    words = (
        "Each bar begins at the bare os loop's cost; each line to the right is ten times as much. Shorter is better."
    )
    drawn.append(f'<text class="quiet" x="{MARGIN}" y="{top:g}">{words}</text>')
    total = top + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {total:g}" width="{WIDTH}" height="{total:g}" '
        f'role="img" aria-label="bgterm and its peers, measured side by side">\n<style>{STYLE}</style>\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def panel(row: Result, width: float) -> list[str]:
    """One task."""
    bare = row.of(BARE)
    order = ([bare] if bare is not None and bare.figure else []) + ranked(row)
    if not order:
        return []
    unable = [each for each in row.outcomes if each.cannot]
    base = slowness(row, order[0])
    decades = max(1, math.ceil(max(math.log10(max(slowness(row, each) / base, 1)) for each in order)))
    room = width - NAME_WIDTH - LABEL_WIDTH
    better = "more is better" if row.better == "more" else "less is better"
    drawn = [
        f'<text class="title" x="0" y="14">{escape(row.title[0].upper() + row.title[1:])}</text>',
        f'<text class="quiet" x="0" y="31">{row.unit}, {better}</text>',
    ]
    bottom = HEAD + LINE * (len(order) + len(unable))
    for decade in range(decades + 1):
        x = NAME_WIDTH + room * decade / decades
        drawn.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 4}" y2="{bottom - 4}"/>')
    y = float(HEAD)
    for each in order:
        kind = "bare" if each.peer == BARE else "ours" if each.peer == OURS else ""
        name = "bare os loop" if each.peer == BARE else each.peer
        length = max(room * math.log10(max(slowness(row, each) / base, 1)) / decades, 2)
        drawn += [
            f'<text class="{kind}" x="{NAME_WIDTH - 8}" y="{y + 12:g}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="bar {kind}" x="{NAME_WIDTH}" y="{y + 2:g}" width="{length:.1f}" height="{LINE - 6}"/>',
            f'<text class="{kind}" x="{NAME_WIDTH + length + 6:.1f}" y="{y + 12:g}">{escape(label(row, each))}</text>',
        ]
        y += LINE
    for each in unable:
        drawn += [
            f'<text class="quiet" x="{NAME_WIDTH - 8}" y="{y + 12:g}" text-anchor="end">{escape(each.peer)}</text>',
            f'<text class="quiet" x="{NAME_WIDTH + 6}" y="{y + 12:g}">cannot</text>',
        ]
        y += LINE
    return drawn


def slowness(row: Result, outcome: Outcome) -> float:
    """What a call costs, for a bar."""
    figure = max(outcome.figure or 0.0, 1e-9)
    return 1 / figure if row.better == "more" else figure


def label(row: Result, outcome: Outcome) -> str:
    """The figure, and what multiple of the bare loop's it is."""
    if outcome.ratio is None or outcome.peer == BARE:
        return shown(row, outcome)
    return f"{shown(row, outcome)} · {times(outcome.ratio)} ×"
