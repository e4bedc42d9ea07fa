// Senders of workplaces: chat, documents, customers, shipments.

import { BadRequest, row } from "./harness.mjs";

// box: the secret is the primary key, or {"primary", "secondary"}

row("box", "sign", "box-node-sdk", "box-node-sdk/internal/utilsNode", async ({ computeWebhookSignature }, r) => {
  const headers = {
    "box-delivery-id": r.id,
    "box-delivery-timestamp": r.date.toISOString(),
    "box-signature-version": "1",
    "box-signature-algorithm": "HmacSHA256",
  };
  const { primary, secondary } = r.parts("primary");
  const signed = { ...headers };
  for (const [name, key] of Object.entries({ primary, secondary })) {
    if (key) signed[`box-signature-${name}`] = await computeWebhookSignature(r.body, headers, key);
  }
  return Object.entries(signed);
});

row("box", "verify", "box-node-sdk", "box-node-sdk/managers/webhooks", ({ WebhooksManager }, r) => {
  const { primary, secondary } = r.parts("primary");
  return WebhooksManager.validateMessage(r.body, r.headers, primary, { secondaryKey: secondary });
});

// dropbox-sign: a form whose field `json` has the event, which has its own signature; the secret is the API key

row("dropbox-sign", "verify", "@dropbox/sign", null, async ({ EventCallbackHelper, EventCallbackRequest }, r) => {
  const event = EventCallbackRequest.init(JSON.parse(await formField(r, "json")));
  return EventCallbackHelper.isValid(r.secret, event);
});

// The field of a form of either kind; where the body is no form, the body.
async function formField(r, name) {
  const type = r.headers["content-type"] ?? "application/json";
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type)) return r.body;
  const value = (await new Response(r.body, { headers: { "content-type": type } }).formData()).get(name);
  if (typeof value !== "string") throw new BadRequest(`body has no field ${name}`);
  return value;
}

// easypost

row("easypost", "verify", "@easypost/api", null, ({ default: EasyPost }, r) => {
  new EasyPost("interop").Utils.validateWebhook(Buffer.from(r.body), r.headers, r.secret);
  return true;
});

// hubspot: v1 and v2 are plain hashes, v3 has a timestamp in milliseconds; v2 and v3 sign the URL

const hubspotOptions = (r, timestamp) => ({ clientSecret: r.secret, requestBody: r.body, url: r.url, timestamp });

for (const version of ["v1", "v2"]) {
  row(`hubspot-${version}`, "sign", "@hubspot/api-client", null, ({ Signature }, r) => {
    if (version === "v2") r.needUrl();
    return [
      ["X-HubSpot-Signature", Signature.getSignature(r.method, version, hubspotOptions(r))],
      ["X-HubSpot-Signature-Version", version],
    ];
  });

  row(`hubspot-${version}`, "verify", "@hubspot/api-client", null, ({ Signature }, r) => {
    const signature = r.headers["x-hubspot-signature"];
    return Signature.isValid({ method: r.method, signatureVersion: version, signature, ...hubspotOptions(r) });
  });
}

row("hubspot", "sign", "@hubspot/api-client", null, ({ Signature }, r) => {
  r.needUrl();
  return [
    ["X-HubSpot-Signature-v3", Signature.getSignature(r.method, "v3", hubspotOptions(r, r.millis))],
    ["X-HubSpot-Request-Timestamp", String(r.millis)],
  ];
});

row("hubspot", "verify", "@hubspot/api-client", null, ({ Signature }, r) => {
  const options = hubspotOptions(r, Number(r.headers["x-hubspot-request-timestamp"]));
  const signature = r.headers["x-hubspot-signature-v3"];
  return Signature.isValid({ method: r.method, signatureVersion: "v3", signature, ...options });
});

// notion

row("notion", "sign", "@notionhq/client", null, async ({ signWebhookPayload }, r) => [
  ["X-Notion-Signature", await signWebhookPayload({ body: r.body, verificationToken: r.secret })],
]);

row("notion", "verify", "@notionhq/client", null, ({ verifyWebhookSignature }, r) =>
  verifyWebhookSignature({ body: r.body, signature: r.headers["x-notion-signature"], verificationToken: r.secret }),
);

// nylas: the SDK checks no signature

row("nylas", "answer", "nylas", null, ({ default: Nylas }, r) =>
  new Nylas({ apiKey: "interop" }).webhooks.extractChallengeParameter(r.needUrl()),
);

// shipmondo: the body is a JWS around the payload, which may be any JSON value

row("shipmondo", "sign", "jose", null, async ({ CompactSign }, r) => {
  const jws = new CompactSign(Buffer.from(r.body)).setProtectedHeader({ alg: "HS256" });
  r.body = JSON.stringify({ data: await jws.sign(Buffer.from(r.secret)) });
  return [];
});

row("shipmondo", "verify", "jose", null, async ({ compactVerify }, r) => {
  await compactVerify(JSON.parse(r.body).data, Buffer.from(r.secret), { algorithms: ["HS256"] });
  return true;
});

// slack

row("slack", "verify", "@slack/bolt", null, ({ verifySlackRequest }, r) => {
  const headers = {
    "x-slack-signature": r.headers["x-slack-signature"],
    "x-slack-request-timestamp": Number(r.headers["x-slack-request-timestamp"]), // as bolt's receivers do
  };
  verifySlackRequest({ signingSecret: r.secret, body: r.body, headers });
  return true;
});
