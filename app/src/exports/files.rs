//! What an export writes: notes by tone, files, and what goes beside them by hand.

use domain::{
    ExportId,
    exports::{ExportFile, ExportNote, ExportPreview, ExportSnippet, NoteTone},
};
use leptos::prelude::*;

use super::{path_of, values::filled};
use crate::{
    credentials,
    ui::{
        copy::{CopyAnswer, CopyButton},
        icon::Icon,
        input::hidden,
        path::{encoded, query, with},
        tabs::Tab,
    },
};

/// What can be taken of the files that are shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Taking {
    /// Copies of open ones: nothing is stored yet.
    Copies,
    /// The open ones of this export.
    Open(ExportId),
    /// Those that are encrypted too.
    All(ExportId),
}

/// Notes, files and snippets.
pub(super) fn preview(shown: &ExportPreview, taking: Taking) -> AnyView {
    let none = shown.files.is_empty().then(|| {
        view! {
            <p class="muted">"Nothing is written: what is skipped, and why, stands above."</p>
        }
    });
    let files = shown.files.iter().map(|one| file(one, taking)).collect_view();
    let titled = (!shown.files.is_empty()).then(|| {
        view! { <h3 class="unseen">"Files"</h3> }
    });
    let snippets = shown.snippets.iter().map(snippet).collect_view();
    let by_hand = (!shown.snippets.is_empty()).then(|| {
        view! {
            <h3>"Apply by hand"</h3>
        }
    });
    let remarks = match taking {
        Taking::Open(_) => shown.notes.iter().cloned().map(unremedied).collect(),
        Taking::Copies | Taking::All(_) => shown.notes.clone(),
    };
    view! {
        {notes(&remarks)}
        {none}
        {titled}
        {files}
        {by_hand}
        {snippets}
    }
    .into_any()
}

/// The name in the address of the file that is shown.
pub(super) const FILE: &str = "file";

/// The names of the files with the `chosen` one, or the first, and what goes beside them by hand.
pub(super) fn shown_files(shown: &ExportPreview, taking: Taking, chosen: &str) -> AnyView {
    let is_chosen = |one: &&ExportFile| one.path == chosen;
    let Some(current) = shown.files.iter().find(is_chosen).or_else(|| shown.files.first()) else {
        return preview(shown, taking);
    };
    let of = match taking {
        Taking::Copies => String::new(),
        Taking::Open(id) | Taking::All(id) => Tab::Files.at(&path_of(id)),
    };
    let names = shown.files.iter().map(|one| {
        let is_current = (one.path == current.path).then_some("true");
        let href = with(&of, &[(FILE, &one.path)]);
        view! {
            <li>
                <a href=href aria-current=is_current>{one.path.clone()}</a>
            </li>
        }
    });
    let names = (shown.files.len() > 1).then(|| {
        view! {
            <nav class="file-names" aria-label="Files">
                <ul>{names.collect_view()}</ul>
            </nav>
        }
    });
    let one = ExportPreview { files: vec![current.clone()], ..shown.clone() };
    view! { <div class="files">{names} <div class="stack">{preview(&one, taking)}</div></div> }
        .into_any()
}

/// A remark for somebody who may not do what helps.
pub(super) fn unremedied(note: ExportNote) -> ExportNote {
    ExportNote { remedy: None, ..note }
}

/// Remarks, the gravest first.
pub(crate) fn notes(notes: &[ExportNote]) -> AnyView {
    let group = |tone: NoteTone| {
        let rows: Vec<_> = notes.iter().filter(|note| note.tone == tone).collect();
        if rows.is_empty() {
            return None;
        }
        let (class, icon, title) = match tone {
            NoteTone::LeftOut => ("notice bad", "circle-minus", "Skipped"),
            NoteTone::Warning => ("notice warn", "triangle-alert", "Warnings"),
            NoteTone::Info => ("notice info", "info", "Notes"),
        };
        let rows = grouped(&rows).into_iter().map(|line| {
            let note = match line {
                Line::One(note) => note,
                Line::Many { subjects, rest } => return many(&subjects, rest),
            };
            let remedy = note.remedy.as_ref().map(|remedy| {
                view! {
                    " "
                    <a href=filled(&remedy.form)>{remedy.label.clone()}</a>
                }
            });
            view! { <li>{words(note)} {remedy}</li> }.into_any()
        });
        Some(
            view! {
                <div class=class>
                    <Icon name=icon/>
                    <div>
                        <h3>{title}</h3>
                        <ul>{rows.collect_view()}</ul>
                    </div>
                </div>
            }
            .into_any(),
        )
    };
    [NoteTone::LeftOut, NoteTone::Warning, NoteTone::Info]
        .into_iter()
        .filter_map(group)
        .collect_view()
        .into_any()
}

/// One note, or one text that several notes say of several things.
enum Line<'a> {
    One(&'a ExportNote),
    Many { subjects: Vec<&'a str>, rest: &'a str },
}

/// Notes of the form `NAME: text` with the same text are one line that names all of them.
fn grouped<'a>(notes: &[&'a ExportNote]) -> Vec<Line<'a>> {
    let parts = |note: &'a ExportNote| {
        let is_plain = note.mentions.is_empty() && note.remedy.is_none();
        note.text.split_once(": ").filter(|_| is_plain)
    };
    let mut lines: Vec<Line<'a>> = Vec::new();
    for note in notes.iter().copied() {
        let Some((subject, rest)) = parts(note) else {
            lines.push(Line::One(note));
            continue;
        };
        let same = lines.iter_mut().find(|line| match line {
            Line::One(other) => parts(other).is_some_and(|(_, text)| text == rest),
            Line::Many { rest: text, .. } => *text == rest,
        });
        match same {
            None => lines.push(Line::One(note)),
            Some(Line::Many { subjects, .. }) => subjects.push(subject),
            Some(line) => {
                let Line::One(other) = line else { continue };
                let first = parts(other).map_or("", |(first, _)| first);
                *line = Line::Many { subjects: vec![first, subject], rest };
            }
        }
    }
    lines
}

