//! Payments and finance: PayPal, Paddle, Plaid, Razorpay, Xero and others.

mod chargebee;
mod checkout_com;
mod coinbase_cdp;
mod coinbase_commerce;
mod easypost;
mod flutterwave;
mod flutterwave_v3;
mod gocardless;
mod lemonsqueezy;
mod mollie;
mod paddle;
#[cfg(feature = "rsa")]
mod paypal;
mod paystack;
#[cfg(all(feature = "jwt", feature = "ecdsa"))]
mod plaid;
mod quickbooks;
mod razorpay;
mod recurly;
mod woocommerce;
mod xero;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &chargebee::CHARGEBEE,
    &checkout_com::CHECKOUT_COM,
    &coinbase_cdp::COINBASE_CDP,
    &coinbase_commerce::COINBASE_COMMERCE,
    &easypost::EASYPOST,
    &flutterwave::FLUTTERWAVE,
    &flutterwave_v3::FLUTTERWAVE_V3,
    &gocardless::GOCARDLESS,
    &lemonsqueezy::LEMONSQUEEZY,
    &mollie::MOLLIE,
    &paddle::PADDLE,
    #[cfg(feature = "rsa")]
    &paypal::PAYPAL,
    &paystack::PAYSTACK,
    #[cfg(all(feature = "jwt", feature = "ecdsa"))]
    &plaid::PLAID,
    &quickbooks::QUICKBOOKS,
    &razorpay::RAZORPAY,
    &recurly::RECURLY,
    &woocommerce::WOOCOMMERCE,
    &xero::XERO,
];
