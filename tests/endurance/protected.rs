//! Mail and webhooks over TLS, by the real program: a certificate that the system trusts is
//! accepted, any other is not. The certificates in `tests/cases/tls` are for tests alone.

use std::path::PathBuf;
use std::sync::Arc;

use poem::http::Method;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::receiver::Receiver;
use crate::support::serving::Serve;
use crate::support::sink::Sink;
use crate::support::staffed::Staffed;
use crate::support::{Engine, TestStore};

fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/cases/tls", name]
        .iter()
        .collect()
}

/// A port that speaks TLS as `localhost`, in front of one that does not.
async fn in_front_of(plain: u16) -> u16 {
    let certificate = CertificateDer::from_pem_file(file("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut protected = acceptor.accept(stream).await.ok()?;
                let mut behind = TcpStream::connect(("127.0.0.1", plain)).await.ok()?;
                tokio::io::copy_bidirectional(&mut protected, &mut behind)
                    .await
                    .ok()
            });
        }
    });
    port
}

struct Installation {
    staffed: Staffed,
    folder: tempfile::TempDir,
    sink: Sink,
    receiver: Receiver,
    mail: u16,
    hook: u16,
}

impl Installation {
    async fn open() -> Self {
        let store = TestStore::open(Engine::Sqlite).await.unwrap();
        let (sink, receiver) = (Sink::open().await, Receiver::open().await);
        Self {
            staffed: Staffed::on(store, 1).await,
            folder: tempfile::tempdir().unwrap(),
            mail: in_front_of(sink.port).await,
            hook: in_front_of(receiver.port).await,
            sink,
            receiver,
        }
    }

    fn server(&self) -> Serve {
        let settings = format!(
            "public_url = 'https://respite.example.org'
            [sign_in]
            argon2_memory_kib = 8
            argon2_passes = 1
            idle_minutes = 576000
            absolute_hours = 9600
            [webhooks]
            allow_private = true
            [mail]
            host = 'localhost'
            port = {}
            tls = 'tls'
            user = 'respite'
            password = 'secret'
            from = 'Respite <respite@example.org>'",
            self.mail
        );
        let server = self
            .staffed
            .server(self.folder.path(), "2026-01-12T08:00:00Z");
        server.settings(&settings)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_and_calls_go_over_tls_to_who_has_a_certificate_that_is_trusted() {
    let installation = Installation::open().await;
    let ca = file("ca.pem").display().to_string();
    let trusting = installation
        .server()
        .with("SSL_CERT_FILE", &ca)
        .start()
        .await;
    let mut caller = trusting.caller();
    let person = &installation.staffed.people[0];
    let wish = json!({
        "address": "worker@example.org", "channel": "email", "quiet_hours": false,
    });
    let to = (Method::PUT, "/me/reminders");
    let asked = caller.send(to, &person.token, Some(&wish)).await;
    asked.unwrap().good();
    assert!(installation.sink.until(1).await[0].code().is_some());
    let hook = format!("https://localhost:{}/hook", installation.hook);
    let body = json!({ "url": hook, "events": ["wave.opened"] });
    let admin = &installation.staffed.house.admin;
    let made = caller
        .send((Method::POST, "/webhooks"), admin, Some(&body))
        .await;
    let made = made.unwrap().good();
    let path = format!("/webhooks/{}/test", made["id"].as_str().unwrap());
    let tried = caller.send((Method::POST, &path), admin, None).await;
    tried.unwrap().good();
    let call = installation.receiver.next().await;
    assert!(call.is_signed_with(made["secret"].as_str().unwrap()));
    drop(trusting);
    assert_eq!(
        doctor_says(&installation.server().with("SSL_CERT_FILE", &ca)),
        "ok"
    );
    let empty = installation.folder.path().join("none.pem");
    std::fs::write(&empty, "").unwrap();
    let empty = empty.display().to_string();
    let strange = installation.server().with("SSL_CERT_FILE", &empty);
    let strange = strange.with("SSL_CERT_DIR", &empty);
    assert_eq!(doctor_says(&strange), "fail");
    assert!(installation.sink.take().is_empty());
}

/// What `respite doctor` finds of the mail server.
fn doctor_says(server: &Serve) -> String {
    let ran = server.command("doctor").arg("--json").output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let mail = checks.iter().find(|line| line["about"] == "mail").unwrap();
    mail["level"].as_str().unwrap().to_owned()
}
