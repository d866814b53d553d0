"""Keys by which a request that is sent twice happens once, as Stripe's API v1 has them.

The answer to a key's first request is kept and repeated to all others with the key, server errors included. While the first one
is at work others are told so; one that asks for something else is refused.
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass

from aiohttp import web

# Answers to requests that were not carried out, which Stripe does not keep.
NOT_CARRIED_OUT = (401, 403, 404, 409, 429)


@dataclass
class Kept:
    fingerprint: bytes
    answer: tuple | None = None


kept = {}


@web.middleware
async def middleware(request, handler):
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None or not request.path.startswith("/v1/"):
        return await carried_out(request, handler)
    # Keys are an account's own.
    key = (request.headers.get("Authorization"), key)
    body = await request.read()
    fingerprint = hashlib.sha256(request.path_qs.encode() + b"\0" + body).digest()
    known = kept.get(key)
    if known is not None:
        return repeated(known, fingerprint)
    first = kept[key] = Kept(fingerprint)
    try:
        response = await carried_out(request, handler)
    except BaseException:
        del kept[key]
        raise
    if response.status in NOT_CARRIED_OUT:
        del kept[key]
    else:
        first.answer = (response.status, response.body)
    return response


def repeated(known, fingerprint):
    if known.fingerprint != fingerprint:
        return refusal(400, "idempotency_error", None, "Keys can only be used with the request they were first used with.")
    if known.answer is None:
        return refusal(409, "idempotency_error", "idempotency_key_in_use", "Another request with this key is at work.")
    status, body = known.answer
    headers = {"Idempotent-Replayed": "true"}
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


async def carried_out(request, handler):
    """What becomes of the request, or what goes wrong with it on demand or by our own fault."""
    fault = request.headers.get("stand-in-fault", "")
    if fault == "500-before":
        return broken()
    if fault.startswith("hesitate-"):
        await asyncio.sleep(int(fault.removeprefix("hesitate-")) / 1000)
    try:
        response = await handler(request)
    except web.HTTPException:
        raise
    except Exception as error:
        return refusal(500, "api_error", None, f"the stand-in fails: {error!r}")
    if fault == "500-after":
        return broken()
    if fault.startswith("slow-"):
        await asyncio.sleep(int(fault.removeprefix("slow-")) / 1000)
    return response


def broken():
    return refusal(500, "api_error", None, "Something went wrong on Stripe's end.")


def refusal(status, kind, code, message):
    error = {"type": kind, "message": message} | ({"code": code} if code else {})
    return web.Response(status=status, text=json.dumps({"error": error}), content_type="application/json")
