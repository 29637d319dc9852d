//! Where credentials apply: only an owner shares, and what is shared is used without being read.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv,
    forms::{new, placement},
    on_both,
};
use domain::{
    CredentialId, Field, Principal, ProjectId, Purpose, Role, ServiceError,
    audit::{AuditAction, AuditEvent, AuditQuery},
    credentials::{
        CreateCredential, CredentialDetail, CredentialQuery, CredentialScope, Environment,
        Parameters, PatternKind, Placement, Remarks, Saved,
    },
    service::{Answer, Audit, Credentials},
};

on_both!(
    r_authz_only_an_owner_shares,
    r_authz_a_shared_credential_is_used_without_being_read,
    a_place_is_stored_and_told,
    r_authz_03_a_project_is_of_the_same_organization,
    two_people_do_not_place_at_once,
);

fn shared() -> Placement {
    Placement { project: "shared".into(), ..Placement::default() }
}

async fn get(env: &TestEnv, principal: &Principal, id: CredentialId) -> CredentialDetail {
    Credentials::get(&env.engine, principal, id).await.unwrap()
}

async fn place(
    env: &TestEnv,
    principal: &Principal,
    id: CredentialId,
    to: Placement,
) -> Answer<Saved> {
    let seen = get(env, &env.principal, id).await;
    Credentials::place(&env.engine, principal, placement(&seen, to)).await
}

async fn create(
    env: &TestEnv,
    principal: &Principal,
    placement: Placement,
) -> Answer<CredentialId> {
    let form = CreateCredential {
        provider: "amazon_ecr".into(),
        shape: "ecr_access_key".into(),
        username: "AKIAIOSFODNN7EXAMPLE".into(),
        remarks: Remarks::described("the payments team"),
        parameters: Parameters { region: "eu-west-1".into(), ..Parameters::default() },
        placement,
        ..new("ecr", "secret")
    };
    Credentials::create(&env.engine, principal, form).await.map(|saved| saved.id)
}

async fn log(env: &TestEnv, action: AuditAction) -> Vec<AuditEvent> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    Audit::list(&env.engine, &env.principal, query).await.unwrap().rows
}

async fn r_authz_only_an_owner_shares(env: TestEnv) {
    let admin = env.member("Ada", Role::Admin).await;
    assert_eq!(create(&env, &admin, shared()).await, Err(ServiceError::NotAllowed));
    let id = create(&env, &admin, Placement::default()).await.unwrap();
    let refused = place(&env, &admin, id, shared()).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    assert!(matches!(get(&env, &admin, id).await.reach, CredentialScope::Project(_)));

    place(&env, &env.principal, id, shared()).await.unwrap();
    assert_eq!(get(&env, &admin, id).await.reach, CredentialScope::Shared);
    // Within its place an admin changes it as any other; out of it only an owner takes it.
    let staging = Placement { environment: "staging".into(), ..shared() };
    place(&env, &admin, id, staging).await.unwrap();
    let refused = place(&env, &admin, id, Placement::default()).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    place(&env, &env.principal, id, Placement::default()).await.unwrap();
    assert!(matches!(get(&env, &admin, id).await.reach, CredentialScope::Project(_)));
    assert_eq!(log(&env, AuditAction::Refused).await.len(), 3, "I-13");
}

async fn r_authz_a_shared_credential_is_used_without_being_read(env: TestEnv) {
    let pattern = Placement {
        pattern: "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts".into(),
        ..shared()
    };
    let id = create(&env, &env.principal, pattern).await.unwrap();
    for role in [Role::Owner, Role::Admin] {
        let detail = get(&env, &env.member("Ada", role).await, id).await;
        assert_eq!(detail.username, "AKIAIOSFODNN7EXAMPLE");
        assert_eq!(detail.pattern_kind, PatternKind::Exact);
    }
    let found = async |principal: &Principal| {
        let query = CredentialQuery { search: "payments".into(), ..CredentialQuery::default() };
        let page = Credentials::list(&env.engine, principal, query).await.unwrap();
        (page.rows.len(), page.total.counted())
    };
    assert_eq!(found(&env.principal).await, (1, 1));
    for role in [Role::Editor, Role::Viewer] {
        let member = env.member("Ada", role).await;
        let detail = get(&env, &member, id).await;
        assert_eq!((detail.name.as_str(), detail.reach), ("ecr", CredentialScope::Shared));
        let texts = [detail.username, detail.remarks.description, detail.pattern];
        assert_eq!(texts, ["", "", ""].map(str::to_owned));
        assert_eq!(detail.parameters, Parameters::default());
        assert_eq!(found(&member).await, (0, 0), "nor is its description searched");
        let choices = Credentials::choices(&env.engine, &member, "", None, "").await.unwrap();
        assert_eq!((choices[0].id, choices[0].project.as_deref()), (id, None));
    }
    // One of a project is read by every member.
    let pattern = Placement { pattern: "https://a.example/charts".into(), ..Placement::default() };
    place(&env, &env.principal, id, pattern).await.unwrap();
    let viewer = env.member("Ada", Role::Viewer).await;
    assert_eq!(get(&env, &viewer, id).await.remarks.description, "the payments team");
    assert_eq!(found(&viewer).await, (1, 1));
}

