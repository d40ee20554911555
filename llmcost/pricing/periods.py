"""Read a period of prices from YAML nodes: its rates, tiers, service levels and hours."""

from __future__ import annotations

import re

from llmcost.pricing.book import AXES, FEES, TOKEN_RATES, Period, Rates, Tier, Variant, Window
from llmcost.pricing.loader import MAX_FEE, MAX_RATE, MAX_TOKENS, Node, only, required, section, span

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
DAY_END = 24 * 60
# What a log says of a request that was served as usual; nothing can be priced under such a name.
STANDARD: dict[str, set[str]] = {
    "processing": {"standard"},
    "service_tier": {"", "standard", "default", "auto", "on_demand", "batch"},
    "speed": {"", "standard"},
    "inference_geo": {"", "global", "not_available"},
    "search_context_size": {""},
}


def read_period(node: Node) -> Period:
    """Read one entry of `prices`."""
    keys = {"from", "to", "tiers", "variants", "windows", "source", "checked", "note", *TOKEN_RATES, *FEES}
    found = node.mapping(keys, "a price")
    start, end = span(found)
    rates = read_rates(found)
    if not rates:
        raise node.refuse("a price has no rate")
    checked = only(found, "checked", lambda n: n.day("checked"))
    source, note = (only(found, key, lambda n, key=key: n.text(key)) for key in ("source", "note"))
    variants = tuple(read_variant(item) for item in section(found, "variants"))
    windows = read_windows(section(found, "windows"))
    period = Period(start, end, rates, read_tiers(found), variants, windows, source, checked, note, node.place)
    names = [name for name, _ in period.contexts()]
    for name in names:
        if names.count(name) > 1:
            raise node.refuse(f"two `variants` give a price for {name}", "each service level has one price")
    return period


def read_rates(found: dict[str, Node]) -> Rates:
    """Read the rates among the keys. Raises PriceBookError for one that is too large to be a price."""
    rates = {key: found[key].number(key) for key in (*TOKEN_RATES, *FEES) if key in found}
    for key, rate in rates.items():
        most, unit = (MAX_FEE, "call") if key in FEES else (MAX_RATE, "1,000,000 tokens")
        if rate >= most:
            raise found[key].refuse(f"`{key}: {rate}` is not a price", f"prices are below {most:,} USD per {unit}")
    return rates


def read_tiers(found: dict[str, Node]) -> tuple[Tier, ...]:
    """Read `tiers`, ascending; `at_least: N` is `over: N - 1`, since tokens are whole."""
    tiers: list[Tier] = []
    for node in section(found, "tiers"):
        inner = node.mapping({"over", "at_least", *TOKEN_RATES}, "a tier")
        if ("over" in inner) == ("at_least" in inner):
            raise node.refuse("a tier has either `over` or `at_least`")
        over = inner["over"].whole("over") if "over" in inner else inner["at_least"].whole("at_least") - 1
        if over > MAX_TOKENS:
            raise node.refuse(f"tier over {over}: no request has so many tokens", f"{MAX_TOKENS:,} at most")
        if tiers and over <= tiers[-1].over:
            raise node.refuse(f"tier over {over} does not come after tier over {tiers[-1].over}")
        if not read_rates(inner):
            raise node.refuse("a tier has no rate")
        tiers.append(Tier(over, read_rates(inner)))
    return tuple(tiers)


def read_variant(node: Node) -> Variant:
    """Read one entry of `variants`."""
    found = node.mapping({"when", "multiply", "tiers", *TOKEN_RATES, *FEES}, "a variant")
    when = required(node, found, "when", "a variant").mapping(set(AXES), "`when`")
    rates = read_rates(found)
    if bool(rates) == ("multiply" in found):
        raise node.refuse("a variant has either rates of its own or `multiply`")
    if "tiers" in found and not set(found) & set(TOKEN_RATES):
        raise found["tiers"].refuse("`tiers` stand with rates per token of their own")
    if not when:
        raise node.refuse("`when` names no service level")
    for axis, value in when.items():
        if value.text(axis).lower() in STANDARD[axis]:
            raise value.refuse(f"`{axis}: {value.text(axis)}` is the standard level", "it is priced outside `variants`")
    if "processing" in when and when["processing"].text("processing").lower() != "batch":
        raise when["processing"].refuse("the one `processing` with a price of its own is batch")
    return Variant(
        tuple(sorted((axis, value.text(axis).lower()) for axis, value in when.items())),
        rates,
        read_tiers(found),
        only(found, "multiply", lambda n: n.number("multiply")),
    )


def read_windows(nodes: list[Node]) -> tuple[Window, ...]:
    """Read `windows`, no two of which share a minute of the week."""
    windows: list[Window] = []
    for node in nodes:
        window = read_window(node)
        for other in windows:
            shares_day = set(window.days) & set(other.days)
            if shares_day and window.minute_from < other.minute_to and other.minute_from < window.minute_to:
                raise node.refuse("two `windows` share an hour", "each minute of the week has one price")
        windows.append(window)
    return tuple(windows)


def read_window(node: Node) -> Window:
    """Read one entry of `windows`: hours of some days, in UTC."""
    found = node.mapping({"days", "from", "to", "multiply", *TOKEN_RATES}, "a window")
    start, end = (read_minute(required(node, found, key, "a window"), key) for key in ("from", "to"))
    if end <= start:
        raise found["to"].refuse("a window ends after it begins", "write one until 24:00 and one from 00:00")
    rates = read_rates(found)
    if bool(rates) == ("multiply" in found):
        raise node.refuse("a window has either rates of its own or `multiply`")
    return Window(read_days(found), start, end, rates, only(found, "multiply", lambda n: n.number("multiply")))


def read_days(found: dict[str, Node]) -> tuple[int, ...]:
    """Read `days` as numbers from Monday; every day where it is not there."""
    if "days" not in found:
        return tuple(range(len(WEEKDAYS)))
    days = set()
    for node in found["days"].items("days"):
        name = node.text("days")
        if name not in WEEKDAYS:
            raise node.refuse(f"`days: {name}` is not a day of the week", f"one of {', '.join(WEEKDAYS)}")
        days.add(WEEKDAYS.index(name))
    if not days:
        raise found["days"].refuse("`days` is empty", "without `days` a window is of every day")
    return tuple(sorted(days))


def clock(minute: int) -> str:
    """Write a minute of the day as HH:MM."""
    return f"{minute // 60:02}:{minute % 60:02}"


def read_minute(node: Node, key: str) -> int:
    """Read HH:MM as a minute of the day; 24:00 is its end."""
    text = node.text(key)
    if text == "24:00" and key == "to":
        return DAY_END
    parts = CLOCK.fullmatch(text)
    if not parts:
        raise node.refuse(f"`{key}: {text}` is not a time of day", "write it as 09:30, in UTC")
    return int(parts[1]) * 60 + int(parts[2])
