"""A stand-in for Stripe: localstripe, with what it leaves out of what the shop depends on.

    python serve.py [--port PORT] [--webhook URL] [--while-parent-lives]

It listens on 127.0.0.1 and says where, remembers nothing when it ends, and serves several accounts at a time, which are told
apart by their keys: what is made with `sk_test_one` is the account's `one`, as are `pk_test_one` and its webhooks.

Beside Stripe's own paths:

    POST /_webhooks/ID   {"url", "secret", "account"}: where events of an account are sent to; DELETE ends that
    POST /_refunds/ID/return    the customer's bank sends the refund back
    GET  /_journal?account=ONE  all payments, charges and refunds of the account, and what became of its webhooks

A request with the header `stand-in-fault` goes wrong at Stripe's: `500-before` or `500-after` the effect,
`hesitate-MILLISECONDS` before it or `slow-MILLISECONDS` after it.
"""

import argparse
import asyncio
import os
import signal
import sys

from aiohttp import web
from localstripe import server

import accounts
import idempotency
import journal
import payments
import webhooks

# How often it looks whether the shop is still there.
PULSE = 0.5


def application():
    app = server.app
    # The first one is the outermost. localstripe's own would look at keys in another way, and write all that it knows to a file
    # after each request.
    app.middlewares.clear()
    app.middlewares.extend([idempotency.middleware, server.error_middleware, accounts.middleware])
    payments.extend()
    webhooks.add_routes(app)
    app.router.add_get("/_journal", journal.tell)
    app.router.add_post("/_refunds/{id}/return", payments.returned)
    return app


async def listen(app, port):
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for attempt in (port, 0):
        try:
            site = web.TCPSite(runner, "127.0.0.1", attempt)
            await site.start()
            break
        except OSError:
            # Somebody else has it: any other will do.
            if attempt == 0:
                raise
    address = runner.addresses[0]
    print(f"listening on http://127.0.0.1:{address[1]}", flush=True)
    return runner


async def main(arguments):
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    # Ctrl-C goes to all of a terminal's programs: the shop may need this one until it has ended.
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if arguments.while_parent_lives else stop.set)
    runner = await listen(application(), arguments.port)
    if arguments.webhook:
        webhooks.register("shop", arguments.webhook, os.environ["STRIPE_WEBHOOK_SECRET"], arguments.account)
    parent = os.getppid()
    while not stop.is_set():
        if arguments.while_parent_lives and os.getppid() != parent:
            break
        try:
            await asyncio.wait_for(stop.wait(), PULSE)
        except asyncio.TimeoutError:
            pass
    await webhooks.close()
    await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook", help="where the shop takes webhooks; their secret is STRIPE_WEBHOOK_SECRET")
    parser.add_argument("--account", default="demo", help="whose webhooks these are")
    parser.add_argument("--while-parent-lives", action="store_true")
    sys.exit(asyncio.run(main(parser.parse_args())))
