"""
Who takes cards: Stripe, spoken to with its own library, or in a demonstration a stand-in that moves no money and says so.

What leaves this house is an amount and a random number: no name, no service, no address. What the firm answers in words is never
kept or logged, since it may quote what a person typed there: it becomes one of a closed list.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener
from uuid import UUID

from django.conf import settings

from troth.billing.rules import Word

_SECONDS = 20
_STATUS: Mapping[str, str] = {"requires_capture": "held", "succeeded": "taken", "canceled": "ended"}


class FirmSilent(Exception):
    """The firm was not reached, or did not answer with sense. What was asked may have happened: it is asked again."""


class FirmRefused(Exception):
    """The firm understood, and will not. To ask again cannot help."""


class NoFirm(Exception):
    """No payment firm is set up."""


class Firm(Protocol):
    """
    Takes, holds and gives back money. Each call names its key: what is asked twice under one key happens once.

    :raises FirmSilent: it was not reached.
    :raises FirmRefused: it will not.
    """

    @property
    def is_stand_in(self) -> bool:
        """Whether it is one that moves no money."""

    def open(self, payment: UUID, pence: int, *, holds: bool) -> Word:
        """Begin a payment, or find the one begun before under this id."""

    def look(self, reference: str, known: Word) -> Word:
        """What became of it. `known`: what we think."""

    def capture(self, reference: str, pence: int, *, key: str, known: Word) -> Word:
        """Take so much of what is held; the rest is let go."""

    def release(self, reference: str, *, key: str, known: Word) -> Word:
        """Let go what is held, or end what nobody paid."""

    def refund(self, reference: str, pence: int, *, refund: UUID, known: Word) -> Word | None:
        """Give so much back, once for each id. None while it is on its way and may still fail."""


def _the_firm() -> Firm:
    """
    The firm that the settings name.

    :raises NoFirm: none.
    """
    if settings.TROTH_STRIPE_KEY:
        return Stripe(settings.TROTH_STRIPE_KEY, settings.TROTH_STRIPE_API)
    if settings.TROTH_DEMO:
        return StandIn()
    raise NoFirm("No payment firm is set up: set TROTH_STRIPE_KEY.")


@dataclass(frozen=True)
class Stripe:
    """Stripe's API, at its own address or a local one that speaks it."""

    key: str
    base: str
    is_stand_in: bool = False

    def open(self, payment: UUID, pence: int, *, holds: bool) -> Word:
        """Begin a PaymentIntent. Its metadata is the payment's random id, by which the firm's messages name it."""
        return self._ask(
            lambda intents: intents.create(
                {
                    "amount": pence,
                    "currency": "gbp",
                    "capture_method": "manual" if holds else "automatic",
                    "payment_method_types": ["card"],
                    "metadata": {"payment": payment.hex},
                },
                {"idempotency_key": f"open-{payment.hex}"},
            )
        )

    def look(self, reference: str, known: Word) -> Word:
        """Ask for the PaymentIntent, with what was given back of it."""
        return self._ask(lambda intents: intents.retrieve(reference, {"expand": ["latest_charge"]}))

    def capture(self, reference: str, pence: int, *, key: str, known: Word) -> Word:
        """Capture so much. One that is captured already answers with an error, so it is looked at first."""
        found = self.look(reference, known)
        if found.status != "held":
            return found
        return self._ask(
            lambda intents: intents.capture(
                reference, {"amount_to_capture": pence}, {"idempotency_key": f"capture-{key}"}
            )
        )

    def release(self, reference: str, *, key: str, known: Word) -> Word:
        """Cancel it, unless it is over."""
        found = self.look(reference, known)
        if found.status in {"taken", "ended"}:
            return found
        return self._ask(lambda intents: intents.cancel(reference, {}, {"idempotency_key": f"release-{key}"}))

    def refund(self, reference: str, pence: int, *, refund: UUID, known: Word) -> Word | None:
        """Refund so much. The firm forgets keys after a day, so what it has done is looked up by our id before it is asked."""

        def once(client: Any) -> str:
            done = client.v1.refunds.list({"payment_intent": reference, "limit": 100})
            ours = [each for each in done.data if "refund" in (each.metadata or {})]
            made = next((each for each in ours if each.metadata["refund"] == refund.hex), None)
            if made is None:
                made = client.v1.refunds.create(
                    {"payment_intent": reference, "amount": pence, "metadata": {"refund": refund.hex}},
                    {"idempotency_key": f"refund-{refund.hex}"},
                )
            return str(made.status)

        status = self._with_client(once)
        if status in {"failed", "canceled"}:
            raise FirmRefused
        return self.look(reference, known) if status == "succeeded" else None

    def _ask(self, question: Any) -> Word:
        return _word_of(self._with_client(lambda client: question(client.v1.payment_intents)))

    def _with_client(self, question: Any) -> Any:
        import stripe  # a large library, of which only processes that take payments need any

        client = stripe.StripeClient(
            self.key, base_addresses={"api": self.base}, http_client=_client(), max_network_retries=0
        )
        try:
            return question(client)
        except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError):
            raise FirmRefused from None
        except (stripe.StripeError, OSError, HTTPException):
            raise FirmSilent from None


