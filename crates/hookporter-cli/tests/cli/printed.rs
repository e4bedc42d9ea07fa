//! What `hookporter init` prints, compiled: each module is a program of its own, which nobody calls here.
#![expect(dead_code, reason = "programs, compiled and not run")]

mod actix_github;
mod actix_square;
mod axum_box;
mod axum_discord;
mod axum_stripe;
mod axum_twilio;

macro_rules! printed {
    ($($provider:literal on $framework:literal,)*) => {
        &[$(($provider, $framework, include_str!(concat!("printed/", $framework, "_", $provider, ".rs"))),)*]
    };
}

/// Sender, framework and code.
pub(crate) const ALL: &[(&str, &str, &str)] = printed! {
    "stripe" on "axum",
    "twilio" on "axum",
    "discord" on "axum",
    "box" on "axum",
    "github" on "actix",
    "square" on "actix",
};
