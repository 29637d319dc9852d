//! Token exchange: this server's own identities, and where the providers are.

use connectors::token_exchange::{
    Ambient, AwsIdentity, Container, ContainerUri, Endpoints, ExchangeSettings, GoogleIdentity,
};

use super::{
    outbound::entries,
    values::{Values, file},
};

const IDENTITIES: &str = "HAWSER_AMBIENT_IDENTITIES";
const KEY_ID: &str = "HAWSER_AWS_ACCESS_KEY_ID_FILE";
const SECRET: &str = "HAWSER_AWS_SECRET_ACCESS_KEY_FILE";
const WEB_TOKEN: &str = "HAWSER_AWS_WEB_IDENTITY_TOKEN_FILE";
const ROLE: &str = "HAWSER_AWS_ROLE_ARN";
const GOOGLE_TOKEN: &str = "HAWSER_GOOGLE_TOKEN_FILE";
const GOOGLE_AUDIENCE: &str = "HAWSER_GOOGLE_AUDIENCE";

const CONTAINER: &str = "HAWSER_AWS_CONTAINER_URI";
const CONTAINER_TOKEN: &str = "HAWSER_AWS_CONTAINER_TOKEN_FILE";

/// What a file of an identity is needed with.
const OTHERS: &str = "the others of this identity";

const OF_AWS: [&str; 4] = [KEY_ID, SECRET, WEB_TOKEN, ROLE];
const OF_CONTAINER: [&str; 2] = [CONTAINER, CONTAINER_TOKEN];
const OF_GOOGLE: [&str; 2] = [GOOGLE_TOKEN, GOOGLE_AUDIENCE];

/// What may be turned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identity {
    Aws,
    AwsMetadata,
    AwsContainer,
    Google,
    GoogleMetadata,
}

impl Identity {
    const ALL: [Self; 5] =
        [Self::Aws, Self::AwsMetadata, Self::AwsContainer, Self::Google, Self::GoogleMetadata];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsMetadata => "aws-metadata",
            Self::AwsContainer => "aws-container",
            Self::Google => "google",
            Self::GoogleMetadata => "google-metadata",
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|identity| identity.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            format!("{text:?} is none of {known}")
        })
    }

    const fn is_of_aws(self) -> bool {
        matches!(self, Self::Aws | Self::AwsMetadata | Self::AwsContainer)
    }
}

pub(super) fn understand(values: &mut Values) -> Option<ExchangeSettings> {
    let endpoints = values.read("HAWSER_PROVIDER_ENDPOINTS", "", |text| {
        Endpoints::parse(text).map_err(|error| error.to_string())
    });
    let turned_on =
        values.read(IDENTITIES, "", |text| entries(text).map(Identity::parse).collect());
    let turned_on: Vec<Identity> = turned_on?;
    for (identity, names) in [
        (Identity::Aws, OF_AWS.as_slice()),
        (Identity::AwsContainer, &OF_CONTAINER),
        (Identity::Google, &OF_GOOGLE),
    ] {
        if !turned_on.contains(&identity) {
            values.without_effect(names, &format!("{} in {IDENTITIES}", identity.as_str()));
        }
    }
    let (of_aws, of_google): (Vec<_>, Vec<_>) =
        turned_on.into_iter().partition(|identity| identity.is_of_aws());
    let aws = match one(values, &of_aws)? {
        None => Some(None),
        Some(Identity::AwsMetadata) => Some(Some(AwsIdentity::Instance)),
        Some(Identity::AwsContainer) => container(values).map(Some),
        Some(_) => aws(values).map(Some),
    };
    let google = match one(values, &of_google)? {
        None => Some(None),
        Some(Identity::GoogleMetadata) => Some(Some(GoogleIdentity::Instance)),
        Some(_) => google(values).map(Some),
    };
    Some(ExchangeSettings {
        endpoints: endpoints?,
        ambient: Ambient { aws: aws?, google: google? },
        ..ExchangeSettings::default()
    })
}

/// The identity of a cloud, which has one at the most.
#[expect(clippy::option_option, reason = "a problem, none, or one")]
fn one(values: &mut Values, turned_on: &[Identity]) -> Option<Option<Identity>> {
    match turned_on {
        [] => Some(None),
        [one] => Some(Some(*one)),
        [one, other, ..] => {
            let what = format!("names two of one cloud: {} and {}", one.as_str(), other.as_str());
            values.problem(IDENTITIES, what);
            None
        }
    }
}

fn aws(values: &mut Values) -> Option<AwsIdentity> {
    let key = values.text(KEY_ID).is_some() || values.text(SECRET).is_some();
    let web = values.text(WEB_TOKEN).is_some() || values.text(ROLE).is_some();
    match (key, web) {
        (true, false) => {
            let (id, secret) =
                (values.read(KEY_ID, "", file(OTHERS)), values.read(SECRET, "", file(OTHERS)));
            Some(AwsIdentity::AccessKey { id_file: id?, secret_file: secret? })
        }
        (false, true) => {
            let (token, role) =
                (values.read(WEB_TOKEN, "", file(OTHERS)), values.read(ROLE, "", role));
            Some(AwsIdentity::WebIdentity { token_file: token?, role: role? })
        }
        (both, _) => {
            let what = if both { "names two identities" } else { "needs an identity" };
            values.problem(
                IDENTITIES,
                format!("aws {what}: set {KEY_ID} and {SECRET}, or {WEB_TOKEN} and {ROLE}"),
            );
            None
        }
    }
}

/// What ECS and EKS Pod Identity tell the container by variables of their own.
fn container(values: &mut Values) -> Option<AwsIdentity> {
    let uri = values
        .read(CONTAINER, "", |text| ContainerUri::parse(text).map_err(|error| error.to_string()));
    let token_file = values.optional(CONTAINER_TOKEN, file(OTHERS));
    Some(AwsIdentity::Container(Container { uri: uri?, token_file: token_file? }))
}

fn google(values: &mut Values) -> Option<GoogleIdentity> {
    let token_file = values.read(GOOGLE_TOKEN, "", file(OTHERS));
    let audience = values.read(GOOGLE_AUDIENCE, "", |text| {
        let fine = text.starts_with("//iam.googleapis.com/projects/") && text.contains("/providers/");
        if fine {
            Ok(text.to_owned())
        } else {
            Err("has to be like //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER".to_owned())
        }
    });
    Some(GoogleIdentity::Workload { token_file: token_file?, audience: audience? })
}

/// `arn:<partition>:iam::<account>:role/<name>`.
fn role(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let fine = match parts.as_slice() {
        ["arn", partition, "iam", "", account, role] => {
            partition.starts_with("aws")
                && account.len() == 12
                && account.bytes().all(|b| b.is_ascii_digit())
                && role.strip_prefix("role/").is_some_and(|name| (1..=200).contains(&name.len()))
        }
        _ => false,
    };
    if fine {
        Ok(text.to_owned())
    } else {
        Err("has to be like arn:aws:iam::123456789012:role/hawser".to_owned())
    }
}
