//! Connecting by a code that is typed at GitHub.

use std::time::Duration;

use domain::{
    Principal, Secret,
    gitops::{DeviceForm, DeviceProgress, GitAccountMethod},
    service::{Answer, GitAccounts},
};

use testkit::github_stub::Device;

use crate::{
    env::{TestEnv, on_both},
    git_accounts::replica::{Replica, sentence},
};

on_both!(a_typed_code_connects, r_oauth_02_a_code_belongs_to_the_person_who_asked);

async fn poll(replica: &Replica, principal: &Principal, device: &Secret) -> Answer<DeviceProgress> {
    let form = DeviceForm { device: device.clone() };
    GitAccounts::poll_device(&replica.engine, principal, form).await
}

async fn a_typed_code_connects(env: TestEnv) {
    let replica = Replica::new(env).await;
    let start = GitAccounts::begin_device(&replica.engine, &replica.ada).await.unwrap();
    assert_eq!(start.user_code, "WDJB-MJHT");
    for (device, progress) in [
        (Device::Pending, DeviceProgress::Pending { interval: 5 }),
        (Device::SlowDown, DeviceProgress::Pending { interval: 10 }),
        (Device::Refused, DeviceProgress::Refused),
        (Device::Expired, DeviceProgress::Expired),
    ] {
        replica.stub.device(device);
        assert_eq!(poll(&replica, &replica.ada, &start.device).await, Ok(progress));
    }
    replica.stub.device(Device::Agreed);
    let done = poll(&replica, &replica.ada, &start.device).await.unwrap();
    let listed = replica.list(&replica.ada).await;
    assert_eq!(done, DeviceProgress::Connected(listed[0].credential));
    assert_eq!(listed[0].way, GitAccountMethod::Device);
    let again = sentence(poll(&replica, &replica.ada, &start.device).await);
    assert!(again.contains("it was used"), "{again}");
    let start = GitAccounts::begin_device(&replica.engine, &replica.ada).await.unwrap();
    replica.clock.advance(Duration::from_mins(15));
    assert_eq!(poll(&replica, &replica.ada, &start.device).await, Ok(DeviceProgress::Expired));
}

async fn r_oauth_02_a_code_belongs_to_the_person_who_asked(env: TestEnv) {
    let replica = Replica::new(env).await;
    let start = GitAccounts::begin_device(&replica.engine, &replica.ada).await.unwrap();
    replica.stub.device(Device::Agreed);
    let (ends, rest) = start.device.expose().split_once('.').unwrap();
    let longer = format!("{}.{rest}", ends.parse::<i64>().unwrap() + 60_000);
    let bare = rest.rsplit('.').next().unwrap();
    for kept in [longer.as_str(), bare, "", "..", "1.00.device0001canary"] {
        let refused = sentence(poll(&replica, &replica.ada, &Secret::new(kept.to_owned())).await);
        assert!(refused.contains("asked for in another browser"), "{refused}");
    }
    let refused = sentence(poll(&replica, &replica.bob, &start.device).await);
    assert!(refused.contains("by somebody else"), "{refused}");
    assert!(replica.stub.living().is_empty());
}
