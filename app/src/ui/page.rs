//! How a page is loaded: who asks, what they left behind, what came of it.

use domain::{Action, Principal, ServiceError, Timestamp, notices::AttentionCounts};
use http::request::Parts;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use leptos_router::params::ParamsMap;
use url::form_urlencoded::parse;

use super::{
    TAKES_MESSAGES,
    frame::{Frame, Framed, Section},
    icon::Icon,
    navigation::section_at,
};
use crate::{
    answer::{redirect, sign_in_path, status},
    services::{Flash, RequestContext, Services},
};

/// What a page gets to work with.
pub(crate) struct Request {
    pub asking: RequestContext,
    /// The person; pages that need one take it with [`Request::member`].
    pub principal: Option<Principal>,
    /// What the form before this page left.
    pub flash: Flash,
    /// Path and query, for forms that come back here.
    pub here: String,
    pub now: Timestamp,
    params: ParamsMap,
    query: Vec<(String, String)>,
}

impl Request {
    fn of_context() -> Result<Self, ServiceError> {
        let asking = RequestContext::anyone()?;
        let uri = use_context::<Parts>().map(|parts| parts.uri).unwrap_or_default();
        // The router decodes values twice, which breaks those that are addresses themselves.
        let query = parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let here = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        Ok(Self {
            principal: asking.visit.principal(),
            now: asking.visit.now(),
            flash: Flash::default(),
            here,
            // A path that matches no route has none.
            params: use_context::<ArcMemo<ParamsMap>>()
                .map(|params| params.get_untracked())
                .unwrap_or_default(),
            query,
            asking,
        })
    }

    /// The signed-in person.
    pub fn member(&self) -> Result<Principal, ServiceError> {
        self.principal.clone().ok_or(ServiceError::NotSignedIn)
    }

    /// The services.
    pub fn services(&self) -> &Services {
        &self.asking.services
    }

    /// A value of the query; empty when it is not there.
    pub fn query(&self, name: &str) -> String {
        self.sent_along(name).unwrap_or_default()
    }

    /// A value of the query, also an empty one; `None` when it is not there.
    pub fn sent_along(&self, name: &str) -> Option<String> {
        let last = self.query.iter().rev().find(|(known, _)| known == name);
        last.map(|(_, value)| value.clone())
    }

    /// All values of the query under `name`, such as those of ticked boxes.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs()
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value.to_owned())
            .collect()
    }

    /// Everything in the query.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The page number of the query, from 1.
    pub fn page_number(&self) -> u32 {
        self.query("page").parse().unwrap_or(1).clamp(1, 100_000)
    }

    /// A part of the path, such as `id`.
    pub fn param(&self, name: &str) -> String {
        self.params.get(name).unwrap_or_default()
    }

    /// An id in the path; anything else does not exist.
    pub fn id<T: std::str::FromStr>(&self) -> Result<T, ServiceError> {
        self.param("id").parse().map_err(|_| ServiceError::NotFound)
    }
}

/// A loaded page.
pub(crate) struct Page {
    /// For the title of the window.
    pub title: String,
    /// The entry of the navigation it belongs to.
    pub section: Section,
    /// What stands in `<main>`.
    pub body: AnyView,
}

/// Whether the messages for the person belong on this page: a script that fetches it to look at a part
/// would take them from the page that the browser opens next. Only `fetch` has an empty destination
/// (<https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header>).
fn takes_messages() -> bool {
    use_context::<Parts>().is_none_or(|parts| {
        let is_fetched = parts.headers.get("sec-fetch-dest").is_some_and(|to| to == "empty");
        !is_fetched || parts.headers.contains_key(TAKES_MESSAGES)
    })
}

