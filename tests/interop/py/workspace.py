"""Senders of workplaces: chat, documents, customers, shipments."""

import json
from email import message_from_string
from email.policy import HTTP
from urllib.parse import parse_qs

from py.harness import BadRequest, row

# box: the secret is the primary key, or {"primary", "secondary"}


@row("box", "sign", "boxsdk", "box_sdk_gen.internal.utils")
def box_sign(sdk, r):
    headers = {
        "box-delivery-id": r.id,
        "box-delivery-timestamp": r.date.isoformat(),
        "box-signature-version": "1",
        "box-signature-algorithm": "HmacSHA256",
    }
    parts = r.parts("primary")
    signatures = {
        f"box-signature-{name}": sdk.compute_webhook_signature(r.body, headers, parts[name])
        for name in ("primary", "secondary")
        if parts.get(name)
    }
    return list({**headers, **signatures}.items())


@row("box", "verify", "boxsdk", "box_sdk_gen.managers.webhooks")
def box_verify(sdk, r):
    parts = r.parts("primary")
    keys = {"primary_key": parts["primary"], "secondary_key": parts.get("secondary")}
    return sdk.WebhooksManager.validate_message(r.body, r.headers, **keys)


# dropbox-sign: a form whose field `json` has the event, which has its own signature; the secret is the API key


@row("dropbox-sign", "verify", "dropbox-sign", "dropbox_sign")
def dropbox_sign_verify(sdk, r):
    event = sdk.EventCallbackRequest.from_dict(json.loads(form_field(r, "json")))
    return sdk.EventCallbackHelper.is_valid(r.secret, event)


def form_field(r, name):
    """The field of a form of either kind; where the body is no form, the body."""
    kind = r.headers.get("content-type", "application/json")
    if kind.lower().startswith("application/x-www-form-urlencoded"):
        return parse_qs(r.body).get(name, [""])[0]
    if not kind.lower().startswith("multipart/form-data"):
        return r.body
    for part in message_from_string(f"Content-Type: {kind}\r\n\r\n{r.body}", policy=HTTP).iter_parts():
        if part.get_param("name", header="content-disposition") == name:
            return part.get_payload().removesuffix("\r\n")
    raise BadRequest(f"body has no field {name}")


# easypost


@row("easypost", "verify", "easypost", "easypost.util")
def easypost_verify(sdk, r):
    headers = {"X-Hmac-Signature": r.headers.get("x-hmac-signature")}
    sdk.validate_webhook(r.body.encode(), headers, r.secret)
    return True


# hubspot: v1 and v2 are plain hashes, v3 has a timestamp in milliseconds; v2 and v3 sign the URL


def hubspot_old(version):
    @row(f"hubspot-{version}", "sign", "hubspot-api-client", "hubspot.utils.signature")
    def sign(sdk, r):
        url = r.need_url() if version == "v2" else None
        signature = sdk.Signature.get_signature(r.secret, r.body, version, url, r.method)
        return [("X-HubSpot-Signature", signature), ("X-HubSpot-Signature-Version", version)]

    @row(f"hubspot-{version}", "verify", "hubspot-api-client", "hubspot.utils.signature")
    def verify(sdk, r):
        signature = r.headers.get("x-hubspot-signature", "")
        return sdk.Signature.is_valid(signature, r.secret, r.body, r.url, r.method, version)


hubspot_old("v1")
hubspot_old("v2")


@row("hubspot", "sign", "hubspot-api-client", "hubspot.utils.signature")
def hubspot_sign(sdk, r):
    timestamp = str(r.millis)
    signature = sdk.Signature.get_signature(r.secret, r.body, "v3", r.need_url(), r.method, timestamp)
    return [("X-HubSpot-Signature-v3", signature), ("X-HubSpot-Request-Timestamp", timestamp)]


@row("hubspot", "verify", "hubspot-api-client", "hubspot.utils.signature")
def hubspot_verify(sdk, r):
    signature, timestamp = r.headers.get("x-hubspot-signature-v3", ""), r.headers.get("x-hubspot-request-timestamp")
    return sdk.Signature.is_valid(signature, r.secret, r.body, r.need_url(), r.method, "v3", timestamp)


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


# slack


@row("slack", "sign", "slack_sdk", "slack_sdk.signature")
def slack_sign(sdk, r):
    timestamp = str(r.timestamp)
    signature = sdk.SignatureVerifier(r.secret).generate_signature(timestamp=timestamp, body=r.body)
    return [("X-Slack-Request-Timestamp", timestamp), ("X-Slack-Signature", signature)]


@row("slack", "verify", "slack_sdk", "slack_sdk.signature")
def slack_verify(sdk, r):
    return sdk.SignatureVerifier(r.secret).is_valid_request(r.body, r.headers)
