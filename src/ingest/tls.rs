//! Whom an `https://` address is trusted by, and what it means when it is not.
use ureq::tls::{RootCerts, TlsConfig};

/// Trusts whom the machine trusts, so that a company's own authority counts.
pub fn config() -> TlsConfig {
    TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build()
}

/// Why a request failed, as a part of a sentence.
pub fn reason(error: &ureq::Error) -> String {
    let text = error.to_string();
    match text.split_once("invalid peer certificate: ") {
        Some((_, what)) => format!(
            "this machine does not trust its certificate ({what}); add the authority that signed it to those \
             that the machine trusts, or name its file in SSL_CERT_FILE"
        ),
        None => text,
    }
}
