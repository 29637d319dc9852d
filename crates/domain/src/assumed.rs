//! The names of the cloud identities that Hawser acts as without a key. They follow fixed rules, so
//! that members cannot make it act as anybody else (F37).

use std::fmt::Write as _;

use crate::OrganizationId;

/// Stands for the project in the names of a shared credential.
pub const SHARED: &str = "shared";

/// The name of the AWS role: `hawser-<organization>-<project>`, at most 64 characters.
///
/// Letters become small, what AWS and Google do not both allow becomes a dash, and each part has
/// at most 28 characters. Organizations with similar names are told apart by [`external_id`], which
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
/// organization is the last 8 digits of its id and the project has at most 14 characters.
///
/// Google takes 6 to 30 characters and knows no external id, so the part that tells organizations
/// apart must be one that nobody can choose, and must not be cut.
#[must_use]
pub fn service_account(organization: OrganizationId, project_name: &str) -> String {
    let id = organization.uuid().simple().to_string();
    let tail = id.get(24..).unwrap_or(&id);
    format!("hawser-{tail}-{}", slug(project_name, 14))
}

/// Whether two projects, or a project and the shared credentials, would act as one identity: their
/// names differ only in what roles and service accounts leave out.
#[must_use]
pub fn are_one(project_name: &str, other: &str) -> bool {
    slug(project_name, 14) == slug(other, 14) || slug(project_name, 28) == slug(other, 28)
}

/// Small letters, digits and single dashes, beginning and ending with none; never empty. A name that
/// is too long ends with four digits that stand for the whole of it.
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
    let slug = slug.trim_matches('-');
    match slug.len() {
        0 => "x".to_owned(),
        length if length <= most => slug.to_owned(),
        _ => {
            let kept = slug.get(..most.saturating_sub(5)).unwrap_or(slug);
            format!("{}-{:04x}", kept.trim_end_matches('-'), digest(slug))
        }
    }
}

/// Four digits that tell cut names apart (FNV-1a, folded to 16 bits). Two names that still come to
/// the same are refused where projects are saved.
fn digest(text: &str) -> u32 {
    let hash = text
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 16) ^ (hash & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organization() -> OrganizationId {
        "0192f0c1-2345-7abc-8def-0123456789ab".parse().unwrap()
    }

    #[test]
    fn projects_that_would_share_an_identity_are_seen() {
        assert!(are_one("Prod X", "prod-x") && are_one("Shared!", SHARED));
        assert!(!are_one("payments-europe", "payments-europa") && !are_one("prod", "prod2"));
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
