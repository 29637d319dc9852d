//! Fields with label, hint and problem, tied together for screen readers.

use domain::Field;
use leptos::prelude::*;

use super::{
    form::FormState,
    rules::{NEW_PASSWORD, Rule, rule},
};

/// One field of a form.
pub(crate) struct Input {
    state: FormState,
    field: Field,
    label: &'static str,
    hint: String,
    value: String,
    kind: &'static str,
    autocomplete: &'static str,
    placeholder: String,
    required: Option<&'static str>,
    rule: Option<Rule>,
    name: &'static str,
    suggestions: Vec<(String, String)>,
}

impl Input {
    /// A line of text.
    pub fn new(state: &FormState, field: Field, label: &'static str) -> Self {
        Self {
            value: state.value(field, ""),
            state: state.clone(),
            field,
            label,
            hint: String::new(),
            kind: "text",
            autocomplete: "off",
            placeholder: String::new(),
            required: None,
            rule: rule(field),
            name: field.as_str(),
            suggestions: Vec::new(),
        }
    }

    /// A password that somebody chooses, with the rule it has to pass.
    pub fn new_password(state: &FormState, label: &'static str) -> Self {
        Self::new(state, Field::Password, label)
            .kind("password")
            .autocomplete("new-password")
            .hint("At least 12 characters. A phrase of several words is easy to remember.")
            .ruled(NEW_PASSWORD)
            .required()
    }

    /// Another name than the field's, where a form has the field twice.
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Values to choose from while typing, each with a word about it; anything else can be typed too.
    pub fn suggestions(mut self, suggestions: Vec<(String, String)>) -> Self {
        self.suggestions = suggestions;
        self
    }

    /// A word of help under the label.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What stands in it before anybody typed.
    pub fn value(mut self, value: &str) -> Self {
        self.value = self.state.value(self.field, value);
        self
    }

    /// Another type of `<input>`.
    pub const fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// What browsers and password stores may fill in.
    pub const fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// An example.
    pub fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    /// Another rule than that of its field.
    pub const fn ruled(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Says that it must be filled in; the server checks it.
    pub const fn required(mut self) -> Self {
        self.required = Some("true");
        self
    }

    fn id(&self) -> String {
        format!("{}-{}", self.state.name(), self.name)
    }

    /// As `<input>`.
    pub fn line(self) -> AnyView {
        let id = self.id();
        match self.kind {
            "password" => self.note_secret(),
            _ => self.compare(ToOwned::to_owned),
        }
        let (list, options) = self.datalist(&id);
        let control = view! {
            <input
                id=id.clone()
                name=self.name
                list=list
                type=self.kind
                value=(self.kind != "password").then(|| self.value.clone())
                placeholder=self.placeholder.clone()
                autocomplete=self.autocomplete
                spellcheck="false"
                autocapitalize="none"
                pattern=self.rule.map(|rule| rule.pattern)
                required=self.required.is_some()
                aria-invalid=self.invalid()
                aria-describedby=described(&id)
            />
            {options}
        };
        self.framed(&id, control.into_any())
    }

    fn datalist(&self, id: &str) -> (Option<String>, Option<AnyView>) {
        if self.suggestions.is_empty() {
            return (None, None);
        }
        let list = format!("{id}-list");
        let options = self
            .suggestions
            .iter()
            .map(|(value, about)| view! { <option value=value.clone() label=about.clone()></option> })
            .collect_view();
        let view = view! { <datalist id=list.clone()>{options}</datalist> };
        (Some(list), Some(view.into_any()))
    }

    /// As `<textarea>`, for several lines.
    pub fn lines(self, rows: &'static str) -> AnyView {
        let id = self.id();
        self.compare(ToOwned::to_owned);
        let value = self.value.clone();
        self.area(&id, rows, "", value)
    }

    /// As `<textarea>` for a secret of several lines, such as a key file; never filled in again.
    pub fn secret_lines(self, rows: &'static str) -> AnyView {
        let id = self.id();
        self.note_secret();
        self.area(&id, rows, "masked", String::new())
    }

    fn area(self, id: &str, rows: &'static str, class: &'static str, value: String) -> AnyView {
        let control = view! {
            <textarea
                id=id.to_owned()
                name=self.name
                rows=rows
                class=class
                placeholder=self.placeholder.clone()
                autocomplete=self.autocomplete
                spellcheck="false"
                autocapitalize="none"
                required=self.required.is_some()
                aria-invalid=self.invalid()
                aria-describedby=described(id)
            >
                {value}
            </textarea>
        };
        self.framed(id, control.into_any())
    }

    /// As `<select>`; groups with an empty label stand alone.
    pub fn select(self, groups: Vec<(&'static str, Vec<(String, String)>)>) -> AnyView {
        let id = self.id();
        let chosen = self.value.clone();
        self.compare(|value| {
            let mut options = groups.iter().flat_map(|(_, options)| options);
            let label = options.find(|(option, _)| option == value).map(|(_, label)| label);
            label.map_or_else(|| "another choice".to_owned(), Clone::clone)
        });
        let options = groups
            .into_iter()
            .filter(|(_, options)| !options.is_empty())
            .map(|(group, options)| {
                let options = options
                    .into_iter()
                    .map(|(value, label)| {
                        let selected = (value == chosen).then_some("selected");
                        view! { <option value=value selected=selected.is_some()>{label}</option> }
                    })
                    .collect_view();
                if group.is_empty() {
                    options.into_any()
                } else {
                    view! { <optgroup label=group>{options}</optgroup> }.into_any()
                }
            })
            .collect_view();
        let control = view! {
            <select
                id=id.clone()
                name=self.name
                required=self.required.is_some()
                aria-invalid=self.invalid()
                aria-describedby=described(&id)
            >
                {options}
            </select>
        };
        self.framed(&id, control.into_any())
    }

    fn compare(&self, in_words: impl Fn(&str) -> String) {
        self.state.compare(self.field, self.label, &self.value, in_words);
    }

    fn note_secret(&self) {
        if let Some(conflict) = self.state.conflict() {
            conflict.has_secret();
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.state.problem(self.field).map(|_| "true")
    }

    fn framed(self, id: &str, control: AnyView) -> AnyView {
        let problem = self.state.problem(self.field);
        let fine = problem.is_none();
        let required = self.required.map(|_| "This field is required.");
        // The style sheet shows it while what is typed breaks it.
        let rule = self.rule.map(|rule| rule.sentence).or(required);
        let rule = rule.map(|rule| view! { <p class="problem rule">{rule}</p> });
        view! {
            <div class="field" id=format!("field-{}", self.name) data-field=self.field.as_str()>
                <label for=id.to_owned()>{self.label}</label>
                {control}
                <p class="problem" id=format!("{id}-problem") data-problem hidden=fine>
                    {problem}
                </p>
                {rule}
                {(!self.hint.is_empty())
                    .then(|| view! { <p class="hint" id=format!("{id}-hint")>{self.hint.clone()}</p> })}
            </div>
        }
        .into_any()
    }
}

fn described(id: &str) -> String {
    format!("{id}-problem {id}-hint")
}

/// A value that goes along unseen.
pub(crate) fn hidden(name: &'static str, value: impl Into<String>) -> AnyView {
    let value: String = value.into();
    view! { <input type="hidden" name=name value=value/> }.into_any()
}
