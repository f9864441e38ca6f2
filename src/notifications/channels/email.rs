//! E-mail. Every letter to everybody reads alike; only the letter with a code differs. What a mail
//! server says is reduced to a code of ours, because it repeats addresses.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Mail};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{self, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;

use super::{Became, Extent, Sending, Trouble};
use crate::ids::AccountId;
use crate::notifications::address::Contact;
use crate::notifications::delivery::Post;
use crate::notifications::message::Message;
use crate::notifications::outbox::Letter;
use crate::notifications::{letters, store};
use crate::settings::{self, Settings, Tls};

struct Mailer<'a> {
    post: Post<'a>,
    server: Option<AsyncSmtpConnection>,
}

/// Makes ready for one round.
pub(super) fn open(post: Post<'_>) -> Box<dyn Sending + '_> {
    Box::new(Mailer { post, server: None })
}

/// Whether the mail server of these settings lets us in; a code of ours if not.
pub async fn answers(mail: &settings::Mail) -> Result<(), &'static str> {
    let patience = mail.patience();
    let asking = async {
        let mut server = connect(mail).await?;
        if server.test_connected().await {
            Ok(())
        } else {
            Err("unreachable")
        }
    };
    let answered = tokio::time::timeout(patience, asking).await;
    answered.unwrap_or(Err("timeout"))
}

impl Sending for Mailer<'_> {
    fn send<'a>(
        &'a mut self,
        letter: &'a Letter,
    ) -> Pin<Box<dyn Future<Output = Became> + Send + 'a>> {
        Box::pin(async move { self.post(letter).await.unwrap_or_else(Became::Later) })
    }
}

impl Mailer<'_> {
    async fn post(&mut self, letter: &Letter) -> Result<Became, Trouble> {
        let away = |code| Trouble::of(code, Extent::Channel);
        let settings = self.post.settings;
        let mail = settings.mail.as_ref().ok_or(away("no-mail"))?;
        let Some((contact, language)) = self.recipient(letter).await? else {
            return Ok(Became::NotWanted);
        };
        let composed = compose(settings, mail, (letter, &contact, &language));
        let composed = composed.ok_or(away("sender"))?;
        let sending = self.hand_over(mail, &composed);
        if let Ok(outcome) = tokio::time::timeout(mail.patience(), sending).await {
            outcome
        } else {
            self.server = None;
            Err(away("timeout"))
        }
    }

    /// Her address and language, if she still wants this letter.
    async fn recipient(&self, letter: &Letter) -> Result<Option<(Contact, String)>, Trouble> {
        let trouble = |code| Trouble::of(code, Extent::Letter);
        let account = AccountId(letter.recipient);
        let mut tx = self
            .post
            .store
            .read()
            .await
            .map_err(|_| trouble("database"))?;
        let found = store::reminders::find(&mut tx, account).await;
        drop(tx);
        let Some(row) = found.map_err(|_| trouble("database"))? else {
            return Ok(None);
        };
        let mut contact = Contact::open(self.post.keys, account, &row.sealed)
            .map_err(|_| trouble("server-key"))?;
        let is_confirmation = letter.kind == Message::ConfirmAddress.kind();
        let is_wanted = if is_confirmation {
            contact.code.is_some()
        } else {
            contact.code = None;
            row.confirmed && row.channel == "email"
        };
        Ok(is_wanted.then_some((contact, row.language)))
    }

    /// The words of SMTP, so that it is known which of them was refused: a recipient who is not
    /// there is final, everything else may be our own setting.
    async fn hand_over(
        &mut self,
        mail: &settings::Mail,
        composed: &Mail,
    ) -> Result<Became, Trouble> {
        let away = |code| Trouble::of(code, Extent::Channel);
        let mut server = match self.server.take() {
            Some(server) => server,
            None => connect(mail).await.map_err(away)?,
        };
        let envelope = composed.envelope();
        let from = commands::Mail::new(envelope.from().cloned(), Vec::new());
        server.command(from).await.map_err(|error| {
            if error.is_permanent() {
                away("sender")
            } else {
                away(code_of(&error))
            }
        })?;
        for to in envelope.to() {
            if let Err(error) = server.command(Rcpt::new(to.clone(), Vec::new())).await {
                return self.refused(server, &error).await;
            }
        }
        if let Err(error) = server.command(commands::Data).await {
            return self.refused(server, &error).await;
        }
        if let Err(error) = server.message(&composed.formatted()).await {
            return self.refused(server, &error).await;
        }
        self.server = Some(server);
        Ok(Became::Sent)
    }

    /// What a refusal of the recipient or of the text means. The connection goes on after it.
    async fn refused(
        &mut self,
        mut server: AsyncSmtpConnection,
        error: &Error,
    ) -> Result<Became, Trouble> {
        if error.status().is_none() {
            return Err(Trouble::of(code_of(error), Extent::Channel));
        }
        if server.command(Rset).await.is_ok() {
            self.server = Some(server);
        }
        let trouble = Trouble::of(code_of(error), Extent::Letter);
        Ok(if error.is_permanent() {
            Became::Never(trouble)
        } else {
            Became::Later(trouble)
        })
    }
}

