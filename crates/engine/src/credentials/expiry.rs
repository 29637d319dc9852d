//! When secrets expire: what they tell themselves, and what counts when a person typed a day too.
//!
//! What is sooner counts. A day that was typed for one secret says nothing of the next one.

use std::time::Duration;

use domain::{
    Provider, Timestamp, UnverifiedClaims,
    credentials::{ExpirySource, SecretMaterial},
};
use egress::certificate_end;

/// A token of ECR and ECR Public dies 12 hours after AWS made it.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html>
const ECR_TOKEN: Duration = Duration::from_hours(12);

/// When a secret that is stored now expires, as it tells itself or as its provider fixes it.
pub(super) fn expiry_of(
    provider: Provider,
    material: &SecretMaterial,
    now: Timestamp,
) -> Option<Timestamp> {
    match material {
        SecretMaterial::Password { password, .. }
        | SecretMaterial::PullToken { token: password, .. } => {
            let fixed = matches!(provider, Provider::AmazonEcr | Provider::AmazonEcrPublic)
                .then(|| now.plus(ECR_TOKEN));
            let told = UnverifiedClaims::of(password).and_then(|claims| claims.expires_at());
            sooner(told, fixed)
        }
        // Nobody can log in with it after that day, however long its authority lives.
        SecretMaterial::ClientCertificate { certificate, .. } => certificate_end(certificate),
        _ => None,
    }
}

/// What counts of a day that a person typed and what the provider told.
pub(super) fn counts(
    typed: Option<Timestamp>,
    told: Option<Timestamp>,
) -> Option<(Timestamp, ExpirySource)> {
    match (typed, told) {
        (Some(typed), Some(told)) if told < typed => Some((told, ExpirySource::Provider)),
        (Some(typed), _) => Some((typed, ExpirySource::Typed)),
        (None, Some(told)) => Some((told, ExpirySource::Provider)),
        (None, None) => None,
    }
}

fn sooner(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use domain::Secret;

    use super::*;

    fn password(text: &str) -> SecretMaterial {
        SecretMaterial::Password { username: String::new(), password: Secret::new(text.into()) }
    }

    fn jwt(claims: &str) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_tells_when_it_expires() {
        let now = Timestamp::from_millis(0);
        let of = |text: &str| expiry_of(Provider::Jfrog, &password(text), now);
        let at = Some(Timestamp::from_millis(1_800_000_000_500));
        assert_eq!(of(&jwt(r#"{"exp":1800000000.5,"sub":"a"}"#)), at);
        for none in [
            "hunter2",
            "a.b.c",
            &jwt("{}"),
            &jwt(r#"{"exp":"soon"}"#),
            &jwt(r#"{"exp":-1}"#),
            &jwt(r#"{"exp":1e300}"#),
            &format!("{}.more", jwt(r#"{"exp":1800000000}"#)),
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn a_pasted_ecr_token_lives_for_12_hours() {
        let now = Timestamp::from_millis(1_000);
        let at = expiry_of(Provider::AmazonEcr, &password("eyJwYXlsb2FkIjoi"), now);
        assert_eq!(at, Some(now.plus(Duration::from_hours(12))));
        let key = SecretMaterial::EcrAccessKey {
            key_id: String::new(),
            secret_key: Secret::new("x".into()),
            region: None,
        };
        assert_eq!(expiry_of(Provider::AmazonEcr, &key, now), None);
    }

    /// A certificate with its end; nobody has the key.
    const LEAF: (&str, &str) = (
        "-----BEGIN CERTIFICATE-----\n\
        MIIBdjCCAR2gAwIBAgIUMGFo924T3d7AQibHe1XAcRhSauQwCgYIKoZIzj0EAwIw\n\
        ETEPMA0GA1UEAwwGaGF3c2VyMB4XDTI2MTEyNTAxMTczMloXDTI3MDEzMDAxMTcz\n\
        MlowETEPMA0GA1UEAwwGaGF3c2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n\
        ci8okJ8w88OCl+B1hzJJVqbuFxuGqC9O7cSKRQ+HqQRGpowTecmINRcTNbvBzAfZ\n\
        C9BJBvapvWPU7Wusjqts3aNTMFEwHQYDVR0OBBYEFLgCTiu/vgqgtpWJGeB4HClC\n\
        ImgPMB8GA1UdIwQYMBaAFLgCTiu/vgqgtpWJGeB4HClCImgPMA8GA1UdEwEB/wQF\n\
        MAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgS+TaTg5TnsxBCsRW8NZSsrurSde20GAT\n\
        sR9duVMlx3ICIGJLjkB5cl8sYimCIAQuT0OpzWkBNXzS4VnmXHTG9ezL\n\
        -----END CERTIFICATE-----",
        "2027-01-30T01:17:32Z",
    );

    #[test]
    fn a_client_certificate_expires_with_its_leaf() {
        let of = |certificate: &str| {
            let (certificate, key) = (certificate.to_owned(), Secret::new("canary".into()));
            let material = SecretMaterial::ClientCertificate { certificate, key };
            expiry_of(Provider::GenericRegistry, &material, Timestamp::from_millis(0))
        };
        let (leaf, end) = (LEAF.0, Timestamp::parse_rfc3339(LEAF.1));
        assert_eq!(of(leaf), end);
        assert_eq!(of(&format!("{leaf}\n{leaf}")), end);
        assert_eq!(of("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"), None);
        assert_eq!(of("nothing"), None);
    }

    #[test]
    fn what_is_sooner_counts() {
        let [early, late] = [1, 2].map(Timestamp::from_millis);
        let (typed, provider) = (ExpirySource::Typed, ExpirySource::Provider);
        assert_eq!(counts(Some(late), Some(early)), Some((early, provider)));
        assert_eq!(counts(Some(early), Some(late)), Some((early, typed)));
        assert_eq!(counts(None, Some(late)), Some((late, provider)));
        assert_eq!(counts(None, None), None);
    }
}
