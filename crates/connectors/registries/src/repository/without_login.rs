//! What registries say, without the login if one of them repeats it: an index can carry it in the
//! addresses of its archives, and a proxy in a name.

use domain::{Redactor, charts::FoundVersion};

use super::{Examined, Synced, Target};
use egress::Login;

/// The same without the login of `target`. Names and versions of charts stay: they say which chart it is.
pub(super) fn synced(synced: Synced, target: &Target) -> Synced {
    let Some(redactor) = target.login.as_ref().map(Login::redactor) else { return synced };
    match synced {
        Synced::Charts { versions, validators, left_out } => {
            let versions = versions.into_iter().map(|found| version(found, &redactor)).collect();
            Synced::Charts { versions, validators, left_out }
        }
        unchanged @ Synced::Unchanged { .. } => unchanged,
    }
}

fn version(mut found: FoundVersion, redactor: &Redactor) -> FoundVersion {
    let metadata = &mut found.metadata;
    let texts = [
        &mut found.version.url,
        &mut found.version.app_version,
        &mut metadata.description,
        &mut metadata.home,
        &mut metadata.kube_version,
    ];
    let lists = metadata.sources.iter_mut().chain(&mut metadata.keywords);
    let people = metadata
        .maintainers
        .iter_mut()
        .flat_map(|person| [&mut person.name, &mut person.email, &mut person.url]);
    let needed = metadata
        .dependencies
        .iter_mut()
        .flat_map(|chart| [&mut chart.name, &mut chart.version, &mut chart.repository]);
    for text in texts.into_iter().chain(lists).chain(people).chain(needed) {
        *text = redactor.redact_usual(std::mem::take(text));
    }
    found
}

/// The same for a connection test.
pub(super) fn examined(mut examined: Examined, target: &Target) -> Examined {
    let Some(redactor) = target.login.as_ref().map(Login::redactor) else { return examined };
    let clean = |text: &mut String| *text = redactor.redact(text);
    examined.stages.iter_mut().map(|stage| &mut stage.detail).for_each(clean);
    examined.excess.iter_mut().for_each(clean);
    if let Some(certificate) = &mut examined.certificate {
        [&mut certificate.issuer, &mut certificate.subject].into_iter().for_each(clean);
    }
    examined
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use domain::{
        Secret,
        charts::{ChartMetadata, ChartVersion},
    };

    use super::*;

    #[test]
    fn an_index_that_repeats_the_login_is_kept_without_it() {
        let login = Login::stored("ann".into(), Secret::new("canary-ä+7/x".into()));
        let basic = STANDARD.encode("ann:canary-ä+7/x");
        let found = FoundVersion {
            chart: "web".into(),
            version: ChartVersion {
                version: "1.0.0".into(),
                app_version: String::new(),
                created_at: None,
                digest: String::new(),
                url: "https://ann:canary-%C3%A4%2B7%2fx@charts.example/web-1.0.0.tgz".into(),
                deprecated: false,
            },
            metadata: ChartMetadata {
                description: "use --password canary-ä+7/x".into(),
                sources: vec![format!("https://charts.example/?auth={basic}")],
                home: "https://charts.example/".into(),
                ..ChartMetadata::default()
            },
        };
        let clean = version(found, &login.redactor());
        assert_eq!(clean.version.url, "https://ann:…@charts.example/web-1.0.0.tgz");
        assert_eq!(clean.metadata.description, "use --password …");
        assert_eq!(clean.metadata.home, "https://charts.example/");
        assert_eq!(clean.metadata.sources, ["https://charts.example/?auth=…"]);
    }
}
