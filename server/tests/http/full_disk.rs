//! A database whose disk is full: forms are answered with words and what was typed, `/readyz` says that it
//! is down, and when there is room again everything goes on without a restart.

use http::StatusCode;

use testkit::small_disk::SmallDisk;

use crate::asking::{Answer, Hawser, PASSWORD};

const ADD: &str = "/actions/projects/save";

async fn add(hawser: &Hawser, cookie: &str, name: &str) -> Answer {
    let from = "/settings/projects";
    hawser.form(ADD, cookie, &[("from", from), ("project", ""), ("name", name)]).await
}

#[tokio::test]
async fn f17_a_full_disk_is_told_in_words_and_nothing_typed_is_lost() {
    let disk = SmallDisk::mount("8m");
    let hawser = Hawser::start_in(disk.path()).await;
    let cookie = hawser.set_up().await;
    hawser.readiness_is(r#""database":"ready""#).await;
    hawser.site.disk().look(disk.path());
    let page = hawser.page("/settings/projects", &cookie).await;
    assert!(!page.text.contains("disk with Hawser"), "{}", page.text);
    disk.fill();
    hawser.site.disk().look(disk.path());
    let page = hawser.page("/settings/projects", &cookie).await;
    assert!(page.text.contains("is 100 % full"), "{}", page.text);
    // The log of the database has room for a little.
    let mut refused = None;
    for round in 0..200 {
        let name = format!("Typed {round}");
        let answer = add(&hawser, &cookie, &name).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
        let page = hawser.page("/settings/projects", &cookie).await;
        assert_eq!(page.status, StatusCode::OK);
        if page.text.contains("does not store anything") {
            assert!(page.text.contains(&format!(r#"value="{name}""#)), "{}", page.text);
            refused = Some(name);
            break;
        }
    }
    assert!(refused.is_some(), "the disk of the test is full");
    let name = refused.unwrap();
    // Told once, as any message of a form.
    let page = hawser.page("/settings/projects", &cookie).await;
    assert!(!page.text.contains("does not store anything"));
    hawser.readiness_is(r#""database":"down""#).await;
    // Nobody signs in, and is told why.
    let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/")];
    let answer = hawser.form("/actions/sign-in", "", &fields).await;
    assert!(answer.cookie().is_none() && !answer.text.is_empty(), "{answer:?}");
    assert!(answer.text.contains("does not store anything"), "{answer:?}");

    disk.free();
    hawser.readiness_is(r#""database":"ready""#).await;
    let answer = add(&hawser, &cookie, &name).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = hawser.page("/settings/projects", &cookie).await;
    assert!(page.text.contains("The project is added.") && page.text.contains(&name));
}
