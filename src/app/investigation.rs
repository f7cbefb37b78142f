//! The questions about what is wrong: when each is asked, of which data, and the work that answers it.
mod alarms;
mod outage;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use alarms::OfAllTime;
use outage::{outage_job, outage_lens};

use super::deferred::{Deferred, Work};
use super::inquiry::{Inquiry, Key};
use super::marks::{alerts_on_map, waves_on_map};
use super::questions::{self, Asking, PLAIN};
use super::state::State;
use crate::analysis::Study;
use crate::analysis::alerts::Rules;
use crate::analysis::impact::Mode;
use crate::analysis::incident::{Incident, Request, incident};
use crate::analysis::patterns::{Bad, Patterns, patterns};
use crate::export::answers;
use crate::export::cards::{self, Question};
use crate::export::report::Part;
use crate::graph::{GraphIndex, Snapshot};
use crate::model::{Progress, TimeRange};
use crate::store::Lens;
use crate::texts::texts;
use crate::view::map::{ItemSet, MapItem, Mark, Sign};
use crate::view::panels::deployments::{self, Deployed};
use crate::view::panels::findings::{
    Asked, Choice, Chosen, Findings, Given, GivenDeployment, Heat, Plain, Scenario, Standing, Told,
};
use crate::view::panels::outage::{CostKeys, OutageAnswer, OutageSide};
use crate::view::panels::picture::Picture;
use crate::view::panels::timeline::Sought;
use crate::view::panels::{Clock, Item, Tab};

/// How an outage is known.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Predicted(Mode),
    /// In the first time, held against the second.
    Measured(TimeRange, TimeRange),
}

/// The outage of which node, and what it costs by which attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageQuestion {
    node: String,
    way: Way,
    keys: CostKeys,
}

type Answer<T> = Arc<Told<T>>;

/// Rules and scenario, for the questions that take them.
type PlainAsked = (Option<Arc<Rules>>, Option<Scenario>);

/// All questions about what is wrong.
#[derive(Default)]
pub struct Investigation {
    incident: Inquiry<Request, Answer<Incident>>,
    patterns: Inquiry<Option<Choice>, Answer<Patterns>>,
    /// Of the selected node.
    outage: Inquiry<OutageQuestion, Option<Answer<OutageAnswer>>>,
    /// Measured, of the first cause: for the report.
    loss: Inquiry<OutageQuestion, Option<Answer<OutageAnswer>>>,
    /// Of a deployment that somebody named.
    given: Inquiry<GivenDeployment, Option<Answer<Plain>>>,
    /// The deployments that were found, of which answer.
    deployed: Option<(Answer<Plain>, Vec<Deployed>)>,
    /// All others, by question.
    others: BTreeMap<Question, Inquiry<PlainAsked, Option<Answer<Plain>>>>,
    /// Alerts of all time, while the window is of a part.
    alarms: Inquiry<PlainAsked, Option<Answer<Plain>>>,
    of_all_time: Option<OfAllTime>,
    heat: Deferred<(u64, Lens, Option<Item>), Option<Heat>>,
    /// Whether files are still being read.
    waits: bool,
    /// The last revision of which files were still being read: answers up to it are of a part.
    part_until: Option<u64>,
}

/// The data that a question is asked of.
struct Data {
    snapshot: Arc<Snapshot>,
    index: Arc<GraphIndex>,
    lens: Lens,
}

impl Data {
    /// The picture's data under another lens; the graph is worked out anew only if it has to be.
    fn new(picture: &Picture, lens: Lens) -> Self {
        let snapshot = Arc::clone(&picture.snapshot);
        let index = if lens == picture.wide_lens {
            Arc::clone(&picture.wide_index)
        } else {
            Arc::new(snapshot.graph(&lens))
        };
        Self { snapshot, index, lens }
    }
    fn study<'a>(&'a self, progress: &'a Progress) -> Study<'a> {
        Study { snapshot: &self.snapshot, index: &self.index, progress }
    }
}

/// An incident is sought in all the time there is: what is brushed is what one looks at, or the next question.
fn whole_time(picture: &Picture) -> Lens {
    Lens { window: None, filter: picture.wide_lens.filter.clone() }
}

