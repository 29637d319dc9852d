//! Which file renders which consumer.

use super::{argo_cd, draft::Draft, pull_secret};
use crate::exports::Consumer;

pub(super) fn render(draft: &mut Draft<'_>) {
    match draft.fields.consumer {
        Consumer::PullSecret => pull_secret::render(draft),
        Consumer::ArgoCd => argo_cd::render(draft),
        Consumer::Flux | Consumer::Kargo | Consumer::Kyma | Consumer::Carvel | Consumer::Helm => {
            draft.left_out("Hawser does not write this consumer yet.");
        }
    }
}
