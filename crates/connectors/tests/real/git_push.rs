//! Reading and pushing, with a real Git server.

use std::{fs, os::unix::fs::PermissionsExt as _};

use domain::Cause;
use git_http::{FileKind, PushError, blob_id};

use testkit::git_server::{Bridge, CANARY, GitServer, branch, commit, delete, login, write};

const REPOSITORY: &str = "acme/gitops";

#[tokio::test]
async fn branches_and_the_default_one_are_listed() {
    let server = GitServer::with_repository().await;
    server.commit(REPOSITORY, "release/1.x", &[("x", "x")]);
    let found = server.client().branches(&server.url(REPOSITORY), &login()).await.unwrap();
    assert_eq!((found.default.as_str(), found.names.len()), ("main", 2));
    assert_eq!(found.names, ["main", "release/1.x"]);
    assert_eq!(server.seen().len(), 1, "nothing but the list is asked for");
    server.create("acme/empty");
    let empty = server.client().branches(&server.url("acme/empty"), &login()).await.unwrap();
    assert_eq!((empty.default.as_str(), empty.names.len()), ("", 0));
}

#[tokio::test]
async fn an_empty_repository_gets_its_first_commit() {
    let server = GitServer::start().await;
    server.create(REPOSITORY);
    let url = server.url(REPOSITORY);
    let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
    assert_eq!((checkout.head(), checkout.is_new_branch()), (None, true));
    assert_eq!(checkout.file("a.yaml").unwrap(), None);
    let changes = vec![write("clusters/prod/a.yaml", "a: 1\n"), write("b.yaml", "b: é\n")];
    let pushed = checkout.push(commit(changes), &branch("main")).await.unwrap();
    assert_eq!(server.head(REPOSITORY, "main"), pushed.commit);
    assert_eq!(
        pushed.blobs,
        [
            ("b.yaml".to_owned(), blob_id("b: é\n".as_bytes())),
            ("clusters/prod/a.yaml".to_owned(), blob_id(b"a: 1\n")),
        ]
    );
    let log = server.git(REPOSITORY, &["log", "--format=%an <%ae> %cn %ct %P|%B", "main"]);
    assert_eq!(
        log,
        "Hawser <hawser@example.com> Hawser 1790000000 |Update registry credentials\n\nVersion 2 of team-token"
    );
    assert_eq!(server.git(REPOSITORY, &["show", "main:clusters/prod/a.yaml"]), "a: 1");
    server.assert_sound(REPOSITORY);
}

#[tokio::test]
async fn files_are_updated_added_and_deleted_in_one_commit() {
    let server = GitServer::with_repository().await;
    let before = server.commit(
        REPOSITORY,
        "main",
        &[("apps/b/c.yaml", "c: 1\n"), ("apps/b/d.yaml", "d: 1\n"), ("gone/only.yaml", "x\n")],
    );
    let url = server.url(REPOSITORY);
    let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
    assert_eq!((checkout.head(), checkout.is_new_branch()), (Some(before.as_str()), false));
    let file = checkout.file("apps/a.yaml").unwrap().unwrap();
    assert_eq!((file.blob, file.kind), (blob_id(b"a: 1\n"), FileKind::Regular));
    assert_eq!(checkout.file("apps").unwrap().unwrap().kind, FileKind::Folder);
    assert_eq!(checkout.file("README.md/x").unwrap(), None);
    let changes = vec![
        write("apps/b/c.yaml", "c: 2\n"),
        write("apps/new/e.yaml", "e: 1\n"),
        delete("gone/only.yaml"),
        delete("never/there.yaml"),
    ];
    let pushed = checkout.push(commit(changes), &branch("main")).await.unwrap();
    assert_eq!(
        server.git(REPOSITORY, &["diff", "--name-status", &before, &pushed.commit]),
        "M\tapps/b/c.yaml\nA\tapps/new/e.yaml\nD\tgone/only.yaml"
    );
    assert_eq!(server.git(REPOSITORY, &["rev-list", "--count", "main"]), "3");
    server.assert_sound(REPOSITORY);
}

#[tokio::test]
async fn fetched_objects_lie_in_the_given_folder_and_go() {
    let server = GitServer::with_repository().await;
    let folder = tempfile::tempdir().unwrap();
    let client = server.client().in_folder(folder.path());
    let names = || {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap()).collect::<Vec<_>>()
    };
    let url = server.url(REPOSITORY);
    let checkout = client.open(&url, &login(), &branch("main"), None).await.unwrap();
    let [ours] = &names()[..] else { panic!("{:?}", names()) };
    assert!(ours.file_name().to_str().unwrap().starts_with("hawser-git-"));
    assert_eq!(ours.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert!(!ours.path().join("README.md").exists(), "nothing is checked out");
    checkout.push(commit(vec![write("x", "x")]), &branch("main")).await.unwrap();
    assert_eq!(names().len(), 0);
}

