//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

mod adyen;
mod adyen_platform;
mod braintree;
mod chargebee;
mod checkout_com;
mod coinbase_cdp;
mod coinbase_commerce;
mod easypost;
mod flutterwave;
mod flutterwave_v3;
mod gocardless;
mod lemonsqueezy;
mod mercadopago;
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
mod square;
mod woocommerce;
mod xero;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &adyen::ADYEN,
    &adyen_platform::ADYEN_PLATFORM,
    &braintree::BRAINTREE,
    &chargebee::CHARGEBEE,
    &checkout_com::CHECKOUT_COM,
    &coinbase_cdp::COINBASE_CDP,
    &coinbase_commerce::COINBASE_COMMERCE,
    &easypost::EASYPOST,
    &flutterwave::FLUTTERWAVE,
    &flutterwave_v3::FLUTTERWAVE_V3,
    &gocardless::GOCARDLESS,
    &lemonsqueezy::LEMONSQUEEZY,
    &mercadopago::MERCADOPAGO,
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
    &square::SQUARE,
    &woocommerce::WOOCOMMERCE,
    &xero::XERO,
];
