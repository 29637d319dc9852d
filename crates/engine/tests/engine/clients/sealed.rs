//! sops decrypts every file that an export encrypts, and checks its MAC.

use domain::{
    Timestamp,
    exports::{Consumer, DeliveryMethod, Recipient, RenderedObject, Values, render},
};
use serde_json::Value;
use sops::encrypt;

use crate::clients::program::Shell;

/// The key pair of age's own test suite (github.com/C2SP/CCTV, "age"); nothing real is encrypted to it.
pub const IDENTITY: &str =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

#[test]
fn sops_decrypts_every_encrypted_export() {
    let recipient = Recipient::parse(testkit::export_facts::RECIPIENT).unwrap();
    let shell = Shell::new();
    let mut sealed = Vec::new();
    for credential in testkit::export_facts::every_credential() {
        let facts = testkit::export_facts::facts(credential);
        for consumer in Consumer::ALL {
            if !consumer.facts().carriers.contains(&DeliveryMethod::Sops) {
                continue;
            }
            let fields = testkit::export_facts::fields(consumer, DeliveryMethod::Sops, &facts);
            for object in render(&fields, &facts, Values::Carried)
                .files
                .into_iter()
                .flat_map(|file| file.objects)
            {
                let RenderedObject::Secret(secret) = object else { continue };
                let file =
                    encrypt(&secret, &[recipient], Timestamp::from_millis(1_790_000_000_000));
                shell.write(&format!("{}.sops.yaml", sealed.len()), &file.unwrap());
                sealed.push(secret);
            }
        }
    }
    assert!(sealed.len() > 100, "{}", sealed.len());
    shell.does(
        "set -e; for file in *.sops.yaml; do sops decrypt --output-type json --output \"$file.json\" \"$file\"; done",
        "",
    );
    for (number, secret) in sealed.iter().enumerate() {
        let file = shell.folder().join(format!("{number}.sops.yaml.json"));
        let opened: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let mut expected = secret.open();
        for (key, text) in secret.values() {
            assert_eq!(opened["stringData"][key], text, "{} {key}", secret.name());
        }
        expected["stringData"] = opened["stringData"].clone();
        assert_eq!(opened, expected, "what was left open");
    }
    // A file that somebody changed is refused.
    shell.does("sed -i 's/^  name: .*/  name: changed/' 0.sops.yaml", "");
    assert!(shell.run("sops decrypt 0.sops.yaml", "").unwrap_err().contains("MAC"));
}
