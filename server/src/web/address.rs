//! Where a visitor comes from, also behind proxies.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

use super::visitors::TrustedProxies;

/// What proxies add the address to that they were asked from, one after the other.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The most entries that are looked at; a longer way through proxies is nobody's.
const MOST: usize = 50;

/// The address of the visitor: the peer's, or what the trusted proxies between them say.
///
/// Each proxy adds the address it was asked from at the right, so only what trusted ones added counts.
/// The first entry from the right that is no trusted proxy is the visitor; whatever stands left of it
/// was written by the visitor, and is never looked at.
pub(super) fn visitor(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(peer) {
        return peer;
    }
    // Several lines are one list (RFC 9110, section 5.3).
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for entry in entries.take(MOST) {
        match address(entry) {
            Some(address) if trusted.contains(address) => {}
            Some(address) => return address,
            None => return peer,
        }
    }
    peer
}

/// An address, with or without brackets and a port, which some proxies add.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim_matches([' ', '\t']);
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = match bare {
        Some(v6) => IpAddr::V6(v6.parse().ok()?),
        None => {
            text.parse().or_else(|_| text.parse().map(|address: SocketAddr| address.ip())).ok()?
        }
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// The visitor of a request from `10.0.0.1`, where `10.0.0.0/8` and `fd00::/8` are trusted.
    fn seen(lines: &[&str]) -> String {
        seen_from("10.0.0.1", lines)
    }

    fn seen_from(peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let trusted = TrustedProxies::parse("10.0.0.0/8, fd00::/8").unwrap();
        visitor(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn r_brute_01_only_trusted_proxies_are_believed() {
        assert_eq!(seen_from("203.0.113.5", &["198.51.100.1"]), "203.0.113.5");
        assert_eq!(seen_from("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen_from("fd00::2", &["198.51.100.1"]), "198.51.100.1");
        let nobody = TrustedProxies::default();
        let headers = [(FORWARDED_FOR.parse().unwrap(), HeaderValue::from_static("192.0.2.1"))];
        let headers: HeaderMap = headers.into_iter().collect();
        assert_eq!(visitor([127, 0, 0, 1].into(), &headers, &nobody).to_string(), "127.0.0.1");
    }

    #[test]
    fn r_brute_01_what_a_visitor_forged_stands_left_and_is_not_looked_at() {
        for (lines, expected) in [
            (&["198.51.100.1"][..], "198.51.100.1"),
            (&["192.0.2.7, 198.51.100.1"], "198.51.100.1"),
            (&["10.9.9.9, 192.0.2.7, 198.51.100.1, 10.2.3.4"], "198.51.100.1"),
            (&["nonsense, \u{e9}, , 198.51.100.1"], "198.51.100.1"),
            (&["192.0.2.7", "198.51.100.1,10.3.3.3", "fd00::9"], "198.51.100.1"),
            (&["192.0.2.7,\t198.51.100.1:4711 "], "198.51.100.1"),
            (&["[2001:db8::7]:443"], "2001:db8::7"),
            (&["[2001:db8::7]"], "2001:db8::7"),
            (&["::ffff:198.51.100.1"], "198.51.100.1"),
        ] {
            assert_eq!(seen(lines), expected, "{lines:?}");
        }
        // However much a visitor writes, it costs nothing and moves nobody.
        let many = format!("{}198.51.100.1", "10.1.1.1, ".repeat(1_000));
        assert_eq!(seen(&[&many]), "198.51.100.1");
        let forged: Vec<&str> = std::iter::repeat_n("10.1.1.1", 200).chain(["192.0.2.8"]).collect();
        assert_eq!(seen(&forged), "192.0.2.8");
    }

    #[test]
    fn r_brute_01_a_malformed_entry_makes_the_peer_the_visitor() {
        for lines in [
            &["unknown"][..],
            &["198.51.100.1, unknown"],
            &["198.51.100.1, _hidden, 10.2.2.2"],
            &["198.51.100.1, "],
            &[""],
            &["198.51.100.1, 192.0.2.1.9"],
            &["198.51.100.1 192.0.2.1"],
            &["198.51.100.1, [192.0.2.1]"],
            &["198.51.100.1, fe80::1%eth0"],
            &["198.51.100.1, \u{e9}"],
            &["198.51.100.1", "nonsense"],
        ] {
            assert_eq!(seen(lines), "10.0.0.1", "{lines:?}");
        }
    }

    #[test]
    fn r_brute_01_a_way_through_proxies_alone_leads_to_the_peer() {
        assert_eq!(seen(&[]), "10.0.0.1");
        assert_eq!(seen(&["10.2.2.2, fd00::1"]), "10.0.0.1");
        let through =
            |proxies: usize| seen(&[&format!("198.51.100.1{}", ", 10.1.1.1".repeat(proxies))]);
        assert_eq!(through(49), "198.51.100.1");
        assert_eq!(through(50), "10.0.0.1");
    }
}