fn lens_of(question: Question, picture: &Picture) -> Lens {
    if questions::is_of_all_time(question) { whole_time(picture) } else { picture.wide_lens.clone() }
}

impl Investigation {
    /// Asks what the screen shows; long questions one after the other.
    pub fn ask(&mut self, work: &Work, picture: &Arc<Picture>, state: &State, waits: bool) {
        self.waits = waits;
        if waits {
            self.part_until = Some(picture.snapshot.revision);
        }
        self.incident.poll();
        self.patterns.poll();
        self.outage.poll();
        self.loss.poll();
        self.given.poll();
        self.others.values_mut().for_each(Inquiry::poll);
        self.alarms.poll();
        self.keep_alarms();
        self.take_deployed();
        let place = &state.place;
        // A comparison has the panel to itself.
        let is_shown = place.selection.is_none() && place.comparing.is_none();
        let is_overview = place.answer.is_some() || is_shown;
        let is_impact = place.answer.is_none() && place.tab == Tab::Impact;
        if place.answer == Some(Question::Patterns) {
            self.ask_heat(work, picture, place.selection.clone());
        }
        let now = Instant::now();
        let seeks = matches!(state.player.sought, Some(Sought::Deployment(_)));
        if !waits && (place.comparing.is_some() && !self.others.contains_key(&Question::Deploy) || seeks) {
            self.ask_other(work, now, picture, Question::Deploy, asking(state));
        }
        // The timeline tells when it was bad and what was alerted, whatever is selected.
        let is_marked = place.comparing.is_none();
        if waits || !(is_overview || is_impact || is_marked) {
            return;
        }
        if place.answer == Some(Question::Deploy)
            && let Some(given) = &state.given
        {
            self.ask_given(work, now, picture, given.clone());
        }
        if is_impact && let Some(Item::Node(id)) = &place.selection {
            self.ask_outage(work, now, picture, state, id.clone());
        }
        self.ask_incident(work, now, picture, state.times.clone());
        if is_overview && self.incident.progress().is_none() {
            self.ask_patterns(work, now, picture, state.choice.clone());
            if self.patterns.progress().is_none() {
                self.ask_loss(work, now, picture, &state.cost);
                self.ask_others(work, now, picture, state);
            }
        } else if is_marked && self.incident.progress().is_none() {
            for question in [Question::Health, Question::Deploy] {
                if self.others.values().all(|i| i.progress().is_none()) {
                    self.ask_other(work, now, picture, question, asking(state));
                }
            }
        }
        if self.others.values().all(|i| i.progress().is_none()) {
            self.ask_alarms(work, now, picture, state);
        }
    }

    fn ask_incident(&mut self, work: &Work, now: Instant, picture: &Arc<Picture>, request: Request) {
        let lens = lens_of(Question::Incident, picture);
        let key = Key { revision: picture.snapshot.revision, lens: lens.clone(), asked: request.clone() };
        let picture = Arc::clone(picture);
        self.incident.ask(work, now, key, move |progress| {
            let data = Data::new(&picture, lens);
            let study = data.study(progress);
            let answer = incident(&study, &study.traces(&data.lens), &request);
            let cards = cards::incident(&data.snapshot, &data.index.graph, &answer);
            Arc::new(Told::new(data.snapshot, data.index, answer, cards))
        });
    }

    fn ask_patterns(&mut self, work: &Work, now: Instant, picture: &Arc<Picture>, choice: Option<Choice>) {
        let lens = picture.wide_lens.clone();
        let key = Key { revision: picture.snapshot.revision, lens: lens.clone(), asked: choice.clone() };
        let picture = Arc::clone(picture);
        self.patterns.ask(work, now, key, move |progress| {
            let data = Data::new(&picture, lens);
            let chosen = |c| Chosen::new(&data.snapshot, &data.lens, &data.index, c).places();
            let bad = choice.map_or(Bad::Usual, |c| Bad::These(chosen(c)));
            let study = data.study(progress);
            let answer = patterns(&study, &study.traces(&data.lens), &bad);
            let cards = cards::patterns(&data.snapshot, &data.index.graph, &answer);
            Arc::new(Told::new(data.snapshot, data.index, answer, cards))
        });
    }