/// How many names are told before the others are folded.
const NAMED: usize = 3;

fn many(subjects: &[&str], rest: &str) -> AnyView {
    let (named, folded) = subjects.split_at(subjects.len().min(NAMED));
    let more = (!folded.is_empty()).then(|| {
        let label = format!("and {} more", folded.len());
        view! {
            " "
            <details class="names">
                <summary>{label}</summary>
                {folded.join(", ")}
            </details>
        }
    });
    view! { <li>{named.join(", ")} {more} ": " {rest.to_owned()}</li> }.into_any()
}

/// The words of a note; the names of credentials lead to their pages.
fn words(note: &ExportNote) -> AnyView {
    note.parts()
        .into_iter()
        .map(|(text, credential)| {
            let text = text.to_owned();
            match credential {
                Some(id) => view! { <a href=credentials::path_of(id)>{text}</a> }.into_any(),
                None => text.into_any(),
            }
        })
        .collect_view()
        .into_any()
}

fn file(file: &ExportFile, taking: Taking) -> AnyView {
    if file.is_sealed() {
        return sealed(file, taking);
    }
    let export = match taking {
        Taking::Copies => None,
        Taking::Open(id) | Taking::All(id) => Some(path_of(id)),
    };
    let download = export.map(|path| {
        let name: Vec<_> = file.path.split('/').map(encoded).collect();
        let label = format!("Download {}", file.path);
        view! {
            <a
                class="button quiet"
                href=format!("{path}/files/{}", name.join("/"))
                download
                aria-label=label
            >
                <Icon name="download"/>
                "Download"
            </a>
        }
    });
    let actions = view! {
        <div class="actions">
            <CopyButton text=file.text.clone()/>
            {download}
        </div>
    };
    text(file.path.clone(), file.text.clone(), actions.into_any())
}

/// Answers with an encrypted file.
const ENCRYPTED: &str = "/actions/gitops/exports/encrypted";

/// A file that is never handed out as it is shown, with words in place of its values: who takes it along
/// gets it encrypted.
fn sealed(file: &ExportFile, taking: Taking) -> AnyView {
    let Taking::All(export) = taking else {
        let why = view! { <p class="muted">"Git targets write it encrypted."</p> };
        return text(file.path.clone(), file.text.clone(), why.into_any());
    };
    let (export, path) = (export.to_string(), file.path.clone());
    let body = query(&[("export", &export), ("path", &path)]);
    let label = format!("Download {path}");
    // The browser itself sends the form, because the answer is a file.
    let actions = view! {
        <div class="actions">
            <CopyAnswer action=ENCRYPTED.to_owned() body/>
            <form method="post" action=ENCRYPTED data-file>
                {hidden("export", export)}
                {hidden("path", path)}
                <button class="button quiet" type="submit" aria-label=label>
                    <Icon name="download"/>
                    "Download"
                </button>
            </form>
        </div>
    };
    view! {
        {text(file.path.clone(), file.text.clone(), actions.into_any())}
        <p class="hint">
            "Its values are hidden here. Copy and Download give the file as Git targets write it, encrypted to the age recipients of this export, anew each time."
        </p>
    }
    .into_any()
}

/// The most lines of a snippet that lies open.
const SHORT: usize = 8;

/// A text to copy; a long one is folded, so that what comes after it is not far away.
fn snippet(snippet: &ExportSnippet) -> AnyView {
    let ExportSnippet { title, text } = snippet.clone();
    let open = text.lines().count() <= SHORT;
    view! {
        <div class="listing folded">
            <details open=open>
                <summary>
                    <Icon name="chevron-right"/>
                    <h4>{title.clone()}</h4>
                </summary>
                <pre tabindex="0" role="region" aria-label=title>
                    <code>{text.clone()}</code>
                </pre>
            </details>
            <div class="actions">
                <CopyButton text/>
            </div>
        </div>
    }
    .into_any()
}

/// A text with its name and what can be done with it; its long lines scroll, by keyboard too.
fn text(name: String, text: String, actions: AnyView) -> AnyView {
    view! {
        <div class="listing">
            <div class="card-head">
                <h4 class="url">{name.clone()}</h4>
                {actions}
            </div>
            <pre tabindex="0" role="region" aria-label=name>
                <code>{text}</code>
            </pre>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_warning_for_many_repositories_stands_once() {
        let note = |text: &str| ExportNote::new(NoteTone::Warning, text);
        let notes = [
            note("a: speaks plain http."),
            note("b: another one."),
            note("c: speaks plain http."),
            note("No subject at all."),
            note("d: speaks plain http."),
            note("e: speaks plain http."),
        ];
        let html = Owner::new().with(|| super::notes(&notes).to_html());
        assert_eq!(html.matches("speaks plain http.").count(), 1, "{html}");
        assert_eq!(html.matches("<li>").count(), 3, "{html}");
        assert!(html.contains("a, c, d") && html.contains("and 1 more"), "{html}");
        assert!(html.contains("b: another one.") && html.contains("No subject at all."), "{html}");
    }
}