/// Loads a page and puts it into the frame; a refusal becomes a page of its own with its status.
pub(crate) fn page<Loading>(load: impl FnOnce(Request) -> Loading + Send + 'static) -> AnyView
where
    Loading: Future<Output = Result<Page, ServiceError>> + Send + 'static,
{
    framed(Request::of_context(), load)
}

/// The same for a page that asks nobody but the database: it reads one state of it, in one transaction.
pub(crate) fn snapshot_page<Loading>(
    load: impl FnOnce(Request) -> Loading + Send + 'static,
) -> AnyView
where
    Loading: Future<Output = Result<Page, ServiceError>> + Send + 'static,
{
    let request = Request::of_context().map(|mut request| {
        request.asking.services = (request.asking.services.of_one_page)();
        request
    });
    framed(request, load)
}

fn framed<Loading>(
    request: Result<Request, ServiceError>,
    load: impl FnOnce(Request) -> Loading + Send + 'static,
) -> AnyView
where
    Loading: Future<Output = Result<Page, ServiceError>> + Send + 'static,
{
    let takes = takes_messages();
    Suspend::new(async move {
        let mut request = match request {
            Ok(request) => request,
            Err(problem) => return refusal(&problem, None, ""),
        };
        if takes {
            request.flash = request.asking.visit.take_flash().await.unwrap_or_default();
        }
        let manages = |principal: &Principal| principal.role.includes(Action::ManageCredentials);
        let warning = request.principal.as_ref().filter(|principal| manages(principal));
        let warning = warning.and_then(|_| request.asking.visit.warning());
        let (principal, flash, here) =
            (request.principal.clone(), request.flash.clone(), request.here.clone());
        let now = Some(request.now.millis());
        let attention = match &principal {
            Some(principal) => request.services().notices.attention(principal).await,
            None => Ok(AttentionCounts::default()),
        };
        let attention = attention.unwrap_or_default();
        match load(request).await {
            Ok(Page { title, section, body }) => {
                let named = titled(&title, section);
                let framed = Framed { principal, section, title, flash, now, warning, attention };
                view! {
                    <Title text=named/>
                    <Frame framed>{body}</Frame>
                }
                .into_any()
            }
            Err(problem) => refusal(&problem, principal, &here),
        }
    })
    .into_any()
}

/// The page for a path that does not exist.
pub(crate) fn not_found() -> AnyView {
    page(async |_| Err(ServiceError::NotFound))
}

/// Names the thing and its place: `ghcr-prod · Credentials`.
fn titled(title: &str, section: Section) -> String {
    match section.label() {
        "" => title.to_owned(),
        label if label == title => title.to_owned(),
        label => format!("{title} · {label}"),
    }
}

fn refusal(problem: &ServiceError, principal: Option<Principal>, here: &str) -> AnyView {
    if *problem == ServiceError::NotSignedIn {
        redirect(&sign_in_path(here));
        return ().into_any();
    }
    let status = status(problem);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
    let title = match problem {
        ServiceError::NotFound => "Page not found",
        ServiceError::NotAllowed | ServiceError::NoLongerAllowed => "Not allowed",
        ServiceError::Unavailable { .. } | ServiceError::NeedsOperator { .. } => {
            "Not available right now"
        }
        _ => "This did not work",
    };
    let message = problem.to_string();
    // What was deleted is not there any more when somebody goes back.
    let (list, label) = section_at(here).unwrap_or(("/credentials", "Credentials"));
    let missing = (*problem == ServiceError::NotFound).then_some("");
    let framed = Framed {
        principal,
        section: Section::None,
        title: title.to_owned(),
        flash: Flash::default(),
        now: None,
        warning: None,
        attention: AttentionCounts::default(),
    };
    view! {
        <Title text=title/>
        <Frame framed>
            <section class="empty" data-missing=missing>
                <Icon name="anchor"/>
                <p class="muted">{status.as_u16()}</p>
                <h1>{title}</h1>
                <p>{message}</p>
                <p><a class="button" href=list>{format!("Go to {label}")}</a></p>
            </section>
        </Frame>
    }
    .into_any()
}
