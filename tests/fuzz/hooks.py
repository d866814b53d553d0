"""What the shop is asked with, and what each of its answers has to be like."""

import os

import graphql
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

URL = os.environ["CARTOGRAPH_URL"] + "/graphql"

# Codes that say that something is wrong with the server, not with what it was asked.
OUR_FAULT = {"INTERNAL", "TIMEOUT"}


@schemathesis.check
def is_a_graphql_answer(ctx, response, case):
    """No answer is a server's error, and each error has a code and the id of its request."""
    assert response.status_code < 500, f"status {response.status_code}"
    answer = response.json()
    assert "data" in answer or answer.get("errors"), f"neither data nor errors: {answer}"
    for error in answer.get("errors", []):
        extensions = error.get("extensions", {})
        assert extensions.get("code"), f"an error without a code: {error}"
        assert extensions["code"] not in OUR_FAULT, f"not the client's mistake: {error}"
        assert extensions.get("requestId"), f"an error without the id of its request: {error}"


def things():
    """Ids, slugs and the like that there are, without which hardly a request would find anything."""
    query = """{
        products(first: 5) { nodes { id slug sku defaultVariant { id } reviews(first: 1) { nodes { id } } } }
        categories(first: 5) { nodes { id slug } }
    }"""
    data = requests.post(URL, json={"query": query}, timeout=30).json()["data"]
    ids, texts = [], ["customer@example.com", "cartograph-demo", "mug", "12.50"]

    def collect(value):
        if isinstance(value, list):
            for item in value:
                collect(item)
        elif isinstance(value, dict):
            for name, item in value.items():
                if isinstance(item, str):
                    (ids if name == "id" else texts).append(item)
                else:
                    collect(item)

    collect(data)
    return ids, texts


IDS, TEXTS = things()

# The built-in ones as well: drawn from all there is, they would almost always be refused at once.
text = st.text(max_size=50)
schemathesis.graphql.scalar("ID", (st.sampled_from(IDS) | st.sampled_from(IDS) | text).map(nodes.String))
schemathesis.graphql.scalar("String", (st.sampled_from(TEXTS) | text).map(nodes.String))
integers = st.integers(1, 10) | st.integers(1, 10) | st.integers(-(2**31), 2**31 - 1)
schemathesis.graphql.scalar("Int", integers.map(nodes.Int))
decimals = st.decimals(-100, 10**12, places=2, allow_nan=False).map(str)
schemathesis.graphql.scalar("Decimal", (decimals | text).map(nodes.String))
schemathesis.graphql.scalar("DateTime", (st.datetimes().map(lambda at: at.isoformat() + "Z") | text).map(nodes.String))


@schemathesis.hook
def map_body(ctx, body):
    """Leaves out most arguments that contradict each other or can only be made up: pages by two ends, cursors."""
    if not isinstance(body, str):
        return body
    try:
        document = graphql.parse(body)
    except graphql.GraphQLError:
        return body
    chance = len(body) % 4

    class Prune(graphql.Visitor):
        def enter_field(self, node, *_):
            names = {argument.name.value for argument in node.arguments}
            left_out = set()
            if {"first", "last"} <= names and chance:
                left_out |= {"last", "before"}
            if {"id", "slug"} <= names and chance:
                left_out.add("id" if chance == 1 else "slug")
            if chance > 1:
                left_out |= {"after", "before"}
            node.arguments = tuple(a for a in node.arguments if a.name.value not in left_out)

    graphql.visit(document, Prune())
    return graphql.print_ast(document)
