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

#[test]
fn others_sign_with_their_first_secret() {
    let request = crate::github("the new secret").also_signed_with("the old secret").build();
    assert_eq!(request, crate::github("the new secret").build());
}
