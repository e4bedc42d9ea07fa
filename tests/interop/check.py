#!/usr/bin/env python3
"""Checks the harness without Rust: the SDKs against published vectors, and against each other.

    check.py [DIR [VECTORS]]        after `setup.sh DIR`; by default target/interop and the test kit's vectors

A vector is fed to every SDK that verifies for its sender, at the vector's time, and signed again by every SDK that
signs. What an SDK signs, every SDK of that sender must accept, and refuse once a byte is changed or the key is another.
Prints a line a finding; ends with 1 where one is not among those that are known.
"""

import base64
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

URL = "https://hooks.example/in?tenant=a&empty="
BODY = '{"id":"evt_1","type":"thing.changed","note":"value-1 Grüße","amount":1700}'

# What is signed in the check of SDKs against each other, where it is not BODY; each has the value that is changed.
BODIES = {
    "adyen": json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": {
        "pspReference": "8836", "merchantAccountCode": "Shop", "merchantReference": "value-1", "eventCode": "CAPTURE",
        "amount": {"value": 1130, "currency": "EUR"}, "success": "true"}}]}),
    "braintree": "check",
    "liveblocks": '{"type":"roomCreated","data":{"projectId":"p","roomId":"value-1"}}',
    "twilio-form": "AccountSid=AC1&Body=value-1+Gr%C3%BC%C3%9Fe&Empty=&MediaUrl=b&MediaUrl=a",
}

# What is signed with, where a secret is not just text: the right one and another.
SECRETS = {
    **dict.fromkeys(["adyen", "adyen-platform"], ["0a" * 32, "0b" * 32]),
    "braintree": [json.dumps({"public_key": "pub", "private_key": f"private-key-{n}"}) for n in (1, 2)],
    "contentful": ["a" * 64, "b" * 64],
    "livekit": [json.dumps({"api_key": "APIkey", "api_secret": f"secret-of-the-test-with-32-bytes-{n}"})
                for n in (1, 2)],
    "pusher": [json.dumps({"key": "k", "secret": f"secret-{n}"}) for n in (1, 2)],
    **dict.fromkeys(["standard-webhooks", "svix"],
                    ["whsec_" + base64.b64encode(n * 32).decode() for n in (b"1", b"2")]),
    None: ["secret-of-the-test-with-at-least-32-bytes", "another-of-the-test-with-at-least-32-bytes"],
}

# Whose signatures a sender's verify-only SDKs are given.
SIGNED_AS = {
    **dict.fromkeys(["anthropic", "liveblocks", "openai", "polar"], "standard-webhooks"),
    **dict.fromkeys(["clerk", "resend"], "svix"),
}

# Whose signature of the same request need not be the same text, and why.
SIGNED_OTHERWISE = {
    "box": "each SDK writes the same moment as another RFC 3339 text, which is signed",
    "livekit": "its token is valid from now on, whatever the moment",
    "shipmondo": "another library's token may have another header",
}

# Findings that may stay, and why: vector, op.
KNOWN = {
    ("braintree-challenge", "verify"): "it is a challenge, which no signature is on",
    **{(f"braintree-{row}", "verify"): "this SDK also reads a whole notification out of the XML"
       for row in ("pairs", "trimmed")},
    **{(f"braintree-{row}", "sign"): "the SDK signs a notification of its own making" for row in ("pairs", "trimmed")},
    ("braintree-two-payloads", "verify"): "the row gives the SDK the last of two fields",
    ("contentful-query", "sign"): "the row has the SDK sign one header, and the vector lists two",
    ("dropbox-sign-two-parts", "verify"): "the row gives the SDK the JSON of one part",
    **{("hubspot-v3-escapes", op): "the SDK undoes none of the escapes that the documentation lists"
       for op in ("sign", "verify")},
    ("mercadopago-disguised-pair", "verify"): "this SDK takes an id that passes for another pair",
    ("mercadopago-eleven-digits", "verify"): "this SDK takes a time of any number of digits",
    ("chargebee-object", "verify"): "the row takes `user:password`, not an object",
    ("cloudinary-downgrade", "verify"): "it is asked for SHA-1, which an endpoint for SHA-256 does not take",
    ("elevenlabs-future", "verify"): "this SDK takes any timestamp that lies ahead",
    ("github-empty-body", "verify"): "this SDK takes no empty body",
    ("liveblocks-sw", "verify"): "this SDK takes only the types of events that it knows",
    ("mercadopago-lower", "verify"): "the SDK signs the id as its caller gives it; the documentation lowers it",
    ("notion-handshake", "verify"): "it is not signed",
    ("paddle-future", "verify"): "this SDK takes any timestamp that lies ahead",
    ("paddle-multi", "verify"): "this SDK takes no item of another name, such as `h2`",
    ("sanity-ok", "sign"): "its moment is no whole second, as the harness takes it",
    ("shopify-ok", "verify"): "this SDK also wants the headers that are not signed",
    **{(f"twilio-{port}", "sign"): "signed for a URL with or without the port"
       for port in ("add-443", "add-80", "strip-port")},
    ("workos-no-blank", "verify"): "this SDK wants a blank after the comma",
}


