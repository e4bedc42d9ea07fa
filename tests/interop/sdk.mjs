// Runs the senders' official Node SDKs: one JSON request per line in, one JSON answer per line out.
//
// The protocol is in README.md. A row is row(provider, op, package, module, function):
// - the function gets the imported SDK module and the request;
// - "sign" returns the header pairs (and may replace r.body and r.url);
// - "verify" returns true or false; what it throws is the SDK's reason to refuse.

import { File } from "node:buffer";
import { randomUUID, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse as parseQuery } from "node:querystring";
import { fileURLToPath, pathToFileURL } from "node:url";

// Node 18, which Debian 12 has, lacks these globals; some SDKs use them.
globalThis.crypto ??= webcrypto;
globalThis.File ??= File;

const here = fileURLToPath(new URL(".", import.meta.url));
const dir = resolve(process.env.HOOKPORTER_INTEROP_DIR || resolve(here, "../../target/interop"));

const load = async (name) => (await import(pathToFileURL(resolve(dir, "load.mjs")))).default(name);

const ROWS = new Map();
const row = (provider, op, pkg, module, run) => ROWS.set(`${provider} ${op}`, { provider, op, pkg, module, run });

// The request cannot be run: answered as an error, never as a refusal.
class BadRequest extends Error {
  name = "BadRequest";
}

class Request {
  constructor(raw) {
    this.secret = text(raw, "secret");
    this.body = text(raw, "body");
    this.url = raw.url ?? null;
    this.method = raw.method ?? "POST";
    this.timestamp = raw.timestamp ?? Math.floor(Date.now() / 1000);
    if (!Number.isInteger(this.timestamp)) throw new BadRequest("timestamp must be an integer");
    this.id = raw.id || `msg_${randomUUID()}`;
    this.headers = {}; // lower-case names; a repeated header is joined as servers do
    for (const [name, value] of raw.headers ?? []) {
      const key = name.toLowerCase();
      this.headers[key] = Object.hasOwn(this.headers, key) ? `${this.headers[key]}, ${value}` : value;
    }
  }

  get date() {
    return new Date(this.timestamp * 1000);
  }

  needUrl() {
    return text(this, "url");
  }
}

function text(raw, name) {
  if (typeof raw[name] !== "string") throw new BadRequest(`${name} must be a string`);
  return raw[name];
}

// stripe

row("stripe", "sign", "stripe", "stripe", ({ Stripe }, r) => {
  const options = { payload: r.body, secret: r.secret, timestamp: r.timestamp };
  return [["Stripe-Signature", Stripe.webhooks.generateTestHeaderString(options)]];
});

row("stripe", "verify", "stripe", "stripe", ({ Stripe }, r) => {
  // what constructEvent does before it parses the body as an event
  const { signature, DEFAULT_TOLERANCE } = Stripe.webhooks;
  return signature.verifyHeader(r.body, r.headers["stripe-signature"], r.secret, DEFAULT_TOLERANCE);
});

// standard-webhooks and svix

const webhookHeaders = ({ Webhook }, r, prefix) => [
  [`${prefix}-id`, r.id],
  [`${prefix}-timestamp`, String(r.timestamp)],
  [`${prefix}-signature`, new Webhook(r.secret).sign(r.id, r.date, r.body)],
];

row("standard-webhooks", "sign", "standardwebhooks", "standardwebhooks", (sdk, r) => webhookHeaders(sdk, r, "webhook"));

row("standard-webhooks", "verify", "standardwebhooks", "standardwebhooks", ({ Webhook }, r) => {
  new Webhook(r.secret).verify(r.body, r.headers, { jsonParse: false });
  return true;
});

row("svix", "sign", "svix", "svix", (sdk, r) => webhookHeaders(sdk, r, "svix"));

row("svix", "verify", "svix", "svix", ({ Webhook }, r) => {
  new Webhook(r.secret).verify(r.body, r.headers);
  return true;
});

// twilio

const form = (body) => parseQuery(body, "&", "=", { maxKeys: 0 });

row("twilio-form", "sign", "twilio", "twilio", ({ default: twilio }, r) => {
  const signature = twilio.getExpectedTwilioSignature(r.secret, r.needUrl(), form(r.body));
  return [["X-Twilio-Signature", signature]];
});

row("twilio-form", "verify", "twilio", "twilio", ({ default: twilio }, r) =>
  twilio.validateRequest(r.secret, r.headers["x-twilio-signature"], r.needUrl(), form(r.body)),
);

row("twilio-json", "sign", "twilio", "twilio", ({ default: twilio }, r) => {
  const separator = r.needUrl().includes("?") ? "&" : "?";
  r.url += `${separator}bodySHA256=${twilio.getExpectedBodyHash(r.body)}`;
  return [["X-Twilio-Signature", twilio.getExpectedTwilioSignature(r.secret, r.url, {})]];
});

