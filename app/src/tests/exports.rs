//! Exports: the form of every consumer and delivery method, previews, values that never come back.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use domain::{
    Role,
    exports::{Consumer, DeliveryMethod, Selects},
};

use super::{
    fake::{self, Fake, SECRET, exports::OTHER},
    page, send,
};

fn new(consumer: Consumer) -> String {
    format!("/gitops/exports/new?consumer={}", consumer.as_str())
}

fn export() -> String {
    format!("/gitops/exports/{}", fake::ID)
}

fn tab(name: &str) -> String {
    format!("{}?tab={name}", export())
}

#[tokio::test]
async fn every_consumer_has_its_card_and_its_form() {
    let fake = Fake::signed_in();
    let (_, cards) = page(&fake, "/gitops/exports/new").await;
    for consumer in Consumer::ALL {
        let facts = consumer.facts();
        assert!(cards.contains(facts.summary), "{consumer:?}");
        let (status, html) = page(&fake, &new(consumer)).await;
        assert_eq!(status, StatusCode::OK, "{consumer:?}");
        for setting in facts.settings {
            let name = format!("name=\"{}\"", setting.field.as_str());
            assert!(html.contains(&name), "{consumer:?} lacks {name}: {html}");
            assert!(html.contains(&format!(">{}</label>", setting.label)), "{consumer:?}");
        }
        let (has, lacks) = match facts.selects {
            Selects::Credentials => ("credentials[]", "repositories[]"),
            Selects::Repositories => ("repositories[]", "credentials[]"),
        };
        assert!(html.contains(has) && !html.contains(lacks), "{consumer:?}: {html}");
        for carrier in facts.carriers {
            let value = format!("name=\"carrier\" value=\"{}\"", carrier.as_str());
            assert!(html.contains(&value), "{consumer:?} {carrier:?}: {html}");
        }
        assert!(!html.contains("style=") && html.contains("Preview"), "{consumer:?}");
    }
}

#[tokio::test]
async fn no_two_inputs_of_a_form_have_one_name_or_id() {
    let fake = Fake::signed_in();
    for consumer in Consumer::ALL {
        let (_, html) = page(&fake, &new(consumer)).await;
        let form =
            html.split("id=\"export-save\"").nth(1).unwrap().split("</form>").next().unwrap();
        let of = |attribute: &str| -> Vec<String> {
            let mark = format!(" {attribute}=\"");
            let parts = form.split(mark.as_str()).skip(1);
            parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
        };
        let mut ids = of("id");
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "{consumer:?}");
        let names = of("name");
        for name in ["store", "vault_auth", "recipients", "namespace", "name"] {
            assert!(names.iter().filter(|one| *one == name).count() <= 1, "{consumer:?} {name}");
        }
    }
}

#[tokio::test]
async fn references_into_a_local_vault_are_warned_of() {
    let (_, html) = page(&Fake::signed_in(), &new(Consumer::Flux)).await;
    assert!(html.contains("Clusters cannot reach"), "{html}");
    assert!(html.contains("data-component") && html.contains("Narrow the list down"), "{html}");
    let (_, html) = page(&Fake::signed_in(), &new(Consumer::Helm)).await;
    assert!(!html.contains("Clusters cannot reach"), "Helm carries no secret: {html}");
    let (_, html) = page(&Fake::signed_in(), &new(Consumer::Flux)).await;
    assert!(html.contains("name=\"carrier\" value=\"sops\" checked"), "{html}");
    // Nothing that leads nowhere by itself is chosen for a person, and what it needs is said.
    for consumer in Consumer::ALL.into_iter().filter(|one| *one != Consumer::Flux) {
        let (_, html) = page(&Fake::signed_in(), &new(consumer)).await;
        let form = html.split("name=\"carrier\"").skip(1);
        assert_eq!(
            form.filter(|way| way.split('>').next().unwrap().contains(" checked")).count(),
            0
        );
        let facts = consumer.facts();
        if consumer != Consumer::Helm {
            let needs = facts.sops.needs().split(':').next().unwrap();
            assert!(html.contains(needs.split('|').next().unwrap()), "{consumer:?}: {html}");
            assert!(html.contains(facts.help[0].split('\'').next().unwrap()), "F28 {consumer:?}");
        }
    }
    let (_, html) = page(&Fake::signed_in(), &export()).await;
    assert!(html.contains("Clusters cannot reach"), "{html}");
    let (_, html) = page(&Fake::signed_in(), &tab("settings")).await;
    // The form says it of the other delivery method that refers to Vault, not of this one again.
    assert_eq!(html.matches("Clusters cannot reach").count(), 1, "{html}");
    let reached = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Owner) });
    let (_, html) = page(&reached, &new(Consumer::Flux)).await;
    assert!(html.contains("name=\"carrier\" value=\"external_secret\" checked"), "{html}");
}

