//! The page Settings → Members.

use domain::{
    Action, Principal, Timestamp, counted,
    members::{Member, MemberPage, MemberState, OpenInvitation, right_over},
};
use leptos::prelude::*;

use super::{INVITE, LEAVE, PATH, path_of, role_label};
use crate::ui::{
    badge::{Badge, Tone},
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    live::Live,
    moment::{Moment, moment_or},
    page::{Page, Request, snapshot_page},
    table::{Column, list as list_of},
};

/// `/settings/members`
pub(crate) fn list() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let found = request.services().members.list(&principal).await?;
        let manages = principal.role.includes(Action::ManageMembers);
        let invite = manages.then(|| {
            view! {
                <a class="button primary" href=INVITE>
                    <Icon name="plus"/>
                    "Invite"
                </a>
            }
        });
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Members"</h1>
                    <p class="muted">"Who works in "{principal.organization_name.clone()}", and as what."</p>
                </div>
                <div class="actions">
                    <a class="button quiet" href=LEAVE>"Leave"</a>
                    {invite}
                </div>
            </div>
            {waiting(&request, &principal, &found)}
            {table(&principal, &found.members, request.now)}
            {manages.then(|| invitations(&request, &principal, &found))}
            <Live/>
        };
        Ok(Page { title: "Members".to_owned(), section: Section::Members, body: body.into_any() })
    })
}

/// Whether the person may decide about this invitation.
fn decides(principal: &Principal, one: &OpenInvitation) -> bool {
    let is_own = one.accepted_by.as_ref().is_some_and(|it| it.user == principal.user);
    principal.role.includes(right_over(one.role)) && !is_own
}

/// Those who accepted, each with the two buttons.
fn waiting(request: &Request, principal: &Principal, found: &MemberPage) -> AnyView {
    let waits: Vec<_> = found.invitations.iter().filter(|it| it.accepted_by.is_some()).collect();
    let lines = waits.iter().map(|one| wait(request, principal, one)).collect_view();
    let section = (!waits.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="waiting-title">
                <h2 id="waiting-title">"Waiting for you"</h2>
                <ul class="lines">{lines}</ul>
            </section>
        }
    });
    view! { <div data-live="waiting">{section}</div> }.into_any()
}

fn wait(request: &Request, principal: &Principal, one: &OpenInvitation) -> AnyView {
    let Some(who) = &one.accepted_by else { return ().into_any() };
    let other = (who.email != one.email).then(|| {
        view! {
            <p>
                <Badge tone=Tone::Warn label="Another address"/>
                {format!(" The invitation was made for {}.", one.email)}
            </p>
        }
    });
    let id = one.id.to_string();
    let buttons = decides(principal, one).then(|| {
        let (confirm, refuse) =
            (FormState::new("member-confirm", request), FormState::new("member-refuse", request));
        let refused = id.clone();
        view! {
            <div class="actions">
                <Form state=confirm action="/actions/members/confirm">
                    {hidden("invitation", id)}
                    <Submit class="button primary">"Confirm"</Submit>
                </Form>
                <Form state=refuse action="/actions/members/refuse">
                    {hidden("invitation", refused)}
                    <Submit class="button danger">"Refuse"</Submit>
                </Form>
            </div>
        }
    });
    view! {
        <li class="line">
            <div>
                <p>
                    <strong>{who.name.clone()}</strong>
                    {format!(" ({}) accepted and wants to join as {}.", who.email, role_label(one.role).to_lowercase())}
                </p>
                <p class="muted">{format!("Invited by {}.", one.invited_by)}</p>
                {other}
            </div>
            {buttons}
        </li>
    }
    .into_any()
}

