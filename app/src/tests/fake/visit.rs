//! One visit, kept in memory.

use std::net::{IpAddr, Ipv4Addr};

use async_trait::async_trait;
use domain::{Principal, Secret, ServiceError, Timestamp, UserId, account::SessionKey};

use super::{Fake, NOW};
use crate::services::{CurrentUser, Flash, Typing};

#[async_trait]
impl CurrentUser for Fake {
    fn user(&self) -> Option<UserId> {
        self.principal.as_ref().map(|principal| principal.user)
    }
    fn principal(&self) -> Option<Principal> {
        self.principal.clone()
    }
    fn session(&self) -> Option<SessionKey> {
        Some(SessionKey::new([1; 32]))
    }
    fn peer(&self) -> IpAddr {
        Ipv4Addr::LOCALHOST.into()
    }
    fn now(&self) -> Timestamp {
        NOW
    }
    fn known_browser(&self) -> Option<Secret> {
        None
    }
    fn keep_browser(&self, _: &Secret) {}
    fn invitation(&self) -> Option<Secret> {
        Some(Secret::new("q83vEjRWeJA".to_owned()))
    }
    fn forget_invitation(&self) {}
    fn turn_away(&self, _: &ServiceError) {}
    fn warning(&self) -> Option<String> {
        None
    }
    async fn begin(&self, _: UserId) -> Result<(), ServiceError> {
        Ok(())
    }
    async fn end(&self) -> Result<(), ServiceError> {
        Ok(())
    }
    async fn set_flash(&self, flash: Flash) -> Result<(), ServiceError> {
        *self.flash.lock().unwrap() = Some(flash);
        Ok(())
    }
    async fn take_flash(&self) -> Option<Flash> {
        tokio::task::yield_now().await;
        self.flash.lock().unwrap().take()
    }
    async fn keep_typing(&self, typing: Option<Typing>) -> Result<(), ServiceError> {
        *self.typing.lock().unwrap() = typing;
        Ok(())
    }
    async fn typing(&self) -> Option<Typing> {
        self.typing.lock().unwrap().clone()
    }
}
