"""pricing.yaml to dated price rows, and the names in logs to its models."""

from llmcost.pricing.book import Book
from llmcost.pricing.files import load_book, shipped_book_path
from llmcost.pricing.rates import PriceRow, price_rows
from llmcost.pricing.resolve import Key, Resolution, Resolver

__all__ = [
    "Book",
    "Key",
    "PriceRow",
    "Resolution",
    "Resolver",
    "load_book",
    "price_rows",
    "shipped_book_path",
]
