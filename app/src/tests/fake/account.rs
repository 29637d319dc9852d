//! The account of the person who asks.

use async_trait::async_trait;
use domain::{
    Principal,
    account::{ChangePassword, OwnSession, Profile, SessionKey},
    service::{Answer, OwnAccount},
};

use super::{Fake, NOW};

#[async_trait]
impl OwnAccount for Fake {
    async fn profile(&self, _: &Principal) -> Answer<Profile> {
        Ok(Profile { name: "Ada".into(), email: "ada@example.com".into() })
    }

    async fn sessions(&self, _: &Principal) -> Answer<Vec<OwnSession>> {
        let session = |key, browser: &str| OwnSession {
            key: SessionKey::new([key; 32]),
            browser: browser.into(),
            address: None,
            began_at: NOW,
            last_seen_at: NOW,
        };
        Ok(vec![session(1, "Firefox on Linux"), session(2, "")])
    }

    async fn end_session(&self, _: &Principal, _: SessionKey) -> Answer<()> {
        Ok(())
    }

    async fn end_other_sessions(&self, _: &Principal, _: SessionKey) -> Answer<u64> {
        Ok(1)
    }

    async fn change_password(
        &self,
        _: &Principal,
        form: ChangePassword,
        _: SessionKey,
    ) -> Answer<()> {
        self.answers()?;
        form.parse().map(drop)
    }
}