#[tokio::test]
async fn packs_with_deltas_are_read() {
    let server = GitServer::with_repository().await;
    let text = |n: u32| format!("{}number: {n}\n", "the same in every file\n".repeat(200));
    let files: Vec<_> = (0..200).map(|n| (format!("many/{n}.yaml"), text(n))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    server.commit(REPOSITORY, "main", &files);
    server.git(REPOSITORY, &["repack", "-a", "-d", "-q"]);
    let packs = server.git(REPOSITORY, &["count-objects", "-v"]);
    assert!(packs.contains("in-pack: 2"), "{packs}");
    let url = server.url(REPOSITORY);
    let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
    let found: Vec<_> =
        files.iter().map(|(path, _)| checkout.file(path).unwrap().unwrap()).collect();
    let contents = checkout.contents(&found.iter().collect::<Vec<_>>()).await.unwrap();
    for ((_, text), file) in files.iter().zip(&found) {
        assert_eq!(contents[&file.blob], text.as_bytes());
    }
    let pushed = checkout.push(commit(vec![delete("many/7.yaml")]), &branch("main")).await.unwrap();
    assert_eq!(server.head(REPOSITORY, "main"), pushed.commit);
    server.assert_sound(REPOSITORY);
}

#[tokio::test]
async fn nothing_is_pushed_when_nothing_changes() {
    let server = GitServer::with_repository().await;
    let url = server.url(REPOSITORY);
    let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
    let changes = vec![write("apps/a.yaml", "a: 1\n"), delete("no.yaml")];
    let pushed = checkout.push(commit(changes), &branch("main")).await.unwrap();
    assert_eq!(pushed.commit, server.head(REPOSITORY, "main"));
    assert!(!server.seen().iter().any(|seen| seen.contains("receive-pack")));
}

#[tokio::test]
async fn a_new_branch_starts_at_its_base() {
    let server = GitServer::with_repository().await;
    let stable = server.commit(REPOSITORY, "stable", &[("s.yaml", "s: 1\n")]);
    let (url, client) = (server.url(REPOSITORY), server.client());
    for (name, base, head) in [
        ("hawser/a", Some(branch("stable")), stable),
        ("hawser/b", None, server.head(REPOSITORY, "main")),
    ] {
        let checkout = client.open(&url, &login(), &branch(name), base.as_ref()).await.unwrap();
        assert_eq!((checkout.head(), checkout.is_new_branch()), (Some(head.as_str()), true));
        let pushed =
            checkout.push(commit(vec![write("x.yaml", "x: 1\n")]), &branch(name)).await.unwrap();
        assert_eq!(server.head(REPOSITORY, name), pushed.commit);
        assert_eq!(server.git(REPOSITORY, &["rev-parse", &format!("{name}^")]), head);
    }
    let missing =
        client.open(&url, &login(), &branch("hawser/c"), Some(&branch("nowhere"))).await.err();
    assert_eq!(missing.unwrap().cause, Cause::BaseMissing);
    server.assert_sound(REPOSITORY);
}

#[tokio::test]
async fn r_git_04_a_moved_branch_is_opened_again_and_never_forced() {
    let server = GitServer::with_repository().await;
    let (url, client) = (server.url(REPOSITORY), server.client());
    let open = || async { client.open(&url, &login(), &branch("main"), None).await.unwrap() };
    let change = || commit(vec![write("x.yaml", "x: 1\n")]);

    let stale = open().await;
    let theirs = server.commit(REPOSITORY, "main", &[("theirs.yaml", "t: 1\n")]);
    let moved = stale.push(change(), &branch("main")).await.unwrap_err();
    assert!(matches!(moved, PushError::Moved));
    assert_eq!(server.head(REPOSITORY, "main"), theirs);

    // The same between the list of references and the push itself.
    server.bridge(Bridge::Races);
    let raced = open().await.push(change(), &branch("main")).await.unwrap_err();
    assert!(matches!(raced, PushError::Moved), "{raced:?}");
    assert_eq!(server.git(REPOSITORY, &["show", "main:race.txt"]), "first");

    let pushed = open().await.push(change(), &branch("main")).await.unwrap();
    assert_eq!(server.head(REPOSITORY, "main"), pushed.commit);
    assert_eq!(server.git(REPOSITORY, &["rev-list", "--count", "main"]), "4");
}

#[tokio::test]
async fn r_git_04_a_branch_that_came_or_went_meanwhile_has_moved() {
    let server = GitServer::with_repository().await;
    let (url, client) = (server.url(REPOSITORY), server.client());
    let change = || commit(vec![write("x.yaml", "x: 1\n")]);
    let fresh = client.open(&url, &login(), &branch("fresh"), None).await.unwrap();
    // At the very commit that ours builds on: a fast-forward, and still somebody else's branch.
    server.git(REPOSITORY, &["branch", "fresh", "main"]);
    let came = fresh.push(change(), &branch("fresh")).await.unwrap_err();
    assert!(matches!(came, PushError::Moved));
    let known = client.open(&url, &login(), &branch("fresh"), None).await.unwrap();
    server.git(REPOSITORY, &["branch", "--delete", "--force", "fresh"]);
    let went = known.push(change(), &branch("fresh")).await.unwrap_err();
    assert!(matches!(went, PushError::Moved));
    assert_eq!(server.git(REPOSITORY, &["branch", "--list", "fresh"]), "");
    // Another branch than the opened one has to be new.
    let other = client.open(&url, &login(), &branch("fresh"), None).await.unwrap();
    let taken = other.push(change(), &branch("main")).await.unwrap_err();
    assert!(matches!(taken, PushError::Moved));
}

#[tokio::test]
async fn an_answer_that_is_lost_is_unknown_and_nothing_is_committed_twice() {
    let server = GitServer::with_repository().await;
    let (url, client) = (server.url(REPOSITORY), server.client());
    let change = || commit(vec![write("x.yaml", "x: 1\n")]);
    server.bridge(Bridge::CutsPushes);
    let checkout = client.open(&url, &login(), &branch("main"), None).await.unwrap();
    let lost = checkout.push(change(), &branch("main")).await.unwrap_err();
    assert!(matches!(lost, PushError::Unknown(_)), "{lost:?}");
    server.bridge(Bridge::Honest);
    let again = client.open(&url, &login(), &branch("main"), None).await.unwrap();
    assert_eq!(again.file("x.yaml").unwrap().unwrap().blob, blob_id(b"x: 1\n"));
    let pushed = again.push(change(), &branch("main")).await.unwrap();
    assert_eq!(pushed.commit, server.head(REPOSITORY, "main"));
    assert_eq!(server.git(REPOSITORY, &["rev-list", "--count", "main"]), "2");
}

#[tokio::test]
async fn refusals_of_the_server_are_told_in_its_words() {
    let server = GitServer::with_repository().await;
    let (url, client) = (server.url(REPOSITORY), server.client());
    let long = format!("printf 'No pushes\\033[31m on Fridays. {CANARY} %02000d' 0 >&2; exit 1");
    let github =
        "echo 'error: GH006: Protected branch update failed for refs/heads/main.' >&2; exit 1";
    for (hook, script, expected, words) in [
        (
            "pre-receive",
            long.as_str(),
            Cause::PushRejected,
            "pre-receive hook declined: No pushes [31m on Fridays. … 0",
        ),
        ("update", github, Cause::BranchProtected, "hook declined: error: GH006: Protected branch"),
    ] {
        server.hook(REPOSITORY, hook, script);
        let checkout = client.open(&url, &login(), &branch("main"), None).await.unwrap();
        let change = commit(vec![write("x.yaml", "x: 1\n")]);
        let refused = checkout.push(change, &branch("main")).await.unwrap_err();
        let PushError::Rejected { cause, reason } = &refused else { panic!("{refused:?}") };
        assert_eq!(*cause, expected);
        assert!(reason.starts_with(words), "{reason}");
        assert!(reason.chars().count() <= 601 && !reason.contains(CANARY), "{reason}");
        server.hook(REPOSITORY, hook, "exit 0");
    }
    server.bridge(Bridge::Forbids("remote: Write access to repository not granted."));
    let checkout = client.open(&url, &login(), &branch("main"), None).await.unwrap();
    let refused = checkout.push(commit(vec![write("x", "x")]), &branch("main")).await.unwrap_err();
    assert!(matches!(
        refused,
        PushError::Rejected { cause: Cause::InsufficientScope, reason }
            if reason == "remote: Write access to repository not granted."
    ));
    assert_eq!(server.git(REPOSITORY, &["rev-list", "--count", "main"]), "1");
}
