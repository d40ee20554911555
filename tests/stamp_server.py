"""A model provider on loopback that speaks OpenAI's chat completions and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = "an answer that nobody may keep"
USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


@dataclass
class Provider:
    """Where it listens, and what it was sent: headers by lower-case name, and bodies."""

    url: str = ""
    seen: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)


@contextmanager
def provider() -> Iterator[Provider]:
    """Serve until the block ends."""
    known = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            known.bodies.append(body)
            known.seen.append({name.lower(): value for name, value in self.headers.items()})
            kind, text = streamed() if json.loads(body).get("stream") else ("application/json", json.dumps(answer()))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer() -> dict[str, object]:
    """An answer of 100 tokens in, 20 out."""
    choice = {"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini"} | {
        "choices": [choice],
        "usage": USAGE,
    }


def streamed() -> tuple[str, str]:
    """The same in pieces, usage last."""
    piece = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini"}
    delta = {"index": 0, "delta": {"role": "assistant", "content": ANSWER}, "finish_reason": None}
    stop = {"index": 0, "delta": {}, "finish_reason": "stop"}
    pieces = [piece | {"choices": [delta]}, piece | {"choices": [stop]}, piece | {"choices": [], "usage": USAGE}]
    return "text/event-stream", "".join(f"data: {json.dumps(part)}\n\n" for part in pieces) + "data: [DONE]\n\n"
