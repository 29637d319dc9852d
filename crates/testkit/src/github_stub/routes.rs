//! What the stub answers.

use std::collections::HashMap;

use axum::{
    Json,
    body::Bytes,
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::{APP, CALLBACK, CLIENT, Device, SECRET, State, Token, WORDS};

impl State {
    pub(super) fn make(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}{:04}canary", self.made)
    }

    pub(super) fn route(
        &mut self,
        method: &Method,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Response {
        match (method.as_str(), path) {
            ("POST", "/login/oauth/access_token") => self.token(headers, body),
            ("POST", "/login/device/code") => self.begin_device(headers, body),
            ("GET", "/api/v3/user") => self.user(headers),
            ("GET", "/api/v3/user/installations") => self.installations(headers),
            ("GET", "/api/v3/user/repos") => self.repositories(headers, query, None),
            ("GET", "/api/v3/installation/repositories") => {
                self.repositories(headers, query, Some("repositories"))
            }
            ("DELETE", path) if path == format!("/api/v3/applications/{CLIENT}/token") => {
                self.revoke(headers, body)
            }
            ("POST", path) if path.starts_with("/api/v3/app/installations/") => {
                self.installation_token(path, headers, body)
            }
            ("GET", path) if path.starts_with("/api/v3/repos/") => {
                let name = path.trim_start_matches("/api/v3/repos/");
                match (self.opened(headers), self.repositories.iter().any(|known| known == name)) {
                    (Some(_), true) => Json(repository(name)).into_response(),
                    _ => not_found(),
                }
            }
            _ => not_found(),
        }
    }

    fn token(&mut self, headers: &HeaderMap, body: &Bytes) -> Response {
        // Without this header GitHub answers a form.
        assert_eq!(headers["accept"], "application/json");
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        if field("client_id") != CLIENT {
            return refused("incorrect_client_credentials");
        }
        match field("grant_type") {
            "urn:ietf:params:oauth:grant-type:device_code" => self.poll(field("device_code")),
            _ if field("client_secret") != SECRET => refused("incorrect_client_credentials"),
            "refresh_token" => match self.refresh.remove(field("refresh_token")) {
                None => refused("bad_refresh_token"),
                Some((id, login)) => {
                    self.refreshed += 1;
                    if let Some(call) = &self.after_renewal {
                        call();
                    }
                    // The old access token ends with its refresh token.
                    self.tokens.retain(|_, token| token.account.0 != id);
                    self.give((id, login), String::new())
                }
            },
            // GitHub takes the code with the grant type of RFC 6749 and without one.
            "" | "authorization_code" => {
                // A code is used up by every try.
                let Some(code) = self.codes.remove(field("code")) else {
                    return refused("bad_verification_code");
                };
                let shown = Sha256::digest(field("code_verifier").as_bytes());
                if URL_SAFE_NO_PAD.encode(shown) != code.challenge {
                    return refused("bad_verification_code");
                }
                if field("redirect_uri") != CALLBACK {
                    return refused("redirect_uri_mismatch");
                }
                self.give(code.account, code.scope)
            }
            _ => refused("unsupported_grant_type"),
        }
    }

    fn give(&mut self, account: (i64, String), scope: String) -> Response {
        let access = self.make("ghu_");
        let mut answer = json!({"access_token": access, "token_type": "bearer", "scope": scope});
        self.tokens.insert(access, Token { account: account.clone(), scope });
        if let Some(life) = self.life {
            let refresh = self.make("ghr_");
            answer["expires_in"] = life.into();
            answer["refresh_token"] = refresh.clone().into();
            answer["refresh_token_expires_in"] = 15_897_600.into();
            self.refresh.insert(refresh, account);
        }
        Json(answer).into_response()
    }

    fn begin_device(&mut self, headers: &HeaderMap, body: &Bytes) -> Response {
        assert_eq!(headers["accept"], "application/json");
        let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        if form["client_id"] != CLIENT {
            return not_found();
        }
        let code = self.make("device");
        self.devices.insert(
            code.clone(),
            (Device::Pending, form.get("scope").cloned().unwrap_or_default()),
        );
        Json(json!({
            "device_code": code, "user_code": "WDJB-MJHT", "expires_in": 900, "interval": 5,
            "verification_uri": "https://evil.example/login/device",
        }))
        .into_response()
    }

    fn poll(&mut self, code: &str) -> Response {
        match self.devices.get(code).cloned() {
            None => refused("incorrect_device_code"),
            Some((Device::Pending, _)) => refused("authorization_pending"),
            Some((Device::SlowDown, _)) => {
                let words =
                    json!({"error": "slow_down", "interval": 10, "error_description": WORDS});
                Json(words).into_response()
            }
            Some((Device::Refused, _)) => refused("access_denied"),
            Some((Device::Expired, _)) => refused("expired_token"),
            Some((Device::Agreed, scope)) => {
                self.devices.remove(code);
                self.give(self.account.clone(), scope)
            }
        }
    }

    /// Whose token a request shows.
    fn opened(&self, headers: &HeaderMap) -> Option<Token> {
        let login = headers.get("authorization")?.to_str().ok()?;
        assert_eq!(headers["accept"], "application/vnd.github+json");
        assert_eq!(headers["x-github-api-version"], "2022-11-28");
        assert!(headers["user-agent"].to_str().unwrap().starts_with("hawser/"));
        self.tokens.get(login.strip_prefix("Bearer ")?).cloned()
    }

    fn user(&self, headers: &HeaderMap) -> Response {
        match self.opened(headers) {
            None => bad_credentials(),
            Some(Token { account: (id, login), scope }) => {
                let scopes = [("x-oauth-scopes", scope.replace(',', ", "))];
                (scopes, Json(json!({"id": id, "login": login, "name": WORDS}))).into_response()
            }
        }
    }

    fn installations(&self, headers: &HeaderMap) -> Response {
        if self.opened(headers).is_none() {
            return bad_credentials();
        }
        let rows = self.installations.iter().map(|(id, account)| {
            json!({"id": id, "app_id": 424_242, "app_slug": "hawser", "account": {"login": account}})
        });
        let rows: Vec<_> = rows.collect();
        Json(json!({"total_count": rows.len(), "installations": rows})).into_response()
    }

    fn repositories(&self, headers: &HeaderMap, query: &str, inside: Option<&str>) -> Response {
        if self.opened(headers).is_none() {
            return bad_credentials();
        }
        let query: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let (page, size): (usize, usize) =
            (query["page"].parse().unwrap(), query["per_page"].parse().unwrap());
        assert!(size <= 100, "GitHub gives no more");
        let rows: Vec<_> = self.repositories.iter().skip((page - 1) * size).take(size).collect();
        let rows: Vec<_> = rows.into_iter().map(|name| repository(name)).collect();
        let next = format!("<https://evil.example/?page={}>; rel=\"next\"", page + 1);
        let link = if page * size < self.repositories.len() { next } else { String::new() };
        let rows: Value = match inside {
            Some(name) => json!({"total_count": self.repositories.len(), name: rows}),
            None => rows.into(),
        };
        ([("link", link)], Json(rows)).into_response()
    }

    fn revoke(&mut self, headers: &HeaderMap, body: &Bytes) -> Response {
        let login = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
        if headers["authorization"] != login.as_str() {
            return bad_credentials();
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        let Some(known) = self.tokens.remove(&token) else { return not_found() };
        self.refresh.retain(|_, account| account.0 != known.account.0);
        self.revoked.push(token);
        StatusCode::NO_CONTENT.into_response()
    }

    /// That the signature is right is tested with the exchange of app keys.
    fn installation_token(&mut self, path: &str, headers: &HeaderMap, body: &Bytes) -> Response {
        let jwt = headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
        let claims = jwt.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(claims["iss"], APP);
        let wish: Value = serde_json::from_slice(body).unwrap();
        let known = self.installations.iter().find(|(id, _)| path.contains(&format!("/{id}/")));
        let Some((id, account)) = known.cloned() else { return not_found() };
        if wish["permissions"].get("pull_requests").is_some() {
            // This app may write contents alone.
            return (StatusCode::UNPROCESSABLE_ENTITY, WORDS).into_response();
        }
        assert_eq!(wish["permissions"], json!({"contents": "write"}));
        let token = self.make("ghs_");
        self.tokens.insert(token.clone(), Token { account: (id, account), scope: String::new() });
        let answer = json!({"token": token, "expires_at": "2099-01-01T00:00:00Z"});
        (StatusCode::CREATED, Json(answer)).into_response()
    }
}

fn repository(name: &str) -> Value {
    json!({
        "full_name": name, "default_branch": "main", "private": true,
        "clone_url": "https://evil.example/x.git", "permissions": {"push": true},
    })
}

/// A refusal as GitHub's token endpoint has it: with status 200.
fn refused(code: &str) -> Response {
    let words =
        json!({"error": code, "error_description": WORDS, "error_uri": "https://evil.example"});
    Json(words).into_response()
}

fn bad_credentials() -> Response {
    (StatusCode::UNAUTHORIZED, Json(json!({"message": WORDS}))).into_response()
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"message": WORDS}))).into_response()
}
