//! Server functions of members and invitations: who is asking, call the service.

use domain::{
    InvitationId, Principal, ServiceError, UserId,
    members::{self, parse_role},
};
use leptos::prelude::*;

use super::{PATH, path_of};
use crate::{
    answer::{Answered, Redirect, Sent, act, answer},
    services::{RequestContext, Services, known},
};

/// Takes an invitation back.
#[server(prefix = "/actions", endpoint = "members/revoke")]
pub(crate) async fn revoke_invitation(
    #[server(default)] from: String,
    #[server(default)] invitation: String,
) -> Answered {
    act(
        Sent::new("invitation-revoke", &from),
        async move |services, principal| {
            services.members.revoke(&principal, known(&invitation)?).await
        },
        |()| Redirect::to(PATH).flash("The invitation is revoked. Its link is dead."),
    )
    .await
}

/// Makes who accepted an invitation a member.
#[server(prefix = "/actions", endpoint = "members/confirm")]
pub(crate) async fn confirm_member(
    #[server(default)] from: String,
    #[server(default)] invitation: String,
) -> Answered {
    act(
        Sent::new("member-confirm", &from),
        async move |services, principal| {
            services.members.confirm(&principal, known(&invitation)?).await
        },
        |name: String| Redirect::to(PATH).flash(format!("{name} is a member now.")),
    )
    .await
}

/// Says no to who accepted an invitation.
#[server(prefix = "/actions", endpoint = "members/refuse")]
pub(crate) async fn refuse_member(
    #[server(default)] from: String,
    #[server(default)] invitation: String,
) -> Answered {
    act(
        Sent::new("member-refuse", &from),
        async move |services, principal| {
            services.members.refuse(&principal, known::<InvitationId>(&invitation)?).await
        },
        |()| Redirect::to(PATH).flash("They are refused and see nothing."),
    )
    .await
}

/// Gives a member another role.
#[server(prefix = "/actions", endpoint = "members/role")]
pub(crate) async fn change_role(
    #[server(default)] from: String,
    #[server(default)] member: String,
    #[server(default)] role: String,
) -> Answered {
    let sent = Sent::new("member-role", &from).with("role", &role);
    changed(sent, member, "The role is changed.", async move |services, principal, user| {
        services.members.change_role(&principal, user, parse_role(&role)?).await
    })
    .await
}

/// Takes all rights from a member until somebody resumes them.
#[server(prefix = "/actions", endpoint = "members/suspend")]
pub(crate) async fn suspend_member(
    #[server(default)] from: String,
    #[server(default)] member: String,
) -> Answered {
    let sent = Sent::new("member-suspend", &from);
    changed(sent, member, "They are suspended.", async |services, principal, user| {
        services.members.suspend(&principal, user).await
    })
    .await
}

/// Gives a suspended member their rights again.
#[server(prefix = "/actions", endpoint = "members/resume")]
pub(crate) async fn resume_member(
    #[server(default)] from: String,
    #[server(default)] member: String,
) -> Answered {
    let sent = Sent::new("member-resume", &from);
    changed(sent, member, "They have their rights again.", async |services, principal, user| {
        services.members.resume(&principal, user).await
    })
    .await
}

/// Makes another member an owner and oneself an admin.
#[server(prefix = "/actions", endpoint = "members/transfer")]
pub(crate) async fn transfer_ownership(
    #[server(default)] from: String,
    #[server(default)] member: String,
) -> Answered {
    let sent = Sent::new("member-transfer", &from);
    let notice = "They are an owner now, and you are an admin.";
    changed(sent, member, notice, async |services, principal, user| {
        services.members.transfer(&principal, user).await
    })
    .await
}

/// Ends a membership.
#[server(prefix = "/actions", endpoint = "members/remove")]
pub(crate) async fn remove_member(
    #[server(default)] from: String,
    #[server(default)] member: String,
) -> Answered {
    act(
        Sent::new("member-remove", &from),
        async move |services, principal| services.members.remove(&principal, known(&member)?).await,
        |()| Redirect::to(PATH).flash("They are no member any more. Nothing they made is deleted."),
    )
    .await
}

/// Ends one's own membership.
#[server(prefix = "/actions", endpoint = "members/leave")]
pub(crate) async fn leave_organization(#[server(default)] from: String) -> Answered {
    act(
        Sent::new("member-leave", &from),
        async |services, principal| services.members.leave(&principal).await,
        |()| Redirect::to(SIGN_IN).flash("You left the organization."),
    )
    .await
}

/// A change of one member, which leads to their page.
async fn changed<Asking>(
    sent: Sent,
    member: String,
    notice: &'static str,
    ask: impl FnOnce(Services, Principal, UserId) -> Asking,
) -> Answered
where
    Asking: Future<Output = Result<(), ServiceError>>,
{
    act(
        sent,
        async move |services, principal| {
            let user: UserId = known(&member)?;
            ask(services, principal, user).await?;
            Ok(user)
        },
        |user| Redirect::to(path_of(user)).flash(notice),
    )
    .await
}

/// Takes an invitation, as the person who is signed in.
#[server(prefix = "/actions", endpoint = "invitation/accept")]
pub(crate) async fn accept_invitation(#[server(default)] from: String) -> Answered {
    let result = async {
        let RequestContext { services, visit } = RequestContext::anyone()?;
        let token = visit.invitation().ok_or(ServiceError::NotFound)?;
        let user = visit.user().ok_or(ServiceError::NotSignedIn)?;
        services.invitations.accept(user, &token, visit.peer()).await?;
        visit.forget_invitation();
        Ok(())
    };
    answer(Sent::new("invitation-accept", &from), result.await, |()| {
        Redirect::to(home()).flash(ACCEPTED)
    })
    .await
}

/// Where somebody is told that they are in no organization.
const SIGN_IN: &str = "/sign-in";

/// Where the person belongs now.
fn home() -> &'static str {
    let visit = RequestContext::anyone().ok().map(|asking| asking.visit);
    match visit.and_then(|visit| visit.principal()) {
        Some(_) => "/",
        None => SIGN_IN,
    }
}

const ACCEPTED: &str =
    "You accepted. An owner or admin of the organization confirms you before you see anything.";

/// Makes an account and takes an invitation with it.
#[server(prefix = "/actions", endpoint = "sign-up")]
pub(crate) async fn sign_up(
    #[server(default)] from: String,
    #[server(flatten)] form: members::SignUp,
) -> Answered {
    let sent = Sent::of("sign-up", &from, &form);
    let result = async {
        let RequestContext { services, visit } = RequestContext::anyone()?;
        let token = visit.invitation().ok_or(ServiceError::NotFound)?;
        let signed_in = services.invitations.sign_up(form, &token, visit.peer()).await?;
        crate::sessions::begin(&*visit, signed_in).await?;
        visit.forget_invitation();
        Ok(())
    };
    answer(sent, result.await, |()| Redirect::to(SIGN_IN).flash(ACCEPTED)).await
}

/// Declines an invitation.
#[server(prefix = "/actions", endpoint = "invitation/decline")]
pub(crate) async fn decline_invitation(#[server(default)] from: String) -> Answered {
    let result = async {
        let RequestContext { services, visit } = RequestContext::anyone()?;
        let token = visit.invitation().ok_or(ServiceError::NotFound)?;
        services.invitations.decline(&token, visit.peer()).await?;
        visit.forget_invitation();
        Ok(())
    };
    answer(Sent::new("invitation-decline", &from), result.await, |()| {
        Redirect::to(home()).flash("You declined the invitation.")
    })
    .await
}
