// Senders of code, media and developers' tools.

import { row } from "./harness.mjs";

// cloudinary: an account signs with SHA-1 unless it was changed; the SDK must be told

for (const [provider, signature_algorithm] of [
  ["cloudinary", "sha256"],
  ["cloudinary-sha1", "sha1"],
]) {
  row(provider, "sign", "cloudinary", null, ({ default: { utils } }, r) => {
    const signature = utils.webhook_signature(r.body, r.timestamp, { api_secret: r.secret, signature_algorithm });
    return [
      ["X-Cld-Timestamp", String(r.timestamp)],
      ["X-Cld-Signature", signature],
    ];
  });

  row(provider, "verify", "cloudinary", null, ({ default: { config, utils } }, r) => {
    config({ api_secret: r.secret, signature_algorithm });
    const { "x-cld-timestamp": timestamp, "x-cld-signature": signature } = r.headers;
    return utils.verifyNotificationSignature(r.body, Number(timestamp), signature);
  });
}

// contentful: the URL's path and query are signed, and the headers that the SDK is given

const canonical = (r, headers) => {
  const { pathname, search } = new URL(r.needUrl());
  return { method: r.method, path: pathname + search, headers, body: r.body };
};

row("contentful", "sign", "@contentful/node-apps-toolkit", null, ({ signRequest }, r) => {
  const headers = { "content-type": "application/json" };
  return Object.entries({ ...headers, ...signRequest(r.secret, canonical(r, headers), r.millis) });
});

row("contentful", "verify", "@contentful/node-apps-toolkit", null, ({ verifyRequest }, r) =>
  verifyRequest(r.secret, canonical(r, r.headers)),
);

// github

row("github", "sign", "@octokit/webhooks-methods", null, async (sdk, r) => [
  ["X-Hub-Signature-256", await sdk.sign(r.secret, r.body)],
  ["X-GitHub-Delivery", r.id],
]);

row("github", "verify", "@octokit/webhooks-methods", null, (sdk, r) =>
  sdk.verify(r.secret, r.body, r.headers["x-hub-signature-256"]),
);

// linear: judges the body's webhookTimestamp, in milliseconds

row("linear", "verify", "@linear/sdk", "@linear/sdk/webhooks", ({ LinearWebhookClient }, r) =>
  new LinearWebhookClient(r.secret).verify(Buffer.from(r.body), r.headers["linear-signature"]),
);

// mux: the SDK signs a text, not a request

const mux = ({ Mux }) => new Mux({ tokenId: "interop", tokenSecret: "interop" });

row("mux", "sign", "@mux/mux-node", null, async (sdk, r) => {
  const signature = await mux(sdk).webhooks.computeSignature(`${r.timestamp}.${r.body}`, r.secret);
  return [["Mux-Signature", `t=${r.timestamp},v1=${signature}`]];
});

row("mux", "verify", "@mux/mux-node", null, async (sdk, r) => {
  await mux(sdk).webhooks.verifySignature(r.body, r.headers, r.secret);
  return true;
});

// sanity

row("sanity", "sign", "@sanity/webhook", null, async ({ SIGNATURE_HEADER_NAME, encodeSignatureHeader }, r) => [
  [SIGNATURE_HEADER_NAME, await encodeSignatureHeader(r.body, r.millis, r.secret)],
  ["Idempotency-Key", r.id],
]);

row("sanity", "verify", "@sanity/webhook", null, async ({ SIGNATURE_HEADER_NAME, assertValidSignature }, r) => {
  await assertValidSignature(r.body, r.headers[SIGNATURE_HEADER_NAME], r.secret);
  return true;
});

// webflow

row("webflow", "verify", "webflow-api", null, ({ WebflowClient }, r) => {
  const { webhooks } = new WebflowClient({ accessToken: "interop" });
  return webhooks.verifySignature({ headers: r.headers, body: r.body, secret: r.secret });
});

// workos: the SDK signs and verifies what JSON.stringify writes of the parsed body

const workos = ({ WorkOS }) => new WorkOS("sk_interop", { clientId: "client_interop" });

row("workos", "sign", "@workos-inc/node", null, async (sdk, r) => {
  const signature = await workos(sdk).webhooks.computeSignature(r.millis, r.json, r.secret);
  r.body = JSON.stringify(r.json);
  return [["WorkOS-Signature", `t=${r.millis}, v1=${signature}`]];
});

row("workos", "verify", "@workos-inc/node", null, (sdk, r) =>
  // what constructEvent does before it reads the body as an event
  workos(sdk).webhooks.verifyHeader({ payload: r.json, sigHeader: r.headers["workos-signature"], secret: r.secret }),
);
