//! Whom a change of a credential reaches, in words.

use domain::{
    CredentialKind, counted,
    credentials::CredentialDetail,
    gitops::{CredentialUse, DestinationState},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{usage::Opened, uses::places};

/// The places that a new secret has to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Impact {
    kind: CredentialKind,
    links: u32,
    targets: u32,
    clusters: u32,
    /// Kind and name of places that nobody brought in step yet.
    waiting: Vec<(DeliveryTarget, String)>,
}

impl Impact {
    /// Of a registry's credential: its links, and the places that take an export with it.
    pub fn by_exports(credential: &CredentialDetail, uses: &[CredentialUse]) -> Self {
        let places = places(uses);
        Self::new(credential, places.into_values())
    }

    /// Of any other one: what it opens.
    pub fn by_opening(credential: &CredentialDetail, opens: &[Opened]) -> Self {
        Self::new(credential, opens.iter().map(|one| (one.place, one.name.as_str(), one.state)))
    }

    fn new<'a>(
        credential: &CredentialDetail,
        places: impl Iterator<Item = (DeliveryTarget, &'a str, DestinationState)>,
    ) -> Self {
        let mut reach = Self {
            kind: credential.provider.facts().kind,
            links: u32::try_from(credential.links.len()).unwrap_or(u32::MAX),
            targets: 0,
            clusters: 0,
            waiting: Vec::new(),
        };
        for (place, name, state) in places {
            match place {
                _ if state == DestinationState::New => reach.waiting.push((place, name.to_owned())),
                DeliveryTarget::Cluster(_) => reach.clusters += 1,
                DeliveryTarget::GitTarget(_) | DeliveryTarget::Repository(_) => reach.targets += 1,
            }
        }
        reach
    }

    /// Where a new secret is tried, and what follows it.
    pub fn sentence(&self) -> String {
        let places = in_words(self.targets, self.clusters);
        let links = counted(self.links, "linked repository", "linked repositories");
        match (self.kind, self.links, places) {
            (CredentialKind::Registry, 0, None) => {
                "No repository, Git target or cluster uses it yet.".to_owned()
            }
            (CredentialKind::Registry, 0, Some(places)) => {
                format!("Save updates {places}. No repository is linked to it.")
            }
            (CredentialKind::Registry, _, places) => {
                let places = places.map(|places| format!(" and updates {places}"));
                format!(
                    "Save switches {links} now{}. Test, then switch keeps the current secret in use until all of them accept the new one.",
                    places.unwrap_or_default()
                )
            }
            (_, _, None) => "No Git target or cluster uses it yet.".to_owned(),
            (_, _, Some(places)) => {
                format!("Save switches {places} now.")
            }
        }
    }

    /// The places that an update leaves out until a person syncs them for the first time.
    pub fn left_out(&self) -> Option<AnyView> {
        let links = self.waiting.iter().map(|(place, name)| {
            view! {
                <li>
                    <a href=place.path()>{name.clone()}</a>
                    <span class="muted">" · "{place.label()}</span>
                </li>
            }
        });
        let links = links.collect_view();
        (!self.waiting.is_empty()).then(|| {
            view! {
                <p class="muted">"Not updated until someone presses Sync now there:"</p>
                <ul class="plain">{links}</ul>
            }
            .into_any()
        })
    }
}

/// `2 Git targets and 1 cluster`; `None` for none of either.
pub(super) fn in_words(targets: u32, clusters: u32) -> Option<String> {
    let targets = (targets > 0).then(|| counted(targets, "Git target", "Git targets"));
    let clusters = (clusters > 0).then(|| counted(clusters, "cluster", "clusters"));
    match (targets, clusters) {
        (Some(targets), Some(clusters)) => Some(format!("{targets} and {clusters}")),
        (targets, clusters) => targets.or(clusters),
    }
}
