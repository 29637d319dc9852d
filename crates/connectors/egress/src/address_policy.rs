//! Which addresses belong to the public internet (R-SSRF-01).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressClass {
    /// Somewhere on the internet.
    Public,
    /// Inside somebody's network, or reserved; an allowed network may hold it.
    Private,
    /// Link-local, a metadata service, or no single host at all: no network may hold it.
    Sensitive,
}

use AddressClass::{Private, Public, Sensitive};

const V4: [([u8; 4], u8, AddressClass); 18] = [
    // Metadata services of Azure and Alibaba, before the ranges around them.
    ([168, 63, 129, 16], 32, Sensitive),
    ([100, 100, 100, 200], 32, Sensitive),
    ([0, 0, 0, 0], 8, Sensitive),
    ([10, 0, 0, 0], 8, Private),
    ([100, 64, 0, 0], 10, Private),
    ([127, 0, 0, 0], 8, Private),
    ([169, 254, 0, 0], 16, Sensitive),
    ([172, 16, 0, 0], 12, Private),
    ([192, 0, 0, 0], 24, Private),
    ([192, 0, 2, 0], 24, Private),
    ([192, 88, 99, 0], 24, Private),
    ([192, 168, 0, 0], 16, Private),
    ([198, 18, 0, 0], 15, Private),
    ([198, 51, 100, 0], 24, Private),
    ([203, 0, 113, 0], 24, Private),
    ([224, 0, 0, 0], 4, Sensitive),
    ([255, 255, 255, 255], 32, Sensitive),
    ([240, 0, 0, 0], 4, Private),
];

const V6: [([u16; 8], u8, AddressClass); 17] = [
    // Metadata services of AWS and Google, before the range around them.
    ([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128, Sensitive),
    ([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128, Sensitive),
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, Sensitive),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, Private),
    ([0, 0, 0, 0, 0, 0, 0, 0], 96, Private),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, Private),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, Private),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, Private),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, Private),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, Private),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, Private),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, Private),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, Private),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, Sensitive),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, Sensitive),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, Sensitive),
    // What is left outside 2000::/3 is not handed out to anybody.
    ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, Public),
];

/// Judges `address`; an IPv4 address inside an IPv6 one is judged too.
pub(crate) fn address_class(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(v4) => address_class_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            // Mapped and NAT64 addresses lead to the IPv4 address and nowhere else.
            Some((v4, Form::Transparent)) => address_class_v4(v4),
            Some((v4, Form::Obsolete)) if address_class_v4(v4) == Sensitive => Sensitive,
            _ => address_class_v6(v6),
        },
    }
}

/// The IPv4 address that a mapped address stands for; other addresses as they are.
pub(crate) fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

#[derive(Clone, Copy)]
enum Form {
    Transparent,
    Obsolete,
}

fn embedded(v6: Ipv6Addr) -> Option<(Ipv4Addr, Form)> {
    let low = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => {
            Some((low(a, b), Form::Transparent))
        }
        [0, 0, 0, 0, 0, 0, a, b] if (a, b) != (0, 0) && (a, b) != (0, 1) => {
            Some((low(a, b), Form::Obsolete))
        }
        [0x2002, a, b, ..] => Some((low(a, b), Form::Obsolete)),
        _ => None,
    }
}

fn address_class_v4(address: Ipv4Addr) -> AddressClass {
    let bits = address.to_bits();
    V4.iter()
        .find(|(base, prefix, _)| {
            (bits ^ Ipv4Addr::from(*base).to_bits()).leading_zeros() >= u32::from(*prefix)
        })
        .map_or(Public, |(_, _, verdict)| *verdict)
}

fn address_class_v6(address: Ipv6Addr) -> AddressClass {
    let bits = address.to_bits();
    V6.iter()
        .find(|(base, prefix, _)| {
            (bits ^ Ipv6Addr::from(*base).to_bits()).leading_zeros() >= u32::from(*prefix)
        })
        .map_or(Private, |(_, _, verdict)| *verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> AddressClass {
        address_class(text.parse().unwrap())
    }

    #[test]
    fn r_ssrf_01_reserved_addresses_are_not_public() {
        for text in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "240.0.0.1",
            "254.1.1.1",
            "::1",
            "::7f00:1",
            "::8.8.8.8",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:808:808::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "4000::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
        ] {
            assert_eq!(verdict(text), Private, "{text}");
        }
    }

    #[test]
    fn r_ssrf_01_link_local_metadata_and_no_hosts_are_sensitive() {
        for text in [
            "169.254.0.1",
            "169.254.169.254",
            "168.63.129.16",
            "100.100.100.200",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "::",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "::169.254.169.254",
            "2002:a9fe:a9fe::1",
        ] {
            assert_eq!(verdict(text), Sensitive, "{text}");
        }
    }

    #[test]
    fn r_ssrf_01_neighbours_of_reserved_addresses_are_public() {
        for text in [
            "8.8.8.8",
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2606:4700::1111",
            "2a00::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2003::1",
            "3ffe::1",
        ] {
            assert_eq!(verdict(text), Public, "{text}");
        }
    }

    #[test]
    fn r_ssrf_02_every_spelling_of_an_address_is_judged() {
        for text in [
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://[::ffff:7f00:1]/",
            "http://%31%32%37.0.0.1/",
            "http://①②⑦.0.0.1/",
            "http:\\\\127.0.0.1\\",
            "http://127.0.\n0.1/",
        ] {
            let url = url::Url::parse(text).unwrap();
            let address = match url.host().unwrap() {
                url::Host::Ipv4(v4) => IpAddr::V4(v4),
                url::Host::Ipv6(v6) => IpAddr::V6(v6),
                url::Host::Domain(name) => panic!("{text} is the name {name}"),
            };
            assert_eq!(address_class(address), Private, "{text}");
        }
    }
}
