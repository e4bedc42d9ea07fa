"""One JSON request per line in, one JSON answer per line out; README.md has the protocol."""

import importlib
import json
import sys
from importlib.metadata import version

from py.clock import at
from py.harness import ROWS, BadRequest, Request


def named(package):
    return f"{package} {version(package)}"


def describe(error):
    return f"{type(error).__name__}: {error}"


def answer(line):
    raw = json.loads(line)
    if raw["op"] == "list":
        rows = [{"provider": p, "op": op, "sdk": named(package)} for (p, op), (_, package, _) in ROWS.items()]
        return {"rows": rows}
    key = (raw.get("provider"), raw["op"])
    if key not in ROWS:
        raise BadRequest(f"no row for {key[0]} {key[1]}")
    function, package, module = ROWS[key]
    sdk, r = importlib.import_module(module), Request(raw)
    if raw["op"] == "answer":
        return {"sdk": named(package), "answer": function(sdk, r)}
    if raw["op"] == "sign":
        headers = function(sdk, r)
        return {"sdk": named(package), "headers": headers, "body": r.body, "url": r.url}
    try:
        with at(raw.get("now")):
            accepted, error = function(sdk, r), None
    except BadRequest:
        raise
    except Exception as e:
        accepted, error = False, describe(e)
    return {"sdk": named(package), "accepted": accepted, "error": error}


def serve():
    out, sys.stdout = sys.stdout, sys.stderr  # an SDK that prints must not break the protocol
    for line in sys.stdin.buffer:
        try:
            reply = answer(line)
        except Exception as e:
            reply = {"error": describe(e)}
        out.write(json.dumps(reply) + "\n")
        out.flush()
