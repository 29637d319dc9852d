//! Where credentials apply: only an owner shares, and what is shared is used without being read.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::world::{
    World,
    forms::{new, placement},
    on_both,
};
use domain::{
    Actor, CredentialId, Field, ProjectId, Purpose, Role, ServiceError,
    audit::{AuditAction, AuditEvent, AuditQuery},
    credentials::{
        CreateCredential, CredentialDetail, CredentialQuery, Environment, Parameters, PatternKind,
        Placement, Reach, Saved,
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

fn as_a(world: &World, role: Role) -> Actor {
    Actor { role, ..world.actor.clone() }
}

async fn get(world: &World, actor: &Actor, id: CredentialId) -> CredentialDetail {
    Credentials::get(&world.engine, actor, id).await.unwrap()
}

async fn place(world: &World, actor: &Actor, id: CredentialId, to: Placement) -> Answer<Saved> {
    let seen = get(world, &world.actor, id).await;
    Credentials::place(&world.engine, actor, placement(&seen, to)).await
}

async fn create(world: &World, actor: &Actor, placement: Placement) -> Answer<CredentialId> {
    let form = CreateCredential {
        provider: "amazon_ecr".into(),
        shape: "ecr_access_key".into(),
        username: "AKIAIOSFODNN7EXAMPLE".into(),
        description: "the payments team".into(),
        parameters: Parameters { region: "eu-west-1".into(), ..Parameters::default() },
        placement,
        ..new("ecr", "secret")
    };
    Credentials::create(&world.engine, actor, form).await.map(|saved| saved.id)
}

async fn log(world: &World, action: AuditAction) -> Vec<AuditEvent> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    Audit::list(&world.engine, &world.actor, query).await.unwrap().rows
}

async fn r_authz_only_an_owner_shares(world: World) {
    let admin = as_a(&world, Role::Admin);
    assert_eq!(create(&world, &admin, shared()).await, Err(ServiceError::NotAllowed));
    let id = create(&world, &admin, Placement::default()).await.unwrap();
    let refused = place(&world, &admin, id, shared()).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    assert!(matches!(get(&world, &admin, id).await.reach, Reach::Project(_)));

    place(&world, &world.actor, id, shared()).await.unwrap();
    assert_eq!(get(&world, &admin, id).await.reach, Reach::Shared);
    // Within its place an admin changes it as any other; out of it only an owner takes it.
    let staging = Placement { environment: "staging".into(), ..shared() };
    place(&world, &admin, id, staging).await.unwrap();
    let refused = place(&world, &admin, id, Placement::default()).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    place(&world, &world.actor, id, Placement::default()).await.unwrap();
    assert!(matches!(get(&world, &admin, id).await.reach, Reach::Project(_)));
    assert_eq!(log(&world, AuditAction::Refused).await.len(), 3, "I-13");
}

async fn r_authz_a_shared_credential_is_used_without_being_read(world: World) {
    let pattern = Placement {
        pattern: "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/charts".into(),
        ..shared()
    };
    let id = create(&world, &world.actor, pattern).await.unwrap();
    for role in [Role::Owner, Role::Admin] {
        let detail = get(&world, &as_a(&world, role), id).await;
        assert_eq!(detail.username, "AKIAIOSFODNN7EXAMPLE");
        assert_eq!(detail.pattern_kind, PatternKind::Exact);
    }
    let found = async |actor: &Actor| {
        let query = CredentialQuery { search: "payments".into(), ..CredentialQuery::default() };
        let page = Credentials::list(&world.engine, actor, query).await.unwrap();
        (page.rows.len(), page.total)
    };
    assert_eq!(found(&world.actor).await, (1, 1));
    for role in [Role::Editor, Role::Viewer] {
        let member = as_a(&world, role);
        let detail = get(&world, &member, id).await;
        assert_eq!((detail.name.as_str(), detail.reach), ("ecr", Reach::Shared));
        let texts = [detail.username, detail.description, detail.pattern];
        assert_eq!(texts, ["", "", ""].map(str::to_owned));
        assert_eq!(detail.parameters, Parameters::default());
        assert_eq!(found(&member).await, (0, 0), "nor is its description searched");
        let choices = Credentials::choices(&world.engine, &member, "").await.unwrap();
        assert_eq!((choices[0].id, choices[0].project.as_deref()), (id, None));
    }
    // One of a project is read by every member.
    let pattern = Placement { pattern: "https://a.example/charts".into(), ..Placement::default() };
    place(&world, &world.actor, id, pattern).await.unwrap();
    let viewer = as_a(&world, Role::Viewer);
    assert_eq!(get(&world, &viewer, id).await.description, "the payments team");
    assert_eq!(found(&viewer).await, (1, 1));
}

async fn a_place_is_stored_and_told(world: World) {
    let id = create(&world, &world.actor, Placement::default()).await.unwrap();
    let detail = get(&world, &world.actor, id).await;
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
    place(&world, &world.actor, id, form.clone()).await.unwrap();
    let placed = get(&world, &world.actor, id).await;
    assert_eq!(placed.purposes, [Purpose::Image]);
    assert_eq!(
        (placed.pattern_kind, placed.environment),
        (PatternKind::Regex, Environment::Production)
    );
    assert_eq!((placed.vault_version, placed.row_version), (1, detail.row_version + 1));
    assert_eq!(
        log(&world, AuditAction::CredentialPlaced).await[0].detail,
        "for image, new pattern, environment production, expires 2199-01-31"
    );
    // Nothing changed.
    place(&world, &world.actor, id, form.clone()).await.unwrap();
    assert_eq!(get(&world, &world.actor, id).await.row_version, placed.row_version);
    for (broken, field) in [
        (Placement { pattern: "(".into(), ..form.clone() }, Field::Pattern),
        (Placement { purposes: "git".into(), ..form.clone() }, Field::Purposes),
        (Placement { expires: "tomorrow".into(), ..form }, Field::Expires),
    ] {
        let refused = place(&world, &world.actor, id, broken).await.unwrap_err();
        assert!(refused.problem_of(field).is_some(), "{refused:?}");
    }
}

async fn r_authz_03_a_project_is_of_the_same_organization(world: World) {
    let other = World::organization(&world.db, "Two").await;
    let scope = domain::Scope::of_worker(other.organization);
    let theirs = storage::projects::default_id(&world.db, scope).await.unwrap();
    let foreign = [theirs, ProjectId::new()]
        .map(|project| Placement { project: project.to_string(), ..Placement::default() });
    for foreign in foreign.clone() {
        let refused = create(&world, &world.actor, foreign).await.unwrap_err();
        assert!(refused.problem_of(Field::Project).is_some(), "{refused:?}");
    }
    let id = create(&world, &world.actor, Placement::default()).await.unwrap();
    for foreign in foreign {
        let refused = place(&world, &world.actor, id, foreign).await.unwrap_err();
        assert!(refused.problem_of(Field::Project).is_some(), "{refused:?}");
    }
}

async fn two_people_do_not_place_at_once(world: World) {
    let id = create(&world, &world.actor, Placement::default()).await.unwrap();
    for round in 0..5 {
        let seen = get(&world, &world.actor, id).await;
        let to = |path: &str| {
            let pattern = format!("https://{path}{round}.example");
            placement(&seen, Placement { pattern, ..Placement::default() })
        };
        let (a, b) = tokio::join!(
            Credentials::place(&world.engine, &world.actor, to("a")),
            Credentials::place(&world.engine, &world.actor, to("b"))
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let lost = a.err().or(b.err());
        assert_eq!(lost, Some(ServiceError::Stale { changed_by: "Ada".into() }));
    }
}
