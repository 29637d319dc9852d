//! Pages of ours, fetched in the background.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Headers, RequestInit, Response, SupportedType, window};

use super::TAKES_MESSAGES;

/// The page at `address`, as it would be shown now. Messages for the person stay for the page that the
/// browser itself opens next.
pub(crate) async fn page_at(address: &str) -> Result<Document, JsValue> {
    page_with(address, &RequestInit::new()).await
}

/// The same with the messages for the person, who sees them in a part of it.
pub(crate) async fn page_with_messages(address: &str) -> Result<Document, JsValue> {
    let headers = Headers::new()?;
    headers.set(TAKES_MESSAGES, "1")?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    page_with(address, &init).await
}

async fn page_with(address: &str, init: &RequestInit) -> Result<Document, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let asked = window.fetch_with_str_and_init(address, init);
    let answer: Response = JsFuture::from(asked).await?.dyn_into()?;
    let text = JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default();
    DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)
}
