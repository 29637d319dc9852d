//! Where a credential applies: project, purposes, pattern, environment, expiry.

use domain::{
    Access, Action, CredentialKind, Field, Principal, Provider, ServiceError,
    credentials::{Environment, Placement},
    projects::Project,
};
use leptos::prelude::*;

use crate::ui::{form::FormState, icon::Icon, input::Input};

/// What the fields are made from.
pub(super) struct PlacementContext<'a> {
    pub state: &'a FormState,
    pub principal: &'a Principal,
    pub provider: Provider,
    pub projects: &'a [Project],
    /// What is stored, or nothing yet.
    pub stored: &'a Placement,
}

const SHARED: &str = "shared";

impl PlacementContext<'_> {
    /// Every field.
    pub fn fields(&self) -> AnyView {
        view! {
            {self.project()}
            {self.sharing()}
            {self.purposes()}
            {self.pattern()}
            {self.environment()}
            {self.expires()}
        }
        .into_any()
    }

    /// Whether somebody typed something into them, or has to correct it.
    pub fn is_open(&self) -> bool {
        [
            Field::Project,
            Field::Purposes,
            Field::Pattern,
            Field::PatternKind,
            Field::Environment,
            Field::Expires,
        ]
        .into_iter()
        .any(|field| self.state.problem(field).is_some())
            || matches!(self.state.refusal(), Some(ServiceError::Choose { .. }))
            || [Field::Pattern, Field::Environment, Field::Expires]
                .into_iter()
                .any(|field| !self.state.value(field, "").is_empty())
    }

    fn may_share(&self) -> bool {
        self.principal.role.includes(Action::ShareCredentials)
    }

    fn project(&self) -> AnyView {
        let mut options: Vec<_> = self
            .projects
            .iter()
            .map(|project| (project.id.to_string(), project.name.clone()))
            .collect();
        // Whoever may not share sees that it is shared, and cannot make it so.
        if self.may_share() || self.stored.project == SHARED {
            options.push((SHARED.to_owned(), "Shared with all projects".to_owned()));
        }
        let first = self.projects.iter().find(|project| project.is_default);
        let first = first.map(|project| project.id.to_string()).unwrap_or_default();
        let stored = if self.stored.project.is_empty() { &first } else { &self.stored.project };
        Input::new(self.state, Field::Project, "Project")
            .value(stored)
            .hint("Repositories of this project can use it.")
            .select(vec![("", options)])
    }

    /// The warning of the product manual (F23), for those who can share.
    fn sharing(&self) -> AnyView {
        let text = if self.may_share() {
            "Shared: every project can pull with it, including future ones; nobody can read it. Share only what may be read everywhere."
        } else if self.stored.project == SHARED {
            "Shared with all projects. Only an owner can change that."
        } else {
            return ().into_any();
        };
        view! {
            <p class="hint share-warning">
                <Icon name="triangle-alert"/>
                {text}
            </p>
        }
        .into_any()
    }

    fn purposes(&self) -> AnyView {
        if self.provider.facts().kind != CredentialKind::Registry {
            return ().into_any();
        }
        let option = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        let all = "helm,image";
        let stored = if self.stored.purposes.is_empty() { all } else { &self.stored.purposes };
        Input::new(self.state, Field::Purposes, "Used for")
            .value(stored)
            .hint("What Hawser may choose it for by its URL.")
            .select(vec![(
                "",
                vec![
                    option(all, "Helm charts and container images"),
                    option("helm", "Helm charts"),
                    option("image", "Container images"),
                ],
            )])
    }

    fn pattern(&self) -> AnyView {
        if self.provider.facts().kind == CredentialKind::Cluster {
            return ().into_any();
        }
        let option = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        let pattern = Input::new(self.state, Field::Pattern, "URL pattern")
            .value(&self.stored.pattern)
            .placeholder(self.provider.facts().url_example)
            .hint("Repositories set to Automatic use it when their URL matches. Leave empty to use it only where you select it.")
            .line();
        let kind = Input::new(self.state, Field::PatternKind, "Match")
            .value(&self.stored.pattern_kind)
            .hint("A regular expression looks like ^https://charts\\.example\\.com/")
            .select(vec![(
                "",
                vec![option("exact", "Exact URL"), option("regex", "Regular expression")],
            )]);
        view! {
            {pattern}
            {kind}
        }
        .into_any()
    }

    /// What it may do, of a credential that is there already; the guide asks it of a new one.
    pub fn access(&self) -> AnyView {
        let options = Access::ALL
            .into_iter()
            .map(|access| {
                (access.as_str().to_owned(), self.provider.access_label(access).to_owned())
            })
            .collect::<Vec<_>>();
        let unsaid = (String::new(), "Not said".to_owned());
        Input::new(self.state, Field::Access, "Access")
            .value(&self.stored.access)
            .hint("What the token can do at the provider. Hawser warns where it does not fit.")
            .select(vec![("", std::iter::once(unsaid).chain(options).collect())])
    }

    fn environment(&self) -> AnyView {
        let options = Environment::ALL
            .into_iter()
            .map(|environment| (environment.as_str().to_owned(), environment.label().to_owned()))
            .collect();
        Input::new(self.state, Field::Environment, "Environment")
            .value(&self.stored.environment)
            .hint("Hawser warns when a production repository uses a credential of another environment.")
            .select(vec![("", options)])
    }

    fn expires(&self) -> AnyView {
        Input::new(self.state, Field::Expires, "Expires on")
            .value(&self.stored.expires)
            .kind("date")
            .hint("Midnight UTC. Read from the token where possible.")
            .line()
    }
}
