//! The wall between organizations, tested by raw SQL: what the engine would never ask for, the
//! schema refuses.

use domain::{
    CredentialId, Name, OperationId, OrganizationId, Provider, Scope, Timestamp,
    audit::{AuditAction, AuditActor, AuditQuery},
};
use uuid::Uuid;

use crate::{
    Db, Result, Tx,
    audit::{self, Record},
    credentials::{self, NewRow},
    on, organizations,
};

async fn on_sqlite() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
    (folder, db)
}

async fn on_postgresql() -> Db {
    Db::open(&crate::db::tests::postgres_address()).await.unwrap()
}

const NOW: Timestamp = Timestamp::from_millis(1);

async fn organization(db: &Db) -> Scope {
    let id = OrganizationId::new();
    let mut tx = db.begin().await.unwrap();
    organizations::add(&mut tx, id, &Name::parse("One").unwrap(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    Scope::of_worker(id)
}

async fn credential(db: &Db, scope: Scope) -> CredentialId {
    let id = CredentialId::new();
    let row = NewRow {
        id,
        provider: Provider::Ghcr,
        name: "a",
        name_key: "a",
        username: "",
        description: "",
        operation: OperationId::new(),
        actor: "Ada",
        now: NOW,
    };
    let mut tx = db.begin().await.unwrap();
    credentials::insert(&mut tx, scope, &row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn repository(db: &Db, scope: Scope) -> Uuid {
    let id = Uuid::now_v7();
    let sql = "insert into repositories (organization_id, id, name, name_key, kind, url, origin, interval_seconds,
                 state, created_at, updated_by)
               values ($1, $2, 'a', 'a', 'helm', 'https://a', 'https://a:443', 60, 'new', 1, 'Ada')";
    let mut tx = db.begin().await.unwrap();
    run(&mut tx, sql, &[scope.organization().uuid(), id]).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn run(tx: &mut Tx, sql: &'static str, ids: &[Uuid]) -> Result<()> {
    on!(tx.inner(), tx => {
        let mut query = sqlx::query(sql);
        for id in ids {
            query = query.bind(*id);
        }
        query.execute(&mut **tx).await.map(drop)
    })?;
    Ok(())
}

async fn refused(db: &Db, sql: &'static str, ids: &[Uuid]) {
    let mut tx = db.begin().await.unwrap();
    let error = run(&mut tx, sql, ids).await.unwrap_err();
    assert!(error.is_dangling(), "{sql}: {error:?}");
}

async fn r_authz_03(db: &Db) {
    let (one, two) = (organization(db).await, organization(db).await);
    let mine = credential(db, one).await.uuid();
    let theirs = repository(db, two).await;
    let own = repository(db, one).await;
    let (one, two) = (one.organization().uuid(), two.organization().uuid());

    let link = "insert into links (organization_id, repository_id, credential_id, origin, state, created_at)
                values ($1, $2, $3, 'https://a:443', 'active', 1)";
    refused(db, link, &[one, theirs, mine]).await;
    refused(db, link, &[two, theirs, mine]).await;
    let operation = "insert into secret_operations (organization_id, id, credential_id, kind, state, prior_state,
                       name, name_key, description, username, fingerprint, actor, created_at, deadline_at)
                     values ($1, $2, $3, 'update', 'intent', 'active', '', '', '', '', '', '', 1, 1)";
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

    let mut tx = db.begin().await.unwrap();
    run(&mut tx, link, &[one, own, mine]).await.unwrap();
}

async fn the_audit_log_only_grows(db: &Db) {
    let scope = organization(db).await;
    for n in 0..3 {
        let record = Record {
            actor: AuditActor::Hawser,
            action: AuditAction::SecretRead,
            target: format!("credential {n}"),
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
    let before = AuditQuery { before: Some(2), ..AuditQuery::default() };
    assert_eq!(audit::list(db, scope, &before).await.unwrap().rows[0].target, "credential 0");

    let organization = scope.organization().uuid();
    for sql in [
        "update audit_events set detail = 'x' where organization_id = $1",
        "delete from audit_events where organization_id = $1",
    ] {
        let mut tx = db.begin().await.unwrap();
        assert!(run(&mut tx, sql, &[organization]).await.is_err(), "{sql}");
    }
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
    the_audit_log_only_grows(&on_sqlite().await.1).await;
}

#[tokio::test]
async fn the_audit_log_only_grows_on_postgresql() {
    the_audit_log_only_grows(&on_postgresql().await).await;
}
