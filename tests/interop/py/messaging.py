"""Senders of messages, mail and calls."""

from urllib.parse import parse_qs

from py.harness import row

# line


@row("line", "verify", "line-bot-sdk", "linebot.v3.webhook")
def line_verify(sdk, r):
    return sdk.SignatureValidator(r.secret).validate(r.body, r.headers.get("x-line-signature", ""))


# sendgrid: the secret is the public key as its dashboard shows it, base64


@row("sendgrid", "verify", "sendgrid", "sendgrid.helpers.eventwebhook")
def sendgrid_verify(sdk, r):
    signature = r.headers.get("x-twilio-email-event-webhook-signature", "")
    timestamp = r.headers.get("x-twilio-email-event-webhook-timestamp", "")
    return sdk.EventWebhook(r.secret).verify_signature(r.body, signature, timestamp)


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
