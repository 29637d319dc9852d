//! What is written reads back as what was meant, by YAML 1.1 and by YAML 1.2 (R-GIT-02).

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use domain::{
    AuthMethod, Name, Secret, Username,
    credentials::{Parameters, SecretMaterial},
    exports::yaml,
};
use serde_json::{Map, Value, json};

/// Texts that a reader of YAML, of Go templates or of workflow expressions could take for something
/// else.
const TRAPS: &[&str] = &[
    "",
    " ",
    "  a  ",
    "\t",
    "a\tb",
    "no",
    "No",
    "yes",
    "on",
    "off",
    "y",
    "n",
    "true",
    "TRUE",
    "~",
    "null",
    "Null",
    "NULL",
    "1",
    "1.10",
    "0x1",
    "0o7",
    "017",
    "0b1",
    "1e3",
    "1_000",
    "+1",
    "-1",
    ".5",
    ".inf",
    "-.INF",
    ".nan",
    "1:30",
    "190:20:30",
    "2026-11-25",
    "2026-11-25T01:00:00Z",
    "---",
    "--- a",
    "...",
    "-",
    "- a",
    "? a",
    ": a",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "|",
    ">",
    "|\n a",
    "%YAML",
    "@a",
    "`a`",
    "'a'",
    "\"a\"",
    "'",
    "\"",
    "a'b",
    "a\"b",
    "\\",
    "a\\nb",
    "{",
    "}",
    "{}",
    "[]",
    "[a]",
    "{a: b}",
    ",",
    "<<",
    "=",
    "{{ .password }}",
    "}}",
    "${{ secrets.A }}",
    "$A",
    "$(a)",
    "a\nb",
    "a\n",
    "\na",
    "a\n\n",
    "\n",
    "a\r\nb",
    "\r",
    " \n ",
    "a\n  b\n c",
    "\u{0}",
    "\u{7}",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{feff}a",
    "\u{fffe}",
    "\u{fffd}",
    "ä",
    "e\u{301}",
    "証明書",
    "🦀",
    "\u{10ffff}",
    "\u{202e}a",
    "\u{200b}",
];

/// A small generator of texts that is the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        // The constants of Knuth's MMIX generator; the low bits are weak and not used.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap() % sides
    }

    /// Any Unicode text: traps, controls, and characters of every plane.
    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.roll(12) {
            match self.roll(4) {
                0 => text.push_str(TRAPS[self.roll(u32::try_from(TRAPS.len()).unwrap()) as usize]),
                1 => text.extend(char::from_u32(self.roll(0x80))),
                2 => text.extend(char::from_u32(self.roll(0x3000))),
                _ => text.extend(char::from_u32(self.roll(0x11_0000))),
            }
        }
        text
    }
}

/// A manifest with texts as values, as keys, in lists and deeper down.
fn document(texts: &[String]) -> Value {
    let keyed: Map<String, Value> =
        texts.iter().map(|text| (text.clone(), Value::from(text.as_str()))).collect();
    json!({"apiVersion": "v1", "kind": "Secret", "stringData": keyed, "list": texts,
        "deeper": [{"list": [texts], "name": texts.first()}], "empty": {}, "none": [],
        "number": 3, "small": -1, "bool": true, "nothing": null})
}

fn documents() -> Vec<Value> {
    let mut dice = Dice(7);
    let traps: Vec<String> = TRAPS.iter().map(|text| (*text).to_owned()).collect();
    let mut documents = vec![document(&traps)];
    for _ in 0..400 {
        let texts: Vec<String> = (0..4).map(|_| dice.text()).collect();
        documents.push(document(&texts));
    }
    documents
}

#[test]
fn r_git_02_every_text_reads_back_as_itself() {
    for document in documents() {
        let text = yaml(&document);
        let read: Value = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(read, document, "{text}");
        assert_eq!(yaml(&read), text);
    }
}

#[test]
fn r_git_02_no_nul_gets_in() {
    let nul = "a\0b";
    assert!(Name::parse(nul).is_err() && Username::parse(nul).is_err());
    let password = Secret::new(nul.to_owned());
    assert!(
        SecretMaterial::parse(AuthMethod::Password, "", password, &Parameters::default()).is_err()
    );
}

/// The `yaml` package of npm (a part of what `make setup-tests` installs) is another implementation,
/// and reads both versions; Kubernetes and Flux read YAML 1.1.
#[test]
fn r_git_02_another_reader_of_both_versions_agrees() {
    let documents: Vec<Value> = documents()
        .into_iter()
        .map(|document| json!({"text": yaml(&document), "value": document}))
        .collect();
    let script = "import { parse } from 'yaml';
        import { text } from 'node:stream/consumers';
        import { isDeepStrictEqual } from 'node:util';
        const bad = [];
        for (const { text: written, value } of JSON.parse(await text(process.stdin)))
            for (const version of ['1.1', '1.2']) {
                const read = parse(written, { version, maxAliasCount: 0 });
                if (!isDeepStrictEqual(read, value)) bad.push([version, written, read]);
            }
        console.log(JSON.stringify(bad.slice(0, 3)));";
    let mut child = Command::new("node")
        .args(["--input-type=module", "--eval", script])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../end2end"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let input = Value::from(documents).to_string();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the script failed; `make setup-tests` installs yaml");
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "[]");
}
