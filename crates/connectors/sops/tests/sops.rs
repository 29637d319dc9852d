//! SOPS files, read back by another implementation: the npm packages `sops-age` and
//! `age-encryption`, which `scripts/setup-tests.sh` installs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command, Stdio},
};

use domain::{
    AuthMethod, CredentialId, Name, Provider, Purpose, RepositoryId, Secret, Timestamp,
    credentials::{AllowedAddresses, Parameters, PatternKind, SecretMaterial},
    exports::{
        Consumer, CredentialFacts, DeliveryMethod, ExportFacts, ExportFields, ExportSettings,
        Recipient, RenderedObject, RepositoryFacts, SecretObject, Values, VaultFacts, render, yaml,
    },
    repositories::{RepositoryKind, Transport},
};
use serde_json::{Value, json};
use sops::{SopsError, encrypt};

const CANARY: &str = "canary-pässword \"'\\ {{ }}\n---\nno";

/// Runs `script` with `input` on its standard input.
fn node(script: &str, input: &Value) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../end2end");
    let mut child = Command::new("node")
        .args(["--input-type=module", "--eval", script])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the script failed; `make setup-tests` installs sops-age");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn key_pair() -> (String, Recipient) {
    let pair = node(
        "import { generateIdentity, identityToRecipient } from 'age-encryption';
         const secret = await generateIdentity();
         console.log(JSON.stringify({ secret, public: await identityToRecipient(secret) }));",
        &json!({}),
    );
    let text = |key: &str| pair[key].as_str().unwrap().to_owned();
    (text("secret"), Recipient::parse(&text("public")).unwrap())
}

/// Decrypts a file with `sops-age`, which binds each value to its key but does not look at the MAC.
fn decrypted(file: &str, secret: &str) -> Value {
    node(
        "import { decryptSops } from 'sops-age';
         import { text } from 'node:stream/consumers';
         const { file, secret } = JSON.parse(await text(process.stdin));
         const value = await decryptSops(file, { secretKey: secret, fileType: 'yaml' })
             .catch((error) => ({ error: String(error) }));
         console.log(JSON.stringify(value));",
        &json!({ "file": file, "secret": secret }),
    )
}

/// Whether the MAC of a file is right, by the words of getsops/sops `sops.go`: SHA-512 over all values
/// in the order of the document, encrypted under the time of the last change.
fn mac_is_right(file: &str, secret: &str) -> bool {
    let answer = node(
        r"import { Decrypter, armor } from 'age-encryption';
         import { parseDocument } from 'yaml';
         import { createHash, webcrypto } from 'node:crypto';
         import { text } from 'node:stream/consumers';
         const { file, secret } = JSON.parse(await text(process.stdin));
         const { sops } = parseDocument(file).toJS();
         const age = new Decrypter();
         age.addIdentity(secret);
         const dataKey = await age.decrypt(armor.decode(sops.age[0].enc));
         const key = await webcrypto.subtle.importKey('raw', dataKey, 'AES-GCM', false, ['decrypt']);
         const open = async (value, place) => {
             const part = (name) => Buffer.from(value.match(new RegExp(`${name}:([^,\\]]*)`))[1], 'base64');
             const sealed = Buffer.concat([part('data'), part('tag')]);
             const additionalData = new TextEncoder().encode(place);
             const how = { name: 'AES-GCM', iv: part('iv'), additionalData };
             return Buffer.from(await webcrypto.subtle.decrypt(how, key, sealed)).toString();
         };
         const digest = createHash('sha512');
         const walk = async (value, path) => {
             for (const [name, inner] of Object.entries(value)) {
                 if (path.length === 0 && name === 'sops') continue;
                 const here = [...path, name];
                 if (typeof inner === 'object') await walk(inner, here);
                 else if (inner.startsWith('ENC[')) digest.update(await open(inner, here.join(':') + ':'));
                 else digest.update(inner);
             }
         };
         await walk(parseDocument(file).toJS(), []);
         const told = await open(sops.mac, sops.lastmodified);
         console.log(JSON.stringify(told === digest.digest('hex').toUpperCase()));",
        &json!({ "file": file, "secret": secret }),
    );
    answer == json!(true)
}

/// An export about a credential of ghcr.io and a repository that uses it.
fn export(consumer: Consumer, material: Option<SecretMaterial>) -> (ExportFields, ExportFacts) {
    let credential = CredentialFacts {
        id: CredentialId::new(),
        name: "ghcr".into(),
        provider: Provider::Ghcr,
        shape: AuthMethod::Password,
        username: USER.into(),
        parameters: Parameters::default(),
        purposes: vec![Purpose::Image, Purpose::Helm],
        pattern: String::new(),
        pattern_kind: PatternKind::None,
        path: "orgs/o/credentials/c".into(),
        vault_version: 3,
        addresses: vec!["oci://ghcr.io/acme/charts".into()],
        is_shared: false,
        allowed: AllowedAddresses::new(Provider::Ghcr, []),
        material,
    };
    let repository = RepositoryFacts {
        charts: Vec::new(),
        only: None,
        archives: Vec::new(),
        id: RepositoryId::new(),
        name: "charts".into(),
        kind: RepositoryKind::Oci,
        url: "oci://ghcr.io/acme/charts".into(),
        transport: Transport::Tls,
        ca: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".into(),
        credential: Some(credential.id),
        interval_seconds: 900,
    };
    let fields = ExportFields {
        name: Name::parse("prod").unwrap(),
        consumer,
        carrier: DeliveryMethod::Sops,
        credentials: vec![credential.id],
        repositories: vec![repository.id],
        agreed: BTreeMap::new(),
        settings: ExportSettings {
            namespace: "kargo-demo".into(),
            to_namespaces: "dev,staging".into(),
            ..ExportSettings::default()
        },
    };
    let vault = VaultFacts { mount: "secret".into(), namespace: String::new() };
    let repositories = vec![repository];
    (fields, ExportFacts { credentials: vec![credential], repositories, vault })
}

