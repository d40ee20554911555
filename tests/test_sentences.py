"""What the terminal's table writes under itself: whole sentences, each under what tells whose it is."""

from __future__ import annotations

from datetime import datetime

from llmcost.render import Table, render

AT = datetime(2026, 3, 2, 12, 45, 1, 250_000)


def below(*rows: tuple[object, ...]) -> list[str]:
    """Draw a table of alerts, and give the lines under it."""
    columns = ("alert", "since_at", "message_at", "is_silenced", "message")
    table = Table("Alerts", columns, rows, {}, {}, below=("message",))
    return [line for line in "".join(render(table, "table")).splitlines() if line][1 + 1 + len(rows) :]


def test_times_are_as_in_the_table_once_and_what_is_yes_or_no_names_nothing() -> None:
    assert ["spike · 2026-03-02 12:45", "  message   too much"] == below(("spike", AT, AT, False, "too much"))
    assert ["spike · spike", "  message   too much"] == below(("spike", "spike", None, False, "too much"))


def test_a_row_without_a_sentence_is_not_written_again() -> None:
    rows = (("quiet", AT, None, False, None), ("spike", None, AT, True, "too much"))

    assert ["spike · 2026-03-02 12:45", "  message   too much"] == below(*rows)


def test_rows_that_have_no_room_are_counted_by_their_sentences() -> None:
    rows = [(f"spike-{at}", None, None, False, "too much" if at % 2 else None) for at in range(24)]

    assert "... and 2 more; -f json has all" == below(*rows)[-1]
