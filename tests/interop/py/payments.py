"""Senders of payments and shops."""

import json
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode

from py.harness import BadRequest, row

# adyen: payments sign fields of each item and put the signature into it; platforms sign the body


def items(r):
    try:
        return [item["NotificationRequestItem"] for item in r.json["notificationItems"]]
    except (KeyError, TypeError) as e:
        raise BadRequest("body must have notificationItems[].NotificationRequestItem") from e


@row("adyen", "sign", "Adyen", "Adyen.util")
def adyen_sign(sdk, r):
    signed = []
    for item in items(r):
        signature = sdk.generate_notification_sig(item, r.secret).decode()
        data = {**item.get("additionalData", {}), "hmacSignature": signature}
        signed.append({"NotificationRequestItem": {**item, "additionalData": data}})
    r.body = json.dumps({**r.json, "notificationItems": signed})
    return []


@row("adyen", "verify", "Adyen", "Adyen.util")
def adyen_verify(sdk, r):
    # of a whole body the SDK judges the first item
    found = items(r)
    return bool(found) and all(sdk.is_valid_hmac_notification(item, r.secret) is True for item in found)


@row("adyen-platform", "sign", "Adyen", "Adyen.util")
def adyen_platform_sign(sdk, r):
    return [("HmacSignature", sdk.generate_payload_sig(r.body.encode(), r.secret).decode())]


@row("adyen-platform", "verify", "Adyen", "Adyen.util")
def adyen_platform_verify(sdk, r):
    return sdk.is_valid_hmac_payload(r.headers.get("hmacsignature", ""), r.secret, r.body.encode())


# braintree: the body that is asked for is the kind of a notification; the SDK writes it, at the time of now


def braintree_gateway(sdk, r):
    parts = r.parts()
    configuration = sdk.Configuration(
        environment=sdk.Environment.Sandbox,
        merchant_id="interop",
        public_key=parts["public_key"],
        private_key=parts["private_key"],
    )
    return sdk.BraintreeGateway(configuration)


@row("braintree", "sign", "braintree")
def braintree_sign(sdk, r):
    r.body = urlencode(braintree_gateway(sdk, r).webhook_testing.sample_notification(r.body, r.id))
    return [("Content-Type", "application/x-www-form-urlencoded")]


@row("braintree", "verify", "braintree")
def braintree_verify(sdk, r):
    form = {name: values[0] for name, values in parse_qs(r.body).items()}
    braintree_gateway(sdk, r).webhook_notification.parse(form.get("bt_signature"), form.get("bt_payload"))
    return True


@row("braintree", "answer", "braintree")
def braintree_answer(sdk, r):
    return braintree_gateway(sdk, r).webhook_notification.verify(r.query["bt_challenge"])


# coinbase-commerce


@row("coinbase-commerce", "sign", "coinbase-commerce", "coinbase_commerce.webhook")
def coinbase_sign(sdk, r):
    return [("X-CC-Webhook-Signature", sdk.WebhookSignature._compute_signature(r.body, r.secret))]


@row("coinbase-commerce", "verify", "coinbase-commerce", "coinbase_commerce.webhook")
def coinbase_verify(sdk, r):
    # what construct_event does besides reading the body as an event
    header = r.headers.get("x-cc-webhook-signature", "")
    return sdk.WebhookSignature.verify_sig_header(r.body, header, r.secret)


# gocardless


@row("gocardless", "verify", "gocardless_pro", "gocardless_pro.webhooks")
def gocardless_verify(sdk, r):
    sdk.parse(r.body, r.secret, r.headers.get("webhook-signature", ""))
    return True


# paddle: the SDK signs bytes, not a request


@row("paddle", "sign", "paddle-python-sdk", "paddle_billing.Notifications.PaddleSignature")
def paddle_sign(sdk, r):
    signature = sdk.PaddleSignature.calculate_hmac(r.secret, f"{r.timestamp}:{r.body}".encode()).hexdigest()
    return [("Paddle-Signature", f"ts={r.timestamp};h1={signature}")]


@row("paddle", "verify", "paddle-python-sdk", "paddle_billing.Notifications")
def paddle_verify(sdk, r):
    headers = {"Paddle-Signature": r.headers.get("paddle-signature")}
    request = SimpleNamespace(headers=headers, body=r.body.encode())
    return sdk.Verifier().verify(request, sdk.Secret(r.secret))


# razorpay


@row("razorpay", "verify", "razorpay")
def razorpay_verify(sdk, r):
    signature = r.headers.get("x-razorpay-signature", "")
    return sdk.Client(auth=("interop", "interop")).utility.verify_webhook_signature(r.body, signature, r.secret)


# square


@row("square", "verify", "squareup", "square.utils.webhooks_helper")
def square_verify(sdk, r):
    return sdk.verify_signature(
        request_body=r.body,
        signature_header=r.headers.get("x-square-hmacsha256-signature", ""),
        signature_key=r.secret,
        notification_url=r.need_url(),
    )


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
