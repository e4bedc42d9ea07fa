//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

#[cfg(feature = "rsa")]
mod paypal;
#[cfg(all(feature = "jwt", feature = "ecdsa"))]
mod plaid;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    #[cfg(feature = "rsa")]
    &paypal::PAYPAL,
    #[cfg(all(feature = "jwt", feature = "ecdsa"))]
    &plaid::PLAID,
];
