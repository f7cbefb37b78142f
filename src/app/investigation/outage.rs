//! The work that answers what an outage does: predicted, or measured in an incident.
use std::sync::Arc;

use super::{Answer, Data, Key, OutageQuestion, Told, Way, whole_time};
use crate::analysis::impact::{BusinessKeys, business, impact, measured, outage};
use crate::analysis::timeouts::inferred_timeouts;
use crate::model::{Nanos, Progress};
use crate::store::Lens;
use crate::view::panels::outage::OutageAnswer;
use crate::view::panels::picture::Picture;

/// Through what an outage is looked at.
pub(super) fn outage_lens(picture: &Picture, way: Way) -> Lens {
    match way {
        Way::Measured(..) => whole_time(picture),
        Way::Predicted(_) => picture.wide_lens.clone(),
    }
}

/// The work that answers it.
type OutageJob = Box<dyn FnOnce(&Progress) -> Option<Answer<OutageAnswer>> + Send>;

/// What answers a question about an outage.
pub(super) fn outage_job(
    picture: &Arc<Picture>,
    question: OutageQuestion,
) -> (Key<OutageQuestion>, OutageJob) {
    let lens = outage_lens(picture, question.way);
    let revision = picture.snapshot.revision;
    let key = Key { revision, lens: lens.clone(), asked: question.clone() };
    let picture = Arc::clone(picture);
    let job = move |progress: &Progress| {
        let data = Data::new(&picture, lens);
        let node = data.index.graph.nodes().find(|(_, n)| n.id == question.node)?.0;
        let study = data.study(progress);
        let traces = study.traces(&data.lens);
        let (answer, times) = match question.way {
            Way::Predicted(mode) => {
                let limits = inferred_timeouts(&data.snapshot, &data.lens, &data.index);
                (outage(&study, &traces, node, mode, &limits), None)
            }
            Way::Measured(now, calm) => (measured(&study, &traces, node, now, calm), Some(now)),
        };
        let named = |key: &str| (!key.is_empty()).then(|| key.to_owned());
        let keys = BusinessKeys { user: named(&question.keys.user), amount: named(&question.keys.amount) };
        let length = times.or(data.index.graph.window).map_or(Nanos::ZERO, |w| w.length());
        let business = business(&study, &answer, &keys, length);
        let reach = impact(&data.snapshot, &data.lens, &data.index, node);
        let told = OutageAnswer { reach, outage: answer, business, incident: times };
        Some(Arc::new(Told::new(data.snapshot, data.index, told, Vec::new())))
    };
    (key, Box::new(job))
}
