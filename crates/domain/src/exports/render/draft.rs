//! An export while it is being rendered.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    CredentialFacts, ExportFacts, Rendered, RenderedFile, RenderedObject, RepositoryFacts, Values,
    access, external_secret,
    login::{ClusterLogin, Maker, login},
    names::Names,
    plan::{Opened, SecretPlan},
    remark::Remark,
    secret::{Cover, Meta},
    servers::servers,
    values, vault_static_secret, yaml,
};
use crate::{
    AuthMethod, CredentialId, Provider,
    exports::{DeliveryMethod, ExportFields, ExportSnippet, NoteTone},
};

/// How secrets get to the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretRoute {
    ExternalSecret,
    VaultStaticSecret,
    /// The values themselves, encrypted or in the clear.
    Values(Cover),
}

/// The name of what makes tokens, and whether it was already written.
pub(super) enum MakerName {
    New(String),
    Known(String),
}

impl MakerName {
    pub fn text(&self) -> &str {
        let (Self::New(name) | Self::Known(name)) = self;
        name
    }
}

pub(super) struct Draft<'a> {
    pub fields: &'a ExportFields,
    pub facts: &'a ExportFacts,
    pub way: SecretRoute,
    pub names: Names,
    makers: Vec<(CredentialId, Maker, String)>,
    /// The paths that an operator in the cluster reads.
    reads: BTreeSet<String>,
    rendered: Rendered,
}

impl<'a> Draft<'a> {
    pub fn new(fields: &'a ExportFields, facts: &'a ExportFacts, values: Values) -> Self {
        let way = match (values, fields.carrier) {
            (Values::Plain, _) => SecretRoute::Values(Cover::Redacted),
            (Values::Carried, DeliveryMethod::ExternalSecret) => SecretRoute::ExternalSecret,
            (Values::Carried, DeliveryMethod::VaultStaticSecret) => SecretRoute::VaultStaticSecret,
            (Values::Carried, DeliveryMethod::Sops | DeliveryMethod::None) => {
                SecretRoute::Values(Cover::Encrypted)
            }
        };
        Self {
            fields,
            facts,
            way,
            names: Names::default(),
            makers: Vec::new(),
            reads: BTreeSet::new(),
            rendered: Rendered::default(),
        }
    }

