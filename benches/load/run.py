#!/usr/bin/env python3
"""Load on a seeded shop: `make bench`. For Linux: what the server uses is read in /proc.

Starts `cartograph serve` on a database that `cartograph seed` filled, sends each kind of request with wrk over 32
connections, and prints one table row a kind: requests per second, latencies in milliseconds, the server's CPU seconds
per 1,000 requests, and its memory. The server, PostgreSQL and wrk share the machine, so compare runs of one machine and
quote ratios.

Environment: DATABASE_URL (a database made for this), CARTOGRAPH (the binary), DURATION (seconds per kind, default 10),
CONNECTIONS (default 32), PRODUCTS and ORDERS (default 10000 and 100000), SEEDED=1 (the shop is there from an earlier
run), ONLY (a kind's name, or 'one at a time').
"""

import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

HERE = pathlib.Path(__file__).parent
BINARY = os.environ.get("CARTOGRAPH", "target/release/cartograph")
DURATION = int(os.environ.get("DURATION", "10"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "32"))
PRODUCTS = int(os.environ.get("PRODUCTS", "10000"))
ORDERS = int(os.environ.get("ORDERS", "100000"))
TICKS = os.sysconf("SC_CLK_TCK")

ADDRESS = {"name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"}


def document(name):
    return (HERE / f"{name}.graphql").read_text()


def bodies(query, variables):
    return [json.dumps({"query": query, "variables": one}) for one in variables]


class Server:
    """The shop, on a free port."""

    def __init__(self):
        env = os.environ | {"PORT": "0", "HOST": "127.0.0.1", "LOG": "warn"}
        self.process = subprocess.Popen([BINARY, "serve"], env=env, stdout=subprocess.PIPE, text=True)
        # It says where it is once it is ready to answer.
        for line in self.process.stdout:
            if line.split()[:1] == ["GraphQL"]:
                self.url = line.split()[1]
                return
        sys.exit("the server did not start")

    def ask(self, query, variables=None):
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
        if "errors" in answer:
            sys.exit(f"the server answered {answer['errors']}")
        return answer["data"]

    def pages(self, field, selection, count):
        """Nodes of a connection, page after page."""
        nodes, after = [], None
        for _ in range(count):
            query = f"query($after: String) {{ {field}(first: 100, after: $after) {{ nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }} }}"
            page = self.ask(query, {"after": after})[field]
            nodes += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        return nodes

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def load(url, lines, token=None):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        env = os.environ | {"BODIES": file.name, "TOKEN": token or ""}
        command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{DURATION}s", "-s", str(HERE / "requests.lua"), url]
        output = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    sys.stderr.write(output.stderr)
    return json.loads(output.stdout.strip().splitlines()[-1])


def searches(products, count):
    """Different ones, each for two words of one product's name."""
    found = set()
    for product in products:
        words = [word for word in product["name"].split() if word.isalpha() and len(word) > 3]
        found |= {" ".join(pair) for pair in combinations(words, 2)}
    return random.sample(sorted(found), min(count, len(found)))


def guest_carts(server, variants, count):
    """Carts to be bought, made by several connections at once."""

    def fill(_):
        lines = [{"variantId": random.choice(variants), "quantity": 1} for _ in range(2)]
        return server.ask(document("cart_add"), {"input": {"lines": lines}})["cartLinesAdd"]["cart"]["token"]

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(fill, range(count)))


def some_products(server):
    return server.pages("products", "slug name variants(first: 1) { nodes { id stock } }", count=20)


def in_stock(server):
    return [node["id"] for product in some_products(server) for node in product["variants"]["nodes"] if node["stock"] > 50]


