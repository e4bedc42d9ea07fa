//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

mod woocommerce;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[&woocommerce::WOOCOMMERCE];
