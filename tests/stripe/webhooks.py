"""Webhooks: signed anew each time they are sent, and sent again until somebody takes them, as Stripe does."""

import asyncio
import hashlib
import hmac
import json
import time
from collections import Counter
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from localstripe import resources

# Stripe is about as fast.
DELAY = 0.05
# Seconds between attempts. Stripe goes on for three days, and nobody here has so much time.
PAUSES = (0.5, 1, 2, 4, 8, 15, 30, 30, 30, 30, 60, 60)
PATIENCE = aiohttp.ClientTimeout(total=20)


@dataclass
class Endpoint:
    url: str
    secret: str
    account: str | None


endpoints = {}
# What became of webhooks, by account.
tally = {}
running = set()
session = None


def register(name, url, secret, account=None):
    endpoints[name] = Endpoint(url, secret, account)


def add_routes(app):
    app.router.add_post("/_webhooks/{id}", take)
    app.router.add_delete("/_webhooks/{id}", forget)


async def take(request):
    asked = await request.json()
    register(request.match_info["id"], asked["url"], asked["secret"], asked.get("account"))
    return web.Response()


async def forget(request):
    endpoints.pop(request.match_info["id"], None)
    return web.Response()


def schedule(event):
    """In place of localstripe's own, which sends once and gives up."""
    payload = json.dumps(event._export(), indent=2, sort_keys=True).encode()
    for name, endpoint in list(endpoints.items()):
        if endpoint.account in (None, event._account):
            task = asyncio.ensure_future(deliver(name, endpoint, payload))
            running.add(task)
            task.add_done_callback(running.discard)


async def deliver(name, endpoint, payload):
    counts = tally.setdefault(endpoint.account, Counter())
    counts["pending"] += 1
    try:
        for pause in (DELAY, *PAUSES):
            await asyncio.sleep(pause)
            # One that was taken away or changed meanwhile is not written to any more.
            if endpoints.get(name) is not endpoint:
                counts["dropped"] += 1
                return
            if await sent(endpoint, payload):
                counts["delivered"] += 1
                return
            counts["refused"] += 1
        counts["given_up"] += 1
    finally:
        counts["pending"] -= 1


async def sent(endpoint, payload):
    global session
    session = session or aiohttp.ClientSession(timeout=PATIENCE)
    now = int(time.time())
    signature = hmac.new(endpoint.secret.encode(), b"%d." % now + payload, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": f"t={now},v1={signature}"}
    try:
        async with session.post(endpoint.url, data=payload, headers=headers, allow_redirects=False) as answer:
            return 200 <= answer.status < 300
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
        return False


def counts(account):
    names = ("pending", "delivered", "refused", "dropped", "given_up")
    whose = [tally.get(account, Counter())] if account else tally.values()
    return {name: sum(counter[name] for counter in whose) for name in names}


async def close():
    for task in list(running):
        task.cancel()
    if session is not None:
        await session.close()


resources.schedule_webhook = schedule
