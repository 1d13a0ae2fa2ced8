"""CSV that a spreadsheet opens rightly and safely: RFC 4180, a byte-order mark, no cell that becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Without it Excel reads Japanese UTF-8 as something else."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be calculated. https://owasp.org/www-community/attacks/CSV_Injection"""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return BOM + written.getvalue()


def guarded(cell: str | int | None) -> str | int:
    """Text that would be a formula gets an apostrophe before it; numbers stay numbers, None is empty."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return "'" + cell
    return "" if cell is None else cell
