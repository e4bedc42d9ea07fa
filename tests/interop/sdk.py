"""Runs the senders' official Python SDKs: one JSON request per line in, one JSON answer per line out.

The protocol is in README.md. A row is one function under @row(provider, op, package, module):
- it gets the imported SDK module and the Request;
- "sign" returns the header pairs (and may replace r.body and r.url);
- "verify" returns True or False; what it raises is the SDK's reason to refuse.
"""

import importlib
import json
import sys
import time
import uuid
from datetime import datetime, timezone
from importlib.metadata import version
from urllib.parse import parse_qs

ROWS = {}


def row(provider, op, package, module=None):
    def add(function):
        ROWS[provider, op] = (function, package, module or package)
        return function

    return add


class BadRequest(Exception):
    """The request cannot be run: answered as an error, never as a refusal."""


class Request:
    def __init__(self, raw):
        self.secret = text(raw, "secret")
        self.body = text(raw, "body")
        self.url = raw.get("url")
        self.method = raw.get("method") or "POST"
        self.timestamp = int(time.time()) if raw.get("timestamp") is None else raw["timestamp"]
        if not isinstance(self.timestamp, int):
            raise BadRequest("timestamp must be an integer")
        self.id = raw.get("id") or f"msg_{uuid.uuid4().hex}"
        self.headers = {}  # lower-case names; a repeated header is joined as servers do
        for name, value in raw.get("headers") or []:
            name = name.lower()
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value

    @property
    def date(self):
        return datetime.fromtimestamp(self.timestamp, tz=timezone.utc)

    def need_url(self):
        if not isinstance(self.url, str):
            raise BadRequest("url is required")
        return self.url


def text(raw, name):
    if not isinstance(raw.get(name), str):
        raise BadRequest(f"{name} must be a string")
    return raw[name]


# stripe


@row("stripe", "sign", "stripe")
def stripe_sign(sdk, r):
    header = sdk.WebhookSignature.generate_signature_header(r.body, r.secret, r.timestamp)
    return [("Stripe-Signature", header)]


@row("stripe", "verify", "stripe")
def stripe_verify(sdk, r):
    # what construct_event does before it parses the body as an event
    header = r.headers.get("stripe-signature")
    return sdk.WebhookSignature.verify_header(r.body, header, r.secret, sdk.Webhook.DEFAULT_TOLERANCE)


# standard-webhooks and svix


def webhook_headers(sdk, r, prefix):
    signature = sdk.Webhook(r.secret).sign(r.id, r.date, r.body)
    return [
        (f"{prefix}-id", r.id),
        (f"{prefix}-timestamp", str(r.timestamp)),
        (f"{prefix}-signature", signature),
    ]


@row("standard-webhooks", "sign", "standardwebhooks")
def standard_sign(sdk, r):
    return webhook_headers(sdk, r, "webhook")


@row("standard-webhooks", "verify", "standardwebhooks")
def standard_verify(sdk, r):
    sdk.Webhook(r.secret).verify(r.body, r.headers, json_parse=False)
    return True


@row("svix", "sign", "svix", "svix.webhooks")
def svix_sign(sdk, r):
    return webhook_headers(sdk, r, "svix")


@row("svix", "verify", "svix", "svix.webhooks")
def svix_verify(sdk, r):
    sdk.Webhook(r.secret).verify(r.body, r.headers)
    return True


# twilio


class Form(dict):
    """Form fields with every value of a repeated name, as the SDK reads them from Django."""

    getlist = dict.__getitem__


def form(body):
    return Form(parse_qs(body, keep_blank_values=True))


@row("twilio-form", "sign", "twilio", "twilio.request_validator")
def twilio_form_sign(sdk, r):
    signature = sdk.RequestValidator(r.secret).compute_signature(r.need_url(), form(r.body))
    return [("X-Twilio-Signature", signature)]


@row("twilio-form", "verify", "twilio", "twilio.request_validator")
def twilio_form_verify(sdk, r):
    signature = r.headers.get("x-twilio-signature", "")
    return sdk.RequestValidator(r.secret).validate(r.need_url(), form(r.body), signature)


@row("twilio-json", "sign", "twilio", "twilio.request_validator")
def twilio_json_sign(sdk, r):
    validator = sdk.RequestValidator(r.secret)
    separator = "&" if "?" in r.need_url() else "?"
    r.url += f"{separator}bodySHA256={validator.compute_hash(r.body)}"
    return [("X-Twilio-Signature", validator.compute_signature(r.url, {}))]


@row("twilio-json", "verify", "twilio", "twilio.request_validator")
def twilio_json_verify(sdk, r):
    signature = r.headers.get("x-twilio-signature", "")
    return sdk.RequestValidator(r.secret).validate(r.need_url(), r.body, signature)


# github


@row("github", "verify", "gidgethub", "gidgethub.sansio")
def github_verify(sdk, r):
    signature = r.headers.get("x-hub-signature-256", "")
    sdk.validate_event(r.body.encode(), signature=signature, secret=r.secret)
    return True


# slack


@row("slack", "sign", "slack_sdk", "slack_sdk.signature")
def slack_sign(sdk, r):
    timestamp = str(r.timestamp)
    signature = sdk.SignatureVerifier(r.secret).generate_signature(timestamp=timestamp, body=r.body)
    return [("X-Slack-Request-Timestamp", timestamp), ("X-Slack-Signature", signature)]


@row("slack", "verify", "slack_sdk", "slack_sdk.signature")
def slack_verify(sdk, r):
    return sdk.SignatureVerifier(r.secret).is_valid_request(r.body, r.headers)


# shipmondo: the body is a JWS around the payload, which may be any JSON value


@row("shipmondo", "sign", "PyJWT", "jwt")
def shipmondo_sign(sdk, r):
    token = sdk.PyJWS().encode(r.body.encode(), r.secret, "HS256", headers={"typ": None})
    r.body = json.dumps({"data": token}, separators=(",", ":"))
    return []


@row("shipmondo", "verify", "PyJWT", "jwt")
def shipmondo_verify(sdk, r):
    sdk.PyJWS().decode(json.loads(r.body)["data"], r.secret, algorithms=["HS256"])
    return True


# protocol


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
    if raw["op"] == "sign":
        headers = function(sdk, r)
        return {"sdk": named(package), "headers": headers, "body": r.body, "url": r.url}
    try:
        accepted, error = function(sdk, r), None
    except BadRequest:
        raise
    except Exception as e:
        accepted, error = False, describe(e)
    return {"sdk": named(package), "accepted": accepted, "error": error}


def main():
    out, sys.stdout = sys.stdout, sys.stderr  # an SDK that prints must not break the protocol
    for line in sys.stdin.buffer:
        try:
            reply = answer(line)
        except Exception as e:
            reply = {"error": describe(e)}
        out.write(json.dumps(reply) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