row("twilio-json", "verify", "twilio", "twilio", ({ default: twilio }, r) =>
  twilio.validateRequestWithBody(r.secret, r.headers["x-twilio-signature"], r.needUrl(), r.body),
);

// github

row("github", "sign", "@octokit/webhooks-methods", "@octokit/webhooks-methods", async (sdk, r) => [
  ["X-Hub-Signature-256", await sdk.sign(r.secret, r.body)],
  ["X-GitHub-Delivery", r.id],
]);

row("github", "verify", "@octokit/webhooks-methods", "@octokit/webhooks-methods", (sdk, r) =>
  sdk.verify(r.secret, r.body, r.headers["x-hub-signature-256"]),
);

// slack

row("slack", "verify", "@slack/bolt", "@slack/bolt", ({ verifySlackRequest }, r) => {
  const headers = {
    "x-slack-signature": r.headers["x-slack-signature"],
    "x-slack-request-timestamp": Number(r.headers["x-slack-request-timestamp"]), // as bolt's receivers do
  };
  verifySlackRequest({ signingSecret: r.secret, body: r.body, headers });
  return true;
});

// shopify: only the body is signed, but the SDK refuses a request without the other headers

row("shopify", "sign", "@shopify/shopify-api", "@shopify/shopify-api/test-helpers", ({ getHmac }, r) => [
  ["X-Shopify-Hmac-Sha256", getHmac(r.body, r.secret)],
  ["X-Shopify-Topic", "orders/create"],
  ["X-Shopify-Shop-Domain", "example.myshopify.com"],
  ["X-Shopify-API-Version", "2026-01"],
  ["X-Shopify-Webhook-Id", r.id],
]);

row("shopify", "verify", "@shopify/shopify-api", "@shopify/shopify-api", async (sdk, r) => {
  await load("@shopify/shopify-api/adapters/node");
  const shopify = sdk.shopifyApi({
    apiKey: "interop",
    apiSecretKey: r.secret,
    apiVersion: Object.values(sdk.ApiVersion)[0],
    hostName: "example.test",
    isEmbeddedApp: false,
    logger: { log() {} },
  });
  const rawRequest = { method: r.method, url: r.url ?? "/", headers: r.headers };
  const { valid, reason } = await shopify.webhooks.validate({ rawBody: r.body, rawRequest });
  if (!valid) throw new Error(reason);
  return true;
});

// discord: the secret is the public key in hex

row("discord", "verify", "discord-interactions", "discord-interactions", ({ verifyKey }, r) =>
  verifyKey(r.body, r.headers["x-signature-ed25519"], r.headers["x-signature-timestamp"], r.secret),
);

// shipmondo: the body is a JWS around the payload, which may be any JSON value

row("shipmondo", "sign", "jose", "jose", async ({ CompactSign }, r) => {
  const jws = new CompactSign(Buffer.from(r.body)).setProtectedHeader({ alg: "HS256" });
  r.body = JSON.stringify({ data: await jws.sign(Buffer.from(r.secret)) });
  return [];
});

row("shipmondo", "verify", "jose", "jose", async ({ compactVerify }, r) => {
  await compactVerify(JSON.parse(r.body).data, Buffer.from(r.secret), { algorithms: ["HS256"] });
  return true;
});

// protocol

const describe = (e) => (e instanceof Error ? `${e.name}: ${e.message}` : String(e));

function named(pkg) {
  return `${pkg} ${JSON.parse(readFileSync(resolve(dir, "node_modules", pkg, "package.json"))).version}`;
}

async function answer(line) {
  const raw = JSON.parse(line);
  if (raw.op === "list") {
    return { rows: [...ROWS.values()].map(({ provider, op, pkg }) => ({ provider, op, sdk: named(pkg) })) };
  }
  const found = ROWS.get(`${raw.provider} ${raw.op}`);
  if (!found) throw new BadRequest(`no row for ${raw.provider} ${raw.op}`);
  const sdk = named(found.pkg);
  const module = await load(found.module);
  const r = new Request(raw);
  if (raw.op === "sign") {
    const headers = await found.run(module, r);
    return { sdk, headers, body: r.body, url: r.url };
  }
  try {
    return { sdk, accepted: await found.run(module, r), error: null };
  } catch (e) {
    if (e instanceof BadRequest) throw e;
    return { sdk, accepted: false, error: describe(e) };
  }
}

// Not node:readline, which also ends a line at U+2028 and U+2029.
async function* lines(stream) {
  let parts = [];
  for await (const chunk of stream.setEncoding("utf8")) {
    const [first, ...others] = chunk.split("\n");
    parts.push(first);
    for (const next of others) {
      yield parts.join("");
      parts = [next];
    }
  }
  if (parts.join("")) yield parts.join("");
}

globalThis.console = new console.Console(process.stderr); // an SDK that prints must not break the protocol
process.on("unhandledRejection", (e) => console.error(describe(e)));

for await (const line of lines(process.stdin)) {
  const reply = await answer(line).catch((e) => ({ error: describe(e) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
