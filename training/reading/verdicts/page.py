"""A verdict as one HTML page for sharing: no script, nothing fetched, every word of the file escaped."""

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from typing import Final

from core.contracts.verdict import Dialect, Kind, Note, Verdict
from training.reading.verdicts.show import dialect_facts, fates, series_of, whole

_STYLE: Final = (files("training.reading.verdicts") / "page.css").read_text("utf-8")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_LONGEST: Final = 2000
_FATES: Final = ("kept", "merged", "left_out", "refused")


def html_page(verdict: Verdict, name: str) -> str:
    """The whole page; ``name`` is how the file is called."""
    kind = verdict.kind.value
    parts = [_counts(verdict)]
    if verdict.dialect is not None:
        parts.append(_dialect(verdict, verdict.dialect))
    notes = [note for note in verdict.notes if note.sentence != verdict.sentence]
    if notes:
        parts.append(_notes(notes))
    if verdict.refusals:
        parts.append(_refusals(verdict))
    proof = f"<footer>sha256 {escape(verdict.sha256)}</footer>" if verdict.sha256 else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(name)}: {kind}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<header style="--kind: var(--{kind})"><span class="kind">{kind}</span>'
        f"<h1><bdi>{_text(name)}</bdi></h1><p>{_text(verdict.sentence)}</p></header>\n"
        + "\n".join(parts)
        + f"\n{proof}\n</main>\n</body>\n</html>\n"
    )


def _text(text: str) -> str:
    """Escaped; what cannot be seen, or would turn the reading direction, is written as its code."""
    seen = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return escape(seen)


def _cell(text: str | None) -> str:
    if not text:
        return '<span class="soft">blank</span>' if text == "" else ""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "\u2026"
    return f'<span class="cell"><code><bdi>{_text(cut)}</bdi></code></span>'


def _counts(verdict: Verdict) -> str:
    counts = verdict.counts
    values = list(zip(_FATES, fates(verdict).items(), strict=True))
    terms = "<i>+</i>".join(_figure(value, what) for _, (what, value) in values)
    bars = "".join(
        f'<span style="flex: {value} 0 0; background: var(--{colour})" title="{what}"></span>'
        for colour, (what, value) in values
        if value
    )
    rows = "row" if counts.canonical == 1 else "rows"
    told = f"They give {counts.canonical:,} {rows} of the table, one for each date, store and item."
    return (
        f'<section><h2>Rows</h2><div class="sum">{_figure(counts.read, "read")}<i>=</i>{terms}</div>'
        f'<div class="bar">{bars}</div><p class="soft">'
        f"{'Nothing was taken.' if verdict.kind is Kind.REJECTED else told}</p></section>"
    )


def _figure(value: int, what: str) -> str:
    return f"<div><b>{value:,}</b><span>{what}</span></div>"


def _dialect(verdict: Verdict, dialect: Dialect) -> str:
    facts = [*dialect_facts(dialect), *([("covers", series_of(verdict))] if verdict.first_date else [])]
    out = "".join(f"<dt>{escape(name)}</dt><dd>{_text(value)}</dd>" for name, value in facts)
    if dialect.evidence:
        told = "".join(f"<li>{_text(line)}</li>" for line in dialect.evidence)
        out += f"<dt>evidence</dt><dd><ul>{told}</ul></dd>"
    return f"<section><h2>How it was read</h2><dl>{out}</dl></section>"


def _notes(notes: Iterable[Note]) -> str:
    rows = "".join(
        f'<tr><td class="number">{note.count:,}</td><td class="code">{note.reason.value}</td>'
        f'<td class="what">{_text(note.sentence)}</td>'
        f"<td>{_lines(note)}</td></tr>"
        for note in notes
    )
    return f"<section><h2>Notes</h2>{_table(('#count', 'code', 'what', 'lines'), rows)}</section>"


def _lines(note: Note) -> str:
    more = ", \u2026" if note.lines and note.count > len(note.lines) else ""
    return ", ".join(f"{line:,}" for line in note.lines) + more


def _refusals(verdict: Verdict) -> str:
    refused = max(verdict.counts.refused, len(verdict.refusals))
    rows = "".join(
        f'<tr><td class="number">{row.line:,}</td><td>{_text(row.column or "")}</td><td>{_cell(row.value)}</td>'
        f'<td class="code">{row.reason.value}</td><td class="what">{_text(row.cure)}</td></tr>'
        for row in verdict.refusals
    )
    more = refused - len(verdict.refusals)
    told = "rows are refused with the file" if whole(verdict) else "refused rows, all of them in the quarantine file"
    caption = f"<caption>and {more:,} more {told}</caption>" if more else ""
    heads = ("#line", "column", "as written", "code", "what to do")
    title = "Lines that show it" if whole(verdict) else "Refused"
    return f"<section><h2>{title}</h2>{_table(heads, rows, caption)}</section>"


def _table(heads: Iterable[str], rows: str, caption: str = "") -> str:
    """``#`` before a head marks a column of numbers."""
    named = "".join(f'<th class="number">{h[1:]}</th>' if h.startswith("#") else f"<th>{h}</th>" for h in heads)
    return f'<div class="wide"><table>{caption}<thead><tr>{named}</tr></thead><tbody>{rows}</tbody></table></div>'
