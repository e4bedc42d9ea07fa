//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;
use crate::senders::preset;

senders! {
    /// Payment notifications of Adyen's: a batch of two items, each with its own signature. A body of your own needs
    /// `notificationItems`; it gains the signatures. Most of it is not covered, so no tampered body is among the
    /// forgeries.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    adyen = "adyen",
    /// Requests of Adyen's platforms, banking and management.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    adyen_platform = "adyen-platform",
    /// Forms of Braintree's. The secret is the account's API keys as JSON, and a body of your own the XML of a
    /// notification, of which the form is made.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    braintree = "braintree",
    /// Requests of Chargebee's; the secret is `user:password`.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    chargebee = "chargebee",
    /// Requests of Checkout.com's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    checkout_com = "checkout-com",
    /// Requests of Coinbase CDP's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    coinbase_cdp = "coinbase-cdp",
    /// Requests of Coinbase Commerce's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    coinbase_commerce = "coinbase-commerce",
    /// Requests of EasyPost's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    easypost = "easypost",
    /// Requests of Flutterwave's, v4.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    flutterwave = "flutterwave",
    /// Requests of Flutterwave's, v3.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    flutterwave_v3 = "flutterwave-v3",
    /// Requests of GoCardless'.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    gocardless = "gocardless",
    /// Requests of Lemon Squeezy's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    lemonsqueezy = "lemonsqueezy",
    /// Requests of Mercado Pago's. The URL gains `data.id`, which is signed with the header `x-request-id`; the body is
    /// not covered.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    mercadopago = "mercadopago",
    /// Requests of Mollie's next-gen webhooks.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    mollie = "mollie",
    /// Requests of Paddle Billing's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    paddle = "paddle",
    /// Requests of PayPal's; the secret is a JSON object with `webhook_id` and, in place of the `certificate_pem`, an RSA
    /// private key.
    #[cfg(feature = "rsa")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "payments", feature = "rsa"))))]
    paypal = "paypal",
    /// Requests of Paystack's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    paystack = "paystack",
    /// Requests of Plaid's; the secret is a private key of P-256.
    #[cfg(all(feature = "jwt", feature = "ecdsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "payments", feature = "jwt", feature = "ecdsa"))))]
    plaid = "plaid",
    /// Requests of QuickBooks'.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    quickbooks = "quickbooks",
    /// Requests of Razorpay's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    razorpay = "razorpay",
    /// Requests of Recurly's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    recurly = "recurly",
    /// Requests of Square's, which signs the public URL: set it with [`RequestMaker::url`].
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    square = "square",
    /// Requests of WooCommerce's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    woocommerce = "woocommerce",
    /// Requests of Xero's.
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    xero = "xero",
}
