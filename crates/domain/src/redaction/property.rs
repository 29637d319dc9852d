//! Secrets of all kinds of letters, spelled in all ways, inside each other and inside other text.

use std::fmt::Write as _;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::Redactor;
use crate::Secret;

/// A generator that repeats (xorshift64*), so that a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % sides
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}

/// Letters that some spelling writes in its own way.
const LETTERS: [char; 24] = [
    'a', 'Z', '0', '7', '-', '_', '.', '~', '+', '/', '=', '%', '"', '\'', '\\', '&', '<', ' ',
    '\n', 'ä', 'ß', '€', '密', '😀',
];

fn secret(dice: &mut Dice) -> String {
    let length = 4 + dice.roll(24);
    let inner: String = (0..length).map(|_| dice.of(&LETTERS)).collect();
    // Forms are trimmed, so a secret begins and ends with something.
    format!("q{inner}X")
}

fn mixed_percent(text: &str, dice: &mut Dice) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match dice.roll(4) {
            0 if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            1 => write!(out, "%{byte:02x}").unwrap(),
            _ => write!(out, "%{byte:02X}").unwrap(),
        }
        out
    })
}

fn utf16(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut out, unit| {
        write!(out, "\\u{unit:04x}").unwrap();
        out
    })
}

fn octal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            write!(out, "\\{byte:03o}").unwrap();
        }
        out
    })
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn lower_percent(form: &str) -> String {
    let mut parts = form.split('%');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |out, part| format!("{out}%{}{}", part[..2].to_lowercase(), &part[2..]))
}

/// One spelling of a text; the last one is two, one inside the other.
fn spelled(text: &str, dice: &mut Dice) -> String {
    let form = byte_serialize(text.as_bytes()).collect::<String>();
    let user = "u".repeat(1 + dice.roll(5));
    match dice.roll(16) {
        0 => text.to_owned(),
        1 => form,
        2 => form.replace('+', "%20"),
        3 => lower_percent(&form),
        4 => mixed_percent(text, dice),
        5 => Value::from(text).to_string(),
        6 => Value::from(text).to_string().replace('/', "\\/"),
        7 => utf16(text),
        8 => octal(text),
        9 => html(text),
        10 => STANDARD.encode(text),
        11 => URL_SAFE_NO_PAD.encode(text),
        12 => format!("Basic {}", STANDARD.encode(format!("{user}:{text}"))),
        13 => URL_SAFE.encode(format!("{user}:{text}@host/x")),
        14 => format!("https://{user}:{}@git.example.com/x.git", mixed_percent(text, dice)),
        _ => STANDARD_NO_PAD.encode(Value::from(vec![text]).to_string()),
    }
}

/// One more spelling around it, such as that of a Docker configuration in a `Secret`.
fn way_in_base64(way: &str, dice: &mut Dice) -> String {
    match dice.roll(3) {
        0 => STANDARD.encode(way),
        1 => URL_SAFE.encode(format!("{{\"auth\": \"{way}\"}}")),
        _ => mixed_percent(way, dice),
    }
}

/// Without regard to case.
fn holds(way: &str, text: &str) -> bool {
    way.to_lowercase().contains(&text.to_lowercase())
}

#[test]
fn r_log_01_no_spelling_of_a_secret_is_left() {
    let mut dice = Dice(0x5eed);
    for round in 0..600 {
        let text = secret(&mut dice);
        let redactor = Redactor::of([&Secret::new(text.clone())]);
        let mut way = spelled(&text, &mut dice);
        if dice.roll(2) == 0 {
            way = way_in_base64(&way, &mut dice);
        }
        let said = format!("remote: {way} was refused");
        let clean = redactor.redact(&said);
        assert!(!clean.contains(&way), "{round}: {text:?} as {way:?}: {clean:?}");
        assert!(!holds(&clean, &text), "{round}: {text:?} as {way:?}: {clean:?}");
        assert!(
            clean.starts_with("remote: ") && clean.ends_with(" was refused"),
            "{round}: {clean:?}"
        );
        assert!(!redactor.tells(&clean), "{round}: {text:?} as {way:?}: {clean:?}");
    }
}

#[test]
fn spellings_that_overlap_go_together() {
    let mut dice = Dice(0xabba);
    for round in 0..400 {
        let (a, b) = (secret(&mut dice), secret(&mut dice));
        let both = format!("{a}{b}");
        let secrets = [&a, &b, &both].map(|text| Secret::new(text.clone()));
        let redactor = Redactor::of(&secrets);
        let way = spelled(&both, &mut dice);
        let clean = redactor.redact(&format!("{way}, {}", spelled(&a, &mut dice)));
        for text in [&a, &b, &way] {
            assert!(!clean.contains(text.as_str()), "{round}: {text:?} in {clean:?}");
        }
    }
}

