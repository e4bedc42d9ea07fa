use hookporter_core::Provider;

use super::{NOW, Receiver};

#[test]
fn a_list_sender_signs_with_both_secrets_and_either_fits() {
    for (id, new, old) in [
        ("stripe", "whsec_new", "whsec_old"),
        ("standard-webhooks", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ] {
        let maker = crate::provider(id, new).unwrap().also_signed_with(old).at(NOW);
        let verifier = Provider::by_id(id).unwrap().verifier().unwrap();
        for secrets in [&[new][..], &[old], &[old, new]] {
            Receiver::new(verifier.clone(), secrets).holds_against(&maker, id);
        }
    }
}

#[cfg(feature = "workspace")]
#[test]
fn a_sender_with_a_header_for_each_key_is_forged_in_all_of_them() {
    for (id, new, old) in
        [("box", "SamplePrimaryKey", "SampleSecondaryKey"), ("docusign", "the-new-key", "the-old-key")]
    {
        let maker = crate::provider(id, new).unwrap().also_signed_with(old).at(NOW);
        let request = maker.build();
        let verifier = Provider::by_id(id).unwrap().verifier().unwrap();
        assert_eq!(request.headers().iter().filter(|(name, _)| verifier.is_proof_header(name)).count(), 2, "{id}");
        for secrets in [&[new][..], &[old], &[old, new]] {
            Receiver::new(verifier.clone(), secrets).holds_against(&maker, id);
        }
    }
}

#[test]
fn others_sign_with_their_first_secret() {
    let request = crate::github("the new secret").also_signed_with("the old secret").build();
    assert_eq!(request, crate::github("the new secret").build());
}
