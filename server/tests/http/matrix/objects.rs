//! Objects that requests name, made by the forms that people use.

use std::collections::HashMap;

use axum::body::Body;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{Method, StatusCode, header};
use serde_json::{Value as Json, json};
use server::web::routes::Object;
use testkit::github_stub::GithubStub;
use uuid::Uuid;

use super::{
    database::{Database, Value, id, text},
    people::{Organization, People},
};
use crate::asking::{Answer, Hawser, encoded};

/// Nobody listens there.
pub const UNHEARD: &str = "127.0.0.1:9";
/// What credentials are for.
pub const REGISTRY: &str = "https://registry.example.com";
/// For whom exports are encrypted.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// Where objects come from.
pub struct Objects {
    pub hawser: Hawser,
    pub database: Database,
    pub people: People,
    pub github: GithubStub,
    kubeconfig: String,
    standing: HashMap<(Organization, Object), String>,
    deleted: HashMap<(Organization, Object), String>,
    pub count: u32,
}

impl Objects {
    pub fn new(hawser: Hawser, database: Database, people: People, github: GithubStub) -> Self {
        let (standing, deleted) = (HashMap::new(), HashMap::new());
        let kubeconfig = kubeconfig();
        Self { hawser, database, people, github, kubeconfig, standing, deleted, count: 0 }
    }

    /// An object for requests that change nothing.
    pub async fn standing(&mut self, of: Organization, object: Object) -> String {
        if let Some(id) = self.standing.get(&(of, object)) {
            return id.clone();
        }
        let id = self.make(of, object).await;
        self.standing.insert((of, object), id.clone());
        id
    }

    /// An object that was there.
    pub async fn deleted(&mut self, of: Organization, object: Object) -> String {
        if let Some(id) = self.deleted.get(&(of, object)) {
            return id.clone();
        }
        let made = self.make(of, object).await;
        self.delete(of, object, &made).await;
        self.deleted.insert((of, object), made.clone());
        made
    }

    /// A new object; answers its id.
    pub async fn make(&mut self, of: Organization, object: Object) -> String {
        match object {
            Object::None => String::new(),
            Object::SetUpLink => self.people.link.clone(),
            Object::Credential => self.credential(of).await,
            Object::Repository => self.repository(of, "").await,
            Object::BulkRun => self.bulk_run(of, "delete_repositories").await,
            Object::Chart => self.chart(of).await,
            Object::Propagation => self.propagation(of).await,
            Object::Export => self.export(of, "external_secret").await,
            Object::GitTarget => self.target(of).await,
            Object::Cluster => self.cluster(of).await,
            Object::GitAccount => self.account(of).await,
            Object::Project => self.project(of).await,
            Object::Member => self.member(of, "active").await,
            Object::Invitation => self.invitation(of, "invited").await,
            Object::InvitationLink => "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA".to_owned(),
        }
    }

    async fn delete(&mut self, of: Organization, object: Object, made: &str) {
        let (path, field) = match object {
            Object::None | Object::SetUpLink | Object::InvitationLink => return,
            Object::Member => {
                let statement = "update members set state = 'removed' where user_id = $1";
                return self.database.run(statement, vec![id(made)]).await;
            }
            Object::Invitation => {
                let statement = "update invitations set state = 'revoked' where id = $1";
                return self.database.run(statement, vec![id(made)]).await;
            }
            Object::Credential => ("credentials/delete", "credential"),
            Object::Repository => ("repositories/delete", "repository"),
            Object::BulkRun => {
                self.database.run("delete from bulk_runs where id = $1", vec![id(made)]).await;
                return;
            }
            Object::Chart => {
                self.database.run("delete from charts where id = $1", vec![id(made)]).await;
                return;
            }
            Object::Propagation => {
                for statement in [
                    "delete from deliveries where propagation_id = $1",
                    "delete from propagations where id = $1",
                ] {
                    self.database.run(statement, vec![id(made)]).await;
                }
                return;
            }
            Object::Export => ("gitops/exports/delete", "export"),
            Object::GitTarget => ("gitops/targets/delete", "target"),
            Object::Cluster => ("gitops/clusters/delete", "cluster"),
            Object::GitAccount => ("gitops/forget", "credential"),
            Object::Project => ("projects/delete", "project"),
        };
        self.done(of, path, &[(field, made)]).await;
    }

    pub fn name(&mut self) -> String {
        self.count += 1;
        format!("thing {}", self.count)
    }

