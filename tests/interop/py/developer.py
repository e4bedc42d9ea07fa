"""Senders of code, media and developers' tools."""

from py.harness import row

# cloudinary: an account signs with SHA-1 unless it was changed; the SDK must be told


def cloudinary_verify(sdk, r, algorithm):
    sdk.config(api_secret=r.secret)
    timestamp, signature = r.headers.get("x-cld-timestamp", ""), r.headers.get("x-cld-signature", "")
    return sdk.utils.verify_notification_signature(r.body, timestamp, signature, algorithm=algorithm)


@row("cloudinary", "verify", "cloudinary")
def cloudinary_sha256_verify(sdk, r):
    return cloudinary_verify(sdk, r, sdk.utils.SIGNATURE_SHA256)


@row("cloudinary-sha1", "verify", "cloudinary")
def cloudinary_sha1_verify(sdk, r):
    return cloudinary_verify(sdk, r, sdk.utils.SIGNATURE_SHA1)


# github


@row("github", "verify", "gidgethub", "gidgethub.sansio")
def github_verify(sdk, r):
    signature = r.headers.get("x-hub-signature-256", "")
    sdk.validate_event(r.body.encode(), signature=signature, secret=r.secret)
    return True


# workos


@row("workos", "verify", "workos")
def workos_verify(sdk, r):
    # what verify_event does before it reads the body as an event
    client = sdk.WorkOSClient(api_key="interop", client_id="interop")
    signature = r.headers.get("workos-signature", "")
    client.webhooks.verify_header(event_body=r.body, event_signature=signature, secret=r.secret)
    return True