    fn ask_outage(&mut self, work: &Work, now: Instant, picture: &Arc<Picture>, state: &State, node: String) {
        let measured = self.measured_way(&node).filter(|_| !state.supposed.predict);
        let way = measured.unwrap_or(Way::Predicted(state.supposed.mode()));
        let question = OutageQuestion { node, way, keys: state.cost.clone() };
        let (key, job) = outage_job(picture, question);
        self.outage.ask(work, now, key, job);
    }

    fn ask_loss(&mut self, work: &Work, now: Instant, picture: &Arc<Picture>, cost: &CostKeys) {
        let Some(node) = self.first_cause() else { return };
        let Some(way) = self.measured_way(&node) else { return };
        let (key, job) = outage_job(picture, OutageQuestion { node, way, keys: cost.clone() });
        self.loss.ask(work, now, key, job);
    }

    /// One after the other; the one whose page is open first.
    fn ask_others(&mut self, work: &Work, now: Instant, picture: &Arc<Picture>, state: &State) {
        let asking = asking(state);
        let mut order = PLAIN;
        order.sort_by_key(|q| Some(*q) != state.place.answer);
        for question in order {
            if self.loss.progress().is_some() || self.others.values().any(|i| i.progress().is_some()) {
                return;
            }
            self.ask_other(work, now, picture, question, asking.clone());
        }
    }

    fn ask_other(
        &mut self,
        work: &Work,
        now: Instant,
        picture: &Arc<Picture>,
        question: Question,
        asking: Asking,
    ) {
        let lens = lens_of(question, picture);
        let key = Key { revision: picture.snapshot.revision, lens: lens.clone(), asked: asking.of(question) };
        let picture = Arc::clone(picture);
        self.others.entry(question).or_default().ask(work, now, key, move |progress| {
            let data = Data::new(&picture, lens);
            let (plain, cards) = questions::ask(question, &data.study(progress), &data.lens, &asking)?;
            Some(Arc::new(Told::new(data.snapshot, data.index, plain, cards)))
        });
    }

    fn ask_given(&mut self, work: &Work, now: Instant, picture: &Arc<Picture>, given: GivenDeployment) {
        let lens = lens_of(Question::Deploy, picture);
        let key = Key { revision: picture.snapshot.revision, lens: lens.clone(), asked: given.clone() };
        let picture = Arc::clone(picture);
        self.given.ask(work, now, key, move |progress| {
            let data = Data::new(&picture, lens);
            let (plain, cards) = questions::deployment(&data.study(progress), &data.lens, &given)?;
            Some(Arc::new(Told::new(data.snapshot, data.index, plain, cards)))
        });
    }

    /// What was deployed, as far as it is known.
    pub fn deployed(&self) -> &[Deployed] {
        self.deployed.as_ref().map_or(&[], |d| &d.1)
    }

    /// Whether all deployments are known, or nobody looks for them.
    pub fn knows_deployments(&self) -> bool {
        let asked = self.others.get(&Question::Deploy);
        !self.waits && asked.is_some_and(|i| i.is_stopped() || i.value().is_some() && i.progress().is_none())
    }

    /// Reads the deployments of a new answer.
    fn take_deployed(&mut self) {
        let told = self.others.get(&Question::Deploy).and_then(|i| i.value()?.as_ref());
        let is_known =
            |t: &Answer<Plain>| self.deployed.as_ref().is_some_and(|known| Arc::ptr_eq(&known.0, t));
        match told {
            Some(told) if !is_known(told) => {
                let found = deployments::deployments(&told.index.graph, &told.answer.answer.json);
                self.deployed = Some((Arc::clone(told), found));
            }
            Some(_) => {}
            None => self.deployed = None,
        }
    }

    fn ask_heat(&mut self, work: &Work, picture: &Arc<Picture>, item: Option<Item>) {
        let key = (picture.snapshot.revision, picture.wide_lens.clone(), item.clone());
        let picture = Arc::clone(picture);
        self.heat.ask(work, key, move || {
            Heat::new(&picture.snapshot, &picture.wide_lens, &picture.wide_index, item)
        });
    }

