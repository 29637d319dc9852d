//! Token exchange: this server's own identities, and where the providers are.

use std::{fs::File, path::PathBuf};

use connectors::token_exchange::{
    Ambient, AwsIdentity, Endpoints, ExchangeSettings, GoogleIdentity,
};

use super::{outbound::entries, values::Values};

const IDENTITIES: &str = "HAWSER_AMBIENT_IDENTITIES";
const KEY_ID: &str = "HAWSER_AWS_ACCESS_KEY_ID_FILE";
const SECRET: &str = "HAWSER_AWS_SECRET_ACCESS_KEY_FILE";
const WEB_TOKEN: &str = "HAWSER_AWS_WEB_IDENTITY_TOKEN_FILE";
const ROLE: &str = "HAWSER_AWS_ROLE_ARN";
const GOOGLE_TOKEN: &str = "HAWSER_GOOGLE_TOKEN_FILE";
const GOOGLE_AUDIENCE: &str = "HAWSER_GOOGLE_AUDIENCE";

const OF_AWS: [&str; 4] = [KEY_ID, SECRET, WEB_TOKEN, ROLE];
const OF_GOOGLE: [&str; 2] = [GOOGLE_TOKEN, GOOGLE_AUDIENCE];

/// What may be turned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cloud {
    Aws,
    Google,
}

pub(super) fn understand(values: &mut Values) -> Option<ExchangeSettings> {
    let endpoints = values.read("HAWSER_PROVIDER_ENDPOINTS", "", |text| {
        Endpoints::parse(text).map_err(|error| error.to_string())
    });
    let clouds = values.read(IDENTITIES, "", |text| entries(text).map(cloud).collect());
    let clouds: Vec<Cloud> = clouds?;
    let aws = if clouds.contains(&Cloud::Aws) {
        aws(values).map(Some)
    } else {
        without(values, &OF_AWS, "aws");
        Some(None)
    };
    let google = if clouds.contains(&Cloud::Google) {
        google(values).map(Some)
    } else {
        without(values, &OF_GOOGLE, "google");
        Some(None)
    };
    Some(ExchangeSettings {
        endpoints: endpoints?,
        ambient: Ambient { aws: aws?, google: google? },
        ..ExchangeSettings::default()
    })
}

fn cloud(text: &str) -> Result<Cloud, String> {
    match text {
        "aws" => Ok(Cloud::Aws),
        "google" => Ok(Cloud::Google),
        _ => Err(format!("{text:?} is neither aws nor google")),
    }
}

fn without(values: &mut Values, names: &[&'static str], cloud: &str) {
    for &name in names {
        if values.text(name).is_some() {
            values.problem(name, format!("has no effect without {cloud} in {IDENTITIES}"));
        }
    }
}

fn aws(values: &mut Values) -> Option<AwsIdentity> {
    let key = values.text(KEY_ID).is_some() || values.text(SECRET).is_some();
    let web = values.text(WEB_TOKEN).is_some() || values.text(ROLE).is_some();
    match (key, web) {
        (true, false) => {
            let (id, secret) = (values.read(KEY_ID, "", file), values.read(SECRET, "", file));
            Some(AwsIdentity::AccessKey { id_file: id?, secret_file: secret? })
        }
        (false, true) => {
            let (token, role) = (values.read(WEB_TOKEN, "", file), values.read(ROLE, "", role));
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

fn google(values: &mut Values) -> Option<GoogleIdentity> {
    let token_file = values.read(GOOGLE_TOKEN, "", file);
    let audience = values.read(GOOGLE_AUDIENCE, "", |text| {
        let fine = text.starts_with("//iam.googleapis.com/projects/") && text.contains("/providers/");
        if fine {
            Ok(text.to_owned())
        } else {
            Err("has to be like //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER".to_owned())
        }
    });
    Some(GoogleIdentity { token_file: token_file?, audience: audience? })
}

fn file(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("is needed with the others of this identity".to_owned());
    }
    let path = PathBuf::from(text);
    File::open(&path).map_err(|error| format!("opening {text}: {error}"))?;
    Ok(path)
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