#[tokio::test]
async fn r_git_03_a_sealed_file_is_handed_out_encrypted_alone() {
    let sops = |role| {
        Arc::new(Fake { exported: (Consumer::Flux, DeliveryMethod::Sops), ..Fake::of(role) })
    };
    let (_, html) = page(&sops(Role::Owner), &tab("files&file=sealed.yaml")).await;
    let form = html.split("action=\"/actions/gitops/exports/encrypted\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    assert!(form.contains("name=\"path\" value=\"sealed.yaml\""), "{form}");
    assert!(form.contains(&format!("name=\"export\" value=\"{}\"", fake::ID)), "{form}");
    assert!(html.contains("path=sealed.yaml"), "to be copied: {html}");
    assert!(!html.contains("/files/sealed.yaml"), "{html}");
    let (_, html) =
        page(&sops(Role::Owner), &tab("files&file=repositories%2Fghcr-acme.yaml")).await;
    assert!(html.contains("/files/repositories/ghcr-acme.yaml"), "the open one: {html}");
    let (_, html) = page(&sops(Role::Viewer), &tab("files&file=sealed.yaml")).await;
    assert!(html.contains("Git targets write it encrypted."), "{html}");
    assert!(!html.contains("exports/encrypted"), "{html}");
}

#[tokio::test]
async fn what_is_left_out_leads_to_the_form_that_exports_it() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &export()).await;
    let link = html.split(">Make another export for quay.io</a>").next().unwrap();
    let link = link.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    let (status, html) = page(&fake, &link.replace("&amp;", "&")).await;
    assert_eq!(status, StatusCode::OK);
    for words in [
        "Add an export for Kyma",
        "value=\"kyma quay.io\"",
        "value=\"mine\"",
        "value=\"quay.io\"",
        "value=\"ns/auth\"",
        "value=\"vault_static_secret\" checked",
        &format!("value=\"{OTHER}\" checked"),
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains(&format!("value=\"{}\" checked", fake::ID)), "{html}");
    assert!(!html.contains("aria-invalid=\"true\""), "nobody sent it yet: {html}");
}

#[tokio::test]
async fn the_checks_of_a_consumer_are_linked_and_filled() {
    for (consumer, link, filled) in [
        (Consumer::Kyma, "/gitops/check/kyma?label=our-modules", "value=\"our-modules\""),
        (Consumer::Carvel, "/gitops/check/carvel?namespace=shop", "value=\"shop\""),
    ] {
        let carrier = DeliveryMethod::ExternalSecret;
        let fake = Arc::new(Fake { exported: (consumer, carrier), ..Fake::of(Role::Viewer) });
        let (_, html) = page(&fake, &export()).await;
        assert!(html.contains(&format!("href=\"{link}\"")), "{html}");
        let (_, html) = page(&fake, link).await;
        assert!(html.contains(filled), "{html}");
    }
    let (_, html) = page(&Fake::signed_in(), &export()).await;
    assert!(!html.contains("href=\"/gitops/check"), "{html}");
}

#[tokio::test]
async fn the_preview_keeps_what_was_typed_and_stores_nothing() {
    let fake = Fake::signed_in();
    let typed = format!(
        "&name=kept&carrier=vault_static_secret&credentials%5B%5D={OTHER}&namespace=shop&store=unused&vault_auth=mine&look=preview&from=%2Fx"
    );
    let (_, html) = page(&fake, &format!("{}{typed}", new(Consumer::PullSecret))).await;
    for words in [
        "Nothing is stored yet.",
        "Skipped",
        "would expire after 12 hours",
        "imagePullSecrets",
        "value=\"kept\"",
        "value=\"shop\"",
        "value=\"mine\"",
        "value=\"vault_static_secret\" checked",
        "&lt;script&gt;",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains(&format!("value=\"{OTHER}\" checked")), "{html}");
    assert!(!html.contains("value=\"unused\""), "it belongs to another carrier: {html}");
    assert!(fake.export_saved.lock().unwrap().is_none());
    // The way back does not grow with every look.
    assert!(html.contains("name=\"from\" value=\"/gitops/exports/new?consumer=pull_secret\""));
    let (_, html) = page(&fake, &format!("{}&name=&look=preview", new(Consumer::Flux))).await;
    assert!(html.contains("Type a name.") && html.contains("aria-invalid=\"true\""), "{html}");
}

