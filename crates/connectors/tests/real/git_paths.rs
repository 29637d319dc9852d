//! What lies where a file shall go, with a real Git server (R-GIT-01).

use std::{fs, os::unix::fs::PermissionsExt as _};

use domain::Cause;
use egress::Failure;
use git_http::{Change, FileKind, PushError};

use testkit::git_server::{GitServer, branch, commit, delete, git, login, write};

const REPOSITORY: &str = "acme/gitops";

/// A repository with a symbolic link, a file that may be run and a submodule.
async fn odd() -> GitServer {
    let server = GitServer::with_repository().await;
    let work = tempfile::tempdir().unwrap();
    let (work, bare) = (work.path(), server.path(REPOSITORY));
    git(work, &["clone", "--quiet", bare.to_str().unwrap(), "."]);
    std::os::unix::fs::symlink("apps", work.join("link")).unwrap();
    fs::write(work.join("run.sh"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(work.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    git(work, &["add", "--all"]);
    let id = server.head(REPOSITORY, "main");
    git(work, &["update-index", "--add", "--cacheinfo", &format!("160000,{id},module")]);
    git(work, &["commit", "--quiet", "--message", "odd"]);
    git(work, &["push", "--quiet", "origin", "main"]);
    server
}

async fn push(server: &GitServer, changes: Vec<Change>) -> Result<String, PushError> {
    let url = server.url(REPOSITORY);
    let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
    checkout.push(commit(changes), &branch("main")).await.map(|pushed| pushed.commit)
}

#[tokio::test]
async fn entries_are_told_for_what_they_are() {
    let server = odd().await;
    let url = server.url(REPOSITORY);
    let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
    for (path, kind, content) in [
        ("link", FileKind::Symlink, Some("apps")),
        ("run.sh", FileKind::Executable, Some("#!/bin/sh\n")),
        ("module", FileKind::Submodule, None),
        ("apps", FileKind::Folder, None),
        ("apps/a.yaml", FileKind::Regular, Some("a: 1\n")),
    ] {
        let file = checkout.file(path).unwrap().unwrap();
        assert_eq!(file.kind, kind, "{path}");
        let contents = checkout.contents(&[&file, &file]).await.unwrap();
        let found = contents.get(&file.blob).map(Vec::as_slice);
        assert_eq!(found, content.map(str::as_bytes), "{path}");
    }
    assert_eq!(checkout.file("link/a.yaml").unwrap(), None, "links are not followed");
}

#[tokio::test]
async fn r_git_01_nothing_is_written_through_or_over_what_is_no_file() {
    let server = odd().await;
    let before = server.head(REPOSITORY, "main");
    for path in
        ["link/x.yaml", "link/x/y.yaml", "module/x", "README.md/x", "link", "module", "apps"]
    {
        for change in [write(path, "x"), delete(path)] {
            let error = push(&server, vec![change]).await.unwrap_err();
            assert!(
                matches!(&error, PushError::Failed(Failure { cause: Cause::FileNotOurs, .. })),
                "{path} {error:?}"
            );
        }
    }
    assert_eq!(server.head(REPOSITORY, "main"), before);
}

#[tokio::test]
async fn r_git_01_paths_that_mean_something_else_are_refused_at_the_last_door() {
    let server = GitServer::with_repository().await;
    let before = server.head(REPOSITORY, "main");
    let url = server.url(REPOSITORY);
    let long = "a".repeat(256);
    for path in [
        "",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        "./a",
        ".git/config",
        "a/.GIT/hooks/x",
        "git~1/x",
        ".g\u{200c}it/config",
        "a\\b",
        "a\0b",
        "a\nb",
        " a",
        "C:/a",
        long.as_str(),
    ] {
        let error = push(&server, vec![write(path, "x")]).await.unwrap_err();
        assert!(matches!(error, PushError::Failed(_)), "{path:?}");
        let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
        assert!(checkout.file(path).is_err(), "{path:?}");
    }
    let twice = vec![write("x", "1"), write("x", "2")];
    assert!(matches!(push(&server, twice).await, Err(PushError::Failed(_))));
    let both = vec![write("x", "1"), write("x/y", "2")];
    assert!(matches!(push(&server, both).await, Err(PushError::Failed(_))));
    assert_eq!(server.head(REPOSITORY, "main"), before);
}

#[tokio::test]
async fn modes_stay_and_empty_folders_go() {
    let server = odd().await;
    let changes = vec![write("run.sh", "#!/bin/sh\nexit 1\n"), delete("apps/a.yaml")];
    push(&server, changes).await.unwrap();
    let tree =
        server.git(REPOSITORY, &["ls-tree", "-r", "-t", "--format=%(objectmode) %(path)", "main"]);
    assert_eq!(tree, "100644 README.md\n120000 link\n160000 module\n100755 run.sh");
    server.assert_sound(REPOSITORY);
}
