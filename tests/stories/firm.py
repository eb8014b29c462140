"""A payment firm on this machine with its card fields: its API (`billing.tests.firm`), and what a browser comes to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from troth.billing.tests.firm import KEY, SECRET, LocalFirm
from troth.billing.tests.firm import opened as api_opened

#: As much of the firm's script as our page calls. Paying leads to the firm, and from there back.
SCRIPT = """
window.Stripe = function () {
  return {
    elements: function (asked) {
      return {
        secret: asked.clientSecret,
        create: function () {
          return { mount: function (place) { document.querySelector(place).textContent = "Card fields of the firm"; } };
        },
      };
    },
    confirmPayment: function (asked) {
      var said = new URLSearchParams({ secret: asked.elements.secret, back: asked.confirmParams.return_url });
      window.location.assign("ADDRESS/confirm?" + said);
      return new Promise(function () {});
    },
  };
};
"""


@dataclass(frozen=True)
class Firm:
    """Its books, where browsers come to it, and the settings by which a clinic uses it."""

    books: LocalFirm
    address: str

    @property
    def settings(self) -> dict[str, str]:
        """What the clinic's server is told of it."""
        return {
            "TROTH_STRIPE_KEY": KEY,
            "TROTH_STRIPE_PUBLIC_KEY": "pk_test_local",
            "TROTH_STRIPE_WEBHOOK_SECRET": SECRET,
            "TROTH_STRIPE_API": self.books.address,
            "TROTH_STRIPE_SCRIPT": f"{self.address}/v3/",
        }


@contextmanager
def opened() -> Iterator[Firm]:
    """A firm that answers until the block ends."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/confirm":
                asked = parse_qs(parts.query)
                books.pay(asked["secret"][0].partition("_secret_")[0])
                self.send_response(302)
                self.send_header("Location", asked["back"][0])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            script = SCRIPT.replace("ADDRESS", f"http://127.0.0.1:{self.server.server_address[1]}").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", str(len(script)))
            self.end_headers()
            self.wfile.write(script)

        def log_message(self, *_: object) -> None:
            """It is quiet."""

    with api_opened() as books:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Firm(books, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
