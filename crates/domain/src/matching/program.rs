//! Compiled expressions, and how many of them are kept.

use std::{
    cell::RefCell,
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use regex_automata::nfa::thompson::{
    Compiler, Config, NFA, WhichCaptures,
    backtrack::{BoundedBacktracker, Builder, Cache},
};
use regex_syntax::hir::Hir;

use super::expression::Expression;

/// The most bytes of one program.
const MAX_BYTES: usize = 64 * 1_024;
/// Enough to note every state at every place of the longest URL, so that a search never gives up:
/// a state has at least 24 bytes, so 64 KiB are fewer than 2,731 states at 2,049 places, one bit
/// each.
const VISITED_BYTES: usize = 1_024 * 1_024;
/// The most bytes of all programs that an index keeps compiled.
const MAX_KEPT_BYTES: usize = 48 * 1_024 * 1_024;

/// A compiled expression: a backtracker that notes where it was, so that it takes time linear in
/// the length of the URL.
#[derive(Debug)]
pub(super) struct Program(BoundedBacktracker);

thread_local! {
    /// What a search writes down, kept from one to the next.
    static CACHE: RefCell<Option<Cache>> = const { RefCell::new(None) };
}

impl Program {
    /// Compiles an expression; `None` when it becomes too large.
    pub fn compile(hir: &Hir) -> Option<Self> {
        let config = Config::new()
            .utf8(false)
            .nfa_size_limit(Some(MAX_BYTES))
            .which_captures(WhichCaptures::None);
        let program = Compiler::new().configure(config).build_from_hir(hir).ok()?;
        let visited = BoundedBacktracker::config().visited_capacity(VISITED_BYTES);
        Builder::new().configure(visited).build_from_nfa(program).ok().map(Self)
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.0.get_nfa().memory_usage() + size_of::<Self>()
    }

    /// The states that it goes through.
    pub fn nfa(&self) -> &NFA {
        self.0.get_nfa()
    }

    /// Whether `url` matches.
    pub fn matches(&self, url: &str) -> bool {
        CACHE.with_borrow_mut(|cache| {
            let cache = cache.get_or_insert_with(|| self.0.create_cache());
            self.0.reset_cache(cache);
            // It fails for URLs that are longer than any that is compared.
            self.0.try_is_match(cache, url).unwrap_or(false)
        })
    }
}

/// The programs of one index, the one that was compiled first in front.
#[derive(Debug, Default)]
pub(super) struct ProgramCache(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    bytes: usize,
    programs: VecDeque<(Weak<Expression>, usize)>,
}

impl ProgramCache {
    /// Counts a program that was compiled just now; the oldest ones go when it gets too much.
    pub fn note(&self, expression: &Arc<Expression>, bytes: usize) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.programs.push_back((Arc::downgrade(expression), bytes));
        queue.bytes += bytes;
        while queue.bytes > MAX_KEPT_BYTES
            && let Some((oldest, bytes)) = queue.programs.pop_front()
        {
            queue.bytes -= bytes;
            if let Some(oldest) = oldest.upgrade() {
                oldest.set_program(None);
            }
        }
    }
}
