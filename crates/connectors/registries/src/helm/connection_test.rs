//! The stages of a connection test that speak HTTP with a Helm repository.

use std::{sync::Arc, time::Duration};

use domain::{Cause, counted};
use http::{StatusCode, header::CONTENT_RANGE};
use tokio::{sync::Semaphore, time::timeout};

use super::{Helm, Index};
use crate::registry_types::Finding;
use egress::{Failure, HttpAnswer, status::refusal};

/// How long a test waits for the whole index.
const PATIENCE: Duration = Duration::from_secs(15);

/// A Helm repository that was asked for its index without a login.
pub(crate) struct HelmTest<'a> {
    helm: &'a Helm<'a>,
    /// What it answers with the login, or without where none is needed.
    answer: Option<HttpAnswer>,
    status: u16,
    open: bool,
}

impl Helm<'_> {
    /// Asks for the start of the index without the login.
    pub(crate) async fn visit(&self) -> Result<HelmTest<'_>, Failure> {
        let answer = self.start(None).await?;
        let status = answer.status();
        let open = status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE;
        // What others may not even see, a login may open.
        let asks = matches!(status.as_u16(), 401 | 403);
        let hidden = self.login.is_some() && status.is_client_error() && status.as_u16() != 429;
        if !open && !asks && !hidden {
            return Err(refusal(answer, None).await);
        }
        let keep = open && self.login.is_none();
        Ok(HelmTest { helm: self, answer: keep.then_some(answer), status: status.as_u16(), open })
    }
}

impl HelmTest<'_> {
    /// What the repository asked for.
    pub(crate) fn challenge(&self) -> Finding {
        let status = self.status;
        let asks = match (self.open, status) {
            (true, _) => "and asks for no login",
            (false, 401 | 403) => "and asks for a login",
            (false, _) => "to a request without a login",
        };
        Finding::passed(format!("The repository answers {status} {asks}.")).with_status(status)
    }

    /// Asks again with the login.
    pub(crate) async fn log_in(&mut self) -> Result<Finding, Failure> {
        if self.answer.is_some() {
            return Ok(Finding::skipped("The repository asks for no login."));
        }
        let answer = self.helm.start(self.helm.login).await?;
        let status = answer.status();
        let refused =
            matches!(status.as_u16(), 400 | 401 | 403 | 407 | 429) || status.is_server_error();
        if refused {
            return Err(refusal(answer, self.helm.login).await);
        }
        self.answer = Some(answer);
        let told = if self.open {
            "The login is not refused; the repository answers without one as well."
        } else {
            "The repository takes the login."
        };
        Ok(Finding::passed(told).with_status(status.as_u16()))
    }

    /// Whether the answer is an index at all.
    pub(crate) async fn list(&mut self) -> Result<Finding, Failure> {
        let Some(answer) = self.answer.take() else {
            return Err(Failure::new(Cause::Internal, super::ATTEMPT));
        };
        let status = answer.status();
        if !status.is_success() && status != StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(refusal(answer, self.helm.login).await);
        }
        let size: Option<u64> =
            answer.text(CONTENT_RANGE).rsplit_once('/').and_then(|(_, all)| all.parse().ok());
        let told = match size {
            Some(bytes) => format!("index.yaml is there: {}.", counted(bytes, "byte", "bytes")),
            None => "index.yaml is there.".to_owned(),
        };
        self.answer = Some(answer);
        Ok(Finding::passed(told).with_status(status.as_u16()))
    }

    /// Reads the whole index as a sync does.
    pub(crate) async fn pull(&mut self, parsing: &Arc<Semaphore>) -> Result<Finding, Failure> {
        self.answer = None;
        let read = async {
            let answer = self.helm.outbound.send(self.helm.whole()?).await?;
            let status = answer.status();
            if !status.is_success() {
                return Err(refusal(answer, self.helm.login).await);
            }
            Ok((status.as_u16(), self.helm.index(answer, parsing).await?))
        };
        let Ok(read) = timeout(PATIENCE, read).await else {
            let told = "index.yaml is too large to be read in a test; a sync takes its time.";
            return Ok(Finding::passed(told));
        };
        let (status, Index { versions, left_out }) = read?;
        let versions = counted(versions.len(), "version", "versions");
        let told = match left_out.words() {
            words if words.is_empty() => format!("index.yaml was read: {versions}."),
            words => format!("index.yaml was read: {versions}. Left out: {words}."),
        };
        Ok(Finding::passed(told).with_status(status))
    }
}
