//! What would become of each row, by the rules and rights of the forms.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use domain::{
    Action, CredentialId, Name, Principal, ProjectId, Purpose,
    credentials::Route,
    import::{ImportFile, ImportItem, ImportLine, ImportPlan, ImportRow},
    repositories::spellings,
};
use storage::Scope;

use crate::{Engine, Error, error::sentence};

pub(super) async fn lines(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    file: &ImportFile,
) -> Result<Vec<ImportLine>, Error> {
    let mut taken = Taken::of(engine, scope, file).await?;
    let project = storage::projects::default_id(&engine.db, scope).await?;
    let mut named = BTreeMap::new();
    let mut lines = Vec::with_capacity(file.rows.len());
    for row in &file.rows {
        lines.push(match planned(principal, &mut taken, row) {
            Err((item, why)) => line(row, item, ImportPlan::Skipped, why),
            Ok((item, plan)) => {
                let detail = match (plan, item.shares.and_then(|n| file.rows.get(n))) {
                    (_, Some(first)) => format!("Linked to the credential of {}.", first.place),
                    (ImportPlan::Repository, None) => {
                        opened_with(engine, (scope, project), item, &mut named).await?
                    }
                    (ImportPlan::Both, None) => "Linked to it.".to_owned(),
                    _ => String::new(),
                };
                line(row, Some(item), plan, detail)
            }
        });
    }
    Ok(lines)
}

fn line(
    row: &ImportRow,
    item: Option<&ImportItem>,
    plan: ImportPlan,
    detail: String,
) -> ImportLine {
    ImportLine {
        place: row.place.clone(),
        name: item.map(|item| item.name.clone()).unwrap_or_default(),
        host: item.map(|item| item.host.clone()).unwrap_or_default(),
        plan,
        detail,
    }
}

type Planned<'a> = Result<(&'a ImportItem, ImportPlan), (Option<&'a ImportItem>, String)>;

fn planned<'a>(principal: &Principal, taken: &mut Taken, row: &'a ImportRow) -> Planned<'a> {
    let item = match &row.item {
        Ok(item) => item,
        Err(why) => return Err((None, why.clone())),
    };
    let refused = |why: String| (Some(item), why);
    let (has_credential, has_repository) = (item.credential.is_some(), item.repository.is_some());
    if has_credential && !principal.role.includes(Action::ManageCredentials) {
        return Err(refused("Your role may not add credentials.".to_owned()));
    }
    if let Some(form) = &item.credential {
        form.clone().parse().map_err(|problem| refused(sentence(&problem)))?;
    }
    if let Some(form) = &item.repository {
        form.clone().parse().map_err(|problem| refused(sentence(&problem)))?;
    }
    taken.take(item).map_err(refused)?;
    let plan = match (has_credential, has_repository) {
        (true, true) => ImportPlan::Both,
        (true, false) => ImportPlan::Credential,
        (false, _) => ImportPlan::Repository,
    };
    Ok((item, plan))
}

/// What is there already, and what earlier rows add.
struct Taken {
    credentials: BTreeSet<String>,
    repositories: BTreeSet<String>,
    /// The names of repositories by their URLs.
    urls: BTreeMap<String, String>,
}

impl Taken {
    async fn of(engine: &Engine, scope: Scope, file: &ImportFile) -> Result<Self, Error> {
        let items = || file.rows.iter().filter_map(|row| row.item.as_ref().ok());
        let keys: Vec<_> = items().filter_map(|item| key(&item.name)).collect();
        let urls: Vec<_> = items()
            .filter_map(|item| item.repository.as_ref())
            .flat_map(|form| spellings(&form.url))
            .collect();
        let db = &engine.db;
        let credentials = storage::credentials::taken(db, scope, &keys).await?;
        let repositories = storage::repositories::taken(db, scope, &keys, &urls).await?;
        Ok(Self {
            credentials: credentials.into_iter().collect(),
            repositories: repositories.iter().map(|(key, ..)| key.clone()).collect(),
            urls: repositories.into_iter().map(|(_, url, name)| (url, name)).collect(),
        })
    }

    /// Notes what a row adds, or says what is there already.
    fn take(&mut self, item: &ImportItem) -> Result<(), String> {
        let Some(key) = key(&item.name) else { return Ok(()) };
        if let Some(form) = &item.repository {
            let known = spellings(&form.url);
            if let Some(name) = known.iter().find_map(|url| self.urls.get(url)) {
                return Err(format!("It is there already, as {name}."));
            }
            if self.repositories.contains(&key) {
                return Err("There is a repository of this name already.".to_owned());
            }
        }
        if item.credential.is_some() && self.credentials.contains(&key) {
            return Err("There is a credential of this name already.".to_owned());
        }
        if item.credential.is_some() {
            self.credentials.insert(key.clone());
        }
        if item.repository.is_some() {
            self.repositories.insert(key);
        }
        Ok(())
    }
}

fn key(name: &str) -> Option<String> {
    Name::parse(name).ok().map(|name| name.key())
}

/// Which credential would open a repository that brings none.
async fn opened_with(
    engine: &Engine,
    (scope, project): (Scope, ProjectId),
    item: &ImportItem,
    named: &mut BTreeMap<CredentialId, String>,
) -> Result<String, Error> {
    let Some(form) = &item.repository else { return Ok(String::new()) };
    let route = Route::default();
    let place = (&*form.url, &route);
    let found = crate::matching::find(engine, scope, project, Purpose::Helm, place).await?;
    let Some(id) = found else { return Ok("Without a login.".to_owned()) };
    let name = match named.entry(id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let linkable = storage::repositories::linkable(&engine.db, scope, id).await?;
            unknown.insert(linkable.map(|found| found.name).unwrap_or_default())
        }
    };
    Ok(format!("Linked to {name}, which matches its URL."))
}
