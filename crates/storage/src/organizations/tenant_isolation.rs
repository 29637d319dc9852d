//! The wall between organizations, tested by raw SQL: what the engine would never ask for, the
//! schema refuses.

use domain::{
    AuthMethod, CredentialId, Name, OperationId, OrganizationId, Provider, Timestamp,
    audit::{AuditAction, AuditActor, AuditQuery, AuditTarget, AuditView, ReadPurpose},
    credentials::{
        CredentialScope, CredentialState, Environment, Parameters, PatternKind, Remarks,
    },
};
use uuid::Uuid;

use crate::{
    Db, Error, Result, Scope, Tx,
    audit::{self, Record},
    credentials::{self, CredentialDraft, Kind, NewRow, Operation, PlacedRow},
    db::{
        on,
        tests::{on_own_postgresql, on_postgresql, on_sqlite},
    },
    organizations, projects,
};

const NOW: Timestamp = Timestamp::from_millis(1);

async fn organization(db: &Db) -> Scope {
    let id = OrganizationId::new();
    let mut tx = db.begin().await.unwrap();
    organizations::add(&mut tx, id, &Name::parse("One").unwrap(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    Scope::of_row(id)
}

fn operation(scope: Scope) -> Operation {
    Operation {
        scope,
        id: OperationId::new(),
        credential: CredentialId::new(),
        kind: Kind::Create,
        prior_state: CredentialState::Creating,
        draft: CredentialDraft {
            name: "a".into(),
            name_key: "a".into(),
            remarks: Remarks::default(),
            username: String::new(),
            fingerprint: String::new(),
            shape: AuthMethod::Password,
            parameters: Parameters::default(),
            expires_at: None,
        },
        changed: String::new(),
        actor: "Ada".into(),
    }
}

async fn insert(
    db: &Db,
    scope: Scope,
    operation: &Operation,
    reach: CredentialScope,
) -> Result<()> {
    let placed = PlacedRow {
        reach,
        purposes: Vec::new(),
        pattern: String::new(),
        pattern_kind: PatternKind::None,
        environment: Environment::Unset,
        expires: None,
        access: None,
    };
    let row = NewRow { provider: Provider::Ghcr, operation, placed: &placed, now: NOW };
    let mut tx = db.begin().await.unwrap();
    credentials::insert(&mut tx, scope, &row).await?;
    credentials::begin(&mut tx, scope, operation, NOW, NOW).await?;
    tx.commit().await
}

async fn credential(db: &Db, scope: Scope) -> Operation {
    let operation = operation(scope);
    insert(db, scope, &operation, CredentialScope::Shared).await.unwrap();
    operation
}

async fn repository(db: &Db, scope: Scope) -> Uuid {
    let id = Uuid::now_v7();
    let project = projects::default_id(db, scope).await.unwrap();
    let sql = "insert into repositories (organization_id, id, name, name_key, kind, url, origin, interval_seconds,
                 state, created_at, updated_by, project_id)
               values ($1, $2, 'a', 'a', 'helm', 'https://a', 'https://a:443', 60, 'new', 1, 'Ada', $3)";
    let mut tx = db.begin().await.unwrap();
    run(&mut tx, sql, &[scope.organization().uuid(), id, project.uuid()]).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn run(tx: &mut Tx, sql: &'static str, ids: &[Uuid]) -> Result<()> {
    on!(tx.connection(), connection => {
        let mut query = sqlx::query(sql);
        for id in ids {
            query = query.bind(*id);
        }
        query.execute(connection).await.map(drop)
    })
    .map_err(|source| Error::statement(sql, source))
}

async fn refused(db: &Db, sql: &'static str, ids: &[Uuid]) {
    let mut tx = db.begin().await.unwrap();
    let error = run(&mut tx, sql, ids).await.unwrap_err();
    assert!(error.is_dangling(), "{sql}: {error:?}");
}

async fn r_authz_03(db: &Db) {
    let (one, two) = (organization(db).await, organization(db).await);
    let their_project = projects::default_id(db, two).await.unwrap();
    let stolen = insert(db, one, &operation(one), CredentialScope::Project(their_project)).await;
    assert!(stolen.unwrap_err().is_dangling());
    let created = credential(db, one).await;
    let (mine, created) = (created.credential.uuid(), created.id.uuid());
    let theirs = repository(db, two).await;
    let own = repository(db, one).await;
    let (one, two) = (one.organization().uuid(), two.organization().uuid());

    let link = "insert into links (organization_id, repository_id, credential_id, origin, state, created_at)
                values ($1, $2, $3, 'https://a:443', 'active', 1)";
    refused(db, link, &[one, theirs, mine]).await;
    refused(db, link, &[two, theirs, mine]).await;
    let operation = "insert into secret_operations (organization_id, id, credential_id, kind, state, prior_state,
                       name, name_key, description, username, fingerprint, shape, actor, created_at, deadline_at)
                     values ($1, $2, $3, 'update', 'intent', 'active', '', '', '', '', '', 'password', '', 1, 1)";
    refused(db, operation, &[two, Uuid::now_v7(), mine]).await;
    let propagation = "insert into propagations (organization_id, id, credential_id, vault_version, started_by, started_at)
                       values ($1, $2, $3, 1, 'Ada', 1)";
    refused(db, propagation, &[two, Uuid::now_v7(), mine]).await;
    let chart = "insert into charts (organization_id, id, repository_id, name, version, app_version, description,
                   search_text, versions, deprecated, content_hash)
                 values ($1, $2, $3, 'a', '1', '', '', '', 1, false, '')";
    refused(db, chart, &[one, Uuid::now_v7(), theirs]).await;
    let run_of = "insert into sync_runs (organization_id, id, repository_id, reason, started_at)
                  values ($1, $2, $3, 'person', 1)";
    refused(db, run_of, &[one, Uuid::now_v7(), theirs]).await;

    let test =
        "insert into candidate_tests (organization_id, operation_id, repository_id, passed, at)
                values ($1, $2, $3, true, 1)";
    refused(db, test, &[two, created, theirs]).await;
    let refusal = "insert into refusals (organization_id, credential_id, origin, count)
                   values ($1, $2, 'https://a:443', 1)";
    refused(db, refusal, &[two, mine]).await;
    let notice =
        "insert into notices (organization_id, id, credential_id, expires_at, threshold, at)
                  values ($1, $2, $3, 1, 0, 1)";
    refused(db, notice, &[two, Uuid::now_v7(), mine]).await;

    let mut tx = db.begin().await.unwrap();
    run(&mut tx, link, &[one, own, mine]).await.unwrap();
    tx.commit().await.unwrap();
    gitops(db, (one, two), (mine, theirs)).await;
}

