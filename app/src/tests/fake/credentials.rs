//! One credential.

use async_trait::async_trait;
use domain::{
    Access, AuthMethod, Cause, CredentialId, Principal, Provider, Purpose, ServiceError, Status,
    Timestamp, credentials, propagation, service, service::Answer,
};

use super::{Fake, ID, NOW, SECRET, ago, id};

/// When the credential of the list expires.
pub(in crate::tests) const EXPIRES: Timestamp =
    Timestamp::from_millis(NOW.millis() + 20 * 86_400_000);

fn expiry(at: Timestamp) -> credentials::Expiry {
    credentials::Expiry { at, source: credentials::ExpirySource::Typed, since: ago(90_000) }
}

fn summary(name: &str, at: Option<Timestamp>) -> credentials::CredentialSummary {
    credentials::CredentialSummary {
        id: id(),
        name: name.into(),
        provider: Provider::Ghcr,
        linked: 2,
        failing: 1,
        created_at: ago(90_000),
        last_used_at: Some(ago(500)),
        state: credentials::CredentialState::Active,
        expiry: at.map(expiry),
        environment: credentials::Environment::Production,
        project: None,
        paused: 1,
        broken: None,
        candidate: None,
        is_used: true,
        pattern: "oci://ghcr.io/acme".into(),
        pattern_kind: credentials::PatternKind::Exact,
        access: Some(Access::Read),
    }
}

fn link() -> credentials::LinkedRepository {
    credentials::LinkedRepository {
        id: id(),
        name: "acme charts".into(),
        url: "oci://ghcr.io/acme".into(),
        cause: Some(Cause::InvalidCredentials),
        status: Status::Failing,
    }
}

fn version(
    number: i64,
    current: i64,
    origin: credentials::VersionOrigin,
) -> credentials::SecretVersion {
    let counts = propagation::Counts { healthy: 1, waiting: 1, ..Default::default() };
    credentials::SecretVersion {
        vault_version: number,
        origin,
        changed: "new secret".into(),
        at: ago(60 * 200 * 86_400),
        by: "Ada".into(),
        is_current: number == current,
        is_kept: number > 1,
        propagation: (number == current).then(|| (id(), counts)),
    }
}

fn candidate(state: credentials::CandidateState) -> credentials::Candidate {
    credentials::Candidate {
        vault_version: 4,
        at: ago(30),
        by: "Grace".into(),
        state,
        lines: vec![credentials::CandidateLine {
            repository: id(),
            name: "acme charts".into(),
            passed: Some(false),
            cause: Some(Cause::InvalidCredentials),
        }],
    }
}

impl Fake {
    fn credential(&self) -> credentials::CredentialDetail {
        let (provider, shape) = self.made_of;
        let candidate = self.candidate.map(candidate);
        credentials::CredentialDetail {
            id: id(),
            name: "ghcr-prod".into(),
            provider,
            username: if shape.is_ambient() { String::new() } else { "octocat".into() },
            remarks: credentials::Remarks::described("For <b>charts</b>"),
            state: if candidate.is_some() {
                credentials::CredentialState::Rotating
            } else {
                credentials::CredentialState::Active
            },
            row_version: 7,
            vault_version: 3,
            created_at: ago(90_000),
            created_by: "Ada".into(),
            updated_at: ago(60),
            last_used_at: None,
            links: vec![link()],
            history: Vec::new(),
            shape,
            parameters: credentials::Parameters {
                region: "eu-west-1".into(),
                tenant: "acme.example".into(),
                ..Default::default()
            },
            reach: credentials::CredentialScope::Shared,
            project: String::new(),
            purposes: provider.purposes().to_vec(),
            pattern: "^oci://ghcr\\.io/acme".into(),
            pattern_kind: credentials::PatternKind::Regex,
            access: Some(Access::Push),
            environment: credentials::Environment::Production,
            expiry: Some(expiry(EXPIRES)),
            versions: (1..=3).rev().map(|number| version(number, 3, self.origin)).collect(),
            candidate,
            paused: vec![credentials::PausedHost {
                origin: "https://ghcr.io".into(),
                since: ago(600),
            }],
            allowed: Vec::new(),
            token_services: Vec::new(),
            requested: Vec::new(),
        }
    }
}