fn code_of(error: &Error) -> &'static str {
    if error.is_permanent() {
        "refused"
    } else if error.is_transient() {
        "temporary"
    } else if error.is_timeout() {
        "timeout"
    } else if error.is_tls() {
        "tls"
    } else {
        "unreachable"
    }
}

/// Connects, protects the connection as the settings say, and signs in.
async fn connect(mail: &settings::Mail) -> Result<AsyncSmtpConnection, &'static str> {
    let patience = Some(mail.patience());
    let (hello, place) = (ClientId::default(), (mail.host.as_str(), mail.port()));
    let tls = || TlsParameters::new_rustls(mail.host.clone()).map_err(|_| "tls");
    let from_the_first_byte = match mail.tls {
        Tls::Tls => Some(tls()?),
        Tls::Starttls | Tls::None => None,
    };
    let connecting =
        AsyncSmtpConnection::connect_tokio1(place, patience, &hello, from_the_first_byte, None);
    let mut server = connecting.await.map_err(|error| code_of(&error))?;
    if mail.tls == Tls::Starttls {
        server.starttls(tls()?, &hello).await.map_err(|_| "tls")?;
    }
    if let Some(user) = &mail.user {
        let password = mail.password().map_err(|_| "password-file")?;
        let password = password.map(|password| password.reveal().to_owned());
        let credentials = Credentials::new(user.clone(), password.unwrap_or_default());
        let signed_in = server.auth(DEFAULT_MECHANISMS, &credentials).await;
        signed_in.map_err(|_| "sign-in-refused")?;
    }
    Ok(server)
}

/// The letter. Its Message-ID is that of the outbox, and its date the one on which it was due, so
/// that it is the same letter however often it is sent.
fn compose(
    settings: &Settings,
    mail: &settings::Mail,
    (letter, contact, language): (&Letter, &Contact, &str),
) -> Option<Mail> {
    let from: Mailbox = mail.from.parse().ok()?;
    let to = contact.address.reveal().parse().ok()?;
    let wording = letters::of(language);
    let url = settings.public_url.as_deref().unwrap_or_default();
    let due_at = letter.due_at.timestamp().try_into().unwrap_or(0);
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Mail::builder()
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(wording.subject.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(due_at))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(wording.body(contact.code.as_deref(), url))
        .ok()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::ids::{LetterId, OrganisationId};
    use crate::notifications::address::Address;

    fn letter(kind: &str) -> Letter {
        let due_at: DateTime<Utc> = "2026-02-02T04:00:00Z".parse().unwrap();
        let about = Some(LetterId::new().0);
        Letter::new(
            OrganisationId::new(),
            ("email", LetterId::new().0),
            (kind, about),
            due_at,
        )
    }

    fn text(letter: &Letter, address: &str, code: Option<&str>) -> String {
        let settings: Settings = toml::from_str(
            "public_url = 'https://respite.example.org'
            [mail]
            host = 'localhost'
            tls = 'none'
            from = 'Respite <respite@example.org>'",
        )
        .unwrap();
        let contact = Contact {
            address: Address::parse(address).unwrap(),
            code: code.map(str::to_owned),
        };
        let mail = settings.mail.as_ref().unwrap();
        let composed = compose(&settings, mail, (letter, &contact, "en")).unwrap();
        String::from_utf8(composed.formatted()).unwrap()
    }

    #[test]
    fn letters_of_any_message_differ_in_address_and_message_id_only() {
        let kinds = [
            "wave-open",
            "wave-ends-soon",
            "wave-stopped",
            "results-there",
            "follow-up-due",
        ];
        let neutral = |kind: &str, address: &str| {
            let letter = letter(kind);
            let text = text(&letter, address, None);
            assert_eq!(text.matches(&letter.id.to_string()).count(), 1, "{text}");
            assert!(!text.contains(&letter.about.unwrap().to_string()), "{text}");
            text.replace(&letter.id.to_string(), "ID")
                .replace(address, "ADDRESS")
        };
        let first = neutral("wave-open", "a@example.org");
        for kind in kinds {
            for address in ["a@example.org", "somebody.else@example.net"] {
                assert_eq!(neutral(kind, address), first, "{kind}");
            }
        }
        assert!(first.contains("Subject: Respite\r\n"), "{first}");
        assert!(
            first.contains("Message-ID: <ID@example.org>\r\n"),
            "{first}"
        );
        assert!(first.contains("https://respite.example.org\r\n"), "{first}");
    }

    #[test]
    fn a_letter_is_the_same_however_often_it_is_sent() {
        let mut letter = letter("wave-open");
        let first = text(&letter, "a@example.org", None);
        letter.attempts = 4;
        letter.next_attempt_at += chrono::Duration::hours(7);
        assert_eq!(text(&letter, "a@example.org", None), first);
    }

    #[test]
    fn the_letter_with_a_code_has_the_code_and_no_link_of_hers() {
        let text = text(&letter("confirm-address"), "a@example.org", Some("012345"));
        assert_eq!(text.matches("012345").count(), 1, "{text}");
        assert!(text.contains("Subject: Respite\r\n"), "{text}");
    }
}
