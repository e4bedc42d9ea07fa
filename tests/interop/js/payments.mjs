// Senders of payments and shops.

import { BadRequest, load, row } from "./harness.mjs";

// adyen: payments sign fields of each item and put the signature into it; platforms sign the body

const items = (r) =>
  (r.json.notificationItems ?? []).map(({ NotificationRequestItem: item }) => {
    if (!item) throw new BadRequest("body must have notificationItems[].NotificationRequestItem");
    return item;
  });

row("adyen", "sign", "@adyen/api-library", null, ({ hmacValidator: HmacValidator }, r) => {
  const validator = new HmacValidator();
  const signed = items(r).map((item) => {
    const hmacSignature = validator.calculateHmac(item, r.secret);
    return { NotificationRequestItem: { ...item, additionalData: { ...item.additionalData, hmacSignature } } };
  });
  r.body = JSON.stringify({ ...r.json, notificationItems: signed });
  return [];
});

row("adyen", "verify", "@adyen/api-library", null, ({ hmacValidator: HmacValidator }, r) => {
  const validator = new HmacValidator();
  const all = items(r);
  return all.length > 0 && all.every((item) => validator.validateHMAC(item, r.secret));
});

row("adyen-platform", "sign", "@adyen/api-library", null, ({ hmacValidator: HmacValidator }, r) => [
  ["HmacSignature", new HmacValidator().calculateHmac(r.body, r.secret)],
]);

row("adyen-platform", "verify", "@adyen/api-library", null, ({ hmacValidator: HmacValidator }, r) =>
  new HmacValidator().validateHMACSignature(r.secret, r.headers.hmacsignature, r.body),
);

// braintree: the body that is asked for is the kind of a notification; the SDK writes it, at the time of now

const braintreeGateway = ({ default: braintree }, r) => {
  const { public_key: publicKey, private_key: privateKey } = r.parts();
  const environment = braintree.Environment.Sandbox;
  return new braintree.BraintreeGateway({ environment, merchantId: "interop", publicKey, privateKey });
};

row("braintree", "sign", "braintree", null, async (sdk, r) => {
  const sample = await braintreeGateway(sdk, r).webhookTesting.sampleNotification(r.body, r.id);
  r.body = String(new URLSearchParams(sample));
  return [["Content-Type", "application/x-www-form-urlencoded"]];
});

row("braintree", "verify", "braintree", null, async (sdk, r) => {
  const form = new URLSearchParams(r.body);
  await braintreeGateway(sdk, r).webhookNotification.parse(form.get("bt_signature"), form.get("bt_payload"));
  return true;
});

row("braintree", "answer", "braintree", null, (sdk, r) =>
  braintreeGateway(sdk, r).webhookNotification.verify(r.query.get("bt_challenge")),
);

// chargebee: the SDK reads the header, its caller compares; the secret is user:password

row("chargebee", "verify", "chargebee", "./chargebee/esm/resources/webhook/auth.js", async (sdk, r) => {
  await sdk.basicAuthValidator((user, password) => `${user}:${password}` === r.secret)(r.headers);
  return true;
});

// coinbase-commerce

row("coinbase-commerce", "sign", "coinbase-commerce-node", null, ({ default: { Webhook } }, r) => [
  ["X-CC-Webhook-Signature", Webhook.computeSignature(r.body, r.secret)],
]);

row("coinbase-commerce", "verify", "coinbase-commerce-node", null, ({ default: { Webhook } }, r) =>
  // what verifyEventBody does besides reading the body as an event
  Webhook.verifySigHeader(r.body, r.headers["x-cc-webhook-signature"], r.secret),
);

// gocardless

row("gocardless", "verify", "gocardless-nodejs", "gocardless-nodejs/webhooks", ({ parse }, r) => {
  parse(r.body, r.secret, r.headers["webhook-signature"]);
  return true;
});

// mercadopago: id and request id are signed, no body is. The SDK takes the id from its caller, as it is in the query.

row("mercadopago", "verify", "mercadopago", null, ({ WebhookSignatureValidator }, r) => {
  const xSignature = r.headers["x-signature"];
  const xRequestId = r.headers["x-request-id"];
  WebhookSignatureValidator.validate({ xSignature, xRequestId, dataId: r.query.get("data.id"), secret: r.secret });
  return true;
});

// paddle

row("paddle", "verify", "@paddle/paddle-node-sdk", null, ({ Paddle }, r) =>
  new Paddle("interop").webhooks.isSignatureValid(r.body, r.secret, r.headers["paddle-signature"]),
);

// razorpay

row("razorpay", "verify", "razorpay", null, ({ default: Razorpay }, r) =>
  Razorpay.validateWebhookSignature(r.body, r.headers["x-razorpay-signature"], r.secret),
);

// shopify: only the body is signed, but the SDK refuses a request without the other headers

row("shopify", "sign", "@shopify/shopify-api", "@shopify/shopify-api/test-helpers", ({ getHmac }, r) => [
  ["X-Shopify-Hmac-Sha256", getHmac(r.body, r.secret)],
  ["X-Shopify-Topic", "orders/create"],
  ["X-Shopify-Shop-Domain", "example.myshopify.com"],
  ["X-Shopify-API-Version", "2026-01"],
  ["X-Shopify-Webhook-Id", r.id],
]);

row("shopify", "verify", "@shopify/shopify-api", null, async (sdk, r) => {
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

// square

row("square", "verify", "square", null, ({ WebhooksHelper }, r) =>
  WebhooksHelper.verifySignature({
    requestBody: r.body,
    signatureHeader: r.headers["x-square-hmacsha256-signature"],
    signatureKey: r.secret,
    notificationUrl: r.needUrl(),
  }),
);

// stripe

row("stripe", "sign", "stripe", null, ({ Stripe }, r) => {
  const options = { payload: r.body, secret: r.secret, timestamp: r.timestamp };
  return [["Stripe-Signature", Stripe.webhooks.generateTestHeaderString(options)]];
});

row("stripe", "verify", "stripe", null, ({ Stripe }, r) => {
  // what constructEvent does before it parses the body as an event
  const { signature, DEFAULT_TOLERANCE } = Stripe.webhooks;
  return signature.verifyHeader(r.body, r.headers["stripe-signature"], r.secret, DEFAULT_TOLERANCE);
});
