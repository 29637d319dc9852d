//! The answers of the stub, good and bad.

use axum::{body::Body, http::header::CONTENT_TYPE, response::Response};
use serde_json::{Value, json};

use super::{objects::Refused, tls};

pub fn status(refused: &Refused) -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": refused.message,
        "reason": refused.reason, "code": refused.code,
        "details": {"kind": refused.about, "causes": refused.causes}})
}

pub fn json_answer(code: u16, value: &Value) -> Response {
    Response::builder()
        .status(code)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(value.to_string()))
        .unwrap()
}

/// An answer that ends in its middle.
pub fn broken_off() -> Response {
    let parts = futures::stream::iter([
        Ok(String::from("{\"kind\":")),
        Err(std::io::Error::other("as a test")),
    ]);
    Response::new(Body::from_stream(parts))
}

pub fn endless() -> Response {
    let chunk = " ".repeat(64 * 1024);
    Response::new(Body::from_stream(futures::stream::repeat_with(move || {
        Ok::<_, std::io::Error>(chunk.clone())
    })))
}

/// What a hostile server could say: the login of the secret that it was sent, as it is and packed.
pub fn echo(bytes: &[u8]) -> String {
    let body: Value = serde_json::from_slice(bytes).unwrap();
    let packed = body["data"][".dockerconfigjson"].as_str().unwrap();
    let config: Value = serde_json::from_str(&tls::unpacked(packed)).unwrap();
    let auths = config["auths"].as_object().unwrap().values();
    let logins = auths.map(|entry| tls::unpacked(entry["auth"].as_str().unwrap()));
    format!("invalid value: {packed} {}", logins.collect::<Vec<_>>().join(" "))
}
