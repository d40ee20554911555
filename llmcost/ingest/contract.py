"""What a format's query must give: DuckDB checks it when it binds the query, before it reads a line."""

from __future__ import annotations

from llmcost.errors import ShelfError, first_line
from llmcost.ingest.format import PASSED_OVER, Format, required_columns
from llmcost.ingest.joint import Joint
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import by_reader, create_records
from llmcost.shelf import UNBOUND
from llmcost.store import Store


def breach(store: Store, batch: list[Recognised], error: Exception) -> ShelfError:
    """Say which column a format of the batch lacks or has too many, or else what DuckDB says of a query."""
    for _, items in by_reader(batch):
        create_records(store, items, Joint("", [item.source.readable for item in items]))
        if found := breach_of(store, items[0].format):
            return found
    return ShelfError(first_line(error))


def breach_of(store: Store, format: Format) -> ShelfError | None:
    """Hold one format to the contract; `records` must be its own."""
    file = f"{format.name}.sql"
    try:
        given = [name for name, *_ in store.rows(f"describe {format.query}")]
    except UNBOUND as error:
        return ShelfError(f"{file}: {first_line(error)}")
    needed = required_columns(format)
    if missing := [name for name in needed if name not in given]:
        return ShelfError(f"{file} does not give {', '.join(missing)}", hint=f"it must give {', '.join(needed)}")
    known = {name for name, *_ in store.rows("describe requests")} | {PASSED_OVER for _ in format.passes_over}
    if strays := [name for name in given if name not in known]:
        hint = "its reasons go into `passes_over` of the header" if strays == [PASSED_OVER] else ""
        return ShelfError(f"{file} gives {', '.join(strays)}, which requests do not have", hint=hint)
    return None
