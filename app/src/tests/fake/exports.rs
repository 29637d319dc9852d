//! Exports that answer with one of everything.

use async_trait::async_trait;
use domain::{
    CredentialId, ExportId, Field, Principal, RepositoryId, ServiceError,
    exports::{
        Consumer, DeliveryMethod, EncryptedForm, ExportChoice, ExportChoices, ExportDetail,
        ExportFile, ExportForm, ExportNote, ExportPlace, ExportPreview, ExportSettings,
        ExportSnippet, ExportSought, ExportSummary, Mention, NoteTone, Remedy, RevealForm,
        Revealed, carvel::ExportSource,
    },
    gitops::{CredentialUse, DestinationState},
    propagation::DeliveryTarget,
    service::{self, Answer},
};

use super::{Fake, ago, id};

/// The second thing to choose of each kind.
pub(in crate::tests) const OTHER: &str = "0190b0a0-0000-7000-8000-000000000002";

fn note(tone: NoteTone, text: &str) -> ExportNote {
    ExportNote::new(tone, text)
}

/// An export for another registry.
fn remedy() -> Remedy {
    let form = ExportForm {
        name: "kyma quay.io".into(),
        consumer: "kyma".into(),
        carrier: "vault_static_secret".into(),
        credentials: vec![OTHER.into()],
        settings: ExportSettings {
            label: "mine".into(),
            registry: "quay.io".into(),
            store: "ns/auth".into(),
            ..Default::default()
        },
        ..Default::default()
    };
    Remedy { label: "Make another export for quay.io".into(), form }
}

fn preview() -> ExportPreview {
    ExportPreview {
        files: vec![ExportFile {
            path: "repositories/ghcr-acme.yaml".into(),
            text: "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: ghcr-acme\n  namespace: argocd\nspec:\n  refreshInterval: 1h\n  secretStoreRef:\n    name: hawser\n    kind: ClusterSecretStore\n  # <script>alert(1)</script>\n".into(),
        }],
        notes: vec![
            note(NoteTone::Info, "Argo CD reads it within three minutes."),
            note(NoteTone::Warning, "Everybody who reads secrets in argocd can read these."),
            ExportNote {
                mentions: vec![Mention { credential: id(), start: 0, end: 6 }],
                remedy: Some(Box::new(remedy())),
                ..note(NoteTone::LeftOut, "legacy: its token would expire after 12 hours.")
            },
        ],
        snippets: vec![ExportSnippet {
            title: "In a Pod".into(),
            text: "imagePullSecrets:\n  - name: regcred\n".into(),
        }],
    }
}

/// With a file whose values are still to be encrypted.
fn sealed() -> ExportPreview {
    let mut shown = preview();
    shown.files.push(ExportFile {
        path: "sealed.yaml".into(),
        text: "kind: Secret\nstringData:\n  password: '*** ENCRYPTED ***'\n".into(),
    });
    shown
}

fn choice(which: uuid::Uuid, name: &str, detail: &str) -> ExportChoice {
    ExportChoice { id: which, name: name.into(), detail: detail.into(), credential: Some(id()) }
}

fn choices(detail: &str) -> Vec<ExportChoice> {
    let other = uuid::Uuid::parse_str(OTHER).unwrap();
    let mut all = vec![choice(id(), "ghcr-prod", detail), choice(other, "harbor-prod", detail)];
    for number in 1..=7 {
        all.push(choice(uuid::Uuid::from_u128(number), &format!("team-{number}"), detail));
    }
    all
}

impl Fake {
    fn export(&self) -> ExportDetail {
        let (consumer, carrier) = self.exported;
        ExportDetail {
            id: id(),
            name: "argocd-prod".into(),
            consumer,
            carrier,
            settings: ExportSettings {
                namespace: "argo".into(),
                store: "vault-prod".into(),
                label: "our-modules".into(),
                to_namespaces: "*,shop".into(),
                ..Default::default()
            },
            credentials: vec![choice(id(), "ghcr-prod", "GHCR")],
            repositories: vec![choice(id(), "acme charts", "oci://ghcr.io/acme")],
            row_version: 4,
            updated_by: "Grace".into(),
            updated_at: ago(600),
            places: if self.is_empty {
                Vec::new()
            } else {
                vec![
                    ExportPlace {
                        place: DeliveryTarget::GitTarget(id()),
                        name: "prod-cluster".into(),
                    },
                    ExportPlace { place: DeliveryTarget::Cluster(id()), name: "kind".into() },
                ]
            },
            preview: if carrier == DeliveryMethod::Sops { sealed() } else { preview() },
        }
    }
}

