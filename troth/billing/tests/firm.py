"""
A payment firm on this machine, speaking as much of Stripe's API as we use: amounts, states, keys of idempotency, refunds and
signatures.

It can be made to lose its answer after doing what was asked, to turn a card away, and to let a hold lapse. It keeps every body
that it was sent, so that a test can look at what left the house.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "sk_test_local", "whsec_local"


class LocalFirm:
    """The books of the firm, and what can be done at its counter."""

    def __init__(self) -> None:
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self.done: dict[str, tuple[str, int, str]] = {}  # by key of idempotency: what was asked, and the answer
        self.heard: list[str] = []
        self.lose = 0  # so many answers are lost after the deed
        self.refuse_refunds = False
        self.refunds_are = "succeeded"
        self.lock = threading.RLock()
        self.address = ""

    # -- the card holder's side ------------------------------------------------------------------------------------------
    def pay(self, reference: str, *, card: str = "") -> None:
        """The person's browser has paid; `card` is the firm's own sign for the card, the same whoever pays with it."""
        with self.lock:
            intent = self.intents[reference]
            assert intent["status"] == "requires_payment_method"
            held = intent["capture_method"] == "manual"
            intent["status"] = "requires_capture" if held else "succeeded"
            intent["last_payment_error"] = None
            intent["amount_received"] = 0 if held else intent["amount"]
            intent["latest_charge"] = self._charge(card or f"card-of-{reference}")

    def decline(self, reference: str) -> None:
        """Their bank did not take the card."""
        self.intents[reference]["last_payment_error"] = {
            "code": "card_declined",
            "message": "Your card, Ann, was declined",
        }

    def lapse(self, reference: str) -> None:
        """A week has passed, and the bank lets the money go."""
        self.intents[reference]["status"] = "canceled"

    def message(
        self, reference: str, *, kind: str = "payment_intent.succeeded", at: float | None = None
    ) -> tuple[bytes, str]:
        """A signed message about a payment: its body and the header."""
        body = json.dumps(
            {"id": "evt_1", "object": "event", "type": kind, "data": {"object": self.intents[reference]}}
        ).encode()
        moment = int(at or time.time())
        signed = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return body, f"t={moment},v1={signed}"

    # -- its API ---------------------------------------------------------------------------------------------------------
    def answer(self, method: str, path: str, form: dict[str, str], key: str) -> tuple[int, dict[str, Any]]:
        """What it answers to one request."""
        with self.lock:
            asked = f"{method} {path} {sorted(form.items())}"
            if key in self.done:
                before, status, text = self.done[key]
                if before != asked:
                    return 400, _error("idempotency_error")
                return status, json.loads(text)
            status, value = self._do(method, path.strip("/").split("/"), form)
            if key and method == "POST":
                self.done[key] = asked, status, json.dumps(value)
            return status, value

    def _do(self, method: str, path: list[str], form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        match [method, *path]:
            case ["POST", "v1", "payment_intents"]:
                number = f"pi_{len(self.intents) + 1:08}"
                made = {
                    "id": number,
                    "object": "payment_intent",
                    "amount": int(form["amount"]),
                    "amount_received": 0,
                    "currency": form["currency"],
                    "capture_method": form["capture_method"],
                    "status": "requires_payment_method",
                    "client_secret": f"{number}_secret_local",
                    "metadata": {"payment": form["metadata[payment]"]},
                    "last_payment_error": None,
                    "latest_charge": None,
                }
                self.intents[number] = made
                return 200, made
            case ["GET", "v1", "payment_intents", number]:
                intent = self.intents[number]
                if "latest_charge" not in form.values() and intent["latest_charge"]:
                    return 200, intent | {"latest_charge": intent["latest_charge"]["id"]}
                return 200, intent
            case ["POST", "v1", "payment_intents", number, "capture"]:
                intent = self.intents[number]
                if intent["status"] != "requires_capture":
                    return 400, _error("payment_intent_unexpected_state")
                intent |= {"status": "succeeded", "amount_received": int(form["amount_to_capture"])}
                return 200, intent
            case ["POST", "v1", "payment_intents", number, "cancel"]:
                intent = self.intents[number]
                if intent["status"] in {"succeeded", "canceled"}:
                    return 400, _error("payment_intent_unexpected_state")
                intent["status"] = "canceled"
                return 200, intent
            case ["GET", "v1", "refunds"]:
                found = [each for each in self.refunds if each["payment_intent"] == form["payment_intent"]]
                return 200, {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}
            case ["POST", "v1", "refunds"]:
                return self._refund(form)
        return 404, _error("resource_missing")

    def _refund(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        intent, pence = self.intents[form["payment_intent"]], int(form["amount"])
        left = intent["amount_received"] - (intent["latest_charge"] or self._charge())["amount_refunded"]
        if self.refuse_refunds or pence > left:
            return 400, _error("charge_already_refunded")
        if self.refunds_are == "succeeded":
            intent["latest_charge"]["amount_refunded"] += pence
        made = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": pence,
            "payment_intent": intent["id"],
            "status": self.refunds_are,
            "metadata": {"refund": form["metadata[refund]"]},
        }
        self.refunds.append(made)
        return 200, made

    @staticmethod
    def _charge(card: str = "") -> dict[str, Any]:
        return {
            "id": "ch_1",
            "object": "charge",
            "amount_refunded": 0,
            "payment_method_details": {
                "type": "card",
                "card": {"brand": "visa", "fingerprint": card, "last4": "4242"},
            },
        }


def _error(code: str) -> dict[str, Any]:
    kind = "idempotency_error" if code == "idempotency_error" else "invalid_request_error"
    return {"error": {"type": kind, "code": code, "message": "No"}}


@contextmanager
def opened() -> Iterator[LocalFirm]:
    """A firm that answers at its `address` until the block ends."""
    firm = LocalFirm()

    class Counter(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            firm.heard.append(f"{self.path} {body} {dict(self.headers)}")
            form = {name: values[0] for name, values in parse_qs(parts.query or body).items()}
            if self.headers["Authorization"] != f"Bearer {KEY}":
                status, value = 401, _error("unauthorized")
            else:
                status, value = firm.answer(self.command, parts.path, form, self.headers.get("Idempotency-Key", ""))
            if firm.lose and self.command == "POST":
                firm.lose -= 1
                self.close_connection = True
                return  # it was done, and nobody hears of it
            text = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _serve

        def log_message(self, *_: object) -> None:
            """It is quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    firm.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield firm
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
