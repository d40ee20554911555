"""Bring a price book into the connection: its rates as rows, and every name in the store resolved against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from llmcost.errors import PriceBookError, StoreError
from llmcost.pricing import Book, Key, PriceRow, Resolution, Resolver
from llmcost.pricing.book import FEES, TOKEN_RATES
from llmcost.pricing.loader import MAX_TOKENS
from llmcost.pricing.periods import DAY_END
from llmcost.pricing.rates import EVERY_DAY, FUTURE, PAST, rows_of, rules
from llmcost.store.priced import Repricing

if TYPE_CHECKING:
    from llmcost.store.connection import Store

KEY = slice(1, 1 + len(Key._fields))  # of a row of `names`, and of `resolved`
RULE_ID = KEY.stop  # where the resolution begins, in a row of `resolved`
UNNUMBERED = "select 1 from requests where name_id is null limit 1"
RATE_ORDER = [name for name in PriceRow._fields if name in TOKEN_RATES]
LIST_UNIT, PAID_UNIT = 10**9, 10**15  # of USD per 1,000,000 tokens to 10^-15 and 10^-21 USD per token
# of USD under a contract, see usd_of_contract_units
MOST_USD = 10**17
MAX_SEARCHES = 1_000_000
# what a store can hold at most of what is paid by the token and by the call, and what it does hold
MOST_COUNTED = "select count(*) * 2000000000, count(*) * 1000001 from requests"
COUNTED = """
    select
        coalesce(sum(possible(input_tokens)), 0) + coalesce(sum(possible(output_tokens)), 0),
        coalesce(sum(possible_searches(web_search_requests)), 0)
        + coalesce(sum(possible_searches(file_search_requests)), 0)
        + coalesce(sum(possible_searches(x_search_requests)), 0)
        + coalesce(sum(possible_searches(code_interpreter_requests)), 0)
        + coalesce(sum(possible_searches(billed_units)), 0)
        + count(*)
    from requests
"""
COUNTS = (
    *("input_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "cache_write_5m_input_tokens"),
    *("cache_write_1h_input_tokens", "input_audio_tokens", "input_image_tokens", "cache_read_audio_tokens"),
    *("cache_read_image_tokens", "output_tokens", "reasoning_output_tokens", "output_audio_tokens"),
    *("output_image_tokens", "total_tokens_reported", "max_tokens_requested", "system_prompt_chars"),
    *("input_chars", "output_chars"),
)
SEARCHES = (
    *("web_search_requests", "file_search_requests", "x_search_requests", "code_interpreter_requests"),
    "billed_units",
)
# and what it holds in summaries
SUMMED = """
    select
        coalesce(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)), 0),
        coalesce(
            sum(
                coalesce(web_search_requests, 0)
                + coalesce(file_search_requests, 0)
                + coalesce(x_search_requests, 0)
                + coalesce(code_interpreter_requests, 0)
                + coalesce(billed_units, 0)
                + requests
            ),
            0
        )
    from summaries