#[async_trait]
impl service::Exports for Fake {
    async fn list(&self, _: &Principal) -> Answer<Vec<ExportSummary>> {
        self.answers()?;
        let export = self.export();
        let summary = ExportSummary {
            id: export.id,
            name: export.name,
            consumer: export.consumer,
            carrier: export.carrier,
            credentials: 0,
            repositories: 2,
            places: 2,
            updated_at: export.updated_at,
        };
        Ok(if self.is_empty { Vec::new() } else { vec![summary] })
    }
    async fn get(&self, _: &Principal, asked: ExportId) -> Answer<ExportDetail> {
        self.answers()?;
        if asked == id() { Ok(self.export()) } else { Err(ServiceError::NotFound) }
    }
    fn vault_is_local(&self) -> bool {
        !self.is_empty
    }
    async fn choices(&self, _: &Principal, _: Consumer, _: ExportSought) -> Answer<ExportChoices> {
        self.answers()?;
        if self.is_empty {
            return Ok(ExportChoices::default());
        }
        Ok(ExportChoices {
            has_more: false,
            credentials: choices("GHCR"),
            repositories: choices("oci://ghcr.io/acme"),
        })
    }
    async fn preview(&self, _: &Principal, form: ExportForm) -> Answer<ExportPreview> {
        self.answers()?;
        if form.name.is_empty() {
            return Err(Field::Name.problem("Type a name.").into());
        }
        Ok(preview())
    }
    async fn save(&self, _: &Principal, form: ExportForm) -> Answer<ExportId> {
        self.answers()?;
        *self.export_saved.lock().unwrap() = Some(form.clone());
        self.current(&form.row_version)?;
        match form.name.as_str() {
            "" => Err(Field::Name.problem("Type a name.").into()),
            _ => Ok(id()),
        }
    }
    async fn delete(&self, _: &Principal, asked: ExportId) -> Answer<()> {
        if asked == id() { Ok(()) } else { Err(ServiceError::NotFound) }
    }
    async fn encrypted(&self, _: &Principal, _: EncryptedForm) -> Answer<ExportFile> {
        Err(ServiceError::NotAllowed)
    }
    async fn reveal(&self, _: &Principal, _: RevealForm) -> Answer<Revealed> {
        Err(ServiceError::NotAllowed)
    }
    async fn carvel(&self, _: &Principal) -> Answer<Vec<ExportSource>> {
        self.answers()?;
        let source = |name: &str, to: &str| ExportSource {
            export: id(),
            namespace: "secrets".into(),
            name: name.into(),
            weight: String::new(),
            to_namespaces: vec![to.into()],
            servers: vec!["ghcr.io".into(), format!("{name}.example")],
        };
        Ok(if self.is_empty { Vec::new() } else { vec![source("a", "shop"), source("b", "*")] })
    }
    async fn through(
        &self,
        _: &Principal,
        _: CredentialId,
    ) -> Answer<Vec<(RepositoryId, ExportId)>> {
        Ok(vec![(id(), id())])
    }
    async fn uses(&self, _: &Principal, _: CredentialId) -> Answer<Vec<CredentialUse>> {
        if self.is_empty {
            return Ok(Vec::new());
        }
        let chain = |name: &str, place, state, vault_version| CredentialUse {
            export: id(),
            export_name: "argocd-prod".into(),
            place,
            place_name: name.into(),
            state,
            unmerged: None,
            vault_version,
        };
        Ok(vec![
            chain(
                "prod-cluster",
                Some(DeliveryTarget::GitTarget(id())),
                Some(DestinationState::InStep),
                Some(3),
            ),
            chain(
                "kind",
                Some(DeliveryTarget::Cluster(id())),
                Some(DestinationState::Failing),
                Some(2),
            ),
            chain(
                "next",
                Some(DeliveryTarget::GitTarget(OTHER.parse().unwrap())),
                Some(DestinationState::New),
                None,
            ),
            chain("", None, None, None),
        ])
    }
}

/// What the export of the fake is, when a test does not say.
pub(super) const EXPORTED: (Consumer, DeliveryMethod) =
    (Consumer::ArgoCd, DeliveryMethod::ExternalSecret);
