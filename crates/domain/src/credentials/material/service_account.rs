//! Google service-account keys.

use crate::{Field, FieldProblem, Secret};

/// A Google service-account key. What the file says about addresses is not kept: a hostile file
/// could name any.
#[derive(Debug, Clone)]
pub struct ServiceAccountKey {
    /// The service account.
    pub client_email: String,
    /// The project of the service account.
    pub project_id: String,
    /// Which of its keys it is.
    pub private_key_id: String,
    /// The private key (PKCS#8, PEM).
    pub private_key: Secret,
    /// The whole file.
    pub json: Secret,
}

#[derive(serde::Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    project_id: String,
    #[serde(default)]
    private_key_id: String,
    private_key: Secret,
    client_email: String,
}

impl ServiceAccountKey {
    /// Reads the JSON file, also when it was pasted in base64.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence that does not repeat it.
    pub fn parse(text: Secret) -> Result<Self, FieldProblem> {
        let problem = |message: &str| Field::Password.problem(message);
        let json = text.from_base64().unwrap_or(text);
        let file: KeyFile = json.json().ok_or_else(|| {
            problem("This is not a JSON key file of a service account. Paste the entire file.")
        })?;
        if file.kind != "service_account" {
            return Err(problem(
                "The file's type has to be service_account. Create a JSON key under IAM & Admin → Service Accounts → Keys.",
            ));
        }
        if !file.client_email.contains('@') || !file.private_key.contains("PRIVATE KEY") {
            return Err(problem(
                "The key file is not whole: client_email or private_key is missing.",
            ));
        }
        Ok(Self {
            client_email: file.client_email,
            project_id: file.project_id,
            private_key_id: file.private_key_id,
            private_key: file.private_key,
            json,
        })
    }
}
