//! Token exchange: this server's own identities, and where the providers are.

use strum::{EnumString, IntoStaticStr, VariantNames};
use token_exchange::{Ambient, AwsIdentity, Container, ExchangeSettings, GoogleIdentity};

use super::{
    settings,
    values::{Noted, Values, read},
};

/// What may be turned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Identity {
    Aws,
    AwsMetadata,
    AwsContainer,
    Google,
    GoogleMetadata,
}

impl Identity {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let known = || format!("{text:?} is none of {}", Self::VARIANTS.join(", "));
        text.parse().map_err(|_| known())
    }

    fn name(self) -> &'static str {
        self.into()
    }

    const fn is_of_aws(self) -> bool {
        matches!(self, Self::Aws | Self::AwsMetadata | Self::AwsContainer)
    }
}

pub(super) fn exchange(values: &mut Values) -> Result<ExchangeSettings, Noted> {
    let endpoints = values.get(&settings::PROVIDER_ENDPOINTS);
    let turned_on = values.get(&settings::AMBIENT_IDENTITIES)?;
    for identity in [Identity::Aws, Identity::AwsContainer, Identity::Google] {
        if !turned_on.contains(&identity) {
            values.without(&format!(
                "{} in {}",
                identity.name(),
                settings::AMBIENT_IDENTITIES.name
            ));
        }
    }
    let (of_aws, of_google): (Vec<_>, Vec<_>) =
        turned_on.into_iter().partition(|identity| identity.is_of_aws());
    let aws = one(values, &of_aws)?.map(|identity| aws(values, identity)).transpose();
    let google = one(values, &of_google)?.map(|identity| google(values, identity)).transpose();
    let ambient = Ambient { aws: aws?, google: google? };
    Ok(ExchangeSettings { endpoints: endpoints?, ambient, ..ExchangeSettings::default() })
}

/// The identity of a cloud, which has one at the most.
fn one(values: &mut Values, turned_on: &[Identity]) -> Result<Option<Identity>, Noted> {
    match turned_on {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        [one, other, ..] => {
            let what = format!("names two of one cloud: {} and {}", one.name(), other.name());
            Err(values.problem(settings::AMBIENT_IDENTITIES.name, what))
        }
    }
}

fn aws(values: &mut Values, identity: Identity) -> Result<AwsIdentity, Noted> {
    match identity {
        Identity::AwsMetadata => return Ok(AwsIdentity::Instance),
        // What ECS and EKS Pod Identity tell the container by variables of their own.
        Identity::AwsContainer => {
            return Ok(AwsIdentity::Container(read!(values; Container {
                uri: settings::AWS_CONTAINER_URI,
                token_file: settings::AWS_CONTAINER_TOKEN_FILE,
            })));
        }
        _ => {}
    }
    let key = values.has(&settings::AWS_ACCESS_KEY_ID_FILE)
        || values.has(&settings::AWS_SECRET_ACCESS_KEY_FILE);
    let web =
        values.has(&settings::AWS_WEB_IDENTITY_TOKEN_FILE) || values.has(&settings::AWS_ROLE_ARN);
    match (key, web) {
        (true, false) => Ok(read!(values; AwsIdentity::AccessKey {
            id_file: settings::AWS_ACCESS_KEY_ID_FILE,
            secret_file: settings::AWS_SECRET_ACCESS_KEY_FILE,
        })),
        (false, true) => Ok(read!(values; AwsIdentity::WebIdentity {
            token_file: settings::AWS_WEB_IDENTITY_TOKEN_FILE,
            role: settings::AWS_ROLE_ARN,
        })),
        (both, _) => {
            let what = if both { "names two identities" } else { "needs an identity" };
            let what = format!(
                "aws {what}: set HAWSER_AWS_ACCESS_KEY_ID_FILE and HAWSER_AWS_SECRET_ACCESS_KEY_FILE, \
                 or HAWSER_AWS_WEB_IDENTITY_TOKEN_FILE and HAWSER_AWS_ROLE_ARN"
            );
            Err(values.problem(settings::AMBIENT_IDENTITIES.name, what))
        }
    }
}

fn google(values: &mut Values, identity: Identity) -> Result<GoogleIdentity, Noted> {
    match identity {
        Identity::GoogleMetadata => Ok(GoogleIdentity::Instance),
        _ => Ok(read!(values; GoogleIdentity::Workload {
            token_file: settings::GOOGLE_TOKEN_FILE,
            audience: settings::GOOGLE_AUDIENCE,
        })),
    }
}

pub(super) fn audience(text: &str) -> Result<String, String> {
    if text.starts_with("//iam.googleapis.com/projects/") && text.contains("/providers/") {
        return Ok(text.to_owned());
    }
    Err("has to be like //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER".to_owned())
}

/// `arn:<partition>:iam::<account>:role/<name>`.
pub(super) fn role(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", "", account, role]
            if partition.starts_with("aws")
                && account.len() == 12
                && account.bytes().all(|b| b.is_ascii_digit())
                && role
                    .strip_prefix("role/")
                    .is_some_and(|name| (1..=200).contains(&name.len())) =>
        {
            Ok(text.to_owned())
        }
        _ => Err("has to be like arn:aws:iam::123456789012:role/hawser".to_owned()),
    }
}
