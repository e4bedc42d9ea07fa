//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

mod woocommerce;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[("woocommerce", &woocommerce::WOOCOMMERCE)];
