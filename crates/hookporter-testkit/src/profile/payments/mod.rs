//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

mod adyen;
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

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("adyen", &adyen::ADYEN),
    ("adyen-platform", &adyen::ADYEN_PLATFORM),
    ("braintree", &braintree::BRAINTREE),
    ("chargebee", &chargebee::CHARGEBEE),
    ("checkout-com", &checkout_com::CHECKOUT_COM),
    ("coinbase-cdp", &coinbase_cdp::COINBASE_CDP),
    ("coinbase-commerce", &coinbase_commerce::COINBASE_COMMERCE),
    ("easypost", &easypost::EASYPOST),
    ("flutterwave", &flutterwave::FLUTTERWAVE),
    ("flutterwave-v3", &flutterwave_v3::FLUTTERWAVE_V3),
    ("gocardless", &gocardless::GOCARDLESS),
    ("lemonsqueezy", &lemonsqueezy::LEMONSQUEEZY),
    ("mercadopago", &mercadopago::MERCADOPAGO),
    ("mollie", &mollie::MOLLIE),
    ("paddle", &paddle::PADDLE),
    #[cfg(feature = "rsa")]
    ("paypal", &paypal::PAYPAL),
    ("paystack", &paystack::PAYSTACK),
    #[cfg(all(feature = "jwt", feature = "ecdsa"))]
    ("plaid", &plaid::PLAID),
    ("quickbooks", &quickbooks::QUICKBOOKS),
    ("razorpay", &razorpay::RAZORPAY),
    ("recurly", &recurly::RECURLY),
    ("square", &square::SQUARE),
    ("woocommerce", &woocommerce::WOOCOMMERCE),
    ("xero", &xero::XERO),
];
