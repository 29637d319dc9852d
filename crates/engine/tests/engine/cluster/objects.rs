//! What the stub keeps, by the rules of server-side apply:
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::fields::{Path, leaves, remove, set, spelled};

/// Names an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

impl Key {
    pub fn new(api_version: &str, kind: &str, namespace: &str, name: &str) -> Self {
        let own = str::to_owned;
        Self {
            api_version: own(api_version),
            kind: own(kind),
            namespace: own(namespace),
            name: own(name),
        }
    }

    pub fn secret(name: &str) -> Self {
        Self::new("v1", "Secret", "team-a", name)
    }
}

/// A refusal.
#[derive(Debug)]
pub struct Refused {
    pub code: u16,
    pub reason: String,
    pub message: String,
    /// The resource that it is about, where that is not the one that was asked for.
    pub about: &'static str,
    pub causes: Vec<Value>,
}

impl Refused {
    pub fn new(code: u16, reason: &str, message: &str) -> Self {
        let (reason, message) = (reason.to_owned(), message.to_owned());
        Self { code, reason, message, about: "", causes: Vec::new() }
    }
}

#[derive(Debug, Clone)]
struct Object {
    value: Value,
    /// Manager and operation, with the fields they own.
    managers: BTreeMap<(String, &'static str), BTreeSet<Path>>,
    uid: u64,
    version: u64,
}

impl Object {
    fn shown(&self) -> Value {
        let mut value = self.value.clone();
        let managers: Vec<_> = self
            .managers
            .iter()
            .map(|((manager, operation), fields)| {
                json!({"manager": manager, "operation": operation, "apiVersion": "v1",
                    "fieldsType": "FieldsV1", "fieldsV1": {"count": fields.len()}})
            })
            .collect();
        for (key, field) in [
            ("uid", json!(format!("uid-{}", self.uid))),
            ("resourceVersion", json!(self.version.to_string())),
            ("creationTimestamp", json!("2026-01-01T00:00:00Z")),
            ("managedFields", json!(managers)),
        ] {
            set(&mut value, &["metadata".to_owned(), key.to_owned()], field);
        }
        value
    }
}

/// All objects.
pub struct Objects {
    all: BTreeMap<Key, Object>,
    next: u64,
}

impl Default for Objects {
    /// etcd is at 1 before anything is written.
    fn default() -> Self {
        Self { all: BTreeMap::new(), next: 1 }
    }
}

impl Objects {
    pub fn keys(&self) -> Vec<Key> {
        self.all.keys().cloned().collect()
    }

    /// An object without what the server writes.
    pub fn value(&self, key: &Key) -> Option<Value> {
        self.all.get(key).map(|object| object.value.clone())
    }

    /// A value of a secret, unpacked.
    pub fn secret_value(&self, key: &Key, field: &str) -> Option<String> {
        let value = self.value(key)?;
        Some(super::tls::unpacked(value.get("data")?.get(field)?.as_str()?))
    }

    pub fn get(&self, key: &Key) -> Result<Value, Refused> {
        self.all.get(key).map(Object::shown).ok_or_else(|| not_found(key))
    }

    /// Somebody makes an object, as `kubectl create` does.
    pub fn create(&mut self, key: &Key, manager: &str, value: Value) {
        let owned = leaves(&value).into_keys().collect();
        let managers = BTreeMap::from([((manager.to_owned(), "Update"), owned)]);
        self.next += 1;
        self.all
            .insert(key.clone(), Object { value, managers, uid: self.next, version: self.next });
    }

    /// Somebody edits an object, as `kubectl edit` does: what they change is theirs from then on.
    pub fn edit(&mut self, key: &Key, manager: &str, edit: impl FnOnce(&mut Value)) {
        let object = self.all.get_mut(key).unwrap();
        let before = leaves(&object.value);
        edit(&mut object.value);
        let after = leaves(&object.value);
        let changed: BTreeSet<_> = after
            .iter()
            .filter(|(path, leaf)| before.get(*path) != Some(leaf))
            .map(|(path, _)| path.clone())
            .collect();
        for fields in object.managers.values_mut() {
            fields.retain(|path| !changed.contains(path) && after.contains_key(path));
        }
        object.managers.retain(|_, fields| !fields.is_empty());
        object.managers.entry((manager.to_owned(), "Update")).or_default().extend(changed);
        self.next += 1;
        object.version = self.next;
    }

    /// Somebody deletes an object.
    pub fn take(&mut self, key: &Key) {
        self.all.remove(key).unwrap();
    }

    pub fn delete(&mut self, key: &Key, options: &Value) -> Result<Value, Refused> {
        let object = self.all.get(key).ok_or_else(|| not_found(key))?;
        let wanted = options.pointer("/preconditions/uid").and_then(Value::as_str);
        if wanted.is_some_and(|uid| uid != format!("uid-{}", object.uid)) {
            let words = "Precondition failed: UID in precondition does not match";
            return Err(Refused::new(409, "Conflict", words));
        }
        self.all.remove(key);
        Ok(json!({"kind": "Status", "apiVersion": "v1", "status": "Success"}))
    }

