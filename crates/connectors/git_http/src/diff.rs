use domain::gitops::{DiffKind, DiffLine};
use git2::{DiffOptions, Patch};

/// Unchanged lines that are shown around a change.
const CONTEXT: u32 = 3;
/// The most lines that are told.
const MOST_LINES: usize = 2_000;
/// The largest text that is compared, in bytes.
const LARGEST: usize = 1024 * 1024;

/// What changes from `old` to `new`, line by line with three lines around each change; `None`
/// stands for a file that is not there. Nothing for equal texts. At most 2,000 lines are told, a
/// gap stands for the rest; a text of more than 1 MiB is told as a gap alone.
#[must_use]
pub fn diff(old: Option<&str>, new: Option<&str>) -> Vec<DiffLine> {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    if old == new {
        return Vec::new();
    }
    if old.len() > LARGEST || new.len() > LARGEST {
        return vec![gap()];
    }
    compared(old, new).unwrap_or_else(|_| vec![gap()])
}

fn compared(old: &str, new: &str) -> Result<Vec<DiffLine>, git2::Error> {
    let mut options = DiffOptions::new();
    options.context_lines(CONTEXT).interhunk_lines(0).force_text(true);
    let patch =
        Patch::from_buffers(old.as_bytes(), None, new.as_bytes(), None, Some(&mut options))?;
    let mut lines = Vec::new();
    let mut next = 1;
    for index in 0..patch.num_hunks() {
        let (hunk, count) = patch.hunk(index)?;
        if hunk.old_start() > next {
            lines.push(gap());
        }
        // An empty side starts at the line before it.
        next = hunk.old_start().max(1) + hunk.old_lines();
        for number in 0..count {
            let line = patch.line_in_hunk(index, number)?;
            let kind = match line.origin() {
                ' ' => DiffKind::Same,
                '+' => DiffKind::Added,
                '-' => DiffKind::Removed,
                // What is said about a missing line break at the end.
                _ => continue,
            };
            if lines.len() >= MOST_LINES {
                lines.push(gap());
                return Ok(lines);
            }
            lines.push(DiffLine { kind, text: text(line.content()) });
        }
    }
    if usize::try_from(next).is_ok_and(|next| next <= old.lines().count()) {
        lines.push(gap());
    }
    Ok(lines)
}

fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}

fn gap() -> DiffLine {
    DiffLine { kind: DiffKind::Gap, text: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `diff -u` shows it, with `~` for gaps.
    fn shown(old: Option<&str>, new: Option<&str>) -> String {
        let mark = |line: &DiffLine| match line.kind {
            DiffKind::Same => format!(" {}", line.text),
            DiffKind::Added => format!("+{}", line.text),
            DiffKind::Removed => format!("-{}", line.text),
            DiffKind::Gap => "~".into(),
        };
        diff(old, new).iter().map(mark).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn added_deleted_and_equal_files() {
        assert_eq!(shown(None, Some("a\nb\n")), "+a|+b");
        assert_eq!(shown(Some("a\nb"), None), "-a|-b");
        assert_eq!(shown(Some("a\n"), Some("a\n")), "");
        assert_eq!(shown(None, Some("")), "");
        assert_eq!(shown(Some("a\r\nb\n"), Some("a\r\nc\n")), " a|-b|+c");
    }

    #[test]
    fn gaps_stand_for_what_is_left_out() {
        let lines =
            |changed: &[usize]| {
                (1..=20)
                    .map(|number| {
                        if changed.contains(&number) { "x\n".into() } else { format!("{number}\n") }
                    })
                    .collect::<String>()
            };
        assert_eq!(shown(Some(&lines(&[])), Some(&lines(&[5]))), "~| 2| 3| 4|-5|+x| 6| 7| 8|~");
        assert_eq!(
            shown(Some(&lines(&[])), Some(&lines(&[1, 20]))),
            "-1|+x| 2| 3| 4|~| 17| 18| 19|-20|+x"
        );
        assert_eq!(shown(Some(&lines(&[])), Some(&lines(&[10]))).matches('~').count(), 2);
    }

    #[test]
    fn long_differences_end() {
        let many = "a\n".repeat(5_000);
        let lines = diff(None, Some(&many));
        assert_eq!(lines.len(), MOST_LINES + 1);
        assert_eq!(lines.last().unwrap().kind, DiffKind::Gap);
        assert_eq!(diff(None, Some(&"a".repeat(LARGEST + 1))), [gap()]);
    }
}