#[tokio::test]
async fn an_export_is_saved_as_typed_and_comes_back_when_refused() {
    let fake = Fake::signed_in();
    let from = "from=%2Fgitops%2Fexports%2Fnew%3Fconsumer%3Dpull_secret";
    let body = format!(
        "{from}&consumer=pull_secret&carrier=vault_static_secret&credentials%5B%5D={}&credentials%5B%5D={OTHER}&namespace=shop&store=eso&vault_auth=vso&recipients=age1abc",
        fake::ID
    );
    let path = "/actions/gitops/exports/save";
    let answer = send(&fake, path, "text/html", &format!("{body}&name=")).await;
    assert_eq!(answer.headers()[header::LOCATION], new(Consumer::PullSecret).as_str());
    let (_, html) = page(&fake, &new(Consumer::PullSecret)).await;
    for words in ["Type a name.", "value=\"shop\"", "value=\"vso\"", "age1abc"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    for id in [fake::ID, OTHER] {
        assert!(html.contains(&format!("value=\"{id}\" checked")), "{id}: {html}");
    }
    let answer = send(&fake, path, "text/html", &format!("{body}&name=regcred")).await;
    assert_eq!(answer.headers()[header::LOCATION], tab("files").as_str());
    let saved = fake.export_saved.lock().unwrap().take().unwrap();
    assert_eq!(saved.credentials, [fake::ID, OTHER]);
    assert_eq!(
        (saved.settings.store.as_str(), saved.carrier.as_str()),
        ("vso", "vault_static_secret")
    );
    send(&fake, path, "text/html", &body.replace("vault_static_secret", "external_secret")).await;
    let saved = fake.export_saved.lock().unwrap().take().unwrap();
    assert_eq!(saved.settings.store, "eso");
}

#[tokio::test]
async fn an_export_shows_its_files_and_where_it_goes() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &export()).await;
    for words in ["Notes", "Delivered to", "Cluster"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let (_, html) = page(&fake, &tab("settings")).await;
    assert!(html.contains("value=\"vault-prod\""), "{html}");
    let (_, html) = page(&fake, &tab("files")).await;
    for words in ["Download with values", "autocomplete=\"current-password\""] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let credential = format!("<a href=\"/credentials/{}\">legacy</a>", fake::ID);
    assert!(html.contains(&credential), "{html}");
    let file = format!("href=\"{}/files/repositories/ghcr-acme.yaml\"", export());
    assert!(html.contains(&file), "{html}");
    let (_, html) = page(&fake, &format!("{}/delete", export())).await;
    assert!(html.contains("It is still delivered.") && !html.contains("/actions/gitops"), "{html}");
    let unused = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Owner) });
    let (_, html) = page(&unused, &format!("{}/delete", export())).await;
    assert!(html.contains("/actions/gitops/exports/delete"), "{html}");
    let body = format!("export={}", fake::ID);
    let answer = send(&unused, "/actions/gitops/exports/delete", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], "/gitops/exports");
}

#[tokio::test]
async fn values_are_offered_to_those_who_may_see_them() {
    for (role, offered) in
        [(Role::Owner, true), (Role::Admin, true), (Role::Editor, false), (Role::Viewer, false)]
    {
        let fake = Arc::new(Fake::of(role));
        let (_, html) = page(&fake, &tab("files")).await;
        assert_eq!(html.contains("name=\"password\""), offered, "{role:?}");
        assert!(!html.contains(SECRET), "{role:?}");
    }
    let helm = Arc::new(Fake {
        exported: (Consumer::Helm, DeliveryMethod::None),
        ..Fake::of(Role::Owner)
    });
    let (_, html) = page(&helm, &tab("files")).await;
    assert!(!html.contains("name=\"password\""), "it has no values: {html}");
    // A refused download comes back to its form, without the password.
    let fake = Fake::signed_in();
    *fake.flash.lock().unwrap() = Some(crate::services::Flash {
        form: Some("export-reveal".into()),
        problems: Some(domain::Field::Password.problem("This is not your password.").into()),
        ..Default::default()
    });
    let (_, html) = page(&fake, &tab("files")).await;
    assert!(html.contains("This is not your password."), "{html}");
}

#[tokio::test]
async fn admins_are_told_that_recipients_are_an_owners() {
    let (_, html) = page(&Fake::signed_in(), &new(Consumer::Flux)).await;
    assert!(!html.contains("Only an owner may add recipients"), "{html}");
    let admin = Arc::new(Fake::of(Role::Admin));
    let (_, html) = page(&admin, &new(Consumer::Flux)).await;
    assert!(html.contains("Only an owner may add recipients"), "{html}");
}