    pub fn apply(
        &mut self,
        key: &Key,
        manager: &str,
        body: &Value,
        is_dry: bool,
    ) -> Result<Value, Refused> {
        check(key, body)?;
        self.is_bound(key, body)?;
        let wanted = leaves(body);
        let own = (manager.to_owned(), "Apply");
        let mut object = match self.all.get(key) {
            Some(object) => object.clone(),
            None => Object {
                value: json!({"apiVersion": key.api_version, "kind": key.kind,
                    "metadata": {"name": key.name, "namespace": key.namespace}}),
                managers: BTreeMap::new(),
                uid: self.next + 1,
                version: 0,
            },
        };
        let live = leaves(&object.value);
        refuse_conflicts(&object, &own, &wanted, &live)?;
        let others: BTreeSet<_> = object
            .managers
            .iter()
            .filter(|(other, _)| **other != own)
            .flat_map(|(_, fields)| fields.iter().cloned())
            .collect();
        for path in object.managers.remove(&own).unwrap_or_default() {
            if !wanted.contains_key(&path) && !others.contains(&path) {
                remove(&mut object.value, &path);
            }
        }
        for (path, leaf) in &wanted {
            set(&mut object.value, path, leaf.clone());
        }
        object.managers.insert(own, wanted.into_keys().collect());
        if leaves(&object.value) != live || object.version == 0 {
            object.version = self.next + 1;
        }
        let shown = object.shown();
        if !is_dry {
            self.next += 1;
            self.all.insert(key.clone(), object);
        }
        Ok(shown)
    }

    /// Whether the object is the one that the request names by `uid` or `resourceVersion`.
    fn is_bound(&self, key: &Key, body: &Value) -> Result<(), Refused> {
        let named =
            |field: &str| body.pointer(&format!("/metadata/{field}")).and_then(Value::as_str);
        let conflict = |words: &str| Err(Refused::new(409, "Conflict", words));
        match (self.all.get(key), named("uid"), named("resourceVersion")) {
            (None, Some(_), _) => conflict("uid mismatch: no existing object was found"),
            (Some(object), Some(uid), _) if uid != format!("uid-{}", object.uid) => {
                Err(Refused::new(422, "Invalid", "metadata.uid: field is immutable"))
            }
            (Some(object), _, Some(version)) if version != object.version.to_string() => {
                conflict("the object has been modified")
            }
            _ => Ok(()),
        }
    }
}

fn not_found(key: &Key) -> Refused {
    Refused::new(404, "NotFound", &format!("{} \"{}\" not found", key.kind, key.name))
}

fn refuse_conflicts(
    object: &Object,
    own: &(String, &'static str),
    wanted: &BTreeMap<Path, Value>,
    live: &BTreeMap<Path, Value>,
) -> Result<(), Refused> {
    let mut causes = Vec::new();
    for (other, fields) in object.managers.iter().filter(|(other, _)| *other != own) {
        for (path, leaf) in wanted {
            if fields.contains(path) && live.get(path) != Some(leaf) {
                causes.push(json!({"reason": "FieldManagerConflict", "field": spelled(path),
                    "message": format!("conflict with \"{}\" using v1 at 2026-01-01T00:00:00Z", other.0)}));
            }
        }
    }
    if causes.is_empty() {
        return Ok(());
    }
    let words = format!("Apply failed with {} conflicts", causes.len());
    Err(Refused { causes, ..Refused::new(409, "Conflict", &words) })
}

/// What the server checks of an object before it looks at owners.
fn check(key: &Key, body: &Value) -> Result<(), Refused> {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    let named = text("/apiVersion") == Some(&key.api_version)
        && text("/kind") == Some(&key.kind)
        && text("/metadata/name") == Some(&key.name)
        && text("/metadata/namespace") == Some(&key.namespace);
    if !named || body.pointer("/metadata/managedFields").is_some() {
        return Err(Refused::new(400, "BadRequest", "the object does not match the address"));
    }
    if key.kind != "Secret" {
        return Ok(());
    }
    if body.get("stringData").is_some() {
        // The server takes it, but owners of its fields would never be told apart.
        return Err(Refused::new(400, "BadRequest", "the stub wants data"));
    }
    let data = body.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    let invalid = |words: &str| Refused::new(422, "Invalid", words);
    for value in data.values() {
        let value = value.as_str().ok_or_else(|| invalid("data: not a text"))?;
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, value)
            .map_err(|_| invalid("data: illegal base64 data"))?;
    }
    if text("/type") == Some("kubernetes.io/dockerconfigjson") {
        let packed = data.get(".dockerconfigjson").and_then(Value::as_str);
        let config = super::tls::unpacked(packed.ok_or_else(|| invalid("data: Required value"))?);
        serde_json::from_str::<Value>(&config).map_err(|_| invalid("data: Invalid value"))?;
    }
    Ok(())
}
