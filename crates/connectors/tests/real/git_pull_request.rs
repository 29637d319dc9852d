//! Pull requests, with stubs that check what the hosts check: addresses, headers, logins, bodies.

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Cause, Provider, Secret, gitops::GitUrl};
use egress::{Failure, Login};
use git_http::{Hosting, NewPullRequest, PullRequest};
use serde_json::{Value, json};

use testkit::git_server::{CANARY, branch, client};

use crate::{
    exchange_stub::{Asked, Stub, assert_tells_nothing},
    host::answer,
};

/// A host: where its pages are asked for, how it knows who asks, and what it answers.
pub(crate) struct Known {
    provider: Provider,
    username: &'static str,
    path: &'static str,
    /// Instead of the host's own API, where that has a name of its own.
    api: Option<&'static str>,
    login: String,
    list: &'static str,
    none: Value,
    one: Value,
    pub(crate) create: &'static str,
    body: Value,
    made: Value,
    pub(crate) page: &'static str,
}

fn basic(username: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{username}:{CANARY}")))
}

pub(crate) fn hosts() -> Vec<Known> {
    let bearer = || format!("Bearer {CANARY}");
    let github = json!({ "title": "Update a", "body": "Why", "head": "hawser/a", "base": "main" });
    let foreign = "https://evil.example/";
    vec![
        Known {
            provider: Provider::Github,
            username: "x-access-token",
            path: "acme/gitops",
            api: None,
            login: bearer(),
            list: "/api/v3/repos/acme/gitops/pulls?state=open&head=acme%3Ahawser%2Fa&base=main&per_page=1",
            none: json!([]),
            one: json!([{ "number": 7, "html_url": foreign }]),
            create: "/api/v3/repos/acme/gitops/pulls",
            body: github.clone(),
            made: json!({ "number": 7, "html_url": foreign }),
            page: "/acme/gitops/pull/7",
        },
        Known {
            provider: Provider::Gitlab,
            username: "oauth2",
            path: "acme/gitops",
            api: None,
            login: bearer(),
            list: "/api/v4/projects/acme%2Fgitops/merge_requests?state=opened&source_branch=hawser%2Fa&target_branch=main&per_page=1",
            none: json!([]),
            one: json!([{ "id": 9000, "iid": 7, "web_url": foreign }]),
            create: "/api/v4/projects/acme%2Fgitops/merge_requests",
            body: json!({ "title": "Update a", "description": "Why", "source_branch": "hawser/a", "target_branch": "main" }),
            made: json!({ "id": 9000, "iid": 7, "web_url": foreign }),
            page: "/acme/gitops/-/merge_requests/7",
        },
        Known {
            provider: Provider::GenericGit,
            username: "ann",
            path: "acme/gitops",
            api: None,
            login: basic("ann"),
            list: "/api/v1/repos/acme/gitops/pulls/main/hawser%2Fa",
            none: json!(null),
            one: json!({ "number": 7, "state": "open" }),
            create: "/api/v1/repos/acme/gitops/pulls",
            body: github,
            made: json!({ "number": 7, "state": "open" }),
            page: "/acme/gitops/pulls/7",
        },
        Known {
            provider: Provider::Bitbucket,
            username: "x-token-auth",
            path: "acme/gitops",
            api: Some("/2.0"),
            login: bearer(),
            list: "/2.0/repositories/acme/gitops/pullrequests?q=state+%3D+%22OPEN%22+AND+source.branch.name+%3D+%22hawser%2Fa%22+AND+destination.branch.name+%3D+%22main%22&pagelen=1",
            none: json!({ "values": [] }),
            one: json!({ "values": [{ "id": 7 }] }),
            create: "/2.0/repositories/acme/gitops/pullrequests",
            body: json!({
                "title": "Update a",
                "description": "Why",
                "source": { "branch": { "name": "hawser/a" } },
                "destination": { "branch": { "name": "main" } },
            }),
            made: json!({ "id": 7 }),
            page: "/acme/gitops/pull-requests/7",
        },
        bitbucket_server(),
    ]
}

/// Bitbucket Data Center tells all open requests of a branch, to any other and to any fork.
fn bitbucket_server() -> Known {
    let end = |branch: &str| {
        let repository = json!({ "slug": "gitops", "project": { "key": "ACME" } });
        json!({ "id": format!("refs/heads/{branch}"), "repository": repository })
    };
    let one = |number: u64, base: &str, fork: u64| {
        let from = json!({ "id": "refs/heads/hawser/a", "repository": { "id": 3 } });
        let to = json!({ "id": format!("refs/heads/{base}"), "repository": { "id": fork } });
        json!({ "id": number, "fromRef": from, "toRef": to })
    };
    let others = [one(5, "next", 3), one(6, "main", 4)];
    Known {
        provider: Provider::Bitbucket,
        username: "ann",
        path: "scm/ACME/gitops",
        api: None,
        login: basic("ann"),
        list: "/rest/api/1.0/projects/ACME/repos/gitops/pull-requests?direction=OUTGOING&at=refs%2Fheads%2Fhawser%2Fa&state=OPEN&limit=100",
        none: json!({ "values": others }),
        one: json!({ "values": [others[0], others[1], one(7, "main", 3)] }),
        create: "/rest/api/1.0/projects/ACME/repos/gitops/pull-requests",
        body: json!({
            "title": "Update a",
            "description": "Why",
            "fromRef": end("hawser/a"),
            "toRef": end("main"),
        }),
        made: json!({ "id": 7 }),
        page: "/projects/ACME/repos/gitops/pull-requests/7",
    }
}

