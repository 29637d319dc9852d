//! Nodes of a YAML document that aliases stand for. `yaml.dump` of Python writes them by itself for
//! whatever occurs twice, such as the maintainers of each version.

use std::{collections::HashMap, rc::Rc};

use serde_saphyr::granit_parser::Event;

/// The most memory that anchored nodes take, in bytes.
const KEPT: usize = 16 * 1024 * 1024;
/// The most events that aliases stand for, all together: what 100,000 versions need that share
/// their maintainers.
const EXPANDED: usize = 2_000_000;

/// Anchored nodes, and the aliases that are being read.
pub(super) struct Anchors<'a> {
    /// Those that have not ended, the innermost last.
    open: Vec<Recording<'a>>,
    ended: HashMap<usize, Rc<[Event<'a>]>>,
    room: usize,
    /// Aliases in aliases, the innermost last.
    read: Vec<(Rc<[Event<'a>]>, usize)>,
    expansion: usize,
}

struct Recording<'a> {
    id: usize,
    depth: usize,
    events: Vec<Event<'a>>,
}

/// An alias stands for itself, for what was too large to keep, or for too much.
pub(super) struct TooMuch;

impl<'a> Anchors<'a> {
    pub(super) fn new() -> Self {
        Self {
            open: Vec::new(),
            ended: HashMap::new(),
            room: KEPT,
            read: Vec::new(),
            expansion: EXPANDED,
        }
    }

    /// Takes note of an event of the document.
    pub(super) fn record(&mut self, event: &Event<'a>) {
        if let Some(id) = event.anchor_id() {
            self.open.push(Recording { id, depth: 0, events: Vec::new() });
        }
        if self.open.is_empty() {
            return;
        }
        let text = if let Event::Scalar(text, ..) = event { text.len() } else { 0 };
        let size = (size_of::<Event<'_>>() + text) * self.open.len();
        let Some(room) = self.room.checked_sub(size) else {
            // Whoever refers to these nodes is told that it is too much.
            self.open.clear();
            self.room = 0;
            return;
        };
        self.room = room;
        for recording in &mut self.open {
            recording.events.push(event.clone());
            match event {
                Event::MappingStart(..) | Event::SequenceStart(..) => recording.depth += 1,
                Event::MappingEnd | Event::SequenceEnd => {
                    recording.depth = recording.depth.saturating_sub(1);
                }
                _ => {}
            }
        }
        while let Some(ended) = self.open.pop_if(|recording| recording.depth == 0) {
            self.ended.insert(ended.id, ended.events.into());
        }
    }

    /// Begins to read the node that an alias stands for.
    pub(super) fn enter(&mut self, id: usize) -> Result<(), TooMuch> {
        let node = self.ended.get(&id).ok_or(TooMuch)?;
        self.read.push((Rc::clone(node), 0));
        Ok(())
    }

    /// The next event of the alias that is being read; `None` when none is.
    pub(super) fn next(&mut self) -> Result<Option<Event<'a>>, TooMuch> {
        while let Some((node, at)) = self.read.last_mut() {
            if let Some(event) = node.get(*at) {
                *at += 1;
                self.expansion = self.expansion.checked_sub(1).ok_or(TooMuch)?;
                return Ok(Some(event.clone()));
            }
            self.read.pop();
        }
        Ok(None)
    }
}
