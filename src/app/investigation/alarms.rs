//! Alerts: those of the window that is looked at, and those of all time for the timeline and for a replay.
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use super::{Answer, Data, Investigation, Key, Plain, PlainAsked, asking, lens_of, whole_time};
use crate::app::deferred::Work;
use crate::app::questions;
use crate::app::state::State;
use crate::export::answers::AlertLine;
use crate::export::cards::Question;
use crate::model::{TimeRange, Timestamp};
use crate::view::panels::findings::Told;
use crate::view::panels::picture::Picture;
use crate::view::panels::timeline::Judged;

/// The newest answer on alerts that looked at all time.
pub(super) struct OfAllTime {
    of: Key<PlainAsked>,
    told: Answer<Plain>,
}

impl OfAllTime {
    fn extent(&self) -> Option<TimeRange> {
        self.told.snapshot.extent
    }
}

impl Investigation {
    /// Keeps what is known of all time before the answer on a window comes in its place.
    pub(super) fn keep_alarms(&mut self) {
        let health = self.others.get(&Question::Health);
        let of_all_time = [health, Some(&self.alarms)].into_iter().flatten().filter_map(|inquiry| {
            let key = inquiry.key().filter(|k| k.lens.window.is_none())?;
            Some((key, inquiry.value()?.as_ref()?))
        });
        let newest = of_all_time.max_by_key(|(key, _)| key.revision);
        if let Some((key, told)) = newest
            && self.of_all_time.as_ref().is_none_or(|known| known.of != *key)
        {
            self.of_all_time = Some(OfAllTime { of: key.clone(), told: Arc::clone(told) });
        }
    }

    /// Asks for the alerts of all time where the window is of a part and they are not known.
    pub(super) fn ask_alarms(&mut self, work: &Work, now: Instant, picture: &Arc<Picture>, state: &State) {
        let asking = asking(state);
        let (lens, asked) = (whole_time(picture), asking.of(Question::Health));
        let key = Key { revision: picture.snapshot.revision, lens: lens.clone(), asked };
        let is_known = self.of_all_time.as_ref().is_some_and(|known| known.of == key);
        if picture.wide_lens.window.is_none() || is_known {
            return;
        }
        let picture = Arc::clone(picture);
        self.alarms.ask(work, now, key, move |progress| {
            let data = Data::new(&picture, lens);
            let (plain, cards) =
                questions::ask(Question::Health, &data.study(progress), &data.lens, &asking)?;
            Some(Arc::new(Told::new(data.snapshot, data.index, plain, cards)))
        });
    }

    /// The alerts of all time, where they answer the question of now.
    fn of_all_time(&self, picture: &Picture, state: &State) -> Option<&OfAllTime> {
        let asked = asking(state).of(Question::Health);
        let is_asked = |known: &&OfAllTime| known.of.lens == whole_time(picture) && known.of.asked == asked;
        self.of_all_time.as_ref().filter(is_asked)
    }

    /// The alerts of the last answer, of whichever window.
    fn last(&self) -> &[AlertLine] {
        let told = self.others.get(&Question::Health).and_then(|i| i.value()?.as_ref());
        told.map_or(&[], |t| &t.answer.alerts)
    }

    /// What the timeline tells: of all time; until that is known, of the window, and no further than it goes.
    pub fn on_timeline(&self, picture: &Picture, state: &State) -> Judged<'_> {
        if let Some(known) = self.of_all_time(picture, state) {
            return Judged { alerts: &known.told.answer.alerts, over: known.extent() };
        }
        let key = self.others.get(&Question::Health).and_then(|i| i.key());
        Judged { alerts: self.last(), over: key.and_then(|k| k.lens.window) }
    }

    /// What holds now; while a replay moves, at the playhead, and while a window is drawn, at its end. And whether it is of another window than is shown.
    pub fn alerts_now(&self, picture: &Picture, state: &State) -> (Cow<'_, [AlertLine]>, bool) {
        let asked = asking(state).of(Question::Health);
        let health = self.others.get(&Question::Health);
        let lens = lens_of(Question::Health, picture);
        let is_old = health.is_some_and(|i| i.is_outdated(&lens, &asked));
        let drawn = picture.wide_lens.window.filter(|_| state.timeline.is_brushing());
        let head = state.player.head.filter(|_| is_old || state.player.is_playing);
        match head.or(drawn.map(|w| w.end)) {
            Some(head) => {
                let known = self.of_all_time(picture, state).map_or(&[][..], |k| &k.told.answer.alerts);
                (Cow::Owned(at(known, head)), false)
            }
            None => (Cow::Borrowed(self.last()), is_old),
        }
    }
}

/// Those that go on at a moment.
fn at(alerts: &[AlertLine], moment: Timestamp) -> Vec<AlertLine> {
    alerts.iter().filter_map(|a| a.at(moment)).collect()
}
