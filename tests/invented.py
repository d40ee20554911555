"""An invented page that holds whatever a page can hold: every kind of figure, long names, unknown values, many rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from llmcost.render import Figure, Page, Section, Table

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u2028--><!--"
MODELS = ("claude-opus-4-5", "gpt-5.1", "gemini-3-pro", "mistral-large-latest", "o4-mini", "text-embedding-3-large")
LONG = "bedrock/eu-central-1/anthropic.claude-sonnet-4-5-20250929-v1:0/provisioned-throughput-for-the-support-desk"
DAYS = 60


def page() -> Page:
    """Make the page; its numbers mean nothing, but they are the same each time."""
    headline = {
        "cost": "$18,204.17",
        "requests": "1,204,511",
        "saving": "$3,911.40",
        "saving share": "21.5%",
        "covered": "98.7%",
    }
    notes = (
        "Prices: book 3f1c9a70be52, checked 2026-03-31",
        "Coverage: 1,188,853 of 1,204,511 requests have a cost (98.7%); the rest is unknown, never 0.",
    )
    return Page("LLM spend, March 2026", headline, notes, (spend(), days(), waste(), savings(), users()))


def spend() -> Section:
    columns = ("model", "requests", "input_tokens", "cached_tokens", "output_tokens", "cost_usd", "cost_share")
    rows: list[tuple[object, ...]] = [
        (name, 412_000 // at, 1_900_000_000 // at, 800_000_000 // at**2, 90_000_000 // at, cost(at), 0.41 / at)
        for at, name in enumerate((*MODELS, LONG, HOSTILE), start=1)
    ]
    rows.append(("an-unpriced-model", 15_658, None, None, None, None, None))
    rows.append((None, 12, 3_400, 0, 77, Decimal("0.0003"), 0.0))
    totals = {"requests": 1_204_511, "input_tokens": None, "cost_usd": Decimal("18204.1703"), "cost_share": 1.0}
    table = Table("Spend by model", columns, rows, totals, {})
    figures = (Figure("Cost by model", "bars", table, "model", "cost_usd"),)
    return Section(
        "spend",
        "Spend by model",
        "Where does the money go?",
        table,
        figures,
        ("One model has no price in the book: what it costs is not known and in no total.",),
    )


def cost(at: int) -> Decimal:
    return Decimal("7464.123456") / at - at


def days() -> Section:
    first = date(2026, 2, 1)
    rows = [
        (first + timedelta(day), model, None if (day, at) == (20, 0) else daily(day, at))
        for day in range(DAYS)
        for at, model in enumerate((*MODELS, LONG, "small-one", "smaller-one"))
    ]
    table = Table("Spend by day and model", ("day", "model", "cost_usd"), rows, {"cost_usd": Decimal("21110.5")}, {})
    by_day = Table(
        "Spend by day",
        ("day", "cost_usd"),
        [(first + timedelta(day), Decimal(200 + day % 7 * 30)) for day in range(DAYS)],
        {},
        {},
    )
    figures = (
        Figure("Cost by day and model", "series", table, "day", "cost_usd", parts="model"),
        Figure("Cost by day", "bars", by_day, "day", "cost_usd"),
    )
    return Section("days", "Over time", "What changed, and when?", table, figures)


def daily(day: int, at: int) -> Decimal:
    weekend = Decimal("0.4") if (day + 6) % 7 in (5, 6) else Decimal(1)
    jump = Decimal("1.8") if at == 1 and day > 40 else Decimal(1)
    return (Decimal(240 - 32 * at) + Decimal((day * 37 + at * 11) % 23)) * weekend * jump


def waste() -> Section:
    columns = (
        "finding",
        "subject",
        "certainty",
        "requests",
        "saving_usd",
        "saving_low_usd",
        "saving_high_usd",
        "evidence",
        "fix",
    )
    rows = [
        (
            finding,
            subject,
            certainty,
            9_000 // at,
            Decimal(1900) / at,
            None if at == 4 else Decimal(1500) / at,
            None if at == 4 else Decimal(2300) / at,
            f"{9_000 // at:,} prompts were sent again within 60 seconds although the first answer was complete.",
            None if at == 3 else "Set max_retries to 2 and back off; send the request id as an idempotency key.",
        )
        for at, (finding, subject, certainty) in enumerate(
            (
                ("retry_storm", "key batch-import", "proven"),
                ("cold_cache", "system prompt 4f2a", "likely"),
                ("duplicate_embeddings", "index docs", "proven"),
                ("oversized_model", "team support", "possible"),
            ),
            start=1,
        )
    ]
    table = Table(
        "Findings", columns, rows, {"requests": 18_750, "saving_usd": Decimal("3958.33")}, {}, below=("evidence", "fix")
    )
    figures = (
        Figure(
            "What each finding would save",
            "ranges",
            table,
            "finding",
            "saving_usd",
            parts="certainty",
            low="saving_low_usd",
            high="saving_high_usd",
        ),
    )
    return Section("waste", "Findings", "What of it is waste, and how sure is that?", table, figures)


def savings() -> Section:
    rows = [
        ("retries", (1.0, 4.0, None, 2.5), Decimal("1900.00"), 0.104),
        ("embeddings and duplicates", (3, 1, 1, 2), Decimal("950.40"), 0.052),
        ("prompt tax", (2, 2, 2, 3), Decimal("633.00"), 0.035),
        ("model mismatch", None, Decimal("428.00"), 0.024),
    ]
    table = Table(
        "Savings",
        ("step", "trend", "saving_usd", "spend_share"),
        rows,
        {"saving_usd": Decimal("3911.40"), "spend_share": 0.215},
        {},
    )
    figures = (Figure("Savings, each dollar claimed once", "waterfall", table, "step", "saving_usd"),)
    return Section("savings", "Savings", "What would the fixes save together?", table, figures)


def users() -> Section:
    rows = [
        (f"user-{at * 7919 % 300:03}", at, Decimal(at * 7919 % 300) + Decimal("0.25"), None if at % 9 else at / 300)
        for at in range(300)
    ]
    table = Table("Spend by user", ("user", "requests", "cost_usd", "cache_hit_share"), rows, {"requests": 44_850}, {})
    figures = (
        Figure("Cost by user", "bars", table, "user", "cost_usd"),
        Figure("Nothing known", "bars", Table("", ("a", "b_usd"), [("x", None)], {}, {}), "a", "b_usd"),
    )
    return Section("users", "Spend by user", "Who spends it?", table, figures)
