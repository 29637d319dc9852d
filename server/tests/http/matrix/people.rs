//! Who asks.

use std::{collections::HashMap, time::Duration};

use domain::{Role, UserId};
use server::web::IDLE;
use uuid::Uuid;

use super::database::{Database, Value, id, text};
use crate::asking::Hawser;

/// Everybody who asks for everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visitor {
    /// Without a session.
    Nobody,
    /// With a session that has ended by itself.
    Expired,
    /// Signed in, and a member of nothing.
    NoMember,
    Viewer,
    Editor,
    Admin,
    Owner,
    /// Invited, and nothing more.
    Invited,
    /// Accepted an invitation, and was not confirmed.
    Accepted,
    /// A member without rights for a while.
    Suspended,
    /// An owner who was removed.
    Removed,
    /// The owner of the other organization.
    Elsewhere,
}

/// What the two organizations are called; the form of [`Hawser::set_up`] names the first.
pub const HOME: &str = "Harbour";
pub const AWAY: &str = "Shipyard";

/// The two organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Organization {
    Home,
    Away,
}

impl Organization {
    pub const fn other(self) -> Self {
        match self {
            Self::Home => Self::Away,
            Self::Away => Self::Home,
        }
    }
}

impl Visitor {
    pub const ALL: [Self; 12] = [
        Self::Nobody,
        Self::Expired,
        Self::NoMember,
        Self::Viewer,
        Self::Editor,
        Self::Admin,
        Self::Owner,
        Self::Invited,
        Self::Accepted,
        Self::Suspended,
        Self::Removed,
        Self::Elsewhere,
    ];

    /// The invitation or membership that gives no right.
    const fn without_rights(self) -> Option<&'static str> {
        match self {
            Self::Invited => Some("invited"),
            Self::Accepted => Some("accepted"),
            Self::Suspended => Some("suspended"),
            Self::Removed => Some("removed"),
            _ => None,
        }
    }

    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Nobody
            | Self::Expired
            | Self::NoMember
            | Self::Invited
            | Self::Accepted
            | Self::Suspended
            | Self::Removed => None,
            Self::Viewer => Some(Role::Viewer),
            Self::Editor => Some(Role::Editor),
            Self::Admin => Some(Role::Admin),
            Self::Owner | Self::Elsewhere => Some(Role::Owner),
        }
    }

    /// Whose objects are their own.
    pub const fn organization(self) -> Organization {
        match self {
            Self::Elsewhere => Organization::Away,
            _ => Organization::Home,
        }
    }
}

/// The accounts behind the visitors. All have the password of the first one.
pub struct People {
    organizations: HashMap<Organization, String>,
    users: HashMap<Visitor, UserId>,
    ended: String,
    /// A link of the first start that was printed and never used.
    pub link: String,
    count: u32,
}

impl People {
    /// Sets Hawser up and adds the other organization.
    pub async fn new(hawser: &Hawser, database: &mut Database) -> Self {
        let link = hawser.engine.set_up_link().await.unwrap().unwrap().token.expose().to_owned();
        let cookie = hawser.set_up().await;
        let user = hawser.user_of(&cookie).await;
        let ended = hawser.session_of(user).await;
        hawser.clock.advance(IDLE + Duration::from_secs(1));
        let home = database.id("select id from organizations", Vec::new()).await;
        let away = Uuid::now_v7();
        let statement = "insert into organizations (id, name, created_at) values ($1, $2, 0)";
        database.run(statement, vec![Value::Id(away), text(AWAY)]).await;
        let statement = "insert into projects
                           (organization_id, id, name, name_key, is_default, created_at)
                         values ($1, $1, 'Default', 'default', true, 0)";
        database.run(statement, vec![Value::Id(away)]).await;
        let organizations =
            [(Organization::Home, home), (Organization::Away, away.to_string())].into();
        let mut people = Self { organizations, users: HashMap::new(), ended, link, count: 0 };
        people.renew(database).await;
        people
    }

    /// New accounts for everybody, of whom nobody has counted anything yet.
    pub async fn renew(&mut self, database: &mut Database) {
        for visitor in Visitor::ALL {
            let user = UserId::new();
            self.count += 1;
            let statement = "insert into users (id, email, name, password_hash, created_at)
                             select $1, $2, $3, password_hash, 0 from users where email = 'ada@example.com'";
            let named = format!("{visitor:?} {}", self.count);
            let email = format!("{}@example.com", named.replace(' ', "-"));
            let values = vec![Value::Id(user.uuid()), text(&email), text(&named)];
            database.run(statement, values).await;
            if let Some(role) = visitor.role() {
                let organization = self.id_of(visitor.organization());
                let statement = "insert into members (organization_id, user_id, role, created_at)
                                 values ($1, $2, $3, 0)";
                let values = vec![id(organization), Value::Id(user.uuid()), text(role.as_str())];
                database.run(statement, values).await;
            }
            if let Some(state) = visitor.without_rights() {
                self.leave_without_rights(database, user, state, &email).await;
            }
            self.users.insert(visitor, user);
        }
    }

    async fn leave_without_rights(
        &self,
        database: &mut Database,
        user: UserId,
        state: &str,
        email: &str,
    ) {
        let organization = self.id_of(Organization::Home);
        if matches!(state, "suspended" | "removed") {
            let statement =
                "insert into members (organization_id, user_id, role, created_at, state)
                             values ($1, $2, 'owner', 0, $3)";
            let values = vec![id(organization), Value::Id(user.uuid()), text(state)];
            return database.run(statement, values).await;
        }
        let accepted_by = if state == "accepted" { "$3" } else { "null" };
        let statement = format!(
            "insert into invitations (organization_id, id, email, role, state, token_hash, invited_by, invited_at,
               expires_at, accepted_by)
             values ($1, $2, $4, 'admin', $5, $6, $3, 0, 9000000000000000, {accepted_by})"
        );
        let values = vec![
            id(organization),
            Value::Id(Uuid::now_v7()),
            Value::Id(user.uuid()),
            text(email),
            text(state),
            Value::Bytes(user.uuid().as_bytes().to_vec()),
        ];
        database.run(&statement, values).await;
    }

    /// Gives everybody their role again, where a request took it.
    pub async fn restore(&self, database: &mut Database) {
        for (visitor, user) in &self.users {
            if let Some(role) = visitor.role() {
                let statement = "update members set role = $2, state = 'active' where user_id = $1
                                 and (role <> $2 or state <> 'active')";
                let values = vec![Value::Id(user.uuid()), text(role.as_str())];
                database.run(statement, values).await;
            }
        }
    }

    pub fn id_of(&self, organization: Organization) -> &str {
        &self.organizations[&organization]
    }

    /// A cookie for one request.
    pub async fn cookie(&self, hawser: &Hawser, visitor: Visitor) -> String {
        match visitor {
            Visitor::Nobody => String::new(),
            Visitor::Expired => self.ended.clone(),
            _ => hawser.session_of(self.users[&visitor]).await,
        }
    }

    /// A cookie of the owner of an organization.
    pub async fn owner(&self, hawser: &Hawser, organization: Organization) -> String {
        let owner = match organization {
            Organization::Home => Visitor::Owner,
            Organization::Away => Visitor::Elsewhere,
        };
        self.cookie(hawser, owner).await
    }
}
