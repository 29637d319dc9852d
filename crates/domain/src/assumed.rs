//! The names of the cloud identities that Hawser acts as without a key. They follow fixed rules, so
//! that members cannot make it act as anybody else (F37).

use std::fmt::Write as _;

use crate::OrganizationId;

/// Stands for the project in the names of a shared credential.
pub const SHARED: &str = "shared";

/// The name of the AWS role: `hawser-<organization>-<project>`, at most 64 characters.
///
/// Letters become small, what AWS and Google do not both allow becomes a dash, and each part ends
/// after 28 characters. Organizations with similar names are told apart by [`external_id`], which
/// the role's trust policy has to demand.
#[must_use]
pub fn role_name(organization_name: &str, project_name: &str) -> String {
    format!("hawser-{}-{}", slug(organization_name, 28), slug(project_name, 28))
}

/// The external id that Hawser shows when it assumes a role: the organization's id, which nobody
/// can choose. It keeps one organization from using the role that trusts another.
#[must_use]
pub fn external_id(organization: OrganizationId) -> String {
    organization.to_string()
}

/// The name of the Google service account: `hawser-<organization>-<project>`, where the
/// organization is the last 8 digits of its id and the project ends after 14 characters.
///
/// Google takes 6 to 30 characters and knows no external id, so the part that tells organizations
/// apart must be one that nobody can choose, and must not be cut.
#[must_use]
pub fn service_account(organization: OrganizationId, project_name: &str) -> String {
    let id = organization.uuid().simple().to_string();
    let tail = id.get(24..).unwrap_or(&id);
    format!("hawser-{tail}-{}", slug(project_name, 14))
}

/// Small letters, digits and single dashes, beginning and ending with none; never empty.
fn slug(name: &str, most: usize) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if c.is_ascii() {
            if !slug.ends_with('-') {
                slug.push('-');
            }
        } else {
            // Names in other scripts stay different from each other.
            let _ = write!(slug, "{:x}", u32::from(c));
        }
    }
    let slug: String = slug.trim_matches('-').chars().take(most).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "x".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organization() -> OrganizationId {
        "0192f0c1-2345-7abc-8def-0123456789ab".parse().unwrap()
    }

    #[test]
    fn names_follow_the_rules_of_aws_and_google() {
        assert_eq!(role_name("Acme, Inc.", "Web / Shop"), "hawser-acme-inc-web-shop");
        assert_eq!(service_account(organization(), "Web / Shop"), "hawser-456789ab-web-shop");
        assert_eq!(external_id(organization()), "0192f0c1-2345-7abc-8def-0123456789ab");
        let long = "an organization with a name longer than any role may have, 日本";
        for name in ["", "-", "日本", "a", "../../admin", long, "*", "a:role/b"] {
            let role = role_name(name, name);
            assert!(role.len() <= 64, "{role}");
            let account = service_account(organization(), name);
            assert!((6..=30).contains(&account.len()), "{account}");
            for made in [role, account] {
                assert!(made.starts_with("hawser-") && !made.ends_with('-'), "{made}");
                assert!(
                    made.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                    "{made}"
                );
            }
        }
        assert_ne!(role_name("日", "x"), role_name("本", "x"));
    }
}