fn saved() -> credentials::Saved {
    credentials::Saved {
        id: id(),
        propagation: Some(id()),
        warning: Some("Its pattern overlaps with harbor-prod.".into()),
    }
}

fn known(form: &credentials::VersionRef) -> Answer<()> {
    if form.credential == ID && form.row_version == "7" {
        Ok(())
    } else {
        Err(ServiceError::NotFound)
    }
}

#[async_trait]
impl service::Credentials for Fake {
    async fn list(
        &self,
        _: &Principal,
        _: credentials::CredentialQuery,
    ) -> Answer<credentials::CredentialPage> {
        if self.is_empty {
            return Ok(credentials::CredentialPage {
                rows: Vec::new(),
                total: domain::Total::of(0),
                is_empty: true,
                undestroyed: Vec::new(),
            });
        }
        let broken = self.cause.filter(|cause| *cause == Cause::ConnectionRevoked);
        let rows =
            vec![credentials::CredentialSummary { broken, ..summary("ghcr-prod", Some(EXPIRES)) }];
        let undestroyed = match self.cause.filter(|cause| cause.is_vaults()) {
            None => Vec::new(),
            Some(cause) => vec![credentials::Undestroyed {
                name: "old-harbor".into(),
                remains: credentials::Remains::Secret,
                cause,
            }],
        };
        Ok(credentials::CredentialPage {
            rows,
            total: domain::Total::of(1),
            is_empty: false,
            undestroyed,
        })
    }
    async fn part(
        &self,
        _: &Principal,
        _: CredentialId,
        _: credentials::CredentialPart,
    ) -> Answer<credentials::CredentialDetail> {
        Ok(self.credential())
    }
    async fn choices(
        &self,
        _: &Principal,
        _: &str,
        _: Option<CredentialId>,
        _: &str,
    ) -> Answer<Vec<credentials::CredentialChoice>> {
        let choice = |name: &str, fits_host| credentials::CredentialChoice {
            id: CredentialId::new(),
            name: name.into(),
            provider: Provider::Ghcr,
            fits_host,
            is_allowed: fits_host,
            environment: credentials::Environment::Unset,
            project: None,
        };
        Ok(vec![choice("first", true), choice("second", false)])
    }
    async fn any_of_kind(
        &self,
        principal: &Principal,
        kind: domain::CredentialKind,
    ) -> Answer<bool> {
        Ok(!self.of_kind(principal, kind).await?.is_empty())
    }
    async fn of_kind(
        &self,
        _: &Principal,
        kind: domain::CredentialKind,
    ) -> Answer<Vec<credentials::CredentialChoice>> {
        if self.is_empty {
            return Ok(Vec::new());
        }
        let choice = |name: &str, which| credentials::CredentialChoice {
            id: which,
            name: format!("{}-{name}", kind.as_str()),
            provider: Provider::Github,
            fits_host: false,
            is_allowed: false,
            environment: credentials::Environment::Unset,
            project: None,
        };
        Ok(vec![choice("octocat", id()), choice("other", CredentialId::new())])
    }
    async fn create(
        &self,
        _: &Principal,
        form: credentials::CreateCredential,
    ) -> Answer<credentials::Saved> {
        *self.created.lock().unwrap() = Some(form.clone());
        let confirmed = form.confirmed(NOW);
        form.parse()?;
        confirmed.map(|()| credentials::Saved { propagation: None, ..saved() })
    }
    async fn update(
        &self,
        _: &Principal,
        form: credentials::UpdateCredential,
    ) -> Answer<credentials::Saved> {
        *self.updated.lock().unwrap() = Some(form.clone());
        self.current(&form.row_version)?;
        form.confirmed(self.made_of.0, self.made_of.1)?;
        let staged = form.mode == "candidate";
        let saved = saved();
        form.parse().map(|_| credentials::Saved {
            propagation: saved.propagation.filter(|_| !staged),
            ..saved
        })
    }
    async fn describe(
        &self,
        _: &Principal,
        form: credentials::DescribeCredential,
    ) -> Answer<credentials::Saved> {
        self.current(&form.row_version)?;
        form.parse().map(|_| credentials::Saved { propagation: None, warning: None, ..saved() })
    }
    async fn place(
        &self,
        _: &Principal,
        form: credentials::PlaceCredential,
    ) -> Answer<credentials::Saved> {
        self.current(&form.row_version)?;
        form.placement.parse(domain::CredentialKind::Registry).map_err(ServiceError::Invalid)?;
        form.confirmed(Some(EXPIRES), NOW)?;
        Ok(credentials::Saved { propagation: None, ..saved() })
    }
    async fn roll_back(
        &self,
        _: &Principal,
        form: credentials::VersionRef,
    ) -> Answer<credentials::Saved> {
        known(&form).map(|()| saved())
    }
    async fn promote(
        &self,
        _: &Principal,
        form: credentials::VersionRef,
    ) -> Answer<credentials::Saved> {
        known(&form).map(|()| saved())
    }
    async fn test_again(
        &self,
        _: &Principal,
        form: credentials::VersionRef,
    ) -> Answer<credentials::Saved> {
        known(&form).map(|()| credentials::Saved { propagation: None, ..saved() })
    }
    async fn discard(
        &self,
        _: &Principal,
        form: credentials::VersionRef,
    ) -> Answer<credentials::Saved> {
        known(&form).map(|()| credentials::Saved { propagation: None, ..saved() })
    }
    async fn resume(&self, _: &Principal, _: CredentialId, origin: &str) -> Answer<()> {
        if origin == "https://ghcr.io" { Ok(()) } else { Err(ServiceError::NotFound) }
    }
    async fn allow_address(&self, _: &Principal, form: credentials::AllowAddress) -> Answer<()> {
        if *form.url == *"https://ghcr.io" { Ok(()) } else { Err(ServiceError::NotFound) }
    }
    async fn confirm_address(
        &self,
        _: &Principal,
        _: CredentialId,
        _: domain::AllowedAddressId,
    ) -> Answer<()> {
        Ok(())
    }
    async fn withdraw_address(
        &self,
        _: &Principal,
        _: CredentialId,
        _: domain::AllowedAddressId,
    ) -> Answer<Vec<String>> {
        Ok(vec!["acme charts".into()])
    }
    async fn withdraw_token_service(
        &self,
        _: &Principal,
        _: CredentialId,
        _: &str,
        _: &str,
    ) -> Answer<()> {
        Ok(())
    }
    async fn dismiss_address_request(
        &self,
        _: &Principal,
        _: CredentialId,
        _: domain::AddressRequestId,
    ) -> Answer<()> {
        Ok(())
    }
    async fn expiring(&self, _: &Principal) -> Answer<Vec<credentials::CredentialSummary>> {
        if self.is_empty {
            return Ok(Vec::new());
        }
        let day = std::time::Duration::from_hours(24);
        Ok(vec![
            summary("gone", Some(ago(86_400))),
            summary("ghcr-prod", Some(EXPIRES)),
            summary("later", Some(NOW.plus(day * 300))),
        ])
    }
    async fn delete(&self, _: &Principal, _: credentials::DeleteCredential) -> Answer<()> {
        Err(ServiceError::InUse(vec!["acme charts".into()]))
    }
}

/// What a credential of the fake is made of, when a test does not say.
pub(super) const MADE_OF: (Provider, AuthMethod) = (Provider::Ghcr, AuthMethod::Password);

#[test]
fn the_fake_sends_no_secret_of_its_own() {
    let fake = Fake::signed_in();
    assert!(!format!("{:?}", fake.credential()).contains(SECRET));
    assert_eq!(fake.credential().purposes, [Purpose::Helm, Purpose::Image]);
}
