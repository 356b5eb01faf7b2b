"""The comparison as Markdown, made from the result files: nothing in it is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping

from bench.peers.adapters import BARE, NAMES, peer_class
from bench.peers.figures import OURS, aims, best_peer, listed, quantity, ranked, shown, standing, times
from bench.peers.outcome import Outcome, Result


def machine(rows: Mapping[str, Result]) -> str:
    """On what it was measured."""
    where = next(iter(rows.values())).machine
    threads = " free-threaded" if where["free_threaded"] else ""
    return f"{where['processor']}, {where['cores']} cores, {where['system']}, {where['python']}{threads}"


def short(rows: Mapping[str, Result]) -> str:
    """One line for each row: bgterm, the best of the others, and where that leaves us."""
    lines = ["| | bgterm | bare `os` loop | best peer | bgterm is |", "|---|---:|---:|---:|---|"]
    for row in rows.values():
        best = best_peer(row)
        peer = "–" if best is None else f"{best.peer}: {shown(row, best)}"
        if row.better == "right":
            right = sum(bool(each.right) for each in row.outcomes if each.peer != OURS)
            peer = f"right: {right} of {len(row.outcomes) - 1}"
        lines.append(
            f"| {row.title} | {shown(row, row.of(OURS))} | {shown(row, row.of(BARE))} | {peer} | {standing(row)} |"
        )
    return "\n".join([*lines, "", f"Measured on {machine(rows)}."])


def targets(rows: Mapping[str, Result]) -> str:
    """What was set out for."""
    lines = ["| target | |", "|---|---|"]
    for aim in aims(rows):
        if aim.reached is None:
            said = "no figure"
        elif aim.reached >= 1:
            said = "met"
        else:
            said = f"missed: reached {aim.reached:.0%} of it"
        lines.append(f"| {aim.words} | {said} |")
    return "\n".join(lines)


def timed_row(row: Result) -> str:
    """One timed row: everybody in it, the best first."""
    lines = [
        f"### {row.title[0].upper()}{row.title[1:]}",
        "",
        f"bgterm is {standing(row)}.",
        "",
        "| | median | p99 | × bare | calls | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    bare = row.of(BARE)
    for each in ([bare] if bare is not None else []) + ranked(row):
        name = "bare `os` loop" if each.peer == BARE else f"**{each.peer}**" if each.peer == OURS else each.peer
        p99 = "–" if each.p99 is None else quantity(each.p99, row.unit)
        ratio = "–" if each.ratio is None else times(each.ratio) if each.ratio >= 10 else f"{each.ratio:.2f}"
        lines.append(f"| {name} | {shown(row, each)} | {p99} | {ratio} | {each.calls:,} | {each.note} |")
    lines += [f"| {each.peer} | cannot | | | | {cannot(each)} |" for each in row.outcomes if each.cannot]
    return "\n".join(lines)


def cannot(outcome: Outcome) -> str:
    """Why, so that it fits into a cell."""
    return outcome.cannot.replace("|", "\\|").replace("\n", " ")


def judged_rows(rows: Mapping[str, Result]) -> str:
    """What is told in words: a line for each contestant."""
    judged = [row for row in rows.values() if row.better == "right"]
    lines = ["| | " + " | ".join(row.title for row in judged) + " |", "|---" * (len(judged) + 1) + "|"]
    for name in NAMES:
        cells = []
        for row in judged:
            each = row.of(name)
            sign = "" if each is None or each.right is None else "✓ " if each.right else "✗ "
            cells.append(sign + (f"cannot: {cannot(each)}" if each is not None and each.cannot else shown(row, each)))
        lines.append(f"| {f'**{name}**' if name == OURS else name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def contestants(rows: Mapping[str, Result]) -> str:
    """Who was compared, in which release, and how it was used."""
    versions = next(iter(rows.values())).versions
    lines = ["| | release | how it is used |", "|---|---|---|"]
    lines += [f"| {name} | {versions.get(name, '–')} | {peer_class(name).about} |" for name in NAMES]
    lines.append(f"| bare `os` loop | | {peer_class(BARE).about} |")
    return "\n".join([*lines, "", f"{listed(['libtmux', 'fastmux', 'bgtmux'])} drive tmux {versions.get('tmux', '')}."])


def full(rows: Mapping[str, Result]) -> str:
    """All of it."""
    parts = [f"Measured on {machine(rows)}.", targets(rows)]
    parts += [timed_row(row) for row in rows.values() if row.better != "right"]
    parts += [
        "### What happens when something goes wrong",
        judged_rows(rows),
        "### Who was compared",
        contestants(rows),
    ]
    return "\n\n".join(parts)
