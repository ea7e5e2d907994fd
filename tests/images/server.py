"""A picture server on 127.0.0.1 that behaves as badly as it is told to."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, routes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes = routes
        self.seen = []
        self.headers = []
        self.stopping = threading.Event()

    @property
    def host(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path):
        return f"http://{self.host}{path}"

    def handle_error(self, *_):
        """Clients that hang up early are what is tested."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Stay quiet."""

    def do_GET(self):
        self.server.seen.append(self.path)
        self.server.headers.append(dict(self.headers))
        self.server.routes[self.path.partition("?")[0]](self)

    def answer(self, status=200, body=b"", **headers):
        self.send_response(status)
        fields = {"Content-Length": str(len(body)), **{k.replace("_", "-"): v for k, v in headers.items()}}
        for name, value in fields.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(routes):
    server = Server(routes)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def gives(body, status=200, **headers):
    return lambda handler: handler.answer(status, body, **headers)


def redirects(target, status=302):
    return lambda handler: handler.answer(status, b"", Location=target)


def in_turn(*answers):
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def endless(handler):
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    while not handler.server.stopping.is_set():
        handler.wfile.write(bytes(1 << 16))


def silent(handler):
    handler.server.stopping.wait(5)


def drips(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "40000")
    handler.end_headers()
    drip(handler, b"x")


def drips_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(handler, b"x")


def drip(handler, data):
    end = time.monotonic() + 5
    while not handler.server.stopping.is_set() and time.monotonic() < end:
        handler.wfile.write(data)
        handler.wfile.flush()
        time.sleep(0.05)


def garbage(handler):
    handler.wfile.write(b"\x00\x01 not http at all\r\n\r\n")
    handler.close_connection = True


def hangs_up(handler):
    handler.close_connection = True
