//! What can be read out of a pasted token or file, as text alone: no parser and no decoder of a
//! library has to be in the browser for it.

/// The JSON of a key file, also when it was pasted in base64; `None` when it is something else.
pub(crate) fn key_file(text: &str) -> Option<String> {
    if text.starts_with('{') {
        return Some(text.to_owned());
    }
    let packed: String = text.split_ascii_whitespace().collect();
    // A key file is never this short, and a short password may be valid base64 by chance.
    if packed.len() < 64 {
        return None;
    }
    unpacked(&packed).filter(|json| json.trim_start().starts_with('{') && json.contains("\"type\""))
}

/// The value of a text field in JSON, as far as it has no escapes; the fields of a key file that
/// people are shown never have.
pub(crate) fn text_of(json: &str, name: &str) -> Option<String> {
    let text = value_of(json, name)?.strip_prefix('"')?;
    let end = text.find(['"', '\\'])?;
    let text = text.get(..end)?;
    let shown = !text.is_empty() && text.len() <= 255 && !text.chars().any(char::is_control);
    shown.then(|| text.to_owned())
}

/// What follows the name of a field in JSON.
pub(crate) fn value_of<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let quoted = format!("\"{name}\"");
    let after = json.split_once(quoted.as_str())?.1;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

/// Text packed in base64, with either alphabet and with or without padding (RFC 4648).
pub(crate) fn unpacked(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Whether it looks like `72f988bf-86f1-41af-91ab-2d7cd011db47`.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Whether it is `length` hexadecimal digits.
pub(crate) fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit())
}
