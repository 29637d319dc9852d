//! A Vault of the operator's own that is set up wrongly: each mistake is named.

use vault::{
    CheckResult, CheckStep, Distrust, Right, Unavailable, Vault, VaultConfig, VaultError, policy,
};

use testkit::own_vault::OwnVault;

use crate::{
    authority::{Authority, Identity},
    vault::{binary, place, sealed},
};

async fn wrong(config: VaultConfig) -> Vec<(CheckStep, String)> {
    let vault = Vault::connect(config).await.unwrap();
    let found = vault.examine().await;
    found.wrong().map(|finding| (finding.look, finding.detail.clone())).collect()
}

/// The one thing that is wrong.
async fn mistake(config: VaultConfig) -> (CheckStep, String) {
    let mut wrong = wrong(config).await;
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    wrong.remove(0)
}

#[tokio::test]
async fn the_policy_that_is_printed_suffices_and_is_not_too_much() {
    for (mount, in_namespace) in [("secret", false), ("team/kv", true)] {
        let own = OwnVault::start(&binary());
        let own = if in_namespace { own.in_namespace("platform") } else { own };
        own.store(mount, 2);
        own.policy(&policy(mount));
        let vault = Vault::connect(own.config(mount)).await.unwrap();
        let found = vault.examine().await;
        for finding in &found.findings {
            assert_eq!(finding.verdict, CheckResult::Fine, "{finding:?}");
        }
        assert_eq!(found.findings.len(), 4 + Right::ALL.len() + 1);
        assert!(found.seconds.is_some());

        // What Hawser does all day works, and nothing of the probe stays.
        let path = place();
        assert_eq!(vault.write(&path, 0, &sealed(&path, "one")).await, Ok(1));
        assert_eq!(vault.write(&path, 1, &sealed(&path, "two")).await, Ok(2));
        assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "one");
        assert_eq!(vault.newest(&path).await.unwrap().unwrap().version, 2);
        assert_eq!(vault.versions(&path).await, Ok(vec![1, 2]));
        assert_eq!(vault.kept(&path).await, Ok(10));
        assert_eq!(vault.list_credentials(path.organization).await, Ok(vec![path.credential]));
        vault.destroy_version(&path, 1).await.unwrap();
        vault.destroy_all(&path).await.unwrap();
        assert_eq!(own.listed(mount, "orgs/"), "", "nothing stays");
    }
}

