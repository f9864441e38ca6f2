//! Notices inside the application. What she has read lies in her own sealed row: reading writes
//! nothing beside her account.

use std::collections::HashSet;

use chrono::{DateTime, Months, Utc};
use poem::web::Data;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::check_in_bodies::member;
use super::credentials::Credentials;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::auth::SignedIn;
use crate::check_ins::{history, news};
use crate::clock::months_before;
use crate::ids::WaveId;
use crate::locales::Wording;
use crate::notifications::notices::{self, Audience, NoticeKind, Posted};
use crate::problem::{Kind, Problem};
use crate::tallies::sight::Sight;

/// Older notices are not shown; they are removed soon after.
const MONTHS: u32 = 12;

/// A notice.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Notice")]
pub struct NoticeBody {
    id: Uuid,
    at: DateTime<Utc>,
    /// wave-opened, wave-extended, wave-stopped, results, alert or follow-up.
    kind: String,
    /// In her language; the same for everyone.
    text: String,
    /// The unit that it concerns.
    unit: Uuid,
    /// The wave that it is about, if any.
    wave: Option<Uuid>,
    /// The alert that it is about, if any.
    alert: Option<Uuid>,
    /// Whether she has marked it as read.
    read: bool,
}

/// Notices of the last twelve months, newest first.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Notices")]
pub struct NoticesBody {
    notices: Vec<NoticeBody>,
    /// How many are not read.
    unread: u64,
}

/// Up to when she has read.
#[derive(Clone, Copy, Debug, Object)]
#[oai(rename = "ReadUntil", deny_unknown_fields)]
pub struct ReadUntil {
    /// Everything posted up to this instant is read; not in the future.
    until: DateTime<Utc>,
}

/// The routes of notices.
pub struct NoticesApi;

#[OpenApi]
impl NoticesApi {
    /// Notices for me: about my waves, my unit, and the units that I lead
    #[oai(path = "/me/notices", method = "get")]
    async fn notices(&self, app: Data<&App>, credentials: Credentials) -> Answer<NoticesBody> {
        let viewer = credentials.viewer(&app).await?;
        let wording = Wording::of(&viewer.language);
        let mut tx = app.store.read_newest().await?;
        let until = news::read_until(&mut tx, &member(&viewer)).await?;
        drop(tx);
        let notices: Vec<NoticeBody> = hers(&app, &viewer)
            .await?
            .into_iter()
            .map(|posted| NoticeBody {
                id: posted.id.0,
                at: posted.at,
                kind: posted.kind.word().to_owned(),
                text: wording.say(&format!("notice-{}", posted.kind.word())),
                unit: posted.unit.0,
                wave: posted.wave.map(|wave| wave.0),
                alert: posted.alert.map(|alert| alert.0),
                read: until.is_some_and(|until| posted.at <= until),
            })
            .collect();
        let unread = notices.iter().filter(|notice| !notice.read).count();
        Ok(Reply::ok(NoticesBody {
            notices,
            unread: u64::try_from(unread).unwrap_or(u64::MAX),
        }))
    }

    /// Mark everything up to an instant as read
    #[oai(path = "/me/notices/read", method = "put")]
    async fn mark(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<ReadUntil>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        viewer.must_be_active()?;
        if body.until > app.clock.now() {
            return Err(Problem::field("until", "must not lie in the future").into());
        }
        let mut tx = app.store.write().await?;
        news::mark(&mut tx, &member(&viewer), body.until).await?;
        tx.commit().await?;
        Ok(done())
    }
}

/// The notices that concern her: of waves that asked her, of her unit and those above it, and of
/// units that she follows.
async fn hers(app: &App, viewer: &SignedIn) -> Result<Vec<Posted>, Problem> {
    let own = history::all(app, &member(viewer)).await?;
    let asked: HashSet<WaveId> = own.iter().map(|own| own.wave.id).collect();
    let mut tx = app.store.read().await?;
    let home = match viewer.unit {
        Some(home) => Some(Sight::to_member(&mut tx, viewer.who, home).await?),
        None => None,
    };
    let followed = match Sight::to_follower(&mut tx, viewer.who).await {
        Ok(sight) => Some(sight),
        Err(problem) if matches!(problem.kind, Kind::NotFound | Kind::SecondFactor) => None,
        Err(problem) => return Err(problem),
    };
    let from = months_before(app.clock.now(), Months::new(MONTHS));
    let all = notices::since(&mut tx, viewer.who.organisation, from).await?;
    let follows = |posted: &Posted| {
        followed
            .as_ref()
            .is_some_and(|sight| sight.covers(posted.unit))
    };
    let concerns = |posted: &Posted| match posted.kind {
        NoticeKind::WaveOpened | NoticeKind::WaveExtended | NoticeKind::WaveStopped => {
            posted.wave.is_some_and(|wave| asked.contains(&wave))
        }
        NoticeKind::Results => {
            followed.is_some() || posted.wave.is_some_and(|wave| asked.contains(&wave))
        }
        NoticeKind::Alert | NoticeKind::FollowUp => {
            let at_home = home.as_ref().is_some_and(|home| home.covers(posted.unit));
            (posted.audience == Audience::Everyone && at_home) || follows(posted)
        }
    };
    Ok(all.into_iter().filter(concerns).collect())
}