/// The same for exports and the places that take them: `mine` is a credential of the first
/// organization, `theirs` a repository of the second.
async fn gitops(db: &Db, (one, two): (Uuid, Uuid), (mine, theirs): (Uuid, Uuid)) {
    let user = domain::UserId::new();
    let mut tx = db.begin().await.unwrap();
    let email = format!("{}@example.com", user.uuid().simple());
    crate::sessions::insert_user(&mut tx, user, &email, "Ada", "none", NOW).await.unwrap();
    let export = "insert into exports (organization_id, id, name, name_key, consumer, carrier, created_at, updated_at,
                    updated_by)
                  values ($1, $2, 'a', 'a', 'pull_secret', 'sops', 1, 1, 'Ada')";
    let (my_export, their_export) = (Uuid::now_v7(), Uuid::now_v7());
    run(&mut tx, export, &[one, my_export]).await.unwrap();
    run(&mut tx, export, &[two, their_export]).await.unwrap();
    let target = "insert into git_targets (organization_id, id, name, name_key, credential_id, url, branch, mode, state,
                    user_id, bound_by, created_at)
                  values ($1, $2, 'a', 'a', $3, 'https://a/b', 'main', 'direct', 'new', $4, 'Ada', 1)";
    let cluster = "insert into clusters (organization_id, id, name, name_key, credential_id, state, created_at)
                   values ($1, $2, 'a', 'a', $3, 'new', 1)";
    let (my_target, my_cluster) = (Uuid::now_v7(), Uuid::now_v7());
    run(&mut tx, target, &[one, my_target, mine, user.uuid()]).await.unwrap();
    run(&mut tx, cluster, &[one, my_cluster, mine]).await.unwrap();
    tx.commit().await.unwrap();

    refused(db, target, &[two, Uuid::now_v7(), mine, user.uuid()]).await;
    refused(db, cluster, &[two, Uuid::now_v7(), mine]).await;
    let holds = "insert into export_credentials (organization_id, export_id, credential_id) values ($1, $2, $3)";
    refused(db, holds, &[two, their_export, mine]).await;
    refused(db, holds, &[one, their_export, mine]).await;
    let names = "insert into export_repositories (organization_id, export_id, repository_id) values ($1, $2, $3)";
    refused(db, names, &[one, my_export, theirs]).await;
    let takes = "insert into git_target_exports (organization_id, target_id, export_id) values ($1, $2, $3)";
    refused(db, takes, &[one, my_target, their_export]).await;
    refused(db, takes, &[two, my_target, their_export]).await;
    let takes =
        "insert into cluster_exports (organization_id, cluster_id, export_id) values ($1, $2, $3)";
    refused(db, takes, &[one, my_cluster, their_export]).await;
    let wrote = "insert into git_target_files (organization_id, target_id, path, identity, blob) values ($1, $2, 'a', '', '')";
    refused(db, wrote, &[two, my_target]).await;
    let object = "insert into cluster_objects (organization_id, cluster_id, api_version, kind, namespace, name, state)
                  values ($1, $2, 'v1', 'Secret', '', 'a', 'new')";
    refused(db, object, &[two, my_cluster]).await;
    let written =
        "insert into place_credentials (organization_id, place_id, credential_id, vault_version)
                   values ($1, $2, $3, 1)";
    refused(db, written, &[two, my_target, mine]).await;
    let connected = "insert into git_connections (organization_id, credential_id, way, host, account_id, account, scopes,
                       user_id, connected_at)
                     values ($1, $2, 'web', 'a', 1, 'a', '', $3, 1)";
    refused(db, connected, &[two, mine, user.uuid()]).await;
    let delivered = "insert into place_deliveries (organization_id, propagation_id, place_kind, place_id, state, run_at)
                     values ($1, $2, 'git_target', $3, 'waiting', 1)";
    refused(db, delivered, &[two, Uuid::now_v7(), my_target]).await;
}

