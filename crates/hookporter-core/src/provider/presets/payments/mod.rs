//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

mod adyen;
mod adyen_platform;
mod braintree;
mod mercadopago;
mod square;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &adyen::ADYEN,
    &adyen_platform::ADYEN_PLATFORM,
    &braintree::BRAINTREE,
    &mercadopago::MERCADOPAGO,
    &square::SQUARE,
];