fn table(principal: &Principal, members: &[Member], now: Timestamp) -> AnyView {
    let contacts = principal.role.includes(Action::ManageMembers);
    let rows = members.iter().map(|row| member_row(principal, row, now)).collect_view();
    let mut columns = vec![Column::text("", "Name")];
    if contacts {
        columns.push(Column::text("c-wide", "Email"));
    }
    columns.extend([Column::text("c-medium", "Role"), Column::text("c-medium", "State")]);
    columns.push(Column::text("c-time", "Joined"));
    if contacts {
        columns.push(Column::text("c-time", "Last seen"));
    }
    list_of(&counted(members.len(), "member", "members"), columns, rows.into_any())
}

fn member_row(principal: &Principal, member: &Member, now: Timestamp) -> AnyView {
    let you = (member.user == principal.user).then(|| view! { <span class="muted">"You"</span> });
    let (email, seen) = match &member.contact {
        Some(contact) => {
            let (email, seen) = (contact.email.clone(), contact.last_seen_at);
            (
                Some(view! { <td data-label="Email" title=email.clone()>{email.clone()}</td> }),
                Some(
                    view! { <td data-label="Last seen">{moment_or(seen, now, "Not lately")}</td> },
                ),
            )
        }
        None => (None, None),
    };
    view! {
        <tr>
            <th scope="row" data-label="Name" title=member.name.clone()>
                <div class="cell">
                    <a href=path_of(member.user)>{member.name.clone()}</a>
                    {you}
                </div>
            </th>
            {email}
            <td data-label="Role">{role_label(member.standing.role)}</td>
            <td data-label="State">{state(member.standing.state)}</td>
            <td class="later" data-label="Joined"><Moment at=member.joined_at now/></td>
            {seen}
        </tr>
    }
    .into_any()
}

pub(super) fn state(state: MemberState) -> AnyView {
    let (tone, label) = match state {
        MemberState::Active => (Tone::Good, "Active"),
        MemberState::Suspended => (Tone::Warn, "Suspended"),
        MemberState::Removed => (Tone::Quiet, "Removed"),
        MemberState::Left => (Tone::Quiet, "Left"),
    };
    view! { <Badge tone label/> }.into_any()
}

/// Invitations whose link waits. The page has one table already, whose rows follow by their name.
fn invitations(request: &Request, principal: &Principal, found: &MemberPage) -> AnyView {
    let open: Vec<_> = found.invitations.iter().filter(|it| it.accepted_by.is_none()).collect();
    let lines = open.iter().map(|one| invitation(request, principal, one)).collect_view();
    let none = open.is_empty().then(|| {
        view! { <p class="muted">"None. Invite somebody, and send them the link yourself: Hawser sends no mail."</p> }
    });
    view! {
        <section class="card" aria-labelledby="invitations-title">
            <h2 id="invitations-title">"Open invitations"</h2>
            <div data-live="invitations">{none} <ul class="lines">{lines}</ul></div>
        </section>
    }
    .into_any()
}

fn invitation(request: &Request, principal: &Principal, one: &OpenInvitation) -> AnyView {
    let id = one.id.to_string();
    let buttons = decides(principal, one).then(|| {
        let state = FormState::new("invitation-revoke", request).at(PATH);
        let renewed = id.clone();
        view! {
            <div class="actions">
                // Its answer is a page with the new link, which nothing keeps.
                <form class="inline" method="post" action="/actions/members/renew">
                    {hidden("invitation", renewed)}
                    <button class="button small" type="submit">"New link"</button>
                </form>
                <Form state action="/actions/members/revoke" class="inline">
                    {hidden("invitation", id)}
                    <Submit class="button danger small">"Revoke"</Submit>
                </Form>
            </div>
        }
    });
    let told = format!("{}, invited by {}. The link ends ", role_label(one.role), one.invited_by);
    let (ends, now) = (one.expires_at, request.now);
    view! {
        <li class="line">
            <div>
                <strong>{one.email.clone()}</strong>
                <p class="muted">{told} <Moment at=ends now/> "."</p>
            </div>
            {buttons}
        </li>
    }
    .into_any()
}
