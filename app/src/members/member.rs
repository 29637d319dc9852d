//! One member: their role, what depends on them, and what may become of their membership.

use domain::{
    Action, Field, Principal, Role, UserId,
    members::{Dependents, Member, MemberDetail, MemberState, right_over, roles_given_by},
};
use leptos::prelude::*;

use super::{LEAVE, list::state, path_of, role_label, roles};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    input::{Input, hidden},
    moment::{Moment, moment_or},
    page::{Page, Request, snapshot_page},
};

/// `/settings/members/{id}`
pub(crate) fn member() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let id: UserId = request.id()?;
        let found = request.services().members.get(&principal, id).await?;
        let member = &found.member;
        let manages = principal.role.includes(right_over(member.standing.role));
        let body = view! {
            <div class="head">
                <div>
                    <h1>{member.name.clone()}</h1>
                    <p class="tags">
                        {state(member.standing.state)}
                        <span class="muted">{role_label(member.standing.role)}</span>
                    </p>
                </div>
            </div>
            <div class="beside">
                <div class="stack">{facts(&request, &principal, &found)}</div>
                <div class="stack">
                    {manages.then(|| role(&request, &principal, member))}
                    {manages.then(|| membership(&request, &principal, member))}
                    {transfer(&request, &principal, member)}
                </div>
            </div>
        };
        Ok(Page { title: member.name.clone(), section: Section::Members, body: body.into_any() })
    })
}

fn facts(request: &Request, principal: &Principal, found: &MemberDetail) -> AnyView {
    let (member, now) = (&found.member, request.now);
    let contact = member.contact.as_ref().map(|contact| {
        view! {
            <dt>"Email"</dt>
            <dd>{contact.email.clone()}</dd>
            <dt>"Last seen"</dt>
            <dd>{moment_or(contact.last_seen_at, now, "Not lately")}</dd>
        }
    });
    let dependent = contact.is_some().then(|| {
        view! {
            <section class="card" aria-labelledby="git-accounts-title">
                <h2 id="git-accounts-title">"Git accounts"</h2>
                {dependents(&found.dependents)}
            </section>
        }
    });
    let log = principal.role.includes(Action::ReadAudit).then(|| {
        let href = crate::ui::path::with("/audit", &[("search", &member.name)]);
        view! { <a class="button quiet" href=href>"In the audit log"</a> }
    });
    view! {
        <section class="card" aria-labelledby="facts-title">
            <div class="card-head">
                <h2 id="facts-title">"Membership"</h2>
                {log}
            </div>
            <dl class="facts">
                <dt>"Role"</dt>
                <dd>{role_label(member.standing.role)}</dd>
                <dt>"Joined"</dt>
                <dd><Moment at=member.joined_at now/></dd>
                {contact}
            </dl>
        </section>
        {dependent}
    }
    .into_any()
}

/// What depends on a person, in two lists.
pub(super) fn dependents(found: &Dependents) -> AnyView {
    if found.is_empty() {
        return view! { <p class="muted">"None: nothing stops with them."</p> }.into_any();
    }
    let names = |title: &'static str, names: &[String]| {
        let rows = names.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
        (!names.is_empty()).then(|| view! { <h3>{title}</h3> <ul>{rows}</ul> })
    };
    view! {
        {names("Connected by them", &found.git_accounts)}
        {names("Git targets that push with one of these", &found.git_targets)}
    }
    .into_any()
}

fn role(request: &Request, principal: &Principal, member: &Member) -> AnyView {
    if member.standing.state != MemberState::Active {
        return ().into_any();
    }
    let state = FormState::new("member-role", request);
    let given: Vec<_> = roles_given_by(principal.role).collect();
    let (id, now) = (member.user.to_string(), member.standing.role);
    view! {
        <section class="card" aria-labelledby="role-title">
            <h2 id="role-title">"Change the role"</h2>
            <Form state=state.clone() action="/actions/members/role">
                {hidden("member", id)}
                {Input::new(&state, Field::Role, "Role")
                    .value(now.as_str())
                    .hint("It counts within seconds, also on pages that are open.")
                    .select(roles(&given))}
                <div class="actions">
                    <Submit>"Save"</Submit>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

fn membership(request: &Request, principal: &Principal, member: &Member) -> AnyView {
    let is_you = member.user == principal.user;
    let (id, remove) = (member.user.to_string(), remove(member));
    let inside = if is_you {
        view! {
            <p class="muted">"This is you."</p>
            <div class="actions"><a class="button danger" href=LEAVE>"Leave the organization"</a></div>
        }
        .into_any()
    } else if member.standing.state == MemberState::Suspended {
        let state = FormState::new("member-resume", request);
        view! {
            <p>"Suspended: they see nothing here until somebody resumes them."</p>
            <Form state action="/actions/members/resume">
                {hidden("member", id)}
                <div class="actions">
                    <Submit>"Resume"</Submit>
                    {remove}
                </div>
            </Form>
        }
        .into_any()
    } else {
        let state = FormState::new("member-suspend", request);
        view! {
            <p>"Suspend them, and they see nothing here until somebody resumes them. Remove them, and coming back takes a new invitation."</p>
            <Form state action="/actions/members/suspend">
                {hidden("member", id)}
                <div class="actions">
                    <Submit class="button">"Suspend"</Submit>
                    {remove}
                </div>
            </Form>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="membership-title">
            <h2 id="membership-title">{if is_you { "Leave" } else { "Suspend or remove" }}</h2>
            {inside}
        </section>
    }
    .into_any()
}

fn remove(member: &Member) -> AnyView {
    let href = format!("{}/remove", path_of(member.user));
    view! { <a class="button danger" href=href>"Remove…"</a> }.into_any()
}

/// Making another member the owner in one's own place.
fn transfer(request: &Request, principal: &Principal, member: &Member) -> AnyView {
    let can = principal.role == Role::Owner
        && member.user != principal.user
        && member.standing.state == MemberState::Active
        && member.standing.role != Role::Owner;
    if !can {
        return ().into_any();
    }
    let (state, id) = (FormState::new("member-transfer", request), member.user.to_string());
    view! {
        <section class="card" aria-labelledby="transfer-title">
            <h2 id="transfer-title">"Transfer ownership"</h2>
            <p>{format!("{} becomes an owner, and you become an admin, at once.", member.name)}</p>
            <Form state action="/actions/members/transfer">
                {hidden("member", id)}
                <div class="actions">
                    <Submit class="button danger">"Transfer ownership"</Submit>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