    /// The chosen credentials, by name.
    pub fn credentials(&self) -> Vec<&'a CredentialFacts> {
        let mut credentials: Vec<_> = self.facts.credentials.iter().collect();
        credentials.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        credentials
    }

    /// The chosen repositories, by name.
    pub fn repositories(&self) -> Vec<&'a RepositoryFacts> {
        let mut repositories: Vec<_> = self.facts.repositories.iter().collect();
        repositories.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        repositories
    }

    pub fn namespace(&self) -> &'a str {
        &self.fields.settings.namespace
    }

    /// Name and namespace of an object, without labels.
    pub fn meta(&self, name: &str) -> Meta {
        Meta { name: name.to_owned(), namespace: self.namespace().to_owned(), ..Meta::default() }
    }

    /// How a cluster logs in with a credential, by this delivery method; `None` when it cannot, and a note
    /// says why.
    pub fn opened(&mut self, credential: &'a CredentialFacts) -> Option<Opened<'a>> {
        let servers = servers(credential);
        let hosts: Vec<&str> = servers.iter().map(|server| server.host.as_str()).collect();
        self.opened_at(credential, &hosts)
    }

    /// As [`Self::opened`], at the registries with these hosts.
    pub fn opened_at(
        &mut self,
        credential: &'a CredentialFacts,
        hosts: &[&str],
    ) -> Option<Opened<'a>> {
        let aws = matches!(credential.provider, Provider::AmazonEcr | Provider::AmazonEcrPublic);
        if aws && credential.shape == AuthMethod::Password {
            self.warning(Remark::of(credential).say(
                ": it is a pasted token, which AWS ends 12 hours after it was made. Use an access key.",
            ));
        }
        let why = match login(credential, hosts) {
            ClusterLogin::Never(why) => why.to_owned(),
            ClusterLogin::Made(maker) if self.way != SecretRoute::ExternalSecret => format!(
                "{} The External Secrets Operator can make new ones: choose it as the delivery method.",
                maker.lifetime()
            ),
            login => return Some(Opened { credential, login }),
        };
        self.left_out(Remark::of(credential).say(format!(": {why}")));
        None
    }

    /// The objects that bring a secret to the cluster.
    pub fn secret(&mut self, plan: &SecretPlan<'a>) -> Vec<RenderedObject> {
        let sources = plan.sources();
        let Some(first) = sources.first() else {
            let open = json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": plan.meta.value(),
                "type": plan.kind, "stringData": plan.texts(),
            });
            return vec![RenderedObject::Open(open)];
        };
        match self.way {
            SecretRoute::Values(cover) => vec![RenderedObject::Secret(values::object(plan, cover))],
            SecretRoute::VaultStaticSecret => {
                let object = vault_static_secret::object(self, plan, first.credential);
                vec![RenderedObject::Open(object)]
            }
            SecretRoute::ExternalSecret => {
                let objects = external_secret::objects(self, plan);
                objects.into_iter().map(RenderedObject::Open).collect()
            }
        }
    }

    /// The name of what makes the tokens of a credential.
    pub fn maker_name(&mut self, credential: &CredentialFacts, maker: &Maker) -> MakerName {
        let known = |(id, known, _): &&(CredentialId, Maker, String)| {
            *id == credential.id && known == maker
        };
        if let Some((.., name)) = self.makers.iter().find(known) {
            return MakerName::Known(name.clone());
        }
        let seed = format!("{} {maker:?}", credential.id);
        let name = self.names.take(&format!("{}-token", credential.name), &seed);
        self.makers.push((credential.id, maker.clone(), name.clone()));
        MakerName::New(name)
    }

    /// A file with these objects. What SOPS encrypts has to lie alone: `sops` takes all documents of a
    /// file for one tree with one data key and one MAC, those of the first document (getsops/sops
    /// `stores/yaml/store.go`, `LoadEncryptedFile`). So each secret gets a file that bears its name.
    pub fn file(&mut self, stem: &str, objects: Vec<RenderedObject>) {
        let mut together = Vec::with_capacity(objects.len());
        for object in objects {
            match object {
                RenderedObject::Secret(secret)
                    if self.way == SecretRoute::Values(Cover::Encrypted) =>
                {
                    let path = format!("{}.sops.yaml", secret.name());
                    let objects = vec![RenderedObject::Secret(secret)];
                    self.rendered.files.push(RenderedFile { path, objects });
                }
                object => together.push(object),
            }
        }
        if !together.is_empty() {
            let path = format!("{stem}.yaml");
            self.rendered.files.push(RenderedFile { path, objects: together });
        }
    }

    pub fn info(&mut self, remark: impl Into<Remark>) {
        self.note(NoteTone::Info, remark.into());
    }

    pub fn warning(&mut self, remark: impl Into<Remark>) {
        self.note(NoteTone::Warning, remark.into());
    }

    pub fn left_out(&mut self, remark: impl Into<Remark>) {
        self.note(NoteTone::LeftOut, remark.into());
    }

    pub fn note(&mut self, tone: NoteTone, remark: Remark) {
        let note = remark.note(tone);
        if !self.rendered.notes.contains(&note) {
            self.rendered.notes.push(note);
        }
    }

    /// Something that goes beside the export by hand.
    pub fn snippet(&mut self, title: &str, value: &Value) {
        let snippet = ExportSnippet { title: title.to_owned(), text: yaml(value) };
        self.rendered.snippets.push(snippet);
    }

    /// Notes that an operator in the cluster reads the secret of a credential.
    pub fn reads(&mut self, credential: &CredentialFacts) {
        self.reads.insert(credential.path.clone());
    }

    pub fn rendered(mut self) -> Rendered {
        if !self.reads.is_empty() {
            let access = access::access(self.fields, &self.facts.vault, &self.reads);
            self.rendered.snippets.extend(access);
        }
        self.rendered.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.rendered
    }
}