    /// The node that most likely caused the incident.
    fn first_cause(&self) -> Option<String> {
        match self.incident.value()?.lines.first()?.item.clone()? {
            Item::Node(id) => Some(id),
            Item::Edge(..) => None,
        }
    }

    /// When the outage of a node was measured: it must be a cause of an incident with a calm time.
    fn measured_way(&self, node: &str) -> Option<Way> {
        let told = self.incident.value()?;
        let is_cause = told.lines.iter().any(|l| matches!(&l.item, Some(Item::Node(id)) if id == node));
        let (incident, calm) = told.answer.incident.zip(told.answer.baseline)?;
        is_cause.then_some(Way::Measured(incident, calm))
    }

    /// What the right panel shows of it.
    pub fn findings<'a>(&'a self, picture: &Picture, state: &'a State) -> Findings<'a> {
        let (alerts, has_old_alerts) = self.alerts_now(picture, state);
        Findings {
            alerts,
            has_old_alerts,
            incident: Asked {
                told: self.incident.value().map(|t| &**t),
                standing: self.standing(&self.incident, &whole_time(picture), &state.times),
            },
            patterns: Asked {
                told: self.patterns.value().map(|t| &**t),
                standing: self.standing(&self.patterns, &picture.wide_lens, &state.choice),
            },
            others: PLAIN
                .into_iter()
                .filter_map(|q| {
                    let inquiry = self.others.get(&q)?;
                    let told = inquiry.value().and_then(|t| t.as_deref());
                    let asked = asking(state).of(q);
                    let standing = self.standing(inquiry, &lens_of(q, picture), &asked);
                    Some((q, Asked { told, standing }))
                })
                .collect(),
            given: state.given.as_ref().map(|asked| Given {
                asked,
                answer: Asked {
                    told: self.given.value().and_then(|t| t.as_deref()),
                    standing: self.standing(&self.given, &lens_of(Question::Deploy, picture), asked),
                },
            }),
            heat: self.heat.value().and_then(Option::as_ref).filter(|h| h.item == state.place.selection),
            choice: state.choice.clone(),
            brushed: picture.wide_lens.window,
            is_by_hand: state.times != Request::default(),
            report: state.report_note.as_deref(),
            rules: &state.rules,
            passing: picture.passing,
            scenario: &state.scenario,
        }
    }

    /// What the impact tab shows of it.
    pub fn outage_side<'a>(&'a self, picture: &Picture, state: &'a State) -> OutageSide<'a> {
        let node = match &state.place.selection {
            Some(Item::Node(id)) => id.as_str(),
            _ => "",
        };
        let measured = self.measured_way(node);
        let can_measure = measured.is_some();
        let way =
            measured.filter(|_| !state.supposed.predict).unwrap_or(Way::Predicted(state.supposed.mode()));
        let asked = OutageQuestion { node: node.to_owned(), way, keys: state.cost.clone() };
        OutageSide {
            told: self.outage.value().and_then(|t| t.as_deref()),
            standing: self.standing(&self.outage, &outage_lens(picture, way), &asked),
            supposed: state.supposed,
            can_measure,
            keys: &state.cost,
        }
    }

