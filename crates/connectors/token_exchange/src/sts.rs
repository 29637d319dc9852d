//! AWS STS: this server's own identity becomes a role in somebody's account.
//!
//! Sources: AWS STS API Reference, `AssumeRole` and `AssumeRoleWithWebIdentity`; the role's name and
//! external id follow [`domain::assumed`], so that members cannot choose them (F37).

#![expect(clippy::disallowed_methods, reason = "reads the id of a key from its file")]

use domain::{Cause, Secret, assumed};
use url::Url;

use super::{
    Owner,
    ambient::{self, AwsIdentity},
    aws,
    call::{Caller, ProviderCall, unreadable},
    endpoints,
    metadata::{self, Container},
    sigv4::{self, AwsKey, Purpose},
};
use egress::{
    Failure,
    wire::{FORM, form},
};

const ATTEMPT: &str = "assume a role at AWS STS";
const VERSION: &str = "2011-06-15";
/// The session only has to live until the registry has answered; AWS takes no less.
const SECONDS: &str = "900";

/// The temporary key of the role that belongs to `owner` in `account`.
pub(super) async fn assumed(
    caller: &Caller<'_>,
    region: &str,
    account: &str,
    owner: &Owner,
) -> Result<AwsKey, Failure> {
    let identity = caller.settings.ambient.aws.as_ref().ok_or_else(ambient::not_turned_on)?;
    let (partition, domain) = aws::partition(region);
    let host = format!("sts.{region}.{domain}");
    let url = endpoints::at(caller.settings.endpoints.sts.as_ref(), &host, &[])
        .ok_or_else(|| Failure::new(Cause::RegionUnknown, ATTEMPT))?;
    let own = own_key(caller, identity, &url).await?;
    let name = assumed::role_name(&owner.organization_name, &owner.project_name);
    let role = format!("arn:{partition}:iam::{account}:role/{name}");
    let session = match &owner.key {
        Some(key) => format!("hawser-{}", key.credential),
        None => "hawser-unsaved".to_owned(),
    };
    let external_id = assumed::external_id(owner.organization);
    let fields = [
        ("Action", "AssumeRole"),
        ("Version", VERSION),
        ("RoleArn", &role),
        ("RoleSessionName", &session),
        ("ExternalId", &external_id),
        ("DurationSeconds", SECONDS),
    ];
    let body = form(&fields, &[]);
    let purpose = Purpose { region, service: "sts", now: caller.now };
    let signature = sigv4::sign(&own, &purpose, &url, &[("content-type", FORM)], &body)
        .ok_or_else(|| Failure::new(Cause::InvalidCredentials, ATTEMPT))?;
    // A refusal here is about the trust of the role, not about anything that a person typed.
    let call = ProviderCall::post(url, FORM, body, ATTEMPT).explain_refusals(cause_of_refusal);
    let assumed = key(caller, signature.put_on(call)).await;
    if assumed.is_err() {
        // A key of a metadata service may have been replaced before its end.
        caller.own.aws.evict().await;
    }
    assumed
}

async fn own_key(
    caller: &Caller<'_>,
    identity: &AwsIdentity,
    sts: &Url,
) -> Result<AwsKey, Failure> {
    match identity {
        AwsIdentity::AccessKey { id_file, secret_file } => Ok(AwsKey {
            id: ambient::read_file(id_file).await?.expose().to_owned(),
            secret: ambient::read_file(secret_file).await?,
            session: None,
        }),
        AwsIdentity::Instance => {
            caller.own.aws.get(caller.now, metadata::of_instance(caller)).await
        }
        AwsIdentity::Container(Container { uri, token_file }) => {
            let fetch = metadata::of_container(caller, uri, token_file.as_deref());
            caller.own.aws.get(caller.now, fetch).await
        }
        AwsIdentity::WebIdentity { token_file, role } => {
            let token = ambient::read_file(token_file).await?;
            let fields = [
                ("Action", "AssumeRoleWithWebIdentity"),
                ("Version", VERSION),
                ("RoleArn", role),
                ("RoleSessionName", "hawser"),
                ("DurationSeconds", SECONDS),
            ];
            let secret = [("WebIdentityToken", &token)];
            let call = ProviderCall::form(sts.clone(), &fields, &secret, ATTEMPT);
            key(caller, call.explain_refusals(cause_of_refusal)).await
        }
    }
}

/// The cause of a refusal; the server's own key is nothing that people could mend.
fn cause_of_refusal(refusal: &super::call::ProviderRefusal<'_>) -> Option<Cause> {
    aws::cause_of_refusal(refusal).map(|cause| match cause {
        Cause::InvalidCredentials => Cause::ExchangeRefused,
        other => other,
    })
}

/// The temporary key in an answer, which is XML.
async fn key(caller: &Caller<'_>, call: ProviderCall) -> Result<AwsKey, Failure> {
    let answer = caller.bytes(call).await?;
    let read = || {
        let xml = std::str::from_utf8(&answer).ok()?;
        let credentials = element(xml, "Credentials")?;
        Some(AwsKey {
            id: element(credentials, "AccessKeyId")?.to_owned(),
            secret: Secret::new(element(credentials, "SecretAccessKey")?.to_owned()),
            session: Some(Secret::new(element(credentials, "SessionToken")?.to_owned())),
        })
    };
    read().ok_or_else(|| unreadable(ATTEMPT))
}

/// What stands in the first `<name>`. Keys and tokens hold nothing that XML would escape.
fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text.trim();
    (!text.is_empty() && !text.contains('&')).then_some(text)
}
