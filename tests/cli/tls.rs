//! Webhooks over TLS: a server that the machine does not trust is told nothing, one that it trusts is told all.
use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::Place;

type Taken = StreamOwned<ServerConnection, TcpStream>;

/// A server for `localhost` whose certificate nobody but itself signed.
struct Server {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    certificate: String,
}

impl Server {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let certificate = pem(made.cert.der());
        Self { listener: TcpListener::bind("127.0.0.1:0").unwrap(), config: Arc::new(config), certificate }
    }

    /// Starts a watch that tells this server, trusting one certificate whatever the machine trusts.
    fn watched(&self, place: &Place, trusted: &str) -> Child {
        assert_eq!(place.run("generate checkout-incident -o x.jsonl --seed 3").status, 0);
        place.write("trusted.pem", trusted);
        let port = self.listener.local_addr().unwrap().port();
        let url = format!("https://localhost:{port}/alerts");
        let mut command = place.command(&format!("analyze health x.jsonl --watch --webhook {url}"));
        command.env("SSL_CERT_FILE", "trusted.pem").env_remove("SSL_CERT_DIR");
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn accept(&self) -> Taken {
        let (socket, _) = self.listener.accept().unwrap();
        StreamOwned::new(ServerConnection::new(self.config.clone()).unwrap(), socket)
    }
}

fn pem(der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

fn stop(mut child: Child) {
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_server_that_is_trusted_is_told_of_alerts() {
    let (place, server) = (Place::new(), Server::new());
    let child = server.watched(&place, &server.certificate);
    let mut posted = server.accept();
    let mut got = String::new();
    while !got.contains("\"event\":\"raised\"") {
        let mut part = [0; 4096];
        let n = posted.read(&mut part).unwrap();
        assert!(n > 0, "the webhook got {got}");
        got.push_str(&String::from_utf8_lossy(&part[..n]));
    }
    assert!(got.starts_with("POST /alerts HTTP/1.1"), "{got}");
    drop(posted);
    stop(child);
}

#[test]
fn a_server_that_nobody_vouches_for_is_refused_with_a_sentence() {
    let (place, server) = (Place::new(), Server::new());
    let mut child = server.watched(&place, &Server::new().certificate);
    let mut posted = server.accept();
    assert!(posted.read(&mut [0; 64]).is_err(), "nothing may be sent");
    let err = BufReader::new(child.stderr.take().unwrap());
    let note = err.lines().map(Result::unwrap).find(|l| l.starts_with("note: the webhook")).unwrap();
    assert!(note.contains("this machine does not trust its certificate ("), "{note}");
    assert!(note.contains("SSL_CERT_FILE"), "{note}");
    stop(child);
}
