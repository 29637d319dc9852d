//! A env whose processes die between SQL and Vault, with a clock that can be moved.

pub mod candidates;
pub mod raw;

use std::{sync::Arc, time::Duration};

use domain::{
    AuthMethod, CredentialId, OperationId, Purpose, Secret, ServiceError, Timestamp,
    audit::{AuditAction, AuditQuery},
    credentials::{
        CredentialDetail, CredentialScope, CredentialState, Environment, Parameters, PatternKind,
        Remarks,
    },
    service::{Audit, Credentials},
};
use engine::{Clock, Engine, ManualClock, SystemClock};
use storage::credentials::{CredentialDraft, Kind, NewRow, Operation, PlacedRow};
use vault::{SecretEnvelope, SecretPath, Vault};

use crate::env::{TestEnv, forms::change, login_of};

/// A env with a clock that can be moved, and a Vault to look into.
pub struct FaultInjection {
    pub env: TestEnv,
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    pub vault: Vault,
}

impl FaultInjection {
    pub async fn new(env: TestEnv) -> Self {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let engine =
            env.engine_with(Arc::clone(&clock) as Arc<dyn Clock>, env.vault_config()).await;
        let vault = Vault::connect(env.vault_config()).await.unwrap();
        Self { env, engine, clock, vault }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub async fn get(&self, id: CredentialId) -> CredentialDetail {
        Credentials::get(&self.engine, &self.env.principal, id).await.unwrap()
    }

    pub async fn password(&self, id: CredentialId) -> String {
        login_of(
            &self
                .engine
                .secret_for_use(self.env.scope(), id, &crate::env::by_hawser())
                .await
                .unwrap(),
        )
        .1
    }

    pub async fn update(&self, id: CredentialId, password: &str) -> Result<(), ServiceError> {
        let form = change(&self.get(id).await, password);
        Credentials::update(&self.engine, &self.env.principal, form).await.map(drop)
    }

    pub fn path(&self, credential: CredentialId) -> SecretPath {
        SecretPath { organization: self.env.principal.organization, credential }
    }

    /// The write of an operation, as a process does it that dies right after.
    pub async fn write(
        &self,
        cas: u64,
        credential: CredentialId,
        operation: OperationId,
        password: &str,
    ) -> u64 {
        let sealed = SecretEnvelope {
            organization: self.env.principal.organization,
            credential,
            operation,
            shape: AuthMethod::Password,
            username: "robot".into(),
            parameters: Parameters::default(),
            password: Secret::new(password.into()),
        };
        self.vault.write(&self.path(credential), cas, &sealed).await.unwrap()
    }

    pub fn operation(&self, credential: CredentialId, kind: Kind) -> Operation {
        Operation {
            scope: self.env.scope(),
            id: OperationId::new(),
            credential,
            kind,
            prior_state: CredentialState::Active,
            draft: CredentialDraft {
                name: "ghcr".into(),
                name_key: "ghcr".into(),
                remarks: Remarks::described("of the operation"),
                username: "robot-2".into(),
                fingerprint: "0011223344556677".into(),
                shape: AuthMethod::Password,
                parameters: Parameters::default(),
                expires_at: None,
            },
            changed: "new secret".into(),
            actor: "Ada".into(),
        }
    }

    /// The prepare step of an update, as a process does it that dies right after.
    pub async fn intend(&self, credential: CredentialId) -> Operation {
        self.intend_a(Kind::Update, credential).await
    }

    /// The prepare step of this kind, as a process does it that dies right after.
    pub async fn intend_a(&self, kind: Kind, credential: CredentialId) -> Operation {
        let operation = self.operation(credential, kind);
        let (scope, now) = (self.env.scope(), self.now());
        let version = self.get(credential).await.row_version;
        let mut tx = self.env.db.begin().await.unwrap();
        let taken =
            storage::credentials::take(&mut tx, scope, credential, version, operation.id).await;
        assert_eq!(taken.unwrap(), 1);
        storage::credentials::begin(&mut tx, scope, &operation, now, now.plus(DEADLINE))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        operation
    }

    /// The prepare step of a new credential, as a process does it that dies right after.
    pub async fn intend_new(&self) -> Operation {
        let operation = self.operation(CredentialId::new(), Kind::Create);
        let (scope, now) = (self.env.scope(), self.now());
        let project = storage::projects::default_id(&self.env.db, scope).await.unwrap();
        let placed = PlacedRow {
            reach: CredentialScope::Project(project),
            purposes: vec![Purpose::Helm],
            pattern: String::new(),
            pattern_kind: PatternKind::None,
            environment: Environment::Unset,
            expires: None,
            access: None,
        };
        let row = NewRow {
            provider: domain::Provider::Ghcr,
            operation: &operation,
            placed: &placed,
            now,
        };
        let mut tx = self.env.db.begin().await.unwrap();
        storage::credentials::insert(&mut tx, scope, &row).await.unwrap();
        storage::credentials::begin(&mut tx, scope, &operation, now, now.plus(DEADLINE))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        operation
    }

    pub async fn recover(&self) -> u32 {
        self.clock.advance(DEADLINE);
        self.engine.recover_operations().await.unwrap()
    }

    pub async fn logged(&self, action: AuditAction) -> usize {
        let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
        Audit::list(&self.engine, &self.env.principal, query).await.unwrap().rows.len()
    }
}

/// How long an operation belongs to its request.
pub const DEADLINE: Duration = Duration::from_secs(30);
