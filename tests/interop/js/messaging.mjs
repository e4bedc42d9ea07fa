// Senders of messages, mail and calls.

import { parse as parseQuery } from "node:querystring";

import { load, row } from "./harness.mjs";

// discord: the secret is the public key in hex

row("discord", "verify", "discord-interactions", null, ({ verifyKey }, r) =>
  verifyKey(r.body, r.headers["x-signature-ed25519"], r.headers["x-signature-timestamp"], r.secret),
);

// elevenlabs

row("elevenlabs", "verify", "@elevenlabs/elevenlabs-js", null, async ({ ElevenLabsClient }, r) => {
  const { webhooks } = new ElevenLabsClient({ apiKey: "interop" });
  await webhooks.constructEvent(r.body, r.headers["elevenlabs-signature"], r.secret);
  return true;
});

// line

row("line", "verify", "@line/bot-sdk", null, ({ validateSignature }, r) =>
  validateSignature(r.body, r.secret, r.headers["x-line-signature"]),
);

// livekit: the SDK makes the token's nbf now, whatever is asked for; only its end can be moved

row("livekit", "sign", "livekit-server-sdk", null, async ({ AccessToken }, r) => {
  const { api_key: key, api_secret: secret } = r.parts();
  const { digest } = await load("./livekit-server-sdk/dist/crypto/digest.js");
  const ttl = r.timestamp + 300 - Math.floor(Date.now() / 1000);
  const token = new AccessToken(key, secret, { ttl });
  token.sha256 = Buffer.from(await digest(r.body)).toString("base64");
  return [
    ["Authorization", await token.toJwt()],
    ["Content-Type", "application/webhook+json"],
  ];
});

row("livekit", "verify", "livekit-server-sdk", null, async ({ WebhookReceiver }, r) => {
  const { api_key: key, api_secret: secret } = r.parts();
  await new WebhookReceiver(key, secret).receive(r.body, r.headers.authorization);
  return true;
});

// pusher: the secret is {"key", "secret"}

row("pusher", "sign", "pusher", null, ({ default: { Token } }, r) => {
  const { key, secret } = r.parts();
  return [
    ["X-Pusher-Key", key],
    ["X-Pusher-Signature", new Token(key, secret).sign(r.body)],
    ["Content-Type", "application/json"],
  ];
});

row("pusher", "verify", "pusher", null, ({ default: Pusher }, r) => {
  const { key, secret } = r.parts();
  const pusher = new Pusher({ appId: "1", key, secret, cluster: "eu" });
  return pusher.webhook({ headers: r.headers, rawBody: r.body }).isValid();
});

// sendgrid: the secret is the public key as its dashboard shows it, base64

row("sendgrid", "verify", "@sendgrid/eventwebhook", null, ({ EventWebhook }, r) => {
  const webhook = new EventWebhook();
  const signature = r.headers["x-twilio-email-event-webhook-signature"];
  const timestamp = r.headers["x-twilio-email-event-webhook-timestamp"];
  return webhook.verifySignature(webhook.convertPublicKeyToECDSA(r.secret), r.body, signature, timestamp);
});

// twilio

const form = (body) => parseQuery(body, "&", "=", { maxKeys: 0 });

row("twilio-form", "sign", "twilio", null, ({ default: twilio }, r) => {
  const signature = twilio.getExpectedTwilioSignature(r.secret, r.needUrl(), form(r.body));
  return [["X-Twilio-Signature", signature]];
});

row("twilio-form", "verify", "twilio", null, ({ default: twilio }, r) =>
  twilio.validateRequest(r.secret, r.headers["x-twilio-signature"], r.needUrl(), form(r.body)),
);

row("twilio-json", "sign", "twilio", null, ({ default: twilio }, r) => {
  const separator = r.needUrl().includes("?") ? "&" : "?";
  r.url += `${separator}bodySHA256=${twilio.getExpectedBodyHash(r.body)}`;
  return [["X-Twilio-Signature", twilio.getExpectedTwilioSignature(r.secret, r.url, {})]];
});

row("twilio-json", "verify", "twilio", null, ({ default: twilio }, r) =>
  twilio.validateRequestWithBody(r.secret, r.headers["x-twilio-signature"], r.needUrl(), r.body),
);
