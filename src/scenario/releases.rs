//! What a deployment did to each service, for the stories that have one.
use super::finds::{ChangeTruth, DeployTruth, Finds, RedTruth, Verdict};
use super::log::{Figures, Served};
use super::system::{ServiceId, System};
use crate::model::{Nanos, TimeRange, Timestamp};

/// A deployment of a story.
#[derive(Clone, Copy, Debug)]
pub(super) struct Release {
    pub service: ServiceId,
    pub from_version: &'static str,
    pub version: &'static str,
    pub at: Timestamp,
    /// When the last instance was replaced.
    pub complete: Timestamp,
}

impl Release {
    /// Replaces the service's instances one after another.
    pub fn roll_out(
        system: &mut System,
        service: ServiceId,
        (from_version, version): (&'static str, &'static str),
        at: Timestamp,
        pause: Nanos,
    ) -> Self {
        let complete = system.roll_out(service, version, at, pause);
        Self { service, from_version, version, at, complete }
    }

    /// Each service's figures before and after, with the verdict that the story has for it.
    pub fn finds(&self, system: &System, log: &[Served], verdict: impl Fn(&str) -> Verdict) -> Finds {
        let before = TimeRange::new(system.window.start, self.at);
        let after = TimeRange::new(self.complete, system.window.end);
        let mut services: Vec<ChangeTruth> = system
            .services
            .iter()
            .enumerate()
            .map(|(i, service)| ChangeTruth {
                node: service.node().key(),
                verdict: verdict(&service.name),
                before: red(system, log, ServiceId(i), before),
                after: red(system, log, ServiceId(i), after),
            })
            .collect();
        services.sort_by(|a, b| a.node.cmp(&b.node));
        let deploy = DeployTruth {
            service: system.services[self.service.0].node().key(),
            from_version: self.from_version.to_owned(),
            version: self.version.to_owned(),
            at: self.at,
            complete: self.complete,
            services,
        };
        Finds { deploy: Some(deploy), ..Finds::default() }
    }
}

fn red(system: &System, log: &[Served], service: ServiceId, within: TimeRange) -> RedTruth {
    let figures = Figures::of(log.iter().filter(|s| s.service == service && within.contains(s.time.start)));
    let minutes = within.length().as_secs_f64() / 60.0;
    RedTruth {
        rpm: figures.calls as f64 * f64::from(system.kept_one_in) / minutes,
        mean_ms: figures.mean_ms,
        median_ms: figures.median_ms,
        p95_ms: figures.p95_ms,
        error_share: figures.failed_share(),
    }
}