#[test]
fn other_text_is_left_as_it_is() {
    let redactor = Redactor::of([&Secret::new("canary-ä+7/x".into())]);
    for text in [
        "",
        "pre-receive hook declined: GH013, see https://example.com/rules?a=%2F&b=1+1",
        "{\"message\": \"Not \\\"Found\\\" \\u00e4\", \"sha\": \"0123456789abcdef0123456789abcdef01234567\"}",
        "YW5uOm90aGVyLXBhc3N3b3Jk",
        "canary alone, ä+7 alone\n\n   x",
        "日本語 🦀",
    ] {
        assert_eq!(redactor.redact(text), text);
    }
    assert_eq!(Redactor::default().redact("anything"), "anything");
    assert_eq!(Redactor::of([&Secret::default()]).redact("anything"), "anything");
}

#[test]
fn short_secrets_take_the_whole_text_with_them() {
    for short in ["x", "é", "ab", "x9!"] {
        let redactor = Redactor::of([&Secret::new(short.into())]);
        let said = format!("refused {short}; {}", STANDARD.encode(format!("ann:{short}")));
        assert_eq!(redactor.redact(&said), "…", "{short}");
    }
    let four = Redactor::of([&Secret::new("k9#z".into())]);
    assert_eq!(four.redact("a k9#z, k9%23z and azkjeg=="), "a …, … and …");
    assert_eq!(four.redact(&format!("b {} c", STANDARD.encode("k9#z"))), "b … c");
}

#[test]
fn a_text_that_was_cut_off_tells_no_beginning() {
    let redactor = Redactor::of([&Secret::new("canary-ä+7/xyz".into())]);
    for (said, clean) in [
        ("token canary-ä+7", "token …"),
        ("token canary-%C3%a4%2B", "token …"),
        ("token canary", "token …"),
        ("token can", "token can"),
        ("canary and more", "canary and more"),
    ] {
        assert_eq!(redactor.redact(said), clean);
    }
    let basic = STANDARD.encode("ann:canary-ä+7/xyz");
    let cut = &basic[..basic.len() - 9];
    assert_eq!(redactor.redact(&format!("Basic {cut}")), "Basic …");
}

#[test]
fn lines_and_keys_inside_a_key_file_are_secrets() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEA\n-----END PRIVATE KEY-----\n";
    let file = serde_json::json!({
        "type": "service_account", "private_key": key, "client_email": "hawser@acme.iam.gserviceaccount.com"
    });
    let redactor = Redactor::of([&Secret::new(file.to_string())]);
    for said in [
        key.to_owned(),
        key.replace('\n', "\\n"),
        "MIIEvQIBADANBgkqhkiG9w0B".to_owned(),
        byte_serialize(key.as_bytes()).collect(),
        STANDARD.encode(key),
        STANDARD.encode(file.to_string()),
    ] {
        let clean = redactor.redact(&said);
        assert!(!clean.contains("MIIEvQ") && !clean.contains("AQEFAAS"), "{clean}");
    }
    let helpful = "hawser@acme.iam.gserviceaccount.com lacks storage.objects.get";
    assert_eq!(redactor.redact(helpful), helpful);
    let folded = STANDARD.encode(key);
    let (first, second) = folded.split_at(40);
    let clean = redactor.redact(&format!("auth: {first}\n      {second}\nend"));
    assert!(!clean.contains(first) && !clean.contains(&second[..8]), "{clean}");
}

#[test]
fn the_quick_look_finds_the_usual_spellings() {
    let text = "canary-ä \"+7/x";
    let redactor = Redactor::of([&Secret::new(text.into())]);
    let form = byte_serialize(text.as_bytes()).collect::<String>();
    for way in [
        text.to_owned(),
        form.clone(),
        form.to_lowercase(),
        form.replace('+', "%20"),
        Value::from(text).to_string(),
        STANDARD.encode(text),
        STANDARD.encode(format!("a:{text}")),
        URL_SAFE.encode(format!("ab:{text}")),
    ] {
        let clean = redactor.redact_usual(format!("see {way} there"));
        assert!(
            clean.starts_with("see ") && clean.contains('…') && !clean.contains(&way),
            "{clean}"
        );
    }
    assert_eq!(redactor.redact_usual("canary x".into()), "canary x");
}

#[test]
fn a_hostile_text_is_read_in_bounded_time() {
    let redactor = Redactor::of([&Secret::new("canary-ä+7/x".into())]);
    let nested =
        (0..6).fold("%2525\\\\u0041&amp;+''  \n ".repeat(400), |text, _| STANDARD.encode(text));
    let clean = redactor.redact(&nested[..nested.len().min(64 * 1024)]);
    assert!(!clean.contains("canary"));
    let blank = " ".repeat(64 * 1024);
    assert_eq!(redactor.redact(&blank), blank);
}
