//! Hookporter for actix-web.
