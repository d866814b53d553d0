"""Asks the shop at CARTOGRAPH_URL whatever its schema allows, as a guest and as an administrator."""

import os
import subprocess
import sys
from pathlib import Path

import requests

HERE = Path(__file__).parent
URL = os.environ["CARTOGRAPH_URL"] + "/graphql"
SEED = os.environ.get("SEED", "20261121")
SECONDS_EACH = os.environ.get("SECONDS_EACH", "75")

SIGN_IN = """mutation {
    sessionCreate(input: { email: "admin@example.com", password: "cartograph-demo" }) { session { accessToken } }
}"""

# What would sign the administrator out, or take away what they may do: the rest would be asked as nobody.
ENDS_SESSION = "(?i)revoke|deactivate|password|roles"


def admin():
    answer = requests.post(URL, json={"query": SIGN_IN}, timeout=30).json()
    token = answer["data"]["sessionCreate"]["session"]["accessToken"]
    return ["--header", f"Authorization: Bearer {token}", "--exclude-name-regex", ENDS_SESSION]


for name, arguments in [("a guest", []), ("an administrator", admin())]:
    print(f"=== as {name}, seed {SEED}", flush=True)
    command = [Path(sys.executable).with_name("st"), "run", HERE / "../../schema.graphql", "--url", URL]
    command += ["--phases", "fuzzing,stateful", "--max-time", SECONDS_EACH, "--seed", SEED, "--workers", "2"]
    command += ["--max-examples", "50", "--continue-on-failure", "--output-sanitize", "true", "--warnings", "off"]
    done = subprocess.run(command + arguments, cwd=HERE, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)
