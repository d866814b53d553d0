"""Payments as Stripe's API has them today, where localstripe's are of another day or leave something out."""

from aiohttp import web
from localstripe import resources
from localstripe.errors import UserError
from localstripe.resources import Charge, Event, PaymentIntent, PaymentMethod, Refund

import accounts
import webhooks

# Cards that are declined when they are charged, and in which words. https://docs.stripe.com/testing#declined-payments
DECLINED = {
    "4000000000000002": "generic_decline",
    "4000000000000341": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
}


def extend():
    accounts.separate()
    extend_methods()
    extend_charges()
    extend_intents()
    extend_refunds()
    # localstripe's routes hold what it had before.
    for method, path, verb in (
        ("POST", "/v1/payment_intents/{id}/confirm", PaymentIntent._api_confirm),
        ("POST", "/v1/payment_intents/{id}/cancel", PaymentIntent._api_cancel),
        ("POST", "/v1/payment_intents/{id}/capture", PaymentIntent._api_capture),
    ):
        reroute(method, path, verb)


def reroute(method, path, verb):
    from localstripe import server

    for route in server.app.router.routes():
        if route.method == method and route.resource.canonical == path:
            route._handler = server.api_extra(verb, path)


def unexpected_state(intent):
    return UserError(400, f"This PaymentIntent has status {intent.status}.", {"code": "payment_intent_unexpected_state"})


def extend_methods():
    charging = PaymentMethod._charging_is_declined

    def declined(self):
        return getattr(self, "_card_number", None) in DECLINED or charging(self)

    PaymentMethod._charging_is_declined = declined


def extend_charges():
    make, fail = Charge.__init__, Charge._set_auth_failure

    def made(self, *arguments, **named):
        self._refunds = []
        self._captured = None
        make(self, *arguments, **named)

    def failed(self):
        fail(self)
        number = getattr(PaymentMethod._api_retrieve(self.payment_method), "_card_number", None)
        self.decline_code = DECLINED.get(number, "generic_decline")

    def raised(self):
        error = {"code": self.failure_code, "decline_code": self.decline_code, "charge": self.id}
        error = UserError(402, self.failure_message, error)
        error.body["error"]["type"] = "card_error"
        raise error

    def captured(self, amount, on_success=None):
        amount = self.amount if amount is None else resources.try_convert_to_int(amount)
        if type(amount) is not int or not 0 < amount <= self.amount:
            raise UserError(400, "This is more than was authorized.", {"code": "amount_too_large"})

        def done():
            self.captured = True
            self._captured = amount
            if amount < self.amount:
                # What is left was never taken, and Stripe tells of a refund all the same.
                resources.Refund(charge=self.id, amount=self.amount - amount)
            if on_success:
                on_success()

        self._trigger_payment(on_success=done)

    def amount_captured(self):
        if not self.captured or self.status != "succeeded":
            return 0
        return self.amount if self._captured is None else self._captured

    Charge.__init__, Charge._set_auth_failure, Charge._raise_failure = made, failed, raised
    Charge._capture = captured
    Charge.decline_code = None
    Charge.amount_captured = property(amount_captured)
    # localstripe looks through all it knows for these, several times with each answer.
    Charge.amount_refunded = property(
        lambda self: sum(refund.amount for refund in self._refunds if refund.status != "failed")
    )
    Charge.refunded = property(lambda self: self.captured and self.amount <= self.amount_refunded)
    del Charge.refunds


