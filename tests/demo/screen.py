"""Prints for people: headings, side-by-side fields, tables. Colors only on a terminal and without NO_COLOR."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

WIDTH = max(100, min(160, shutil.get_terminal_size((120, 40)).columns))
_COLORS = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_MOST_LINES = 5


def paint(text: str, color: str) -> str:
    """`text` in a color, where colors are shown."""
    return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if _COLORS else text


def say(text: str = "") -> None:
    print(text, flush=True)


def heading(text: str) -> None:
    say()
    say(paint(f"━━ {text} {'━' * max(0, WIDTH - len(text) - 4)}", "bold"))


def side_by_side(title: str, before: dict[str, str], after: dict[str, str] | None) -> None:
    """One record: name, what was sent, what arrived. What stayed is dimmed, what changed is not."""
    label = 28
    column = (WIDTH - label - 6) // 2
    say()
    say(paint(title, "cyan"))
    if after is None:
        say("  (the whole record was withheld)")
        return
    names = list(before) + [name for name in after if name not in before]
    for name in names:
        old, new = before.get(name), after.get(name)
        left = _wrap("" if old is None else old, column)
        right = _wrap("(gone)" if new is None else "(same)" if new == old else new, column)
        old_color = "dim" if new == old else "red"
        new_color = "dim" if new == old else "yellow" if new is None else "green"
        for row in range(max(len(left), len(right))):
            cells = [
                _cell(_shorten(name, label) if row == 0 else "", label),
                paint(_cell(left[row] if row < len(left) else "", column), old_color),
                paint(right[row] if row < len(right) else "", new_color),
            ]
            say("  " + " │ ".join(cells))


def table(rows: list[tuple], head: tuple) -> None:
    """Columns as wide as their widest cell; numbers to the right."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    for number, row in enumerate(cells):
        padded = [cell.rjust(width) if _is_number(cell) else cell.ljust(width) for cell, width in zip(row, widths)]
        line = "  " + "  ".join(padded).rstrip()
        say(paint(line, "dim") if number == 0 else line)


def block(text: str, most: int = 40) -> None:
    """The output of a command, indented."""
    lines = text.rstrip().splitlines()
    for line in lines[:most]:
        say(f"  {line}")
    if len(lines) > most:
        say(paint(f"  … {len(lines) - most} more lines", "dim"))


def verdict(good: bool, text: str) -> None:
    say(f"  {paint('✓', 'green') if good else paint('✗', 'red')} {text}")


def _wrap(text: str, width: int) -> list[str]:
    lines = []
    for line in text.splitlines() or [""]:
        lines += textwrap.wrap(line, width, break_on_hyphens=False, replace_whitespace=False) or [""]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], "…"]
    return lines


def _cell(text: str, width: int) -> str:
    return text.ljust(width)


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace(" ", "").replace("x", "").rstrip("%").isdigit()
