"""What an account has: for an auditor, who compares it with what the shop says."""

from aiohttp import web
from localstripe.resources import Charge, PaymentIntent, Refund, store

import webhooks

# More of a kind is not told, but that there is more.
LIMIT = 200_000


async def tell(request):
    account = request.query.get("account")
    found = {PaymentIntent: [], Charge: [], Refund: []}
    truncated = False
    for thing in store.values():
        entries = found.get(type(thing))
        if entries is None or account not in (None, thing._account):
            continue
        if len(entries) >= LIMIT:
            truncated = True
            continue
        entries.append(thing)
    return web.json_response({
        "intents": [intent(thing) for thing in found[PaymentIntent]],
        "charges": [charge(thing) for thing in found[Charge]],
        "refunds": [refund(thing) for thing in found[Refund]],
        "webhooks": webhooks.counts(account),
        "truncated": truncated,
    })


def intent(thing):
    return fields(thing, "id status amount amount_received amount_capturable currency capture_method metadata created")


def charge(thing):
    told = fields(thing, "id payment_intent amount amount_captured captured currency status created")
    return told | {"amount_refunded": thing.amount_refunded}


def refund(thing):
    return fields(thing, "id payment_intent charge amount currency status metadata created")


def fields(thing, names):
    return {name: getattr(thing, name) for name in names.split()}