async fn the_audit_log_only_grows(db: &Db, doors: &[&'static str]) {
    let scope = organization(db).await;
    let target = AuditTarget::Credential(domain::CredentialId::new());
    for n in 0..3 {
        let record = Record {
            actor: AuditActor::Hawser,
            address: (n == 0).then(|| "2001:db8::7".parse().unwrap()),
            action: AuditAction::SecretRead,
            actor_id: None,
            target: format!("credential {n}"),
            target_id: Some(target),
            read: Some((ReadPurpose::Sync, format!("host-{n}.example"))),
            detail: String::new(),
        };
        let mut tx = db.begin().await.unwrap();
        audit::record(&mut tx, scope, NOW, &record).await.unwrap();
        // What is rolled back leaves no gap.
        if n != 1 {
            tx.commit().await.unwrap();
        }
    }
    let search = AuditQuery { search: "CREDENTIAL 2".into(), ..AuditQuery::default() };
    let page = audit::list(db, scope, &search).await.unwrap();
    assert_eq!((page.rows.len(), page.rows[0].sequence, page.older), (1, 2, None));
    assert_eq!(page.rows[0].address, None);
    let before = AuditQuery { before: Some(2), ..AuditQuery::default() };
    let first = audit::list(db, scope, &before).await.unwrap().rows.remove(0);
    assert_eq!(
        (first.target.as_str(), first.address),
        ("credential 0", "2001:db8::7".parse().ok())
    );

    // Reads by one asker at another host are lines of their own under one use.
    let folded = AuditQuery { view: AuditView::Folded, ..AuditQuery::default() };
    let page = audit::list(db, scope, &folded).await.unwrap();
    assert!(page.rows.is_empty() && page.own.is_empty(), "{page:?}");
    let names: Vec<_> = page.uses.iter().map(|uses| (uses.credential, uses.purpose)).collect();
    assert_eq!(names, [(Some(target), Some(ReadPurpose::Sync)); 2]);
    assert_eq!(page.uses[0].uses[0].host, "host-0.example", "in order of names at one time");
    let about = AuditQuery { target: Some(target), ..AuditQuery::default() };
    assert_eq!(audit::list(db, scope, &about).await.unwrap().rows.len(), 2);
    let other = AuditTarget::Repository(target.uuid().into());
    let about = AuditQuery { target: Some(other), ..AuditQuery::default() };
    assert!(audit::list(db, scope, &about).await.unwrap().rows.is_empty());

    let organization = scope.organization().uuid();
    for sql in [
        "update audit_events set detail = 'x' where organization_id = $1",
        "delete from audit_events where organization_id = $1",
    ] {
        let mut tx = db.begin().await.unwrap();
        assert!(run(&mut tx, sql, &[organization]).await.is_err(), "{sql}");
    }
    for sql in doors.iter().copied() {
        let mut tx = db.begin().await.unwrap();
        let uses: &[Uuid] = if sql.contains("$1") { &[organization] } else { &[] };
        let refused = run(&mut tx, sql, uses).await.unwrap_err();
        assert!(format!("{refused:?}").contains("insert-only"), "{sql}: {refused:?}");
    }
    let kept = audit::list(db, scope, &AuditQuery::default()).await.unwrap();
    assert_eq!(kept.rows.len(), 2);
}

#[tokio::test]
async fn r_authz_03_no_row_points_into_another_organization_on_sqlite() {
    r_authz_03(&on_sqlite().await.1).await;
}

#[tokio::test]
async fn r_authz_03_no_row_points_into_another_organization_on_postgresql() {
    r_authz_03(&on_postgresql().await).await;
}

#[tokio::test]
async fn the_audit_log_only_grows_on_sqlite() {
    // What replaces a row deletes it first, and fires no trigger for that.
    let doors = [
        "insert or replace into audit_events
           (organization_id, id, sequence, at, actor_kind, actor, action, target, detail)
         select organization_id, $1, sequence, 0, 'nobody', '', 'refused', '', 'x'
         from audit_events where organization_id = $1",
        "insert or replace into audit_events
           (organization_id, id, sequence, at, actor_kind, actor, action, target, detail)
         select organization_id, id, sequence + 1000, 0, 'nobody', '', 'refused', '', 'x'
         from audit_events where organization_id = $1",
        "update or replace audit_events set sequence = 1 where organization_id = $1",
    ];
    the_audit_log_only_grows(&on_sqlite().await.1, &doors).await;
}

#[tokio::test]
async fn the_audit_log_only_grows_on_postgresql() {
    let doors = ["truncate audit_events", "truncate organizations cascade"];
    // Truncating locks every table, and so waits for and blocks tests that share a database.
    the_audit_log_only_grows(&on_own_postgresql().await, &doors).await;
}