fn secret(material: Option<SecretMaterial>) -> SecretObject {
    let (fields, facts) = export(Consumer::Kargo, material);
    let rendered = render(&fields, &facts, Values::Carried);
    let object = rendered.files.into_iter().flat_map(|file| file.objects).next().unwrap();
    let RenderedObject::Secret(secret) = object else { panic!("an open object") };
    secret
}

fn whole() -> SecretObject {
    secret(Some(content()))
}

fn content() -> SecretMaterial {
    let password = Secret::new(CANARY.into());
    SecretMaterial::Password { username: USER.into(), password }
}

const USER: &str = "ada-lovelace-canary";
const NOW: i64 = 1_795_000_000_123;

#[test]
fn another_implementation_reads_the_file_and_finds_the_mac_right() {
    let (first, to_first) = key_pair();
    let (second, to_second) = key_pair();
    let object = whole();
    let file = encrypt(&object, &[to_first, to_second], Timestamp::from_millis(NOW)).unwrap();
    for key in [&first, &second] {
        let value = decrypted(&file, key);
        assert_eq!(value["stringData"]["password"], CANARY, "{value}");
        assert_eq!(value["stringData"]["username"], USER);
        assert_eq!(value["metadata"]["name"], object.name());
    }
    let stranger = decrypted(&file, &key_pair().0);
    assert!(stranger["error"].is_string(), "{stranger}");
}

/// `sops` takes the documents of a file for one tree: one data key and one MAC for all of them.
#[test]
fn every_file_of_an_export_is_decrypted_as_a_whole() {
    let (key, recipient) = key_pair();
    for (consumer, count) in
        [(Consumer::Carvel, 1), (Consumer::Kargo, 2), (Consumer::Flux, 1), (Consumer::ArgoCd, 1)]
    {
        let (fields, facts) = export(consumer, Some(content()));
        let mut sealed = 0;
        for file in render(&fields, &facts, Values::Carried).files {
            let secret = file.objects.iter().find_map(|object| match object {
                RenderedObject::Secret(secret) => Some(secret),
                RenderedObject::Open(_) => None,
            });
            let Some(secret) = secret else { continue };
            assert_eq!(file.objects.len(), 1, "{consumer:?}: {}", file.path);
            let text = encrypt(secret, &[recipient], Timestamp::from_millis(NOW)).unwrap();
            let value = decrypted(&text, &key);
            for (name, expected) in secret.values() {
                assert_eq!(value["stringData"][name], expected, "{}: {value}", file.path);
            }
            assert!(mac_is_right(&text, &key), "{}", file.path);
            sealed += 1;
        }
        assert_eq!(sealed, count, "{consumer:?}");
    }
}

#[test]
fn a_file_that_was_changed_is_noticed() {
    let (key, recipient) = key_pair();
    let file = encrypt(&whole(), &[recipient], Timestamp::from_millis(NOW)).unwrap();
    assert!(mac_is_right(&file, &key));
    // An open value is part of the MAC.
    let elsewhere = file.replace("namespace: kargo-demo", "namespace: kargo-evil");
    assert!(elsewhere != file && !mac_is_right(&elsewhere, &key));
    // A value is bound to its key.
    let renamed = file.replace("  username:", "  somebody:");
    assert!(renamed != file && decrypted(&renamed, &key)["error"].is_string());
}

#[test]
fn r_git_03_nothing_of_the_values_stands_in_the_file() {
    let (_, recipient) = key_pair();
    let object = whole();
    let now = Timestamp::from_millis(NOW);
    let file = encrypt(&object, &[recipient], now).unwrap();
    assert!(
        !file.contains("canary") && !file.contains(USER) && !file.contains("lovelace"),
        "{file}"
    );
    assert!(file.contains("encrypted_regex: ^(data|stringData)$"), "{file}");
    assert!(file.contains("lastmodified: \"2026-11-18T11:06:40Z\""), "{file}");
    assert!(file.starts_with("apiVersion: v1\nkind: Secret\nmetadata:\n  name: "));
    // What is open stands as in the preview.
    let open = yaml(&object.open());
    assert!(file.starts_with(&open), "{file}");
    assert_ne!(encrypt(&object, &[recipient], now).unwrap(), file, "nonces are random");
}

#[test]
fn a_preview_is_not_encrypted_and_nobody_is_no_recipient() {
    let (_, recipient) = key_pair();
    let now = Timestamp::from_millis(NOW);
    assert!(matches!(encrypt(&secret(None), &[recipient], now), Err(SopsError::Preview)));
    assert!(matches!(encrypt(&whole(), &[], now), Err(SopsError::NoRecipient)));
}