async fn a_place_is_stored_and_told(env: TestEnv) {
    let id = create(&env, &env.principal, Placement::default()).await.unwrap();
    let detail = get(&env, &env.principal, id).await;
    assert_eq!((detail.project.as_str(), detail.environment), ("default", Environment::Unset));
    assert_eq!(detail.purposes, [Purpose::Helm, Purpose::Image]);
    assert_eq!((detail.pattern.as_str(), detail.pattern_kind), ("", PatternKind::None));
    let form = Placement {
        purposes: "image".into(),
        pattern: "^https://[a-z]+\\.example/".into(),
        pattern_kind: "regex".into(),
        environment: "production".into(),
        expires: "2199-01-31".into(),
        ..Placement::default()
    };
    place(&env, &env.principal, id, form.clone()).await.unwrap();
    let placed = get(&env, &env.principal, id).await;
    assert_eq!(placed.purposes, [Purpose::Image]);
    assert_eq!(
        (placed.pattern_kind, placed.environment),
        (PatternKind::Regex, Environment::Production)
    );
    assert_eq!((placed.vault_version, placed.row_version), (1, detail.row_version + 1));
    assert_eq!(
        log(&env, AuditAction::CredentialPlaced).await[0].detail,
        "for image, new pattern, environment production, expires 2199-01-31"
    );
    // Nothing changed.
    place(&env, &env.principal, id, form.clone()).await.unwrap();
    assert_eq!(get(&env, &env.principal, id).await.row_version, placed.row_version);
    for (broken, field) in [
        (Placement { pattern: "(".into(), ..form.clone() }, Field::Pattern),
        (Placement { purposes: "git".into(), ..form.clone() }, Field::Purposes),
        (Placement { expires: "tomorrow".into(), ..form }, Field::Expires),
    ] {
        let refused = place(&env, &env.principal, id, broken).await.unwrap_err();
        assert!(refused.problem_of(field).is_some(), "{refused:?}");
    }
}

async fn r_authz_03_a_project_is_of_the_same_organization(env: TestEnv) {
    let other = TestEnv::organization(&env.db, "Two").await;
    let scope = storage::Scope::of(&other.may(domain::Action::View).unwrap());
    let theirs = storage::projects::default_id(&env.db, scope).await.unwrap();
    let foreign = [theirs, ProjectId::new()]
        .map(|project| Placement { project: project.to_string(), ..Placement::default() });
    for foreign in foreign.clone() {
        let refused = create(&env, &env.principal, foreign).await.unwrap_err();
        assert!(refused.problem_of(Field::Project).is_some(), "{refused:?}");
    }
    let id = create(&env, &env.principal, Placement::default()).await.unwrap();
    for foreign in foreign {
        let refused = place(&env, &env.principal, id, foreign).await.unwrap_err();
        assert!(refused.problem_of(Field::Project).is_some(), "{refused:?}");
    }
}

async fn two_people_do_not_place_at_once(env: TestEnv) {
    let id = create(&env, &env.principal, Placement::default()).await.unwrap();
    for round in 0..5 {
        let seen = get(&env, &env.principal, id).await;
        let to = |path: &str| {
            let pattern = format!("https://{path}{round}.example");
            placement(&seen, Placement { pattern, ..Placement::default() })
        };
        let (a, b) = tokio::join!(
            Credentials::place(&env.engine, &env.principal, to("a")),
            Credentials::place(&env.engine, &env.principal, to("b"))
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let lost = a.err().or(b.err());
        assert_eq!(lost, Some(ServiceError::Stale { changed_by: "Ada".into() }));
    }
}