def extend_intents():
    make, update, export = PaymentIntent.__init__, PaymentIntent._update, PaymentIntent._export
    cancel, authenticate = PaymentIntent._api_cancel.__func__, PaymentIntent._api_authenticate.__func__

    def made(self, receipt_email=None, description=None, **named):
        make(self, **named)
        self.receipt_email, self.description = receipt_email, description
        webhooks.schedule(Event("payment_intent.created", self))

    def updated(self, **data):
        update(self, **data)
        if "payment_method" in data:
            another_try(self)

    def exported(self, expand=None):
        told = export(self, expand)
        told["latest_charge"] = self.latest_charge and self.latest_charge.id
        return told

    def confirmed(cls, id, payment_method=None, payment_method_data=None, client_secret=None, return_url=None, **rest):
        intent = cls._api_retrieve(id)
        if client_secret not in (None, intent.client_secret):
            raise UserError(404, "No such payment_intent", {"code": "resource_missing"})
        if intent.status not in ("requires_payment_method", "requires_confirmation"):
            raise unexpected_state(intent)
        if payment_method_data is not None:
            payment_method = PaymentMethod(**payment_method_data).id
        if payment_method is not None:
            intent.payment_method = PaymentMethod._api_retrieve(payment_method).id
            another_try(intent)
        if intent.payment_method is None:
            raise UserError(400, "There is nothing to pay with.", {"code": "payment_intent_unexpected_state"})
        intent._confirm(on_failure_now=intent._report_failure)
        told(intent)
        return intent

    def told(intent):
        kind = {"requires_action": "requires_action", "requires_capture": "amount_capturable_updated", "processing": "processing"}
        if intent.status in kind:
            webhooks.schedule(Event("payment_intent." + kind[intent.status], intent))

    def authenticated(cls, id, **data):
        intent = authenticate(cls, id, **data)
        if intent._authentication_failed:
            webhooks.schedule(Event("payment_intent.payment_failed", intent))
        told(intent)
        return intent

    def cancelled(cls, id, cancellation_reason=None, **rest):
        intent = cls._api_retrieve(id)
        if intent.status not in ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action"):
            raise unexpected_state(intent)
        intent = cancel(cls, id, **rest)
        webhooks.schedule(Event("payment_intent.canceled", intent))
        return intent

    def captured(cls, id, amount_to_capture=None, **rest):
        intent = cls._api_retrieve(id)
        if intent.status != "requires_capture":
            raise unexpected_state(intent)
        intent.latest_charge._capture(amount=amount_to_capture, on_success=intent._on_success)
        return intent

    def capturable(self):
        return self.amount if self.status == "requires_capture" else 0

    def received(self):
        return self.latest_charge.amount_captured if self.latest_charge else 0

    def failed(self):
        if self._authentication_failed:
            return {"type": "card_error", "code": "payment_intent_authentication_failure", "message": "The card's holder was not proven to be there."}
        charge = self._failed_charge
        if charge is not None:
            return {
                "type": "card_error",
                "charge": charge.id,
                "code": charge.failure_code,
                "decline_code": charge.decline_code,
                "message": charge.failure_message,
            }
        return None

    PaymentIntent.__init__, PaymentIntent._update, PaymentIntent._export = made, updated, exported
    PaymentIntent._api_confirm, PaymentIntent._api_cancel = classmethod(confirmed), classmethod(cancelled)
    PaymentIntent._api_capture, PaymentIntent._api_authenticate = classmethod(captured), classmethod(authenticated)
    PaymentIntent.amount_capturable, PaymentIntent.amount_received = property(capturable), property(received)
    PaymentIntent.last_payment_error = property(failed)
    PaymentIntent._failed_charge = property(failed_charge)
    del PaymentIntent.charges
    reroute("POST", "/v1/payment_intents/{id}/_authenticate", PaymentIntent._api_authenticate)


def failed_charge(intent):
    charge = intent.latest_charge
    return charge if charge is not None and charge.status == "failed" else None


def another_try(intent):
    """Another card is another try: the one before it has failed and is over."""
    if failed_charge(intent) is not None:
        intent.latest_charge = None


def extend_refunds():
    make = Refund.__init__

    def made(self, charge=None, payment_intent=None, amount=None, reason=None, **named):
        paid = charged(charge, payment_intent)
        left = paid.amount - paid.amount_refunded
        amount = left if amount is None else resources.try_convert_to_int(amount)
        if left == 0 and paid.refunded:
            raise UserError(400, "It has been given back already.", {"code": "charge_already_refunded"})
        if type(amount) is int and amount > left:
            raise UserError(400, "This is more than is left of the charge.", {"param": "amount"})
        make(self, charge=paid.id, amount=amount, **named)
        self.payment_intent = paid.payment_intent
        paid._refunds.append(self)
        webhooks.schedule(Event("refund.created", self))
        webhooks.schedule(Event("charge.refunded", paid))

    def listed(cls, url, charge=None, payment_intent=None, limit=None, starting_after=None):
        found = resources.List(url, limit=limit, starting_after=starting_after)
        if payment_intent is not None and charge is None:
            charge = PaymentIntent._api_retrieve(payment_intent).latest_charge
            charge = charge and charge.id
        found._list = list(reversed(Charge._api_retrieve(charge)._refunds)) if charge else []
        return found

    Refund.__init__ = made
    Refund._api_list_all = classmethod(listed)


async def returned(request):
    """A bank sends back what was paid back, days later."""
    refund = next(thing for thing in resources.store.values() if getattr(thing, "id", None) == request.match_info["id"])
    accounts.account.set(refund._account)
    refund.status, refund.failure_reason = "failed", "expired_or_canceled_card"
    webhooks.schedule(Event("refund.failed", refund))
    return web.Response()


def charged(charge, payment_intent):
    """What there is to be given back of."""
    if charge is None:
        found = PaymentIntent._api_retrieve(payment_intent).latest_charge
    else:
        found = Charge._api_retrieve(charge)
    if found is None or not found.captured or found.status != "succeeded":
        raise UserError(400, "There is nothing to give back.", {"code": "payment_intent_unexpected_state"})
    return found


# It is written to a file with each change; nothing here is to outlive the process.
resources.Store.dump_to_disk = lambda self: None