"""
NOTHING = Resolution(None, None, None, "", "", "not asked for")


def fill_prices(store: Store, book: Book, repricing: Repricing) -> None:
    """Fill the tables of setup/1_prices.sql: each name in the store resolved, and the prices of what that came to.

    Raises PriceBookError where sums of costs could be too large to be exact.
    """
    resolver = Resolver(book)
    names = store.rows("from names")
    resolved = [(*row, *resolve(resolver, Key(*row[KEY]), repricing)) for row in names]
    insert(store, "resolved", resolved)
    used = {rule_id for row in resolved if isinstance(rule_id := row[RULE_ID], int)}
    rows: Iterable[PriceRow] = rows_of(book, sorted(used))
    if repricing.as_of is not None:
        rows = frozen(rows, repricing.as_of)
    rows = list(rows)
    refuse_unsummable(store, book, rows)
    insert_prices(store, rows)


def add_prices(store: Store, book: Book, rule_ids: Iterable[int]) -> None:
    """Put the prices of rules that no request of its own needs beside the others."""
    known = {rule_id for (rule_id,) in store.rows("select distinct rule_id from prices")}
    insert_prices(store, rows_of(book, sorted(set(rule_ids) - known)))


def number_names(store: Store) -> None:
    """Number the names of requests that a program has inserted. Raises StoreError where the store is only read."""
    if not store.rows(UNNUMBERED):
        return
    try:
        store.assign_name_ids()
    except duckdb.InvalidInputException as error:
        raise StoreError(
            f"{store.path}: requests without a number of their name",
            hint="whoever inserts requests calls assign_name_ids()",
        ) from error


def are_in_range(store: Store) -> bool:
    """Tell whether no count of a store that stays as it is can be impossible, see setup/2_counts.sql."""
    if not store.is_settled:
        return False
    ranges = ", ".join(f"min({column}), max({column})" for column in (*COUNTS, *SEARCHES))
    (found,) = store.rows(f"select {ranges} from requests")
    most = [MAX_TOKENS] * len(COUNTS) + [MAX_SEARCHES] * len(SEARCHES)
    pairs = zip(found[::2], found[1::2], most, strict=True)
    return all(least is None or (least >= 0 and largest <= limit) for least, largest, limit in pairs)


def refuse_unsummable(store: Store, book: Book, rows: Sequence[PriceRow]) -> None:
    """Refuse prices at which a sum could pass what 38 digits hold: all tokens and calls at the largest of them.

    Raises PriceBookError.
    """
    if not rows:
        return
    largest = max(rows, key=by_token)
    of_call = max(max(getattr(row, fee) or 0 for fee in FEES) * row.multiplier for row in rows)
    ((summed_tokens, summed_calls),) = store.rows(SUMMED)
    for query in (MOST_COUNTED, COUNTED):
        ((tokens, calls),) = store.rows(query)
        tokens, calls = tokens + summed_tokens, calls + summed_calls
        if tokens * by_token(largest) / 1_000_000 + calls * of_call < MOST_USD:
            return
    raise PriceBookError(
        f"{rules(book)[largest.rule_id].model.model}: {by_token(largest):,f} USD per 1,000,000 tokens: so many"
        f" requests ({tokens:,} tokens) could cost more than can be added up exactly",
        hint=f"at most {MOST_USD:,} USD: is a price a mistake?",
    )


def by_token(row: PriceRow) -> Decimal:
    """Give the largest rate of a row, under the contract: USD per 1,000,000 tokens."""
    return max((getattr(row, rate) or Decimal(0) for rate in RATE_ORDER), default=Decimal(0)) * row.multiplier


def insert_prices(store: Store, rows: Iterable[PriceRow]) -> None:
    """Insert price rows with what their sums are made of, numbered on from those that are there."""
    first = int(store.value("select count(*) from prices"))
    insert(store, "prices", (counted(row, number) for number, row in enumerate(rows, start=first)))


def counted(row: PriceRow, number: int) -> tuple[object, ...]:
    """Put beside a row its rates as whole numbers, and its number, see setup/1_prices.sql."""
    is_always = (row.days, row.minute_from, row.minute_to) == (EVERY_DAY, 0, DAY_END)
    is_whole = None not in [getattr(row, rate) for rate in RATE_ORDER]
    listed = whole(row, LIST_UNIT)
    named = {rate: units for rate, units in listed.items() if getattr(row, rate) is not None}
    return (*row, is_always, is_whole, listed, whole(row, row.multiplier * PAID_UNIT), named, number)


def whole(row: PriceRow, unit: Decimal | int) -> dict[str, int]:
    """Write the rates of a row as whole numbers of a unit; a fee is for one call, not for a million."""
    units = {rate: int((getattr(row, rate) or 0) * unit) for rate in (*RATE_ORDER, *FEES)}
    return {rate: count * 1_000_000 if rate in FEES else count for rate, count in units.items()}


def resolve(resolver: Resolver, key: Key, repricing: Repricing) -> Resolution:
    """Resolve a name, or the one that stands for it."""
    own = resolver.resolve(key)
    if repricing.only_unpriced and own.price_status in ("priced", "provisioned"):
        return NOTHING
    wanted = next(
        (repricing.models[name] for name in (own.model, key.model) if name and name in repricing.models), None
    )
    if wanted is None:
        return NOTHING if repricing.only_unpriced else own
    return resolver.stand_in(key, wanted)


def frozen(rows: Iterable[PriceRow], day: date) -> Iterator[PriceRow]:
    """Let the prices of one day hold always."""
    moment = datetime.combine(day, time())
    for row in rows:
        if row.valid_from <= moment < row.valid_to:
            always = (datetime.combine(PAST, time()), datetime.combine(FUTURE, time()))
            yield row._replace(valid_from=always[0], valid_to=always[1])


def insert(store: Store, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Insert rows in one statement: as columns of text, cast by the table."""
    columns = list(zip(*rows, strict=True))
    if columns:
        texts = [[None if value is None else str(value) for value in column] for column in columns]
        lists = ", ".join(f"unnest($c{i}::varchar[])" for i in range(len(texts)))
        store.execute(f"insert into {table} select {lists}", {f"c{i}": text for i, text in enumerate(texts)})