impl Known {
    /// What the host says before it looks at anything: who are you, and is this JSON?
    pub(crate) fn door(&self, asked: &Asked) -> Option<Response> {
        if asked.header("authorization") != self.login {
            return Some(answer(401, &[], "{\"message\":\"Bad credentials\"}"));
        }
        let is_post = !asked.body.is_empty();
        if is_post && asked.header("content-type") != "application/json" {
            return Some(answer(415, &[], "{}"));
        }
        (asked.header("accept") != "application/json").then(|| answer(406, &[], "{}"))
    }

    fn absent(&self) -> Response {
        if self.none.is_null() { answer(404, &[], "{}") } else { json_answer(200, &self.none) }
    }

    /// The repository and its host at a stub. A host with its own name is reached at `localhost`'s
    /// stand-in: `gitea.localhost` has to be resolved by nobody, so the API's address is given.
    pub(crate) fn place(&self, stub: &Stub) -> (GitUrl, Hosting) {
        let host = match self.provider {
            Provider::GenericGit => "http://gitea.localhost".to_owned(),
            Provider::Bitbucket if self.api.is_some() => "https://bitbucket.org".to_owned(),
            _ => stub.url(""),
        };
        let url = GitUrl::parse(&format!("{host}/{}.git", self.path)).unwrap();
        let mut hosting = Hosting::of(&url, self.provider, "").unwrap();
        if let Some(path) =
            self.api.or((self.provider == Provider::GenericGit).then_some("/api/v1"))
        {
            hosting = hosting.with_api(stub.url(path).parse().unwrap());
        }
        (url, hosting)
    }

    pub(crate) fn own_login(&self) -> Login {
        Login::stored(self.username.into(), Secret::new(CANARY.into()))
    }

    async fn open(&self, stub: &Stub, title: &str) -> Result<PullRequest, Failure> {
        let (url, hosting) = self.place(stub);
        let login = self.own_login();
        let (head, base) = (branch("hawser/a"), branch("main"));
        let wanted = NewPullRequest { head: &head, base: &base, title, body: "Why" };
        let git = client(&stub.authority);
        let opened = git.open_pull_request(&hosting, &url, &login, wanted).await?;
        assert_eq!(opened.url, format!("{}{}", url.origin(), self.page));
        Ok(opened)
    }
}

fn json_answer(status: u16, document: &Value) -> Response {
    answer(status, &[("content-type", "application/json")], document.to_string())
}

#[tokio::test]
async fn a_pull_request_is_opened_at_every_host() {
    for index in 0..hosts().len() {
        let stub = Stub::start(move |asked| {
            let host = &hosts()[index];
            if let Some(refused) = host.door(asked) {
                return refused;
            }
            if asked.path == host.list && asked.body.is_empty() {
                return host.absent();
            }
            let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
            if asked.path == host.create && body == host.body {
                return json_answer(201, &host.made);
            }
            answer(404, &[], "{}")
        })
        .await;
        let opened = hosts()[index].open(&stub, "- Update\na").await;
        assert_eq!(opened.unwrap().number, 7, "{:?}", stub.asked());
        assert_eq!(stub.asked().len(), 2);
    }
}

#[tokio::test]
async fn one_that_is_open_is_found_and_nothing_is_opened_twice() {
    for index in 0..hosts().len() {
        let stub = Stub::start(move |asked| {
            let host = &hosts()[index];
            host.door(asked).unwrap_or_else(|| json_answer(200, &host.one))
        })
        .await;
        assert_eq!(hosts()[index].open(&stub, "Update a").await.unwrap().number, 7);
        assert_eq!(stub.asked().len(), 1);
        assert!(stub.asked()[0].body.is_empty());
    }
}

#[tokio::test]
async fn one_that_was_opened_meanwhile_is_found_after_the_conflict() {
    for (index, status) in [(0, 422), (1, 409), (2, 409), (3, 400), (4, 409)] {
        let lists = std::sync::atomic::AtomicUsize::new(0);
        let stub = Stub::start(move |asked| {
            let host = &hosts()[index];
            if !asked.body.is_empty() {
                return answer(status, &[], "{\"message\":\"already exists\"}");
            }
            match lists.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => host.absent(),
                _ => json_answer(200, &host.one),
            }
        })
        .await;
        assert_eq!(hosts()[index].open(&stub, "Update a").await.unwrap().number, 7);
        assert_eq!(stub.asked().len(), 3);
    }
}

#[tokio::test]
async fn refusals_of_hosts_have_causes_and_tell_no_secret() {
    let restricted = "Although you appear to have the correct authorization credentials, the `acme` organization has enabled OAuth App access restrictions";
    for (status, headers, body, cause) in [
        (401, vec![], "Bad credentials", Cause::InvalidCredentials),
        (403, vec![], "no", Cause::InsufficientScope),
        (403, vec![("x-github-sso", "required; url=https://x")], "", Cause::SsoRequired),
        (403, vec![], restricted, Cause::OrganizationRestricted),
        (404, vec![], "", Cause::NotFound),
        (422, vec![], "No commits between main and hawser/a", Cause::PushRejected),
        (302, vec![("location", "https://evil.example/")], "", Cause::RedirectRefused),
        (429, vec![], "", Cause::RateLimited),
        (502, vec![], "", Cause::ServerError),
        (201, vec![], "<html>", Cause::ServerError),
        (201, vec![], "{\"number\":\"7\"}", Cause::ServerError),
    ] {
        let stub = Stub::start(move |asked| {
            if asked.body.is_empty() {
                answer(200, &[], "[]")
            } else {
                answer(status, &headers, body)
            }
        })
        .await;
        let failure = hosts()[0].open(&stub, "Update a").await.unwrap_err();
        assert_eq!(failure.cause, cause, "{status} {body}");
        assert_tells_nothing(
            &failure,
            &[CANARY, &STANDARD.encode(format!("x-access-token:{CANARY}"))],
        );
    }
}
