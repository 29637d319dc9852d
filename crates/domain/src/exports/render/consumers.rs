//! Which file renders which consumer.

use super::{argo_cd, carvel, draft::Draft, flux, helm, kargo, kyma, pull_secret};
use crate::exports::Consumer;

pub(super) fn render(draft: &mut Draft<'_>) {
    match draft.fields.consumer {
        Consumer::PullSecret => pull_secret::render(draft),
        Consumer::ArgoCd => argo_cd::render(draft),
        Consumer::Flux => flux::render(draft),
        Consumer::Kargo => kargo::render(draft),
        Consumer::Kyma => kyma::render(draft),
        Consumer::Carvel => carvel::render(draft),
        Consumer::Helm => helm::render(draft),
    }
}