class Program:
    def __init__(self, name, command, directory):
        env = {**os.environ, "HOOKPORTER_INTEROP_DIR": str(directory)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.name = name
        self.process = subprocess.Popen([*command], env=env, text=True, encoding="utf-8", **pipes)
        self.rows = self.ask({"op": "list"})["rows"]

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def has(self, provider, op):
        return next((row["sdk"] for row in self.rows if (row["provider"], row["op"]) == (provider, op)), None)


class Check:
    def __init__(self, programs):
        self.programs = programs
        self.unexpected = 0
        self.met = set()

    def rows(self, provider, op):
        return [(program, sdk) for program in self.programs if (sdk := program.has(provider, op))]

    def say(self, subject, program, sdk, op, finding):
        self.met.add((program.name, sdk, op))
        known = KNOWN.get((subject, op))
        result = "agrees" if finding is None else f"known: {finding}; {known}" if known else f"DISAGREES: {finding}"
        self.unexpected += result.startswith("DISAGREES")
        print(f"{subject} | {program.name} {sdk} | {op} | {result}")

    def vector(self, vector):
        provider = provider_of(vector)
        secret = vector["secret"]
        if isinstance(secret, list):  # Box's two keys
            secret = dict(zip(("primary", "secondary"), secret))
        secret = secret if isinstance(secret, str) else json.dumps(secret)
        request = {"provider": provider, "secret": secret, "body": vector["body"], "url": vector["url"],
                   "method": vector["method"], "now": vector["now"]}
        wanted = vector["expect"] in ("valid", "handshake")
        for program, sdk in self.rows(provider, "verify"):
            answer = program.ask({**request, "op": "verify", "headers": list(vector["headers"].items())})
            finding = None if answer.get("accepted") is wanted else f"{vector['expect']}, and the SDK says {answer}"
            self.say(vector["id"], program, sdk, "verify", finding)
        if vector["expect"] == "valid" and vector["body"]:
            for program, sdk in self.rows(provider, "sign") if provider not in SIGNED_OTHERWISE else []:
                self.sign_again(vector, request, program, sdk)

    def sign_again(self, vector, request, program, sdk):
        """Compares the proof headers that the vector and the SDK have in common."""
        headers = {name.lower(): value for name, value in vector["headers"].items()}
        url = vector["url"] and vector["url"].split("&bodySHA256=")[0]
        answer = program.ask({**request, "op": "sign", "url": url, "timestamp": signed_at(vector, headers),
                              "id": headers.get("webhook-id") or headers.get("svix-id")})
        signed = {name.lower(): value for name, value in answer.get("headers", [])}
        common = [name for name in signed if name in headers and PROOF.search(name)]
        if common:
            differ = [name for name in common if entries(signed[name]).isdisjoint(entries(headers[name]))]
            self.say(vector["id"], program, sdk, "sign", f"another {differ}: {signed}" if differ else None)
        elif vector["provider"] == "adyen":
            signatures = [re.findall('"hmacSignature": ?"([^"]+)"', body) for body in (answer["body"], vector["body"])]
            self.say(vector["id"], program, sdk, "sign", None if signatures[0] == signatures[1] else f"{signatures}")
        else:
            self.say(vector["id"], program, sdk, "sign", f"no proof in common: {answer}")

    def together(self, provider):
        """What each SDK signs, each SDK judges."""
        signer = SIGNED_AS.get(provider, provider)
        right, wrong = SECRETS.get(signer, SECRETS[None])
        # Polar's secret is text, which its SDK makes a key of Standard Webhooks.
        secret = base64.b64decode(right.removeprefix("whsec_")).decode() if provider == "polar" else right
        for by, signing in self.rows(signer, "sign"):
            signed, forged = (by.ask({"op": "sign", "provider": signer, "secret": key, "url": URL,
                                      "body": BODIES.get(provider, BODY)}) for key in (right, wrong))
            self.say(f"{provider} alone", by, signing, "sign", None if "headers" in signed else f"fault: {signed}")
            for program, sdk in self.rows(provider, "verify") if "headers" in signed else []:
                cases = [("good", signed, signed["body"], True), ("another key", forged, forged["body"], False)]
                if changed(signed["body"]) != signed["body"]:
                    cases.append(("a byte changed", signed, changed(signed["body"]), False))
                for what, made, body, wanted in cases:
                    answer = program.ask({"op": "verify", "provider": provider, "secret": secret, "body": body,
                                          "headers": made["headers"], "url": made["url"]})
                    finding = None if answer.get("accepted") is wanted else f"{answer}"
                    self.say(f"{provider} by {by.name} {signing}: {what}", program, sdk, "verify", finding)

    def basic(self):
        """Chargebee presents its secret, so that nobody signs."""
        for program, sdk in self.rows("chargebee", "verify"):
            for password, wanted in (("pass:word", True), ("password", False)):
                header = "Basic " + base64.b64encode(f"user:{password}".encode()).decode()
                answer = program.ask({"op": "verify", "provider": "chargebee", "secret": "user:pass:word", "body": "{}",
                                      "headers": [["authorization", header]]})
                finding = None if answer.get("accepted") is wanted else f"{answer}"
                self.say(f"chargebee with {password}", program, sdk, "verify", finding)

    def answers(self):
        """The answers to handshakes: one from two SDKs is the same."""
        for provider, name in (("braintree", "bt_challenge"), ("nylas", "challenge")):
            secret, challenge = SECRETS.get(provider, SECRETS[None])[0], "20f9f8ed05f77439fe955c977e4c8a53"
            request = {"op": "answer", "provider": provider, "secret": secret, "body": "",
                       "url": f"{URL}&{name}={challenge}"}
            rows = self.rows(provider, "answer")
            given = [(program, sdk, program.ask(request).get("answer")) for program, sdk in rows]
            for program, sdk, answer in given:
                finding = None if answer and answer == given[0][2] else f"{answer}, not {given[0][2]}"
                self.say(f"{provider} challenge", program, sdk, "answer", finding)

    def unmet(self):
        for program in self.programs:
            for row in program.rows:
                if (program.name, row["sdk"], row["op"]) not in self.met:
                    print(f"{row['provider']} | {program.name} {row['sdk']} | {row['op']} | not met here")


PROOF = re.compile("signature(?!-version|-algorithm|d)|hmac")


def provider_of(vector):
    """The row's name: a sender's variants have their own."""
    provider, scheme, headers = vector["provider"], vector["scheme"], {name.lower() for name in vector["headers"]}
    if scheme == "v1a":
        return f"{provider}-v1a"
    if provider == "hubspot":
        return provider if scheme == "v3" else f"hubspot-{scheme}"
    if provider == "adyen" and "hmacsignature" in headers:
        return "adyen-platform"
    if provider == "cloudinary" and len(vector["headers"]["X-Cld-Signature"]) == 40:
        return "cloudinary-sha1"
    if provider == "twilio":
        return "twilio-json" if "bodySHA256" in (vector["url"] or "") else "twilio-form"
    return provider


def signed_at(vector, headers):
    """The moment that the headers state, in whole seconds."""
    for name, value in headers.items():
        stated = re.fullmatch(r"(\d+)", value) if name.endswith("timestamp") else re.match(r"ts?=(\d+)\b", value)
        if stated:
            moment = int(stated[1])
            return moment // 1000 if 10**11 < moment < 10**13 and "x-cld-timestamp" not in headers else moment
    return vector["now"]


def entries(value):
    """The parts of a list header that are signatures."""
    parts = value.replace(",", " ").replace(";", " ").split()
    return {part for part in parts if not part.startswith(("t=", "ts="))} - {"v1"}


def changed(body):
    return body.replace("value-1", "value-2")


def main():
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/interop").resolve()
    vectors = Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "crates/hookporter-testkit/data/vectors.json")
    began = time.monotonic()
    python = Program("python", [directory / "venv/bin/python", HERE / "sdk.py"], directory)
    node = Program("node", ["node", HERE / "sdk.mjs"], directory)
    check = Check([python, node])
    for vector in json.loads(vectors.read_text(encoding="utf-8")):
        if isinstance(vector.get("body"), str):
            check.vector(vector)
    for provider in sorted({row["provider"] for program in check.programs for row in program.rows}):
        check.together(provider)
    check.basic()
    check.answers()
    check.unmet()
    print(f"{check.unexpected} unexpected, {time.monotonic() - began:.1f} s")
    sys.exit(check.unexpected > 0)


if __name__ == "__main__":
    main()
