use serde_json::json;

use super::{OTHER_WHSEC, WHSEC};
use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static BIGCOMMERCE: Profile = Profile {
    keys: TestKeys::shared("client-secret-of-the-test-app", "client-secret-of-another-app"),
    sample: bigcommerce,
    ..Profile::BASE
};

pub(super) static POLAR: Profile = Profile {
    keys: TestKeys::shared("polar_whs_of_the_test_kit", "polar_whs_of_somebody_else"),
    sample: polar,
    ..Profile::BASE
};

pub(super) static GITLAB: Profile =
    Profile { keys: TestKeys::shared(WHSEC, OTHER_WHSEC), sample: gitlab, ..Profile::BASE };

pub(super) static GITLAB_TOKEN: Profile = Profile {
    keys: TestKeys::shared("secret-token-of-the-test", "secret-token-of-another"),
    proof: Some(Proof::StaticToken),
    ..GITLAB
};

pub(super) static LIVEBLOCKS: Profile = Profile { sample: liveblocks, ..GITLAB };

pub(super) static RENDER: Profile = Profile { sample: render, ..GITLAB };

pub(super) static SUPABASE_AUTH_HOOKS: Profile = Profile {
    keys: TestKeys::shared("v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,whsec_dGhlIGtleSBvZiBzb21lYm9keSBlbHNl"),
    sample: supabase,
    ..Profile::BASE
};

fn bigcommerce(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "scope": wanted.event_or("store/order/created"), "store_id": "1025646", "producer": "stores/abcde",
        "data": {"type": "order", "id": 250}, "hash": "dd70c0976e06b67aaf671e73f49dcb79230ebf9d",
        "created_at": wanted.sent.as_secs(),
    });
    Sample::json(wanted.id_or("msg_2hI6uKms0pQ3cZ9Ny7a2z6eX1gV"), body)
}

fn polar(wanted: &Wanted<'_>) -> Sample {
    let body =
        json!({"type": wanted.event_or("order.created"), "data": {"id": "ord_1", "amount": 1000, "currency": "usd"}});
    Sample::json(wanted.id_or("8f3b2c1d-eeee-4000-8000-000000000015"), body)
}

/// The headers of both kinds of hook.
fn gitlab(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("f5e5f430-f57b-4e6e-9fac-d9128cd7232f");
    let body = json!({
        "object_kind": wanted.event_or("push"), "ref": "refs/heads/main", "user_name": "Emma",
        "project": {"id": 15, "path_with_namespace": "team/service"}, "total_commits_count": 1,
    });
    Sample::json(id, body)
        .header("x-gitlab-event", "Push Hook")
        .header("x-gitlab-event-uuid", "13792a34-cac6-4fda-95a8-c58e00a3954e")
        .header("idempotency-key", id)
}

fn liveblocks(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "type": wanted.event_or("storageUpdated"),
        "data": {"roomId": "room_1", "projectId": "project_1", "updatedAt": "2023-01-27T20:27:48.744Z"},
    });
    Sample::json(wanted.id_or("wh_1"), body)
}

fn render(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "type": wanted.event_or("deploy_ended"), "timestamp": "2024-10-01T12:00:00Z",
        "data": {"id": "evt-1", "serviceId": "srv-1", "status": "succeeded"},
    });
    Sample::json(wanted.id_or("evt-cph1rs3idesc73a2b2mg"), body)
}

fn supabase(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "user": {"id": "8484b834-ffff-4000-8000-000000000016", "email": "emma@example.com"},
        "email_data": {"token": "305805", "email_action_type": "signup"},
    });
    Sample::json(wanted.id_or("9f4c3d2e-1212-4000-8000-000000000017"), body)
}
