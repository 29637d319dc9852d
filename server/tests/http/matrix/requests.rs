//! What each route is asked: the path, and the form with all that it takes to work.

use server::web::routes::{Kind, Object, Route};

use super::{
    database::{Value, id, text},
    objects::{Objects, REGISTRY, UNHEARD},
    people::Organization,
};
use crate::asking::PASSWORD;

/// The page of every form.
pub const FORM: &str = "/form";

/// What Kyma installs.
const TEMPLATE: &str = "kind: ModuleTemplate\nspec:\n  descriptor:\n    component:\n      resources:\n      - name: a\n";

/// A request that has to work for whoever may send it.
pub struct Prepared {
    /// The id of what it names.
    pub id: String,
    /// The other fields of its form.
    pub fields: Vec<(&'static str, String)>,
}

impl Prepared {
    fn of(id: String) -> Self {
        Self { id, fields: Vec::new() }
    }

    fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((field, value.into()));
        self
    }
}

/// The path that names this object.
pub fn path_of(route: &Route, id: &str) -> String {
    let parts = route.path.split('/').map(|part| match part {
        "{*file}" => "main.1.css",
        "{*path}" => "pull.yaml",
        "{name}" => "watched",
        "{token}" | "{id}" => id,
        part => part,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    match route.path {
        "/actions/forms/elsewhere" => format!("{path}?to=/credentials/new"),
        "/oauth/github/callback" => format!("{path}?state=s&code=c"),
        "/oauth/github/installed" => format!("{path}?installation_id=77"),
        _ => path,
    }
}

/// The field of a form that names its object.
pub fn field_of(route: &Route) -> &'static str {
    match (route.path, route.object) {
        (
            "/actions/repositories/sync"
            | "/actions/bulk/repositories"
            | "/actions/bulk/credentials",
            _,
        ) => "ids[]",
        (_, Object::None) => "",
        (_, Object::SetUpLink | Object::InvitationLink) => "token",
        (_, Object::Credential | Object::GitAccount) => "credential",
        (_, Object::Repository) => "repository",
        (_, Object::BulkRun) => "run",
        (_, Object::Chart) => "chart",
        (_, Object::Propagation) => "propagation",
        (_, Object::Export) => "export",
        (_, Object::GitTarget) => "target",
        (_, Object::Cluster) => "cluster",
        (_, Object::Project) => "project",
        (_, Object::Member) => "member",
        (_, Object::Invitation) => "invitation",
    }
}

impl Objects {
    /// An object in the state that the route works on, and the form around it.
    pub async fn prepare(&mut self, of: Organization, route: &Route) -> Prepared {
        if !matches!(route.kind, Kind::Function | Kind::Test | Kind::Form) {
            return Prepared::of(self.standing(of, route.object).await);
        }
        let action = route.path.strip_prefix("/actions/").unwrap();
        match action.split_once('/') {
            Some(("credentials", action)) => self.prepare_credential(of, action).await,
            Some(("connections", _)) => self.prepare_test(of, route).await,
            Some(("repositories", action)) => self.prepare_repository(of, action).await,
            Some(("bulk", action)) => self.prepare_bulk(of, action).await,
            Some(("gitops", action)) => self.prepare_destination(of, route, action).await,
            _ => self.prepare_rest(of, route, action).await,
        }
    }

    async fn prepare_credential(&mut self, of: Organization, action: &str) -> Prepared {
        let name = self.name();
        match action {
            "create" => Prepared::of(String::new())
                .with("provider", "generic_registry")
                .with("name", name)
                .with("username", "robot")
                .with("password", "secret"),
            "update" => {
                let (prepared, _) = self.versioned(of, "credentials").await;
                prepared
                    .with("provider", "generic_registry")
                    .with("name", name)
                    .with("username", "robot")
                    .with("password", "new")
            }
            "describe" => self.versioned(of, "credentials").await.0.with("name", name),
            "place" => self.versioned(of, "credentials").await.0.with("environment", "dev"),
            "roll-back" => {
                let (credential, _) = self.updated(of, "").await;
                let version = self.row_version("credentials", &credential).await;
                Prepared::of(credential).with("row_version", version).with("vault_version", "1")
            }
            "promote" | "test-again" | "discard" => {
                let (credential, _) = self.updated(of, "candidate").await;
                let version = self.row_version("credentials", &credential).await;
                Prepared::of(credential).with("row_version", version).with("vault_version", "2")
            }
            _ => self.prepare_use(of, action).await,
        }
    }

    /// Where a credential is used, and where it is not.
    async fn prepare_use(&mut self, of: Organization, action: &str) -> Prepared {
        let credential = self.credential(of).await;
        let organization = self.people.id_of(of).to_owned();
        let whose = || vec![id(&organization), id(&credential)];
        let row = uuid::Uuid::now_v7();
        let mut named = whose();
        named.push(Value::Id(row));
        let (field, value, statement, values) = match action {
            "allow-address" => {
                return Prepared::of(credential).with("url", REGISTRY);
            }
            "resume" => (
                "origin",
                REGISTRY.to_owned(),
                "insert into refusals (organization_id, credential_id, origin, count, paused_at)
                 values ($1, $2, 'https://registry.example.com', 3, 1)",
                whose(),
            ),
            "confirm-address" | "withdraw-address" => (
                "address",
                row.to_string(),
                "insert into allowed_addresses
                   (organization_id, credential_id, id, origin, source, allowed_by, allowed_at)
                 values ($1, $2, $3, 'https://registry.example.com', 'upgrade', '', 0)",
                named,
            ),
            "dismiss-request" => (
                "request",
                row.to_string(),
                "insert into address_requests
                   (organization_id, credential_id, id, origin, requested_by, requested_at)
                 values ($1, $2, $3, 'https://registry.example.com', 'Bob', 0)",
                named,
            ),
            "withdraw-token-service" => (
                "service",
                "https://auth.example.com".to_owned(),
                "insert into allowed_token_services
                   (organization_id, credential_id, registry, service, allowed_by, allowed_at)
                 values ($1, $2, 'https://registry.example.com', 'https://auth.example.com', '', 0)",
                whose(),
            ),
            _ => return Prepared::of(credential),
        };
        self.database.run(statement, values).await;
        Prepared::of(credential).with(field, value).with("registry", REGISTRY)
    }

    async fn prepare_test(&mut self, of: Organization, route: &Route) -> Prepared {
        match route.object {
            Object::Credential => {
                let credential = self.credential(of).await;
                self.repository(of, &credential).await;
                Prepared::of(credential)
            }
            Object::Repository => Prepared::of(self.repository(of, "").await),
            _ => Prepared::of(String::new())
                .with("form", "repository-add")
                .with("url", format!("https://{UNHEARD}/charts"))
                .with("kind", "helm"),
        }
    }

    async fn prepare_repository(&mut self, of: Organization, action: &str) -> Prepared {
        let name = self.name();
        let url = format!("https://{UNHEARD}/{}", name.replace(' ', "-"));
        match action {
            "add" => {
                Prepared::of(String::new()).with("url", url).with("name", name).with("kind", "helm")
            }
            "edit" => {
                let (prepared, _) = self.versioned(of, "repositories").await;
                prepared.with("url", url).with("name", name).with("kind", "helm")
            }
            "allow-token-service" => {
                let credential = self.credential(of).await;
                let repository = self.repository(of, &credential).await;
                let statement = "update repositories set refused_service = $1 where id = $2";
                let service = "https://auth.example.com";
                self.database.run(statement, vec![text(service), id(&repository)]).await;
                Prepared::of(repository).with("service", service)
            }
            _ => Prepared::of(self.repository(of, "").await),
        }
    }

    async fn prepare_bulk(&mut self, of: Organization, action: &str) -> Prepared {
        match action {
            "repositories" => Prepared::of(self.repository(of, "").await)
                .with("action", "set_interval")
                .with("interval", "900"),
            "credentials" => {
                Prepared::of(self.credential(of).await).with("action", "delete_credentials")
            }
            "confirm" => Prepared::of(self.bulk_run(of, "delete_repositories").await),
            _ => Prepared::of(self.bulk_run(of, "set_interval").await),
        }
    }

    async fn prepare_destination(
        &mut self,
        of: Organization,
        route: &Route,
        action: &str,
    ) -> Prepared {
        match action {
            "exports/save" => self.prepare_export(of).await,
            "exports/encrypted" => {
                Prepared::of(self.export(of, "sops").await).with("path", "pull.sops.yaml")
            }
            "exports/reveal" => {
                let export = self.export(of, "external_secret").await;
                Prepared::of(export).with("password", PASSWORD)
            }
            "targets/save" => {
                let (prepared, row) = self.versioned(of, "git_targets").await;
                let credential = self.credential_in("git_targets", &row).await;
                let name = self.name();
                let url = format!("https://{UNHEARD}/acme/{}.git", name.replace(' ', "-"));
                let export = self.standing(of, Object::Export).await;
                prepared
                    .with("exports[]", export)
                    .with("name", name)
                    .with("credential", credential)
                    .with("url", url)
                    .with("branch", "main")
                    .with("folder", "prod")
                    .with("mode", "direct")
            }
            "clusters/save" => {
                let (prepared, row) = self.versioned(of, "clusters").await;
                let credential = self.credential_in("clusters", &row).await;
                let name = self.name();
                let export = self.standing(of, Object::Export).await;
                prepared.with("exports[]", export).with("name", name).with("credential", credential)
            }
            "installation" => Prepared::of(String::new()).with("installation_id", "77"),
            "check/kyma" => {
                Prepared::of(String::new()).with("label", "registry").with("template", TEMPLATE)
            }
            _ => Prepared::of(self.make(of, route.object).await),
        }
    }

    async fn prepare_export(&mut self, of: Organization) -> Prepared {
        let (prepared, row) = self.versioned(of, "exports").await;
        let statement = "select credential_id from export_credentials where export_id = $1";
        let credential = self.database.id(statement, vec![id(&row)]).await;
        let name = self.name();
        prepared
            .with("name", name)
            .with("consumer", "pull_secret")
            .with("carrier", "external_secret")
            .with("credentials[]", credential)
            .with("namespace", "apps")
            .with("secret_name", "renamed")
    }

    async fn prepare_rest(&mut self, of: Organization, route: &Route, action: &str) -> Prepared {
        let name = self.name();
        match action {
            "members/invite" => Prepared::of(String::new())
                .with("email", format!("{}@example.com", name.replace(' ', "-")))
                .with("role", "viewer"),
            "members/confirm" | "members/refuse" => {
                Prepared::of(self.invitation(of, "accepted").await)
            }
            "members/role" => Prepared::of(self.member(of, "active").await).with("role", "editor"),
            "members/resume" => Prepared::of(self.member(of, "suspended").await),
            // Who sent it before is there again.
            "members/leave" | "members/transfer" => {
                self.people.restore(&mut self.database).await;
                Prepared::of(self.make(of, route.object).await)
            }
            "sign-up" => Prepared::of(String::new())
                .with("name", name)
                .with("email", "eve@example.com")
                .with("password", PASSWORD),
            "projects/save" => Prepared::of(self.make(of, route.object).await).with("name", name),
            "notices/webhook" => Prepared::of(String::new())
                .with("webhook", format!("https://{UNHEARD}/{}", name.replace(' ', "-"))),
            "sign-in" => Prepared::of(String::new())
                .with("email", "ada@example.com")
                .with("password", PASSWORD),
            "set-up" => Prepared::of(self.people.link.clone())
                .with("organization", "Another")
                .with("name", "Eve")
                .with("email", "eve@example.com")
                .with("password", PASSWORD),
            _ => Prepared::of(self.make(of, route.object).await),
        }
    }

    /// A new object with the version of its row that a form sends along; answers its id too.
    async fn versioned(&mut self, of: Organization, table: &str) -> (Prepared, String) {
        let object = match table {
            "credentials" => Object::Credential,
            "repositories" => Object::Repository,
            "exports" => Object::Export,
            "git_targets" => Object::GitTarget,
            _ => Object::Cluster,
        };
        let row = self.make(of, object).await;
        let version = self.row_version(table, &row).await;
        (Prepared::of(row.clone()).with("row_version", version), row)
    }

    async fn credential_in(&mut self, table: &str, row: &str) -> String {
        let statement = format!("select credential_id from {table} where id = $1");
        self.database.id(&statement, vec![id(row)]).await
    }
}
