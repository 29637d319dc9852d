//! An index in YAML, read event by event: nothing but the version at hand is held in memory, a
//! plain `1.10` stays the text it is, and a field of the wrong type is stepped over.

use domain::charts::Skipped;
use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, StrInput, options};

use super::{
    anchors::{Anchors, TooMuch},
    index::{Unreadable, Versions},
};
use crate::chart::{CHARS, Fields, KEYS, ROWS, wanted};

/// The deepest nesting of an index: `entries`, chart, version, field and what a field holds.
const DEPTH: usize = 24;
/// The key whose value is merged into the mapping around it, see <https://yaml.org/type/merge.html>.
const MERGE: &str = "<<";
/// The most values of an index.
const EVENTS: usize = 20_000_000;

/// Reads the document into `versions`; answers whether it has `entries`.
pub(super) fn read(text: &str, versions: &mut Versions) -> Result<bool, Unreadable> {
    let mut events = Events {
        parser: Parser::new_from_str_with_options(text, bounds()),
        left: EVENTS,
        anchors: Anchors::new(),
    };
    loop {
        match events.next()? {
            Event::StreamStart | Event::DocumentStart(..) => {}
            Event::MappingStart(..) => break,
            _ => return Ok(false),
        }
    }
    let mut seen = false;
    while let Some(key) = events.key()? {
        let value = events.next()?;
        match value {
            Event::MappingStart(..) if key.as_deref() == Some("entries") => {
                seen = true;
                entries(&mut events, versions)?;
            }
            value => {
                seen |= key.as_deref() == Some("entries") && is_null(&value);
                events.skip(&value)?;
            }
        }
    }
    // Helm reads the first document and looks at no other.
    match events.next()? {
        Event::DocumentEnd => Ok(seen),
        _ => Err(Unreadable::Malformed { line: 1 }),
    }
}

fn bounds() -> Options {
    options! {
        emit_comments: false,
        disallow_directives: false,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    }
}

fn entries(events: &mut Events<'_>, versions: &mut Versions) -> Result<(), Unreadable> {
    while let Some(chart) = events.key()? {
        let value = events.next()?;
        let (Some(chart), Event::SequenceStart(..)) = (chart, &value) else {
            if !is_null(&value) {
                versions.skip(Skipped::ChartIsNoList);
            }
            events.skip(&value)?;
            continue;
        };
        versions.begin(&chart);
        loop {
            match events.next()? {
                Event::SequenceEnd => break,
                Event::MappingStart(..) => versions.push(events.fields(wanted, 4)?)?,
                other => {
                    versions.skip(Skipped::EntryIsNoVersion);
                    events.skip(&other)?;
                }
            }
        }
    }
    Ok(())
}

struct Events<'a> {
    parser: Parser<'a, StrInput<'a>>,
    left: usize,
    anchors: Anchors<'a>,
}