    /// Sends a form as the script does.
    pub async fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .hawser
            .request(Method::POST, path)
            .header(header::ACCEPT, "application/json")
            .header(header::ORIGIN, &self.hawser.public)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie);
        self.hawser.send(request.body(Body::from(encoded(fields))).unwrap()).await
    }

    /// Sends a form that has to work, as the owner; answers the page it leads to.
    pub async fn done(&self, of: Organization, path: &str, fields: &[(&str, &str)]) -> String {
        let cookie = self.people.owner(&self.hawser, of).await;
        let answer = self.form(&format!("/actions/{path}"), &cookie, fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        let outcome: Json = serde_json::from_str(&answer.text).unwrap();
        outcome["next"].as_str().unwrap_or_else(|| panic!("{path}: {outcome}")).to_owned()
    }

    pub async fn credential(&mut self, of: Organization) -> String {
        self.credential_of(of, "generic_registry", "old").await
    }

    async fn credential_of(&mut self, of: Organization, provider: &str, secret: &str) -> String {
        let name = self.name();
        let username = if provider == "kubernetes" { "" } else { "robot" };
        let pattern = if provider == "generic_registry" { REGISTRY } else { "" };
        let fields = [
            ("provider", provider),
            ("name", &name),
            ("username", username),
            ("password", secret),
            ("pattern", pattern),
        ];
        id_in(&self.done(of, "credentials/create", &fields).await)
    }

    /// A repository that logs in with this credential, if any.
    pub async fn repository(&mut self, of: Organization, credential: &str) -> String {
        let name = self.name();
        let url = format!("https://{UNHEARD}/charts-{}", self.count);
        let fields = [
            ("url", url.as_str()),
            ("name", &name),
            ("kind", "helm"),
            ("credential", credential),
            ("allow", UNHEARD),
        ];
        id_in(&self.done(of, "repositories/add", &fields).await)
    }

    /// A run with one repository.
    pub async fn bulk_run(&mut self, of: Organization, action: &str) -> String {
        let repository = self.repository(of, "").await;
        let fields = [("ids[]", repository.as_str()), ("action", action), ("interval", "900")];
        let next = self.done(of, "bulk/repositories", &fields).await;
        if action != "set_interval" {
            return id_in(&next);
        }
        let statement = "select run_id from bulk_rows where target_id = $1";
        self.database.id(statement, vec![id(&repository)]).await
    }

    async fn chart(&mut self, of: Organization) -> String {
        let repository = self.standing_repository(of).await;
        let (chart, name) = (Uuid::now_v7(), self.name());
        let statement = "insert into charts (organization_id, id, repository_id, name, version,
                           app_version, description, search_text, versions, deprecated, content_hash)
                         values ($1, $2, $3, $4, '1.0.0', '1', '', '', 0, false, '')";
        let organization = id(self.people.id_of(of));
        let values = vec![organization, Value::Id(chart), id(&repository), text(&name)];
        self.database.run(statement, values).await;
        chart.to_string()
    }

    async fn standing_repository(&mut self, of: Organization) -> String {
        if let Some(id) = self.standing.get(&(of, Object::Repository)) {
            return id.clone();
        }
        let made = self.repository(of, "").await;
        self.standing.insert((of, Object::Repository), made.clone());
        made
    }

    async fn propagation(&mut self, of: Organization) -> String {
        let (_, next) = self.updated(of, "").await;
        next.split_once("propagation=").unwrap().1.to_owned()
    }

    /// A credential of a repository with a new secret; answers it and where the form led.
    pub async fn updated(&mut self, of: Organization, mode: &str) -> (String, String) {
        let credential = self.credential(of).await;
        self.repository(of, &credential).await;
        let version = self.row_version("credentials", &credential).await;
        let fields = [
            ("credential", credential.as_str()),
            ("row_version", &version),
            ("provider", "generic_registry"),
            ("username", "robot"),
            ("password", "new"),
            ("mode", mode),
        ];
        let next = self.done(of, "credentials/update", &fields).await;
        (credential, next)
    }

    pub async fn export(&mut self, of: Organization, carrier: &str) -> String {
        let (credential, name) = (self.credential(of).await, self.name());
        let address = [("credential", credential.as_str()), ("url", REGISTRY)];
        self.done(of, "credentials/allow-address", &address).await;
        let recipients = if carrier == "sops" { RECIPIENT } else { "" };
        let fields = [
            ("name", name.as_str()),
            ("consumer", "pull_secret"),
            ("carrier", carrier),
            ("credentials[]", &credential),
            ("namespace", "apps"),
            ("secret_name", "pull"),
            ("recipients", recipients),
        ];
        id_in(&self.done(of, "gitops/exports/save", &fields).await)
    }

    pub async fn target(&mut self, of: Organization) -> String {
        let credential = self.credential_of(of, "generic_git", "token").await;
        let (export, name) = (self.export(of, "external_secret").await, self.name());
        let url = format!("https://{UNHEARD}/acme/{}.git", self.count);
        let fields = [
            ("name", name.as_str()),
            ("credential", &credential),
            ("url", &url),
            ("branch", "main"),
            ("folder", "prod"),
            ("mode", "direct"),
            ("exports[]", &export),
        ];
        id_in(&self.done(of, "gitops/targets/save", &fields).await)
    }

    pub async fn cluster(&mut self, of: Organization) -> String {
        let kubeconfig = self.kubeconfig.clone();
        let credential = self.credential_of(of, "kubernetes", &kubeconfig).await;
        let (export, name) = (self.export(of, "external_secret").await, self.name());
        let fields = [("name", name.as_str()), ("credential", &credential), ("exports[]", &export)];
        id_in(&self.done(of, "gitops/clusters/save", &fields).await)
    }

    /// An account that the owner connected at GitHub.
    async fn account(&mut self, of: Organization) -> String {
        let cookie = self.people.owner(&self.hawser, of).await;
        let back = self.sent_to_github(&cookie).await;
        let answer = self.hawser.page(&back.0, &format!("{cookie}; {}", back.1)).await;
        assert_eq!(answer.header("location"), "/gitops/connections", "{}", answer.text);
        let statement = "select credential_id from git_connections where account_id = $1
                         and organization_id = $2";
        let values = vec![Value::Number(self.count.into()), id(self.people.id_of(of))];
        self.database.id(statement, values).await
    }

    /// Agrees at GitHub with a new account; answers where the browser comes back to, and its cookie.
    pub async fn sent_to_github(&mut self, cookie: &str) -> (String, String) {
        let name = self.name();
        self.github.is(self.count.into(), &name.replace(' ', "-"));
        let begun = self.form("/actions/gitops/connect", cookie, &[]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        let (state, code) = self.github.agree(begun.header("location"));
        let key = cookies(&begun).into_iter().find(|it| it.starts_with("hawser-github=")).unwrap();
        (format!("/oauth/github/callback?state={state}&code={code}"), key)
    }

    async fn project(&mut self, of: Organization) -> String {
        let name = self.name();
        self.done(of, "projects/save", &[("name", &name)]).await;
        let statement = "select id from projects where name = $1";
        self.database.id(statement, vec![text(&name)]).await
    }

    /// A new person who is a viewer, in this state.
    pub async fn member(&mut self, of: Organization, state: &str) -> String {
        let user = self.person().await;
        let statement = "insert into members (organization_id, user_id, role, created_at, state)
                         values ($1, $2, 'viewer', 0, $3)";
        let values = vec![id(self.people.id_of(of)), id(&user), text(state)];
        self.database.run(statement, values).await;
        user
    }

    /// An invitation of a viewer, in this state; the first owner sent it.
    pub async fn invitation(&mut self, of: Organization, state: &str) -> String {
        let (person, made) = (self.person().await, Uuid::now_v7());
        let organization = self.people.id_of(of).to_owned();
        let inviter = "select user_id from members where organization_id = $1 and role = 'owner'
                       and state = 'active' order by user_id limit 1";
        let inviter = self.database.id(inviter, vec![id(&organization)]).await;
        let accepted_by = if state == "accepted" { "$3" } else { "null" };
        let statement = format!(
            "insert into invitations (organization_id, id, email, role, state, token_hash, invited_by, invited_at,
               expires_at, accepted_by)
             select $1, $2, email, 'viewer', $5, $6, $4, 0, 9000000000000000, {accepted_by} from users where id = $3"
        );
        let values = vec![
            id(&organization),
            Value::Id(made),
            id(&person),
            id(&inviter),
            text(state),
            Value::Bytes(made.as_bytes().to_vec()),
        ];
        self.database.run(&statement, values).await;
        made.to_string()
    }

    async fn person(&mut self) -> String {
        let (user, name) = (Uuid::now_v7(), self.name());
        let statement = "insert into users (id, email, name, password_hash, created_at)
                         values ($1, $2, $3, '', 0)";
        let email = format!("{}@example.com", name.replace(' ', "-"));
        self.database.run(statement, vec![Value::Id(user), text(&email), text(&name)]).await;
        user.to_string()
    }

    /// The version of a row that a form names.
    pub async fn row_version(&mut self, table: &str, row: &str) -> String {
        let statement = format!("select row_version from {table} where id = $1");
        self.database.number(&statement, vec![id(row)]).await.to_string()
    }
}

/// The cookies that an answer sets, as requests send them.
pub fn cookies(answer: &Answer) -> Vec<String> {
    let all = answer.headers.get_all(header::SET_COOKIE).iter();
    all.map(|it| it.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

/// The id in the path of a page.
fn id_in(page: &str) -> String {
    let id = page.split(['/', '?']).find(|part| part.parse::<Uuid>().is_ok());
    id.unwrap_or_else(|| panic!("{page} names nothing")).to_owned()
}

/// A login at a cluster that does not answer.
fn kubeconfig() -> String {
    let authority = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let authority = BASE64_STANDARD.encode(authority.cert.pem());
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster":
            {"server": format!("https://{UNHEARD}"), "certificate-authority-data": authority}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "apps"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
    })
    .to_string()
}
