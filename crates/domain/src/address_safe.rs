//! What of a form may stand in an address on the way to another form: an allow-list by type, because
//! browsers keep addresses and proxies write them down.

use crate::TypedUrl;

/// A field that may stand in an address. [`crate::Secret`] is none, so a form with one cannot be made
/// an [`AddressForm`]:
///
/// ```compile_fail,E0277
/// fn travels<T: domain::AddressSafe>() {}
/// travels::<domain::Secret>();
/// ```
pub trait AddressSafe {
    /// The typed text as it may stand there; `None` for one that may not.
    fn in_address(typed: &str) -> Option<String>;
}

impl AddressSafe for String {
    /// Somebody may paste a key into the field of a certificate.
    fn in_address(typed: &str) -> Option<String> {
        (!typed.contains("PRIVATE KEY")).then(|| typed.to_owned())
    }
}

impl AddressSafe for TypedUrl {
    fn in_address(typed: &str) -> Option<String> {
        String::in_address(&crate::redact_url(typed))
    }
}

impl<T: AddressSafe> AddressSafe for Vec<T> {
    fn in_address(typed: &str) -> Option<String> {
        T::in_address(typed)
    }
}

/// A form that people leave for another page and come back to. [`crate::address_form!`] makes one.
pub trait AddressForm {
    /// What was typed into the field `name` as it may stand in an address; `None` for a field that the
    /// form does not have, and for a text that may not.
    fn in_address(name: &str, typed: &str) -> Option<String>;

    /// The names of its fields.
    fn names() -> Vec<&'static str>;
}

/// Declares a form of which every field may stand in an address: its fields are [`AddressSafe`], and so
/// are the forms whose fields it has too, after `flatten`.
#[macro_export]
macro_rules! address_form {
    (
        $(#[$meta:meta])*
        $visible:vis struct $form:ident { $($(#[$doc:meta])+ pub $field:ident: $type:ty,)* }
        $(flatten { $($(#[$inner_doc:meta])+ pub $inner:ident: $inner_type:ty,)+ })?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        $visible struct $form {
            $($(#[$doc])+ pub $field: $type,)*
            $($($(#[$inner_doc])+ #[serde(flatten)] pub $inner: $inner_type,)+)?
        }

        impl $crate::AddressForm for $form {
            fn in_address(name: &str, typed: &str) -> Option<String> {
                match name.strip_suffix("[]").unwrap_or(name) {
                    $(stringify!($field) => <$type as $crate::AddressSafe>::in_address(typed),)*
                    _ => None$($(.or_else(|| <$inner_type as $crate::AddressForm>::in_address(name, typed)))+)?,
                }
            }

            fn names() -> Vec<&'static str> {
                let names = vec![$(stringify!($field)),*];
                $($(let names = [names, <$inner_type as $crate::AddressForm>::names()].concat();)+)?
                names
            }
        }
    };
}
