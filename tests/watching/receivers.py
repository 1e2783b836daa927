"""Servers on this machine that take what is sent to them, and keep it."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What has arrived: the path, and the body as it was before it was compressed."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.heads: list[str] = []
        self.arrived = threading.Event()
        self.address = ""

    @property
    def everything(self) -> bytes:
        return b"\n".join([head.encode() for head in self.heads]) + b"\n".join(
            body for _, body in self.received
        )


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server that says yes to whatever is posted."""
    box = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            box.heads.append(f"{self.path}\n{self.headers}")
            box.received.append((self.path, body))
            box.arrived.set()
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
