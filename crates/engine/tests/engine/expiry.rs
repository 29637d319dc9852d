//! When credentials expire: what is typed, what secrets tell themselves, and what counts.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::env::{
    TestEnv,
    fault_injection::FaultInjection,
    forms::{candidate, change, new, placement, version},
    on_both,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    CredentialId, Secret, Timestamp,
    audit::AuditAction,
    credentials::{CreateCredential, CredentialDetail, ExpirySource, Placement, Saved},
    service::Credentials,
};

on_both!(
    a_pasted_ecr_token_expires_after_12_hours,
    a_token_tells_its_own_expiry,
    what_is_sooner_counts,
    a_typed_day_is_about_one_secret,
    what_a_header_told_belongs_to_its_version,
    the_timeline_has_the_soonest_first,
);

const DAY: Duration = Duration::from_hours(24);

/// A JWT that expires then.
fn jwt(at: Timestamp) -> String {
    let claims = format!("{{\"exp\":{}}}", at.millis() / 1_000);
    let header = URL_SAFE_NO_PAD.encode("{\"alg\":\"RS256\"}");
    format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

/// The clock at a full second, as tokens tell it.
async fn at_a_full_second(env: TestEnv) -> FaultInjection {
    let faults = FaultInjection::new(env).await;
    let past = faults.now().millis().rem_euclid(1_000);
    faults.clock.advance(Duration::from_millis(u64::try_from(1_000 - past).unwrap()));
    faults
}

async fn create(faults: &FaultInjection, form: CreateCredential) -> CredentialId {
    Credentials::create(&faults.engine, &faults.env.principal, form).await.unwrap().id
}

async fn update(faults: &FaultInjection, id: CredentialId, password: &str) -> Saved {
    let form = change(&faults.get(id).await, password);
    Credentials::update(&faults.engine, &faults.env.principal, form).await.unwrap()
}

async fn type_day(faults: &FaultInjection, id: CredentialId, day: &str) {
    let form = Placement { expires: day.into(), ..Placement::default() };
    let form = placement(&faults.get(id).await, form);
    Credentials::place(&faults.engine, &faults.env.principal, form).await.unwrap();
}

fn told(detail: &CredentialDetail) -> Option<(Timestamp, ExpirySource, Timestamp)> {
    detail.expiry.map(|expiry| (expiry.at, expiry.source, expiry.since))
}

async fn a_pasted_ecr_token_expires_after_12_hours(env: TestEnv) {
    let faults = at_a_full_second(env).await;
    let form = CreateCredential {
        provider: "amazon_ecr".into(),
        shape: "password".into(),
        username: String::new(),
        ..new("ecr", "eyJwYXlsb2FkIjoi")
    };
    let id = create(&faults, form).await;
    let start = faults.now();
    let provider = ExpirySource::Provider;
    let dies = start.plus(Duration::from_hours(12));
    let expected = Some((dies, provider, start));
    assert_eq!(told(&faults.get(id).await), expected);
    // The same token is no younger for being stored again.
    faults.clock.advance(Duration::from_hours(5));
    update(&faults, id, "eyJwYXlsb2FkIjoi").await;
    assert_eq!(told(&faults.get(id).await), expected);
    update(&faults, id, "eyJuZXdlciI6").await;
    let renewed = start.plus(Duration::from_hours(5));
    assert_eq!(
        told(&faults.get(id).await),
        Some((renewed.plus(Duration::from_hours(12)), provider, renewed))
    );
    // Nor is one that is brought back.
    let form = version(&faults.get(id).await, 1);
    Credentials::roll_back(&faults.engine, &faults.env.principal, form).await.unwrap();
    assert_eq!(told(&faults.get(id).await).unwrap().0, dies);
}

async fn a_token_tells_its_own_expiry(env: TestEnv) {
    let faults = at_a_full_second(env).await;
    let start = faults.now();
    let (first, second) = (start.plus(DAY * 90), start.plus(DAY * 180));
    let id = create(&faults, new("jfrog", &jwt(first))).await;
    assert_eq!(told(&faults.get(id).await), Some((first, ExpirySource::Provider, start)));
    faults.clock.advance(DAY);
    let form = candidate(&faults.get(id).await, &jwt(second));
    Credentials::update(&faults.engine, &faults.env.principal, form).await.unwrap();
    assert_eq!(told(&faults.get(id).await).unwrap().0, first, "not before it is promoted");
    let form = version(&faults.get(id).await, 2);
    Credentials::promote(&faults.engine, &faults.env.principal, form).await.unwrap();
    assert_eq!(told(&faults.get(id).await), Some((second, ExpirySource::Provider, faults.now())));
    update(&faults, id, "not a token").await;
    assert_eq!(told(&faults.get(id).await), None);
}

async fn what_is_sooner_counts(env: TestEnv) {
    let faults = at_a_full_second(env).await;
    let at = faults.now().plus(DAY * 90);
    let (early, late) = (faults.now().plus(DAY * 30).day(), faults.now().plus(DAY * 300).day());
    let mut form = new("jfrog", &jwt(at));
    form.placement.expires.clone_from(&early);
    let id = create(&faults, form).await;
    let typed = (Timestamp::parse_day(&early).unwrap(), ExpirySource::Typed, faults.now());
    assert_eq!(told(&faults.get(id).await), Some(typed));
    type_day(&faults, id, &late).await;
    let provider = Some((at, ExpirySource::Provider, faults.now()));
    assert_eq!(told(&faults.get(id).await), provider, "a token cannot be wished to live longer");
    type_day(&faults, id, &early).await;
    assert_eq!(told(&faults.get(id).await), Some(typed));
    type_day(&faults, id, "").await;
    assert_eq!(told(&faults.get(id).await), provider);
    assert_eq!(faults.logged(AuditAction::CredentialPlaced).await, 3);
}

async fn a_typed_day_is_about_one_secret(env: TestEnv) {
    let faults = at_a_full_second(env).await;
    let mut form = new("harbor", "one");
    form.placement.expires = "2199-01-31".into();
    let id = create(&faults, form).await;
    let day = Timestamp::parse_day("2199-01-31").unwrap();
    // A new user name is no new secret.
    let mut form = change(&faults.get(id).await, "");
    form.username = "other".into();
    let saved = Credentials::update(&faults.engine, &faults.env.principal, form).await.unwrap();
    assert_eq!((saved.warning, told(&faults.get(id).await).unwrap().0), (None, day));
    let saved = update(&faults, id, "two").await;
    assert!(saved.warning.unwrap().contains("2199-01-31"));
    assert_eq!(told(&faults.get(id).await), None);
}

async fn what_a_header_told_belongs_to_its_version(env: TestEnv) {
    let faults = at_a_full_second(env).await;
    let id = create(&faults, new("github", "one")).await;
    let (scope, at) = (faults.env.scope(), faults.now().plus(DAY * 60));
    let of = async |tested: i64, at: Timestamp, source: ExpirySource| {
        let mut tx = faults.env.db.begin().await.unwrap();
        let told = (id, tested);
        let changed = storage::credentials::set_expiry(&mut tx, scope, told, at, source).await;
        tx.commit().await.unwrap();
        changed.unwrap()
    };
    let set = async |at, source| of(1, at, source).await;
    assert_eq!(set(at, ExpirySource::Provider).await, 1);
    assert_eq!(set(at, ExpirySource::Provider).await, 0, "nothing new");
    assert_eq!(told(&faults.get(id).await).unwrap().0, at);
    // A token that was prolonged; then a day that is sooner, which later headers leave alone.
    assert_eq!(set(at.plus(DAY), ExpirySource::Provider).await, 1);
    type_day(&faults, id, &faults.now().plus(DAY * 30).day()).await;
    assert_eq!(set(at.plus(DAY), ExpirySource::Provider).await, 0);
    assert_eq!(faults.get(id).await.expiry.unwrap().source, ExpirySource::Typed);
    update(&faults, id, "two").await;
    assert_eq!(set(at.plus(DAY), ExpirySource::Provider).await, 0, "a test that ended too late");
    assert_eq!(told(&faults.get(id).await), None);
    let form = version(&faults.get(id).await, 1);
    Credentials::roll_back(&faults.engine, &faults.env.principal, form).await.unwrap();
    assert_eq!(
        told(&faults.get(id).await).unwrap().0,
        at.plus(DAY),
        "it comes back with its version"
    );
}

async fn the_timeline_has_the_soonest_first(env: TestEnv) {
    let faults = at_a_full_second(env).await;
    for (name, days) in [("later", 90), ("soon", 3), ("gone", 0)] {
        create(&faults, new(name, &jwt(faults.now().plus(DAY * days)))).await;
    }
    create(
        &faults,
        CreateCredential { password: Secret::new("never".into()), ..new("never", "never") },
    )
    .await;
    let rows = Credentials::expiring(&faults.engine, &faults.env.principal).await.unwrap();
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["gone", "soon", "later"]);
    let other = TestEnv::organization(&faults.env.db, "Two").await;
    assert_eq!(Credentials::expiring(&faults.engine, &other).await.unwrap(), []);
}
