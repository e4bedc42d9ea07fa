"""Standard Webhooks, and the senders that sign as it does."""

from py.harness import row


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


@row("openai", "verify", "openai")
def openai_verify(sdk, r):
    sdk.OpenAI(api_key="interop").webhooks.unwrap(r.body, r.headers, secret=r.secret)
    return True


@row("resend", "verify", "resend")
def resend_verify(sdk, r):
    headers = {name: r.headers.get(f"svix-{name}") for name in ("id", "timestamp", "signature")}
    sdk.Webhooks.verify({"payload": r.body, "headers": headers, "webhook_secret": r.secret})
    return True
