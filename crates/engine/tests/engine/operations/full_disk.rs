//! One disk for everything, and it is full: nothing that was stored is lost, and no credential changes
//! its state; when there is room again, everything goes on.

use std::{sync::Arc, time::Duration};

use domain::{ServiceError, credentials::CredentialState, service::Credentials};
use egress::{AllowList, Outbound};
use engine::{Clock, Engine, ManualClock, SystemClock};
use registries::Registries;
use storage::Db;
use vault::{
    Vault,
    managed::{LOG_BYTES, Managed, ManagedConfig},
};

use testkit::small_disk::SmallDisk;

use crate::env::{
    TestEnv,
    fault_injection::DEADLINE,
    forms::{change, new},
    login_of, told,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_full_disk_loses_nothing_and_changes_no_state() {
    let disk = SmallDisk::mount("192m");
    let (binary, folder) = (told("HAWSER_TEST_BAO").into(), disk.path().join("openbao"));
    let bao = Managed::start(ManagedConfig { binary, folder, log_bytes: LOG_BYTES }).await.unwrap();
    let vault = Vault::connect(bao.vault_config()).await.unwrap();
    let db = Db::open(&format!("sqlite://{}/hawser.db", disk.path().display())).await.unwrap();
    let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let engine = Engine::new(db.clone(), vault, Registries::new(outbound), shared).await.unwrap();
    let principal = TestEnv::organization(&db, "One").await;
    let id = Credentials::create(&engine, &principal, new("ghcr", "stored 0")).await.unwrap().id;

    disk.fill();
    // What may count in the end: the last that was saved, and what is being checked since.
    let mut possible = vec!["stored 0".to_owned()];
    let mut failed = 0;
    for round in 1..=8 {
        let password = format!("stored {round}");
        let Ok(detail) = Credentials::get(&engine, &principal, id).await else { break };
        match Credentials::update(&engine, &principal, change(&detail, &password)).await {
            Ok(_) => possible = vec![password],
            Err(ServiceError::BeingChecked) => {
                possible.push(password);
                failed += 1;
            }
            Err(
                ServiceError::NeedsOperator { .. }
                | ServiceError::Unavailable { .. }
                | ServiceError::UnderWay,
            ) => failed += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(failed > 0, "the disk of the test is full");
    let state = Credentials::get(&engine, &principal, id).await.unwrap().state;
    assert!(matches!(state, CredentialState::Active | CredentialState::Updating), "{state:?}");

    disk.free();
    let mut ready = false;
    for _ in 0..600 {
        ready = engine.database_ready().await.is_ok() && engine.vault_ready().await.is_ok();
        if ready {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(ready, "both go on without a restart of Hawser");
    clock.advance(DEADLINE);
    // A Vault that failed in a row is left alone for a moment, by the recovery too.
    let scope = storage::Scope::of(&principal.may(domain::Action::View).unwrap());
    let mut read = None;
    for _ in 0..100 {
        engine.recover_operations().await.unwrap();
        read = engine.secret_for_use(scope, id, &crate::env::by_hawser()).await.ok();
        let state = Credentials::get(&engine, &principal, id).await.unwrap().state;
        if read.is_some() && state == CredentialState::Active {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let detail = Credentials::get(&engine, &principal, id).await.unwrap();
    assert_eq!(detail.state, CredentialState::Active);
    let (_, password) = login_of(&read.unwrap());
    assert!(possible.contains(&password), "{password} of {possible:?}");
    Credentials::update(&engine, &principal, change(&detail, "afterwards")).await.unwrap();
    let (_, password) =
        login_of(&engine.secret_for_use(scope, id, &crate::env::by_hawser()).await.unwrap());
    assert_eq!(password, "afterwards");
    bao.stop().await;
}
