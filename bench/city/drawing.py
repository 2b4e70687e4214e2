"""The days of a city as one page with drawings in it, without anything from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from math import ceil
from typing import Any

from bench.city.building import Size, site_codes

WIDE, HIGH, LEFT, BELOW = 720, 220, 60, 30
LETTER = 6.5
"""How wide a letter of a label is."""
COLOURS = ("#1b5e7b", "#b5532a", "#4c7a34", "#7a3d78", "#8a6d1a", "#3a4a9a")
STYLE = """
body { font-family: sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; line-height: 1.6 }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-block-start: 2.5rem }
svg { width: 100%; height: auto; font-size: 11px } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { text-align: end; padding: .2rem .8rem; border-block-end: 1px solid #ddd } td:first-child, th:first-child { text-align: start }
.key { display: flex; flex-wrap: wrap; gap: 1.2rem; padding: 0; list-style: none } .key i { display: inline-block; width: 1em; height: .6em; margin-inline-end: .4em }
"""
PLACES = {
    "on loan": "貸出中",
    "in transit": "回送中",
    "on hold shelves": "取置の棚",
    "on pick lists": "棚から取る",
    "missing": "不明",
    "waiting": "待っている予約",
}


def draw(result: Any, size: Size, seconds: float, database: str) -> str:
    days = [str(one["day"])[5:] for one in result.days]
    waited = sorted(value for one in result.days for value in one["waited"])
    middle = waited[len(waited) // 2] if waited else 0
    parts = [
        f"<h1>{len(days)} 日間の市立図書館 / {len(days)} day(s) of a city</h1>",
        f"<p>{size.patrons:,} patrons, {size.items:,} copies of {size.titles:,} titles, {len(site_codes())} sites; {database}."
        f" {sum(result.done.values()):,} verbs done, {sum(result.refused.values()):,} refused, in {seconds:,.0f} s.</p>",
        "<h2>資料はどこにあるか / Where things are in the evening</h2>",
        lines(
            days, {name: [one[name] for one in result.days] for name in PLACES if name not in {"on loan", "waiting"}}
        ),
        lines(days, {name: [one[name] for one in result.days] for name in ("on loan", "waiting")}),
        "<h2>予約してから連絡まで / Days from asking to being told</h2>",
        f"<p>{len(waited):,} readers; half of them within {middle:.1f} days.</p>",
        bars(*histogram(waited)),
        "<h2>便の積荷 / What lies in the van, leg by leg</h2>",
        bars(site_codes(), average(list(result.loads.values()))),
        "<p>The mean of all runs; a bar is the leg that begins at that site.</p>",
        bars(list(result.loads), [max(load, default=0) for load in result.loads.values()]),
        "<p>The fullest leg of each run.</p>",
        "<h2>操作 / Verbs</h2>",
        table(result),
    ]
    return (
        f'<!doctype html><html lang="ja"><meta charset="utf-8"><title>市の図書館の一年</title><style>{STYLE}</style>'
        + "\n".join(parts)
    )


def lines(labels: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    top = max((max(values, default=0) for values in series.values()), default=0) or 1
    drawn = []
    for colour, values in zip(COLOURS, series.values(), strict=False):
        points = " ".join(f"{_x(n, len(labels)):.1f},{_y(value, top):.1f}" for n, value in enumerate(values))
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [
            f'<circle cx="{_x(n, len(labels)):.1f}" cy="{_y(value, top):.1f}" r="2.5" fill="{colour}"/>'
            for n, value in enumerate(values)
            if len(labels) < 60
        ]
    key = "".join(
        f'<li><svg width="12" height="8" style="width:12px"><rect width="12" height="8" fill="{colour}"/></svg> {PLACES.get(name, "")} {escape(name)}</li>'
        for colour, name in zip(COLOURS, series, strict=False)
    )
    return f"{_frame(''.join(drawn), labels, top)}<ul class='key'>{key}</ul>"


def bars(labels: Sequence[str], values: Sequence[float]) -> str:
    top = max(values, default=0) or 1
    width = max(1.0, (WIDE - LEFT) / max(1, len(values)) * 0.7)
    drawn = "".join(
        f'<rect x="{_x(n, len(values)) - width / 2:.1f}" y="{_y(value, top):.1f}" width="{width:.1f}"'
        f' height="{HIGH - _y(value, top):.1f}" fill="{COLOURS[0]}"><title>{escape(str(label))}: {value:,.1f}</title></rect>'
        for n, (label, value) in enumerate(zip(labels, values, strict=True))
    )
    return _frame(drawn, labels, top)


def histogram(waited: Sequence[float]) -> tuple[list[str], list[float]]:
    edges = (0, 0.25, 0.5, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 10_000)
    names = [f"<{end:g}" if end < 1000 else "60+" for end in edges[1:]]
    counts = [float(sum(start <= value < end for value in waited)) for start, end in pairwise(edges)]
    return names, counts


def average(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)] if rows else [0.0] * len(site_codes())


def table(result: Any) -> str:
    rows = "".join(
        f"<tr><td>{escape(what)}</td><td>{result.done[what]:,}</td><td>{1000 * sorted(waits)[len(waits) // 2]:.1f}</td>"
        f"<td>{1000 * sorted(waits)[min(len(waits) - 1, int(len(waits) * 0.99))]:.1f}</td></tr>"
        for what, waits in sorted(result.waits.items())
    )
    why = "".join(f"<tr><td>{escape(what)}</td><td>{times:,}</td></tr>" for what, times in result.refused.most_common())
    return (
        f"<table><tr><th>verb</th><th>done</th><th>p50 ms</th><th>p99 ms</th></tr>{rows}</table>"
        f"<h2>断られたもの / Refused</h2><table><tr><th>why</th><th>times</th></tr>{why}</table>"
    )


def _frame(inside: str, labels: Sequence[str], top: float) -> str:
    longest = max((len(str(label)) for label in labels), default=1)
    every = max(1, ceil(len(labels) * (longest * LETTER + 8) / (WIDE - LEFT)))
    ticks = "".join(
        f'<text x="{_x(n, len(labels)):.1f}" y="{HIGH + 16}" text-anchor="middle">{escape(str(label))}</text>'
        for n, label in enumerate(labels)
        if n % every == 0
    )
    levels = "".join(
        f'<line x1="{LEFT}" x2="{WIDE}" y1="{_y(level, top):.1f}" y2="{_y(level, top):.1f}" stroke="#ddd"/>'
        f'<text x="{LEFT - 6}" y="{_y(level, top) + 4:.1f}" text-anchor="end">{level:,.{0 if top >= 8 else 1}f}</text>'
        for level in (0, top / 2, top)
    )
    return f'<svg viewBox="0 0 {WIDE + 10} {HIGH + BELOW}" role="img">{levels}{inside}{ticks}</svg>'


def _x(n: int, of: int) -> float:
    return LEFT + (WIDE - LEFT) * (n + 0.5) / max(1, of)


def _y(value: float, top: float) -> float:
    return HIGH - (HIGH - 12) * value / top
