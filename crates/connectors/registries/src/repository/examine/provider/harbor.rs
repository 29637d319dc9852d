//! What Harbor tells about a robot account: when it expires. The robot asks about itself, so it
//! needs the right to list robots, which few have; what it may not ask stays unknown.
//!
//! Sources: goharbor/harbor `api/v2.0/swagger.yaml` (`ListRobot`, `ListRobotV1`, `Robot`), and
//! `src/server/v2.0/handler/robot.go`, where a list without a level is that of the system.

use domain::Timestamp;
use http::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use url::Url;

use super::{TokenFacts, json};
use egress::{Ask, Login, Outbound, Redirects, lenient};

/// How Harbor names its token service in its challenge.
pub(super) const SERVICE: &str = "harbor-registry";

/// The most that is read of a list, in bytes.
const ANSWER: usize = 512 * 1024;
/// The largest page that Harbor gives.
const PAGE: &str = "100";
/// Without it a project whose name is a number is taken for the id of another one.
const BY_NAME: HeaderName = HeaderName::from_static("x-is-resource-name");

#[derive(Deserialize)]
struct Robot {
    /// With the prefix that the operator of Harbor chose, and the project: `robot$team+pull`.
    #[serde(default, deserialize_with = "lenient::text")]
    name: String,
    /// Seconds since the Unix epoch; -1 for never.
    #[serde(default, deserialize_with = "lenient::seconds")]
    expires_at: Option<u64>,
}

#[derive(Deserialize)]
struct Robots(#[serde(deserialize_with = "lenient::list")] Vec<Robot>);

/// Asks the Harbor at `base` about the robot `login`, which reads in the project that `path` begins
/// with. The login goes to the origin that just took it.
pub(super) async fn about(
    outbound: &Outbound,
    base: &Url,
    path: &str,
    login: &Login,
) -> Option<TokenFacts> {
    let url = list(base, path, &login.username)?;
    let ask = Ask::get(url, "ask Harbor about the robot account")
        .header(BY_NAME, HeaderValue::from_static("true"))
        .login(login.basic())
        .redirects(Redirects::Refuse);
    let answer = outbound.send(ask).await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    let Robots(robots) = json(answer, ANSWER).await?;
    let robot = robots.into_iter().find(|robot| robot.name == login.username)?;
    Some(TokenFacts { expires_at: robot.expires_at.and_then(end), excess: Vec::new() })
}

/// The list in which the robot `username` stands: that of its project, or that of the system.
fn list(base: &Url, path: &str, username: &str) -> Option<Url> {
    let mut url = base.clone();
    url.set_path("/api/v2.0");
    if username.contains('+') {
        let project = path.split('/').find(|part| !part.is_empty())?;
        url.path_segments_mut().ok()?.extend(["projects", project, "robots"]);
    } else {
        url.path_segments_mut().ok()?.push("robots");
    }
    url.query_pairs_mut().append_pair("page_size", PAGE);
    if let Some((_, own)) = username.rsplit_once(['+', '$'])
        && !own.is_empty()
        && own.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    {
        url.query_pairs_mut().append_pair("q", &format!("name=~{own}"));
    }
    Some(url)
}

fn end(seconds: u64) -> Option<Timestamp> {
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    seconds.checked_mul(1_000).map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robot_is_looked_for_where_it_was_made() {
        let list = |path: &str, username: &str| {
            let base = Url::parse("https://harbor.example:8443/").unwrap();
            list(&base, path, username).map(|url| url.to_string())
        };
        let of_project = list("/team/charts/web", "robot$team+pull").unwrap();
        assert_eq!(
            of_project,
            "https://harbor.example:8443/api/v2.0/projects/team/robots?page_size=100&q=name%3D%7Epull"
        );
        let of_system = list("", "robot$pull").unwrap();
        assert!(of_system.ends_with("/api/v2.0/robots?page_size=100&q=name%3D%7Epull"));
        assert!(list("", "bot-pull").unwrap().ends_with("/api/v2.0/robots?page_size=100"));
        assert_eq!(list("", "robot$team+pull"), None);
        let odd = list("/a%2Fb/c", "robot$x+y,z=(1)").unwrap();
        assert!(odd.ends_with("/robots?page_size=100"), "{odd}");
    }

    #[test]
    fn robots_may_live_for_ever() {
        assert_eq!((end(0), end(u64::MAX), end(1 << 62)), (None, None, None));
        assert_eq!(end(1_800_000_000).unwrap().rfc3339(), "2027-01-15T08:00:00Z");
    }
}
