//! Names for other systems, made from the names that people chose.

/// `text` as a DNS-1123 label of at most `longest` bytes: lower-case letters, digits and single dashes;
/// empty when nothing of it can stand in one.
pub(crate) fn dns_label(text: &str, longest: usize) -> String {
    let mut label = String::with_capacity(text.len().min(longest));
    for c in text.chars() {
        let c = c.to_ascii_lowercase();
        if label.len() == longest {
            break;
        }
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            label.push(c);
        } else if !label.is_empty() && !label.ends_with('-') {
            label.push('-');
        }
    }
    label.trim_end_matches('-').to_owned()
}
