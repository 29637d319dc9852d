//! Repositories that hold far more than Hawser needs of them, with a real Git server.

use domain::Cause;
use git_http::{Checkout, Limits, PushError, blob_id};

use testkit::git_server::{Bridge, GitServer, branch, commit, delete, limited, login, write};

const REPOSITORY: &str = "acme/gitops";
/// Bytes of the files that are nobody's business here.
const LARGE: usize = 50 * 1024 * 1024;
/// The most bytes that all answers for one push and one preview of it may have.
const SMALL: usize = 16 * 1024;

/// A repository with fifty files that nothing can compress.
async fn large() -> GitServer {
    let server = GitServer::with_repository().await;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = |bytes: usize| {
        let mut noise = Vec::with_capacity(bytes);
        while noise.len() < bytes {
            // Xorshift, by George Marsaglia.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            noise.extend_from_slice(&state.to_le_bytes());
        }
        noise
    };
    let files: Vec<_> = (0..50).map(|n| (format!("media/{n}.bin"), noise(LARGE / 50))).collect();
    let files: Vec<_> = files.iter().map(|(path, noise)| (path.as_str(), noise)).collect();
    server.commit(REPOSITORY, "main", &files);
    server
}

async fn open(server: &GitServer) -> Checkout {
    let url = server.url(REPOSITORY);
    server.client().open(&url, &login(), &branch("main"), None).await.unwrap()
}

/// What a file holds.
async fn content(checkout: &Checkout, path: &str) -> String {
    let file = checkout.file(path).unwrap().unwrap();
    let mut contents = checkout.contents(&[&file]).await.unwrap();
    String::from_utf8(contents.remove(&file.blob).unwrap()).unwrap()
}

fn fetches(server: &GitServer) -> usize {
    server.seen().iter().filter(|seen| seen.starts_with("POST") && seen.contains("upload")).count()
}

/// Pushes one commit and looks that it changes what it was to change, and nothing else.
async fn push_keeps_the_rest(server: &GitServer, checkout: Checkout) {
    let before = server.head(REPOSITORY, "main");
    let changes =
        vec![write("apps/a.yaml", "a: 2\n"), write("apps/b/c.yaml", "c: 1\n"), delete("README.md")];
    let pushed = checkout.push(commit(changes), &branch("main")).await.unwrap();
    assert_eq!(server.head(REPOSITORY, "main"), pushed.commit);
    server.assert_sound(REPOSITORY);
    let lines = server.git(REPOSITORY, &["diff", "--stat", &before, &pushed.commit]);
    assert_eq!(
        lines.lines().map(str::trim).collect::<Vec<_>>(),
        [
            "README.md     | 1 -",
            "apps/a.yaml   | 2 +-",
            "apps/b/c.yaml | 1 +",
            "3 files changed, 2 insertions(+), 2 deletions(-)",
        ]
    );
    let count = server.git(REPOSITORY, &["ls-tree", "-r", "--name-only", &pushed.commit]);
    assert_eq!(count.lines().count(), 52);
}

#[tokio::test]
async fn a_large_repository_is_as_cheap_as_its_trees() {
    let server = large().await;
    let checkout = open(&server).await;
    let file = checkout.file("apps/a.yaml").unwrap().unwrap();
    assert_eq!(file.blob, blob_id(b"a: 1\n"));
    assert_eq!(fetches(&server), 1, "ids are enough to compare");

    let readme = checkout.file("README.md").unwrap().unwrap();
    let mut contents = checkout.contents(&[&file, &readme]).await.unwrap();
    assert_eq!(contents.remove(&file.blob).unwrap(), b"a: 1\n");
    assert_eq!(contents.remove(&readme.blob).unwrap(), b"hello\n");
    assert!(contents.is_empty());
    assert_eq!(fetches(&server), 2, "all files come at once");

    push_keeps_the_rest(&server, checkout).await;
    assert!(server.sent() < SMALL, "{} bytes were received", server.sent());
}

#[tokio::test]
async fn a_server_that_leaves_nothing_out_works_as_well() {
    let server = large().await;
    server.leaves_nothing_out(REPOSITORY);
    let checkout = open(&server).await;
    assert!(server.sent() > LARGE);
    assert_eq!(content(&checkout, "apps/a.yaml").await, "a: 1\n");
    assert_eq!(fetches(&server), 1, "what is here is not fetched again");
    push_keeps_the_rest(&server, checkout).await;
}

