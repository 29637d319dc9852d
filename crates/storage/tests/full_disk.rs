//! A disk that is full, and then is not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use storage::{Db, settings};
use testkit::small_disk::SmallDisk;

async fn open(disk: &SmallDisk) -> Db {
    Db::open(&format!("sqlite://{}/hawser.db", disk.path().display())).await.unwrap()
}

#[tokio::test]
async fn f17_a_disk_that_was_full_is_written_again_without_a_restart() {
    let disk = SmallDisk::mount("3m");
    let db = open(&disk).await;
    db.ready().await.unwrap();
    disk.fill();
    let mut refused = 0;
    for round in 0..20 {
        // One page after the other goes into what the log had room for.
        if let Err(error) =
            settings::get_or_insert(&db, &format!("key {round}"), &"x".repeat(9_000)).await
        {
            assert!(error.is_unavailable() && error.is_unwritable(), "{error:?}");
            refused += 1;
        }
        if let Err(error) = db.ready().await {
            assert!(error.is_unavailable() && error.is_unwritable(), "{error:?}");
            refused += 1;
        }
    }
    assert!(refused > 0, "the disk of the test is full");
    disk.free();
    db.ready().await.unwrap();
    assert_eq!(settings::get_or_insert(&db, "after", "kept").await.unwrap(), "kept");
    db.close().await;
    assert_eq!(settings::get_or_insert(&open(&disk).await, "after", "lost").await.unwrap(), "kept");
}

#[tokio::test]
async fn f17_a_transaction_larger_than_the_disk_leaves_a_clean_connection() {
    let disk = SmallDisk::mount("4m");
    let db = open(&disk).await;
    // Larger than SQLite's cache, so that it fails in the middle and not at the end.
    let large = "x".repeat(8 << 20);
    for _ in 0..3 {
        let error = settings::get_or_insert(&db, "large", &large).await.unwrap_err();
        assert!(error.is_unwritable(), "{error:?}");
        assert_eq!(settings::get_or_insert(&db, "small", "kept").await.unwrap(), "kept");
        db.ready().await.unwrap();
    }
}
