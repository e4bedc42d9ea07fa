//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

#[cfg(feature = "rsa")]
mod paypal;
#[cfg(all(feature = "jwt", feature = "ecdsa"))]
mod plaid;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    #[cfg(feature = "rsa")]
    ("paypal", &paypal::PAYPAL),
    #[cfg(all(feature = "jwt", feature = "ecdsa"))]
    ("plaid", &plaid::PLAID),
];
