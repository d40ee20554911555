"""The options of `pytest --llmcost`. Without it nothing else of this package is imported, and nothing is patched."""

from __future__ import annotations

import pytest

KINDS = ("litellm", "portkey", "helicone", "cloudflare", "bifrost")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and settings."""
    group = parser.getgroup("llmcost", "cost of LLM requests by test (llmcost)")
    group.addoption(
        "--llmcost",
        action="store_true",
        help="stamp the test's id and the run's on every LLM request that goes to a gateway or through LiteLLM",
    )
    group.addoption(
        "--llmcost-traces",
        metavar="FILE",
        help="write what requests through LiteLLM in this process used to FILE, without texts; implies --llmcost",
    )
    group.addoption(
        "--llmcost-gateway",
        metavar="URL",
        action="append",
        default=[],
        help="a gateway whose requests are stamped; repeatable; beside those of OPENAI_BASE_URL and the like",
    )
    parser.addini("llmcost_gateway", "gateways whose requests are stamped, one URL a line", type="linelist", default=[])
    parser.addini(
        "llmcost_gateway_kind",
        f"which header the gateway logs: {', '.join(KINDS)} (default: {KINDS[0]})",
        default=KINDS[0],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to stamp, if asked to."""
    if not (config.option.llmcost or config.option.llmcost_traces):
        return
    kind = config.getini("llmcost_gateway_kind")
    if kind not in KINDS:
        raise pytest.UsageError(f"llmcost_gateway_kind = {kind}: no such kind; there are {', '.join(KINDS)}")
    from llmcost.stamp.session import Session

    config.pluginmanager.register(Session.of(config), "llmcost-session")
