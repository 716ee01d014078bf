"""Writes down how a file was read: the dialect part of its verdict."""

from core.contracts.verdict import Dialect
from training.reading import vocabulary as words
from training.reading.parsing.proof import Proof
from training.reading.shapes.meaning import WIDE, Meaning

_MOST_NAMES = 30


def first_paper(meanings: list[Meaning]) -> Dialect:
    """What is known before dates and numbers are proven."""
    first = meanings[0]
    table = first.table
    columns = {role: table.header[index] for role, index in first.roles.of.items()}
    if words.SALES in columns:
        columns.setdefault(words.UNITS, columns.pop(words.SALES))
    told = []
    if len(meanings) > 1:
        lines = ", ".join(str(meaning.table.header_line) for meaning in meanings[:_MOST_NAMES])
        told.append(f"{len(meanings)} tables, headers on lines {lines}")
    if first.one_each:
        told.append("no quantity column: each transaction line is one unit")
    if first.told:
        told.append(first.told)
    if first.shape in WIDE:
        told.append(f"{len(first.values)} columns hold the units, from {table.header[first.values[0]]!r}")
    return Dialect(
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        shape=first.shape,
        columns=columns,
        evidence=tuple(told),
    )


def full_paper(meanings: list[Meaning], proofs: list[Proof], covariates: dict[str, str], ignored: list[str]) -> Dialect:
    """The whole dialect: covariates by their new names, columns that were not used, and the evidence.

    ``proofs`` are those of the meanings; a mark or form in which they differ is told by the evidence only.
    """
    paper = first_paper(meanings)
    own = {id(proof): (meaning.table.member, proof) for meaning, proof in zip(meanings, proofs, strict=True)}
    told = [f"{member}: {text}" if len(own) > 1 else text for member, proof in own.values() for text in proof.evidence]
    if ignored:
        told.append(f"columns not used: {', '.join(ignored[:_MOST_NAMES])}")
    decimals = {proof.shown_decimal for _, proof in own.values() if proof.shown_decimal}
    forms = {proof.dates.form for _, proof in own.values()}
    decimal = decimals.pop() if len(decimals) == 1 else None
    return paper.model_copy(
        update={
            "decimal": decimal,
            "thousands": {".": ",", ",": "."}.get(decimal or ""),
            "date_format": forms.pop() if len(forms) == 1 else None,
            "covariates": tuple(covariates),
            "evidence": (*paper.evidence, *told),
        }
    )


def unused(meanings: list[Meaning], kept: dict[str, str]) -> list[str]:
    """Columns of the file that reach no column of the table."""
    used = set(kept.values())
    unused = [
        header
        for meaning in meanings
        for index in (*meaning.covariates, *meaning.ignored)
        if (header := meaning.table.header[index]) and header not in used
    ]
    return list(dict.fromkeys(unused))