def _event_of(body: bytes, signature: str) -> tuple[UUID, str] | None:
    """
    What a signed message of the firm is about: the payment that its metadata names, and the firm's own number of it.

    None where it is about nothing of ours. It says only that something happened: what, the firm is asked.

    :raises PermissionError: the signature is wrong, or the message older than five minutes.
    """
    import stripe

    secret = settings.TROTH_STRIPE_WEBHOOK_SECRET
    if not secret:  # the empty secret is one that everybody knows
        raise PermissionError
    try:
        event = stripe.Webhook.construct_event(body, signature, secret)
    except (ValueError, stripe.SignatureVerificationError):
        raise PermissionError from None
    told = event["data"]["object"]
    if told["object"] != "payment_intent":
        return None
    try:
        return UUID((told["metadata"] or {})["payment"]), str(told["id"])
    except (KeyError, ValueError):
        return None


def _word_of(intent: Any) -> Word:
    charge = intent.latest_charge
    return Word(
        reference=str(intent.id),
        pence=int(intent.amount),
        currency=str(intent.currency),
        status=_STATUS.get(intent.status, "waiting"),
        captured=int(intent.amount_received or 0),
        returned=int(charge.amount_refunded or 0) if charge is not None and not isinstance(charge, str) else 0,
        declined=intent.last_payment_error is not None,
        secret=str(intent.client_secret or ""),
        card=_card_of(charge),
    )


def _card_of(charge: Any) -> str:
    """The firm's sign for the card of a charge; "" where it names none, or the charge was not sent along."""
    try:
        return str(charge.payment_method_details.card.fingerprint or "")
    except AttributeError:
        return ""


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would hand the key to whom nobody chose."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _client() -> Any:
    """The library's way out, over Python's own client: with a time limit, certificates checked, and no redirects followed."""
    import stripe

    class Client(stripe.HTTPClient):
        name = "troth"

        def request(
            self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any
        ) -> tuple[str, int, Any]:
            body = post_data.encode() if isinstance(post_data, str) else post_data
            asked = Request(url, body, dict(headers or {}), method=method.upper())  # noqa: S310  the scheme was checked with the settings
            opener = build_opener(_NoRedirect, HTTPSHandler(context=ssl.create_default_context()))
            try:
                with opener.open(asked, timeout=_SECONDS) as answer:
                    return answer.read().decode(), answer.code, {k.lower(): v for k, v in answer.headers.items()}
            except HTTPError as answer:
                with answer:
                    return answer.read().decode(), answer.code, {k.lower(): v for k, v in answer.headers.items()}
            except (OSError, HTTPException) as error:
                raise stripe.APIConnectionError("The firm was not reached.") from error  # type: ignore[no-untyped-call]

        def close(self) -> None:
            return None

    return Client()


@dataclass(frozen=True)
class StandIn:
    """
    Moves no money, in a demonstration alone: whatever we think has happened is what it says, and what we ask happens at once.

    A payment is made through it by a button of the page, which says so (`services.pay_stand_in`).
    """

    is_stand_in: bool = True

    def open(self, payment: UUID, pence: int, *, holds: bool) -> Word:
        """Begin one."""
        return Word(f"stand-in-{payment.hex}", pence, "gbp", "waiting")

    def look(self, reference: str, known: Word) -> Word:
        """It knows no more than we do."""
        return known

    def capture(self, reference: str, pence: int, *, key: str, known: Word) -> Word:
        """Take what is held."""
        return (
            Word(reference, known.pence, "gbp", "taken", pence, known.returned) if known.status == "held" else known
        )

    def release(self, reference: str, *, key: str, known: Word) -> Word:
        """Let it go."""
        return known if known.status == "taken" else Word(reference, known.pence, "gbp", "ended")

    def refund(self, reference: str, pence: int, *, refund: UUID, known: Word) -> Word:
        """Give it back."""
        return Word(reference, known.pence, "gbp", "taken", known.captured, known.returned + pence)
