//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

mod adyen;
mod braintree;
mod mercadopago;
mod square;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("adyen", &adyen::ADYEN),
    ("adyen-platform", &adyen::ADYEN_PLATFORM),
    ("braintree", &braintree::BRAINTREE),
    ("mercadopago", &mercadopago::MERCADOPAGO),
    ("square", &square::SQUARE),
];
