//! Connecting by a code that is typed at GitHub.

use std::time::Duration;

use domain::{
    Actor, Secret,
    gitops::{ConnectionWay, DeviceForm, DeviceProgress},
    service::{Answer, GitConnections},
};

use testkit::github_stub::Device;

use crate::{
    git_connections::side::{Side, sentence},
    world::{World, on_both},
};

on_both!(a_typed_code_connects, r_oauth_02_a_code_belongs_to_the_person_who_asked);

async fn poll(side: &Side, actor: &Actor, device: &Secret) -> Answer<DeviceProgress> {
    let form = DeviceForm { device: device.clone() };
    GitConnections::poll_device(&side.engine, actor, form).await
}

async fn a_typed_code_connects(world: World) {
    let side = Side::new(world).await;
    let start = GitConnections::begin_device(&side.engine, &side.ada).await.unwrap();
    assert_eq!(start.user_code, "WDJB-MJHT");
    for (device, progress) in [
        (Device::Pending, DeviceProgress::Pending { interval: 5 }),
        (Device::SlowDown, DeviceProgress::Pending { interval: 10 }),
        (Device::Refused, DeviceProgress::Refused),
        (Device::Expired, DeviceProgress::Expired),
    ] {
        side.stub.device(device);
        assert_eq!(poll(&side, &side.ada, &start.device).await, Ok(progress));
    }
    side.stub.device(Device::Agreed);
    let done = poll(&side, &side.ada, &start.device).await.unwrap();
    let listed = side.list(&side.ada).await;
    assert_eq!(done, DeviceProgress::Connected(listed[0].credential));
    assert_eq!(listed[0].way, ConnectionWay::Device);
    let again = sentence(poll(&side, &side.ada, &start.device).await);
    assert!(again.contains("it was used"), "{again}");
    let start = GitConnections::begin_device(&side.engine, &side.ada).await.unwrap();
    side.clock.advance(Duration::from_mins(15));
    assert_eq!(poll(&side, &side.ada, &start.device).await, Ok(DeviceProgress::Expired));
}

async fn r_oauth_02_a_code_belongs_to_the_person_who_asked(world: World) {
    let side = Side::new(world).await;
    let start = GitConnections::begin_device(&side.engine, &side.ada).await.unwrap();
    side.stub.device(Device::Agreed);
    let (ends, rest) = start.device.expose().split_once('.').unwrap();
    let longer = format!("{}.{rest}", ends.parse::<i64>().unwrap() + 60_000);
    let bare = rest.rsplit('.').next().unwrap();
    for kept in [longer.as_str(), bare, "", "..", "1.00.device0001canary"] {
        let refused = sentence(poll(&side, &side.ada, &Secret::new(kept.to_owned())).await);
        assert!(refused.contains("asked for in another browser"), "{refused}");
    }
    let refused = sentence(poll(&side, &side.bob, &start.device).await);
    assert!(refused.contains("by somebody else"), "{refused}");
    assert!(side.stub.living().is_empty());
}
