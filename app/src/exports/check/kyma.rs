//! Whether a Kyma `ModuleTemplate` names the registry secret in each of its layers (F26).

use domain::{
    Field, counted,
    exports::{LayerLabel, ModuleCheck, ModuleLayer},
};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, Tone},
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    page::{Page, page},
};

/// The name of the form.
pub(super) const FORM: &str = "kyma-check";
/// The name under which the session keeps what came of the check.
pub(super) const CHECKED: &str = "checked";

/// `/gitops/check/kyma`
pub(crate) fn kyma() -> AnyView {
    page(async |request| {
        request.member()?;
        let state = FormState::new(FORM, &request);
        let kept = state.kept(CHECKED).unwrap_or_default();
        let result = serde_json::from_str::<ModuleCheck>(&kept).ok().map(|found| layers(&found));
        let label = Input::new(&state, Field::Label, "Label value")
            .value(&request.query("label"))
            .placeholder("module-registry")
            .hint("As in the export for Kyma: the value of operator.kyma-project.io/oci-registry-cred.")
            .required()
            .line();
        let template = Input::new(&state, Field::Template, "ModuleTemplate")
            .placeholder("apiVersion: operator.kyma-project.io/v1beta2\nkind: ModuleTemplate")
            .hint("The whole YAML, as kubectl prints it. It is looked at and not stored.")
            .required()
            .lines("14");
        let body = view! {
            <section class="card narrow">
                <h1>"Check a ModuleTemplate"</h1>
                <p class="muted">
                    "The lifecycle manager of Kyma pulls a layer with the registry secret that the layer's own label names. A layer without it is pulled without a credential."
                </p>
                <Form state action="/actions/gitops/check/kyma">
                    {label}
                    {template}
                    <div class="actions">
                        <Submit>"Check"</Submit>
                    </div>
                    <div class="tests" id=format!("{FORM}-tests")>
                        <div class="test-results" data-test-results>
                            {result}
                        </div>
                        <p class="test-said" role="status" data-test-said></p>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: "Check a ModuleTemplate".to_owned(),
            section: Section::Exports,
            body: body.into_any(),
        })
    })
}

/// Each layer with what its label says.
pub(super) fn layers(found: &ModuleCheck) -> AnyView {
    let wanting = found.layers.iter().filter(|one| one.label != LayerLabel::Carried).count();
    let (wanting, total) = (number(wanting), number(found.layers.len()));
    let summary = if found.layers.is_empty() {
        "The template has no layers to pull.".to_owned()
    } else if found.is_fine() {
        format!("{} the label.", counted(total, "layer carries", "layers carry"))
    } else {
        format!("{wanting} of {} without this label.", counted(total, "layer is", "layers are"))
    };
    let rows = found.layers.iter().map(layer).collect_view();
    view! {
        <p class="test-summary" tabindex="-1" data-test-summary>
            {summary}
        </p>
        <ul class="lines">{rows}</ul>
    }
    .into_any()
}

fn layer(layer: &ModuleLayer) -> AnyView {
    let (tone, label) = match &layer.label {
        LayerLabel::Carried => (Tone::Good, "Carries the label".to_owned()),
        LayerLabel::Other(value) => (Tone::Warn, format!("Names {value}")),
        LayerLabel::Missing => (Tone::Bad, "No label".to_owned()),
    };
    view! {
        <li class="line">
            <div>
                <code>{layer.name.clone()}</code>
            </div>
            <Badge tone label/>
        </li>
    }
    .into_any()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
