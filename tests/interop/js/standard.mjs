// Standard Webhooks, and the senders that sign as it does.

import { load, row } from "./harness.mjs";

const webhookHeaders = ({ Webhook }, r, prefix) => [
  [`${prefix}-id`, r.id],
  [`${prefix}-timestamp`, String(r.timestamp)],
  [`${prefix}-signature`, new Webhook(r.secret).sign(r.id, r.date, r.body)],
];

row("standard-webhooks", "sign", "standardwebhooks", null, (sdk, r) => webhookHeaders(sdk, r, "webhook"));

row("standard-webhooks", "verify", "standardwebhooks", null, ({ Webhook }, r) => {
  new Webhook(r.secret).verify(r.body, r.headers, { jsonParse: false });
  return true;
});

row("svix", "sign", "svix", null, (sdk, r) => webhookHeaders(sdk, r, "svix"));

row("svix", "verify", "svix", null, ({ Webhook }, r) => {
  new Webhook(r.secret).verify(r.body, r.headers);
  return true;
});

row("anthropic", "verify", "@anthropic-ai/sdk", null, ({ Anthropic }, r) => {
  new Anthropic({ apiKey: "interop" }).beta.webhooks.unwrap(r.body, { headers: r.headers, key: r.secret });
  return true;
});

row("clerk", "verify", "@clerk/backend", "@clerk/backend/webhooks", async ({ verifyWebhook }, r) => {
  const request = new Request(r.url ?? "https://example.test/", { method: r.method, headers: r.headers, body: r.body });
  await verifyWebhook(request, { signingSecret: r.secret });
  return true;
});

// It takes only the types of events that it knows.
row("liveblocks", "verify", "@liveblocks/node", null, ({ WebhookHandler }, r) => {
  new WebhookHandler(r.secret).verifyRequest({ headers: r.headers, rawBody: r.body });
  return true;
});

row("openai", "verify", "openai", null, async ({ OpenAI }, r) => {
  await new OpenAI({ apiKey: "interop" }).webhooks.unwrap(r.body, r.headers, r.secret);
  return true;
});

row("polar", "verify", "@polar-sh/sdk", "@polar-sh/sdk/webhooks", async ({ validateEvent }, r) => {
  const { SDKValidationError } = await load("@polar-sh/sdk/models/errors/sdkvalidationerror");
  try {
    validateEvent(r.body, r.headers, r.secret);
  } catch (e) {
    if (!(e instanceof SDKValidationError)) throw e; // the signature holds, the body is none of Polar's events
  }
  return true;
});

row("resend", "verify", "resend", null, ({ Resend }, r) => {
  const { "svix-id": id, "svix-timestamp": timestamp, "svix-signature": signature } = r.headers;
  const headers = { id, timestamp, signature };
  new Resend("re_interop").webhooks.verify({ payload: r.body, headers, webhookSecret: r.secret });
  return true;
});
