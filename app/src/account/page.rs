//! Who one is, and what one may do about it.

use leptos::prelude::*;

use crate::ui::{
    frame::Section,
    icon::Icon,
    page::{Page, page},
};

/// `/account`
pub(crate) fn account() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let profile = request.services().account.profile(&principal).await?;
        let sessions = request.services().account.sessions(&principal).await?.len();
        let body = view! {
            <div class="head">
                <h1>"Your account"</h1>
            </div>
            <section class="card narrow">
                <dl class="facts">
                    <dt>"Name"</dt>
                    <dd>{profile.name}</dd>
                    <dt>"Email"</dt>
                    <dd>{profile.email}</dd>
                    <dt>"Organization"</dt>
                    <dd>{principal.organization_name}</dd>
                    <dt>"Role"</dt>
                    <dd>{principal.role.as_str()}</dd>
                </dl>
                <div class="actions">
                    <a class="button" href="/account/password">
                        <Icon name="key-round"/>
                        "Change password"
                    </a>
                    <a class="button" href="/account/sessions">
                        {domain::counted(sessions, "session", "sessions")}
                    </a>
                </div>
            </section>
        };
        Ok(Page {
            title: "Your account".to_owned(),
            section: Section::Account,
            body: body.into_any(),
        })
    })
}
