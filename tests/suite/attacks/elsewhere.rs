//! Gathered cases that are not rows of the tables here: where each is shown, or what it waits for.

/// The id of a case, and where it is.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("C1", "c_keys::c1_c2_nothing_and_blanks_are_no_key"),
    ("C2", "c_keys::c1_c2_nothing_and_blanks_are_no_key"),
    ("C3", "c_keys::c3_a_prefix_alone_is_no_key_not_even_by_name"),
    ("C4", "c_keys::c4_a_key_of_another_kind_is_told_by_its_looks"),
    ("C5", "c_keys::c5_a_line_end_copied_with_the_key_is_named"),
    ("C6", "c_keys::c6_base64_that_is_none_is_not_taken_as_text"),
    ("C7", "c_keys::c7_a_short_key_builds_only_by_name"),
    ("C9", "c_keys::c9_c10_the_older_key_fits_until_it_expires"),
    ("C11", "c_sources::c11_a_revoked_key_is_dead_within_a_second"),
    ("C13", "c_sources::c13_while_the_source_fails_the_sender_is_to_come_again"),
    ("C14", "c_keys::c14_a_point_that_anybody_can_sign_for_is_no_key"),
    ("C16", "waits for a sender with certificates (SNS, PayPal): until then nothing here fetches anything"),
    ("F13", "f_claims::f13_a_payload_that_is_text_with_json_in_it_is_opened"),
    ("F25", "f_claims::f25_an_unsigned_header_is_a_hint"),
    ("F29", "crates/hookporter-core/tests/wycheproof/jws.rs"),
];
