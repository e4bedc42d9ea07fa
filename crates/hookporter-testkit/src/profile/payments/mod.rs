//! Payments and finance: PayPal, Adyen, Paddle, Square, Xero and others.

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[];
