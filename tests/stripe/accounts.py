"""Whose request it is: the account that its key names, and what others have is not there."""

import re
from contextvars import ContextVar

from aiohttp import web
from localstripe.errors import UserError
from localstripe.resources import StripeObject
from localstripe.server import get_post_data

# Whoever is asking; none while nobody is, such as when the journal is written.
account = ContextVar("account", default=None)

KEY = re.compile(r"^[spr]k_(?:test_|live_)?(\w+)$")
# What customers' programs may do with the publishable key and what they know of a payment.
PUBLIC = re.compile(r"^/v1/payment_intents/\w+(/confirm|/_authenticate)?$|^/v1/payment_methods$")


@web.middleware
async def middleware(request, handler):
    if request.path.startswith("/_"):
        return await handler(request)
    key, public = await presented(request)
    named = KEY.match(key or "")
    if not named or (public and not PUBLIC.match(request.path)):
        raise UserError(401, "Invalid API Key provided")
    if not public and not key.startswith(("sk_", "rk_")):
        raise UserError(401, "This needs a secret key")
    account.set(named[1])
    return await handler(request)


async def presented(request):
    """The key, and whether it is one that everybody knows."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer" and token:
        return token, token.startswith("pk_")
    data = request.query if request.method == "GET" else await get_post_data(request, remove_auth=False)
    key = (data or {}).get("key")
    return (key, True) if isinstance(key, str) and key.startswith("pk_") else (None, False)


def separate():
    """Has everything belong to the account that made it."""
    make, retrieve = StripeObject.__init__, StripeObject._api_retrieve.__func__

    def made(self, *arguments, **named):
        self._account = account.get()
        make(self, *arguments, **named)

    def retrieved(cls, id):
        found = retrieve(cls, id)
        if account.get() not in (None, found._account):
            raise UserError(404, f"No such {cls.object}", {"code": "resource_missing"})
        return found

    StripeObject.__init__ = made
    StripeObject._api_retrieve = classmethod(retrieved)