def kinds(server, customer):
    random.seed(1)
    products = some_products(server)
    slugs = [product["slug"] for product in products]
    categories = [category["slug"] for category in server.pages("categories", "slug", count=1)]
    variants = in_stock(server)
    address = {"email": "ada@example.com", "shippingAddress": ADDRESS}
    yield "product page", None, lambda: bodies(document("product_page"), [{"slug": slug} for slug in random.sample(slugs, len(slugs))])
    yield "category page with reviews", None, lambda: bodies(document("category_page"), [{"slug": slug} for slug in categories])
    yield "search", None, lambda: bodies(document("search"), [{"search": words} for words in searches(products, 500)])
    yield "order history", customer, lambda: bodies(document("order_history"), [{}])
    yield "add to cart", None, lambda: bodies(
        document("cart_add"), [{"input": {"lines": [{"variantId": random.choice(variants), "quantity": 1}]}} for _ in range(2000)])
    yield "place order", None, lambda: bodies(
        document("order_place"), [{"input": address | {"cartToken": token}} for token in guest_carts(server, variants, 600 * DURATION)])


def one_at_a_time(server, variants):
    """Orders of one line and of many, each from a cart of its own, one after the other over one connection; by a client that
    sends a key, as it should."""
    print("\n| place order, one at a time | p50 ms | p95 ms | longest ms |")
    print("|---|--:|--:|--:|")
    address = urllib.parse.urlsplit(server.url)
    for size in (1, 100):
        tokens = []
        for _ in range(200):
            lines = [{"variantId": variant, "quantity": 1} for variant in random.sample(variants, size)]
            tokens.append(server.ask(document("cart_add"), {"input": {"lines": lines}})["cartLinesAdd"]["cart"]["token"])
        connection = http.client.HTTPConnection(address.hostname, address.port)
        times = []
        for token in tokens:
            order = {"email": "ada@example.com", "shippingAddress": ADDRESS, "cartToken": token, "idempotencyKey": str(uuid.uuid4())}
            body = json.dumps({"query": document("order_place"), "variables": {"input": order}})
            begun = time.perf_counter()
            connection.request("POST", address.path, body, {"content-type": "application/json"})
            answer = json.loads(connection.getresponse().read())
            times.append((time.perf_counter() - begun) * 1000)
            if "errors" in answer or answer["data"]["orderPlace"]["userErrors"]:
                sys.exit(f"no order of {size} lines: {answer}")
        times.sort()
        lines = "1 line" if size == 1 else f"{size} lines"
        print(f"| {lines} | {times[len(times) // 2]:.1f} | {times[len(times) * 95 // 100]:.1f} | {times[-1]:.1f} |", flush=True)


def main():
    if "DATABASE_URL" not in os.environ:
        sys.exit("set DATABASE_URL to a database made for this, or run `make bench`")
    if os.environ.get("SEEDED") != "1":
        sizes = ["--products", str(PRODUCTS), "--orders", str(ORDERS), "--users", str(PRODUCTS), "--reviews", str(5 * PRODUCTS)]
        subprocess.run([BINARY, "seed", *sizes], check=True)
    server = Server()
    try:
        session = server.ask(
            'mutation { sessionCreate(input: { email: "user1.s1@seed.example", password: "cartograph-demo" }) '
            "{ session { accessToken } } }")["sessionCreate"]["session"]
        print(f"{PRODUCTS} products, {ORDERS} orders, {CONNECTIONS} connections, {DURATION} s each\n")
        print("| request | requests/s | p50 ms | p95 ms | p99 ms | CPU s / 1,000 | RSS MiB |")
        print("|---|--:|--:|--:|--:|--:|--:|")
        for name, token, make in kinds(server, session["accessToken"]):
            if os.environ.get("ONLY", name) != name:
                continue
            lines = make()
            before = server.cpu()
            result = load(server.url, lines, token)
            cpu = server.cpu() - before
            print(
                f"| {name} | {result['requests'] / result['seconds']:.0f} | {result['p50']:.1f} | {result['p95']:.1f} "
                f"| {result['p99']:.1f} | {cpu * 1000 / result['requests']:.2f} | {server.memory():.0f} |", flush=True)
            if result["failed"] or result["socket_errors"]:
                sys.exit(f"{name}: {result['failed']} answers were errors, {result['socket_errors']} sockets failed")
        if os.environ.get("ONLY", "one at a time") == "one at a time":
            one_at_a_time(server, in_stock(server))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