#[tokio::test]
async fn each_right_that_is_lacking_is_named() {
    let own = OwnVault::start(&binary());
    own.store("secret", 2);
    own.policy(&policy("secret"));
    let config = own.config("secret");
    let vault = Vault::connect(config.clone()).await.unwrap();
    let path = place();
    assert_eq!(vault.write(&path, 0, &sealed(&path, "one")).await, Ok(1));
    for right in Right::ALL {
        let mut rules: Vec<String> = Vec::new();
        for other in Right::ALL.into_iter().filter(|other| *other != right) {
            let path = format!("secret/{}", other.path());
            // Of one path the last rule would count, so its rights are put together.
            let all: Vec<_> = Right::ALL
                .into_iter()
                .filter(|one| *one != right && one.path() == other.path())
                .flat_map(|one| one.capabilities().iter().map(|one| format!("\"{one}\"")))
                .collect();
            let rule = format!("path \"{path}\" {{ capabilities = [{}] }}\n", all.join(", "));
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        own.policy(&rules.concat());
        let (look, detail) = mistake(config.clone()).await;
        assert_eq!(look, CheckStep::Right(right), "{detail}");
        let lacking = format!("secret/{}", right.path());
        assert!(detail.contains(&lacking), "{detail}");
        for capability in right.capabilities() {
            assert!(detail.contains(&format!("\"{capability}\"")), "{detail}");
        }

        // The use itself says it too, and changes nothing.
        let forbidden = VaultError::Forbidden(right);
        match right {
            Right::WriteSecrets => {
                assert_eq!(vault.write(&path, 1, &sealed(&path, "x")).await, Err(forbidden));
            }
            Right::ReadSecrets => assert_eq!(vault.read(&path, 1).await.unwrap_err(), forbidden),
            Right::ReadMetadata => assert_eq!(vault.versions(&path).await, Err(forbidden)),
            Right::ListSecrets => {
                assert_eq!(vault.list_credentials(path.organization).await, Err(forbidden));
            }
            Right::DestroyVersions => {
                assert_eq!(vault.destroy_version(&path, 1).await, Err(forbidden));
            }
            Right::DestroySecrets => assert_eq!(vault.destroy_all(&path).await, Err(forbidden)),
            Right::ReadConfig => assert_eq!(vault.ready().await, Err(forbidden)),
        }
        own.policy(&policy("secret"));
        assert_eq!(vault.read(&path, 1).await.unwrap().password.expose(), "one");
    }
}

#[tokio::test]
async fn rights_that_are_too_great_are_named() {
    let own = OwnVault::start(&binary());
    own.store("secret", 2);
    let greater = [
        ("path \"secret/*\" { capabilities = [\"create\", \"read\"] }", "secret/data/probe"),
        ("path \"sys/policies/acl/*\" { capabilities = [\"update\"] }", "sys/policies/acl/probe"),
        ("path \"auth/token/create\" { capabilities = [\"update\"] }", "auth/token/create"),
    ];
    for (rule, named) in greater {
        own.policy(&format!("{}{rule}\n", policy("secret")));
        let vault = Vault::connect(own.config("secret")).await.unwrap();
        let found = vault.examine().await;
        assert_eq!(found.wrong().count(), 0);
        let doubtful: Vec<_> =
            found.findings.iter().filter(|one| one.verdict == CheckResult::Doubtful).collect();
        assert_eq!(doubtful.len(), 1, "{doubtful:?}");
        assert!(doubtful[0].detail.contains(named), "{}", doubtful[0].detail);
    }
}

#[tokio::test]
async fn wrong_places_and_logins_are_named() {
    let own = OwnVault::start(&binary());
    own.store("secret", 2);
    own.store("old", 1);
    own.policy(&format!("{}{}", policy("secret"), policy("old")));
    let config = own.config("secret");

    let (look, detail) = mistake(VaultConfig { mount: "secrets".into(), ..config.clone() }).await;
    assert_eq!(look, CheckStep::Store);
    assert!(detail.contains("secrets does not exist"), "{detail}");
    let (look, detail) = mistake(VaultConfig { mount: "old".into(), ..config.clone() }).await;
    assert_eq!(look, CheckStep::Store);
    assert!(detail.contains("version 2"), "{detail}");

    let other = VaultConfig { approle_mount: "robots".into(), ..config.clone() };
    let (look, detail) = mistake(other).await;
    assert_eq!(look, CheckStep::Login);
    assert!(detail.contains("auth/robots"), "{detail}");
    let other = VaultConfig { namespace: Some("nowhere".into()), ..config.clone() };
    let (look, detail) = mistake(other).await;
    assert_eq!(look, CheckStep::Login);
    assert!(detail.contains("no such namespace") && detail.contains("nowhere"), "{detail}");
    std::fs::write(&config.secret_id, "not the secret id").unwrap();
    let (look, detail) = mistake(config.clone()).await;
    assert_eq!(look, CheckStep::Login);
    assert!(detail.contains("secret id is wrong"), "{detail}");
    std::fs::remove_file(&config.secret_id).unwrap();
    let (look, detail) = mistake(config.clone()).await;
    assert_eq!(look, CheckStep::Login);
    assert!(detail.contains("file with the secret id cannot be read"), "{detail}");

    own.seal();
    let (look, detail) = mistake(config.clone()).await;
    assert_eq!(look, CheckStep::Seal);
    assert!(detail.contains("sealed"), "{detail}");
    std::fs::write(&config.secret_id, "x").unwrap();
    let vault = Vault::connect(config).await.unwrap();
    assert_eq!(vault.ready().await, Err(VaultError::Unavailable(Unavailable::Sealed)));
    own.unseal();
}

#[tokio::test]
async fn what_is_wrong_with_tls_is_named() {
    let own = OwnVault::start(&binary());
    own.store("secret", 2);
    own.policy(&policy("secret"));
    let config = own.config("secret");
    let plain = format!("127.0.0.1:{}", own.port);
    let (ours, other) = (Authority::new("ours"), Authority::new("another"));
    let speaks = async |identity: Identity| {
        format!("https://{}", identity.in_front_of(&plain).await).parse().unwrap()
    };
    let right = VaultConfig {
        address: speaks(ours.sign("localhost")).await,
        ca_pem: Some(ours.pem().into_bytes()),
        ..config.clone()
    };
    assert_eq!(wrong(right.clone()).await, []);

    let expected = [
        (VaultConfig { ca_pem: None, ..right.clone() }, Distrust::Authority, "no CA file"),
        (
            VaultConfig { ca_pem: Some(other.pem().into_bytes()), ..right.clone() },
            Distrust::Authority,
            "another authority",
        ),
        (
            VaultConfig { address: speaks(ours.sign("vault.example")).await, ..right.clone() },
            Distrust::Name,
            "another host name",
        ),
        (
            VaultConfig {
                address: speaks(ours.sign_until("localhost", 2021)).await,
                ..right.clone()
            },
            Distrust::Expired,
            "expired",
        ),
    ];
    for (config, distrust, said) in expected {
        let vault = Vault::connect(config.clone()).await.unwrap();
        let why = Unavailable::Certificate(distrust);
        assert_eq!(vault.ready().await, Err(VaultError::Unavailable(why)));
        let (look, detail) = mistake(config).await;
        assert_eq!(look, CheckStep::Connection);
        assert!(detail.contains(said), "{detail}");
    }

    let address = format!("https://{plain}").parse().unwrap();
    let (look, detail) = mistake(VaultConfig { address, ..right.clone() }).await;
    assert_eq!(look, CheckStep::Connection);
    assert!(detail.contains("does not speak TLS"), "{detail}");
    let address = "https://no-such-host.invalid:8200".parse().unwrap();
    let (look, detail) = mistake(VaultConfig { address, ..right }).await;
    assert_eq!(look, CheckStep::Connection);
    assert!(detail.contains("name of its host"), "{detail}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("http://{closed}").parse().unwrap();
    let (look, detail) = mistake(VaultConfig { address, ..config }).await;
    assert_eq!(look, CheckStep::Connection);
    assert!(detail.contains("no connection"), "{detail}");
}
