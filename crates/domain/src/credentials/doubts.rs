//! What can hardly be meant in the forms of a credential: a secret that the provider will refuse, a day
//! that has passed. Each is asked about once.

#![expect(clippy::disallowed_methods, reason = "reads what was typed for advice")]

use super::{CreateCredential, PlaceCredential, UpdateCredential};
use crate::{
    Advice, AuthMethod, Provider, Secret, ServiceError, Severity, Timestamp, advise, confirm,
};

impl CreateCredential {
    /// Whether the person means it, `now`.
    ///
    /// # Errors
    /// [`ServiceError::Choose`] when something is doubtful and they were not asked yet.
    pub fn confirmed(&self, now: Timestamp) -> Result<(), ServiceError> {
        let advice = advice(&self.provider, &self.shape, &self.username, &self.password);
        let doubts = [cannot_work(advice), has_passed(&self.placement.expires, now)];
        confirm(&self.anyway, "Create anyway", doubts.into_iter().flatten())
    }
}

impl UpdateCredential {
    /// Whether the person means it, of a credential of `provider` with the auth method `present`.
    ///
    /// # Errors
    /// [`ServiceError::Choose`] when something is doubtful and they were not asked yet.
    pub fn confirmed(&self, provider: Provider, present: AuthMethod) -> Result<(), ServiceError> {
        // The test of a candidate says by itself what cannot work.
        if self.mode == "candidate" {
            return Ok(());
        }
        let shape = if self.shape.is_empty() { present.as_str() } else { &self.shape };
        let advice = advice(provider.as_str(), shape, &self.username, &self.password);
        confirm(&self.anyway, "Save anyway", cannot_work(advice))
    }
}

impl PlaceCredential {
    /// Whether the person means it, `now`; a day that was `typed` before was meant.
    ///
    /// # Errors
    /// [`ServiceError::Choose`] when something is doubtful and they were not asked yet.
    pub fn confirmed(&self, typed: Option<Timestamp>, now: Timestamp) -> Result<(), ServiceError> {
        let day = self.placement.expires.trim();
        let is_new = Timestamp::parse_day(day) != typed;
        let passed = has_passed(day, now).filter(|_| is_new);
        confirm(&self.anyway, "Change it anyway", passed)
    }
}

/// The advice about a typed login; nothing without a secret. It never holds the secret.
#[must_use]
pub fn advice(provider: &str, shape: &str, username: &str, password: &Secret) -> Vec<Advice> {
    let Some(provider) = Provider::parse(provider) else { return Vec::new() };
    let first = provider.facts().shapes.first().copied().unwrap_or_default();
    let shape = AuthMethod::parse(shape).unwrap_or(first);
    if password.is_empty() {
        return Vec::new();
    }
    advise(provider, shape, username, password.expose())
}

fn cannot_work(advice: Vec<Advice>) -> Option<String> {
    advice.into_iter().find(|one| one.severity == Severity::CannotWork).map(|one| one.text)
}

/// That a day lies in the past, which is hardly meant.
fn has_passed(day: &str, now: Timestamp) -> Option<String> {
    let at = Timestamp::parse_day(day.trim()).filter(|at| *at <= now)?;
    Some(format!(
        "Expires on: {} has passed, so the credential counts as expired at once. Correct the day, or save it as it is.",
        at.day()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Placement;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn placed(expires: &str, anyway: &str) -> PlaceCredential {
        let placement = Placement { expires: expires.into(), ..Placement::default() };
        PlaceCredential { placement, anyway: anyway.into(), ..PlaceCredential::default() }
    }

    #[test]
    fn a_day_that_stood_there_before_is_not_asked_about_again() {
        let past = Timestamp::parse_day("2001-02-03");
        let asked = placed("2001-02-03", "").confirmed(None, NOW).unwrap_err();
        assert!(asked.to_string().contains("2001-02-03 has passed"), "{asked}");
        assert!(placed("2001-02-03", "").confirmed(past, NOW).is_ok());
        assert!(placed("2001-02-03", "yes").confirmed(None, NOW).is_ok());
        assert!(placed("2999-02-03", "").confirmed(past, NOW).is_ok());
    }

    #[test]
    fn a_candidate_is_not_asked_about_because_its_test_says_it() {
        let form = |mode: &str| UpdateCredential {
            password: Secret::new(format!("github_pat_{}", "a".repeat(82))),
            mode: mode.into(),
            ..UpdateCredential::default()
        };
        let asked = form("").confirmed(Provider::Ghcr, AuthMethod::Password).unwrap_err();
        assert!(asked.to_string().ends_with("Save anyway?"), "{asked}");
        assert!(form("candidate").confirmed(Provider::Ghcr, AuthMethod::Password).is_ok());
    }
}