impl<'a> Events<'a> {
    /// The next event; in the place of an alias, what it stands for.
    fn next(&mut self) -> Result<Event<'a>, Unreadable> {
        loop {
            match self.unresolved()? {
                Event::Alias(id) => self.anchors.enter(id)?,
                event => return Ok(event),
            }
        }
    }

    /// The next event, in which an alias is one.
    fn unresolved(&mut self) -> Result<Event<'a>, Unreadable> {
        self.left = self.left.checked_sub(1).ok_or(Unreadable::TooMany)?;
        if let Some(event) = self.anchors.next()? {
            return Ok(event);
        }
        match self.parser.next_event() {
            None | Some(Ok((Event::UnresolvedAlias(_), _))) => {
                Err(Unreadable::Malformed { line: 1 })
            }
            Some(Ok((event, _))) => {
                self.anchors.record(&event);
                Ok(event)
            }
            Some(Err(error)) => Err(Unreadable::Malformed { line: error.marker().line() }),
        }
    }

    /// The next key of a mapping: `None` at its end, `Some(None)` when the key is no text.
    #[expect(
        clippy::option_option,
        reason = "the end of a mapping and a key to step over are two things"
    )]
    fn key(&mut self) -> Result<Option<Option<String>>, Unreadable> {
        match self.next()? {
            Event::MappingEnd => Ok(None),
            Event::Scalar(key, ..) => Ok(Some(Some(key.into_owned()))),
            other => {
                self.skip(&other)?;
                Ok(Some(None))
            }
        }
    }

    /// Steps over what `start` begins; what aliases in it stand for is not looked at.
    fn skip(&mut self, start: &Event<'_>) -> Result<(), Unreadable> {
        let mut open = usize::from(opens(start));
        while open > 0 {
            match self.unresolved()? {
                Event::MappingEnd | Event::SequenceEnd => open -= 1,
                event => open += usize::from(opens(&event)),
            }
        }
        Ok(())
    }

    /// The value that `start` begins, `depth` levels deep; what is deeper is null.
    fn value(&mut self, start: &Event<'_>, depth: usize) -> Result<Value, Unreadable> {
        match start {
            Event::Scalar(text, style, ..) => Ok(scalar(text, *style)),
            Event::SequenceStart(..) if depth > 0 => {
                let mut kept = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => return Ok(Value::Array(kept)),
                        item if kept.len() < ROWS => kept.push(self.value(&item, depth - 1)?),
                        item => self.skip(&item)?,
                    }
                }
            }
            Event::MappingStart(..) if depth > 0 => {
                Ok(Value::Object(self.fields(|_| true, depth)?))
            }
            _ => {
                self.skip(start)?;
                Ok(Value::Null)
            }
        }
    }

    /// The wanted fields of a mapping whose start has been read.
    fn fields(&mut self, wanted: fn(&str) -> bool, depth: usize) -> Result<Fields, Unreadable> {
        let mut fields = Map::new();
        let mut merged = Map::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => break,
                Event::Scalar(key, ..) => Some(key),
                other => {
                    self.skip(&other)?;
                    None
                }
            };
            // What nobody wants is not expanded either.
            let is_wanted = key.as_deref().is_some_and(|key| key == MERGE || wanted(key));
            let value = if is_wanted { self.next()? } else { self.unresolved()? };
            match key {
                Some(key) if key == MERGE => self.merge(&value, wanted, depth, &mut merged)?,
                Some(key) if fields.len() < KEYS && wanted(&key) => {
                    let value = self.value(&value, depth - 1)?;
                    fields.insert(key.into_owned(), value);
                }
                _ => self.skip(&value)?,
            }
        }
        for (key, value) in merged {
            if fields.len() < KEYS {
                fields.entry(key).or_insert(value);
            }
        }
        Ok(fields)
    }

    /// Reads the mappings that `<<` brings in, the first of which counts.
    fn merge(
        &mut self,
        start: &Event<'_>,
        wanted: fn(&str) -> bool,
        depth: usize,
        merged: &mut Fields,
    ) -> Result<(), Unreadable> {
        let mut take = |fields: Fields| {
            for (key, value) in fields {
                merged.entry(key).or_insert(value);
            }
        };
        match start {
            Event::MappingStart(..) if depth > 1 => take(self.fields(wanted, depth - 1)?),
            Event::SequenceStart(..) if depth > 1 => loop {
                match self.next()? {
                    Event::SequenceEnd => break,
                    Event::MappingStart(..) => take(self.fields(wanted, depth - 1)?),
                    other => self.skip(&other)?,
                }
            },
            other => self.skip(other)?,
        }
        Ok(())
    }
}

impl From<TooMuch> for Unreadable {
    fn from(_: TooMuch) -> Self {
        Self::Bomb
    }
}

const fn opens(event: &Event<'_>) -> bool {
    matches!(event, Event::MappingStart(..) | Event::SequenceStart(..))
}

fn is_null(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(text, style, ..) if scalar(text, *style) == Value::Null)
}

/// A scalar as text; only an unquoted null is none.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Null;
    }
    let end = if text.len() <= CHARS { text.len() } else { text.floor_char_boundary(CHARS) };
    Value::String(text.get(..end).unwrap_or_default().to_owned())
}