    fn standing<A: PartialEq + Clone, V: Send + 'static>(
        &self,
        question: &Inquiry<A, V>,
        lens: &Lens,
        asked: &A,
    ) -> Standing {
        Standing {
            running: question.progress().map(Progress::share),
            is_stopped: question.is_stopped(),
            is_outdated: question.is_outdated(lens, asked) || self.is_of_part(question.revision()),
            waits: self.waits && question.value().is_none(),
        }
    }

    /// Whether an answer is of data of which only a part was read then.
    fn is_of_part(&self, revision: Option<u64>) -> bool {
        revision.zip(self.part_until).is_some_and(|(of, part)| of <= part)
    }

    /// Times of the incident and of its calm time.
    pub fn times(&self) -> (Option<TimeRange>, Option<TimeRange>) {
        self.incident.value().map_or((None, None), |t| (t.answer.incident, t.answer.baseline))
    }

    /// Marks on nodes, and what of the map is in the light.
    pub fn on_map(&self, picture: &Picture, state: &State) -> (Vec<(usize, Mark)>, Option<ItemSet>) {
        let mut lit = picture.touched();
        let mut marks = Vec::new();
        match state.place.answer {
            Some(Question::Incident) => {
                let waves = self.incident.value().map(|t| waves_on_map(t, picture));
                if let Some((numbers, way)) = waves.filter(|w| !w.0.is_empty()) {
                    (marks, lit) = (numbers, Some(way));
                }
            }
            Some(Question::Capacity) => marks.extend(self.first_on_map(picture)),
            _ => {}
        }
        marks.extend(alerts_on_map(&self.alerts_now(picture, state).0, picture, &Clock::new(state.utc)));
        (marks, lit)
    }

    /// What runs out first in the scenario.
    fn first_on_map(&self, picture: &Picture) -> Option<(usize, Mark)> {
        let told = self.others.get(&Question::Capacity)?.value()?.as_ref()?;
        let first = answers::capacity_first(told.answer.capacity.as_ref()?)?;
        let MapItem::Node(place) = picture.place_of(&told.node(first.node)?)? else { return None };
        let what = if first.is_saturated {
            texts().start.saturates_first
        } else {
            texts().start.nearest_to_its_limit
        };
        Some((place, Mark { sign: Sign::Gauge, spoken: format!("{what}: {}", first.why) }))
    }

    /// Stops or goes on with a question.
    pub fn stop(&mut self, question: Question, go_on: bool) {
        match (question, go_on) {
            (Question::Incident, false) => self.incident.stop(),
            (Question::Incident, true) => self.incident.resume(),
            (Question::Patterns, false) => self.patterns.stop(),
            (Question::Patterns, true) => self.patterns.resume(),
            (Question::Impact, false) => self.outage.stop(),
            (Question::Impact, true) => self.outage.resume(),
            (other, _) => {
                if other == Question::Deploy {
                    if go_on { self.given.resume() } else { self.given.stop() }
                }
                let inquiry = self.others.entry(other).or_default();
                if go_on { inquiry.resume() } else { inquiry.stop() }
            }
        }
    }

    /// Forgets all answers: the data is gone.
    pub fn forget(&mut self) {
        self.incident.forget();
        self.patterns.forget();
        self.outage.forget();
        self.loss.forget();
        self.given.forget();
        self.others.values_mut().for_each(Inquiry::forget);
        self.alarms.forget();
        self.of_all_time = None;
        self.heat.forget();
    }

    /// What the other answers add to that of the incident.
    fn beside(&self) -> answers::Beside {
        let (patterns, incident) = (self.patterns.value(), self.incident.value());
        let cost = self.loss.value().and_then(Option::as_ref).map(|t| t.answer.business);
        let intermittent =
            patterns.and_then(|t| answers::intermittent_text(&t.snapshot, &t.index.graph, &t.answer));
        let which = patterns.zip(incident).and_then(|(t, incident)| {
            answers::which_text(&t.snapshot, &t.index.graph, &t.answer, &incident.answer)
        });
        let cost = cost.filter(|c| c.users.is_some() || c.amount_per_hour.is_some());
        answers::Beside { intermittent, which, cost }
    }

    /// The parts of a report, of the answers that are there.
    pub fn parts(&self) -> Vec<Part> {
        let mut out = Vec::new();
        if let Some(t) = self.incident.value() {
            out.push(Part::incident(&t.snapshot, &t.index.graph, &t.answer, &self.beside()));
        }
        if let Some(t) = self.loss.value().and_then(Option::as_ref) {
            let OutageAnswer { reach, outage, business, incident } = &t.answer;
            let report = answers::OutageReport { reach, outage, business, incident: *incident };
            out.push(Part::impact(&t.snapshot, &t.index.graph, report));
        }
        if let Some(t) = self.patterns.value() {
            out.push(Part::patterns(&t.snapshot, &t.index.graph, &t.answer));
        }
        for question in PLAIN {
            let Some(t) = self.others.get(&question).and_then(|i| i.value()?.as_ref()) else { continue };
            let cards = t.lines.iter().map(|l| l.card.clone()).collect();
            out.push(Part { question, cards, answer: t.answer.answer.clone(), summary: None });
        }
        out
    }
}

fn asking(state: &State) -> Asking {
    Asking { rules: Arc::clone(&state.rules.rules), scenario: state.scenario.clone() }
}