#[tokio::test]
async fn a_filter_that_is_told_and_not_allowed_is_done_without() {
    let server = GitServer::with_repository().await;
    server.git(REPOSITORY, &["config", "uploadpackfilter.allow", "false"]);
    let checkout = open(&server).await;
    assert_eq!(fetches(&server), 2, "one is refused");
    assert_eq!(content(&checkout, "apps/a.yaml").await, "a: 1\n");
    assert_eq!(fetches(&server), 2);
    checkout.push(commit(vec![write("x", "x")]), &branch("main")).await.unwrap();
    server.assert_sound(REPOSITORY);
}

#[tokio::test]
async fn a_server_that_knows_only_commits_sends_all_of_one() {
    let server = GitServer::with_repository().await;
    server.bridge(Bridge::KnowsCommitsOnly);
    let checkout = open(&server).await;
    assert_eq!(content(&checkout, "apps/a.yaml").await, "a: 1\n");
    assert_eq!(fetches(&server), 3, "trees, a file by its id, everything");
    checkout.push(commit(vec![write("x", "x")]), &branch("main")).await.unwrap();
    server.assert_sound(REPOSITORY);
}

#[tokio::test]
async fn files_count_against_the_limits_when_they_come() {
    let server = GitServer::with_repository().await;
    let noise: String = (0..10_000_u32).map(|n| blob_id(&n.to_be_bytes())).collect();
    server.commit(REPOSITORY, "main", &[("noise.txt", &noise)]);
    let small = Limits { pack: 64 * 1024, ..Limits::default() };
    let client = limited(&server.authority, small);
    let url = server.url(REPOSITORY);
    let checkout = client.open(&url, &login(), &branch("main"), None).await.unwrap();
    let file = checkout.file("noise.txt").unwrap().unwrap();
    let failure = checkout.contents(&[&file]).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RepositoryTooLarge);
    assert_eq!(content(&checkout, "README.md").await, "hello\n", "others are still read");
}

#[tokio::test]
async fn a_file_of_more_than_eight_mebibytes_is_left_out() {
    let server = GitServer::with_repository().await;
    let zeros = |bytes: usize| "0".repeat(bytes);
    let most = 8 * 1024 * 1024;
    server.commit(REPOSITORY, "main", &[("most", zeros(most)), ("more", zeros(most + 1))]);
    for setting in ["true", "false"] {
        server.git(REPOSITORY, &["config", "uploadpack.allowFilter", setting]);
        let checkout = open(&server).await;
        let [most, more] = ["most", "more"].map(|path| checkout.file(path).unwrap().unwrap());
        let contents = checkout.contents(&[&most, &more]).await.unwrap();
        assert_eq!(contents.keys().collect::<Vec<_>>(), [&most.blob]);
    }
}

#[tokio::test]
async fn r_git_04_what_is_pushed_is_one_commit_whatever_was_left_out() {
    for allowed in ["true", "false"] {
        let server = GitServer::with_repository().await;
        server.git(REPOSITORY, &["config", "uploadpack.allowFilter", allowed]);
        let change = || commit(vec![write("apps/a.yaml", "a: 2\n")]);
        server.bridge(Bridge::Races);
        let raced = open(&server).await.push(change(), &branch("main")).await.unwrap_err();
        assert!(matches!(raced, PushError::Moved), "{raced:?}");
        server.bridge(Bridge::CutsPushes);
        let lost = open(&server).await.push(change(), &branch("main")).await.unwrap_err();
        assert!(matches!(lost, PushError::Unknown(_)), "{lost:?}");
        server.bridge(Bridge::Honest);
        let again = open(&server).await;
        assert_eq!(content(&again, "apps/a.yaml").await, "a: 2\n");
        let pushed = again.push(change(), &branch("main")).await.unwrap();
        assert_eq!(pushed.commit, server.head(REPOSITORY, "main"));
        // The first, that of the race, and ours.
        assert_eq!(server.git(REPOSITORY, &["rev-list", "--count", "main"]), "3");
        assert_eq!(server.git(REPOSITORY, &["show", "main:race.txt"]), "first");
        server.assert_sound(REPOSITORY);
    }
}
