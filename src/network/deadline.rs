//! When a run ends, whatever is still open.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::SetOnce;
use tokio::time::{Instant, sleep_until};

use super::settings::{Limits, seconds};

/// The longest a run may take where the settings name no end: 10 years.
pub(super) const FOREVER: Duration = Duration::from_secs(10 * 365 * 86_400);

/// The end of a run.
///
/// A run that asks ahead of an export's end has none before its time begins to count: how long
/// somebody else reads must not decide what is asked.
pub(super) struct Deadline {
    at: SetOnce<Instant>,
    limit: Duration,
    /// That it has passed.
    pub(super) words: String,
}

impl Deadline {
    /// Of a run whose time counts from `begun`.
    pub(super) fn of(limits: &Limits, begun: Instant) -> Self {
        let deadline = Self::not_counting(limits);
        deadline.count_from(begun);
        deadline
    }

    /// Of a run whose time does not count yet.
    pub(super) fn not_counting(limits: &Limits) -> Self {
        let words = format!("the run's deadline of {} passed", seconds(limits.deadline));
        Self { at: SetOnce::new(), limit: limits.deadline.min(FOREVER), words }
    }

    /// Begins to count, unless it did before.
    pub(super) fn count_from(&self, begun: Instant) {
        // Refused when it was set: the first beginning holds.
        let _ = self.at.set(begun + self.limit);
    }

    /// Whether the end has come.
    pub(super) fn has_passed(&self) -> bool {
        self.at.get().is_some_and(|at| Instant::now() >= *at)
    }

    /// Returns at the end.
    pub(super) async fn passed(&self) {
        sleep_until(*self.at.wait().await).await;
    }

    /// What comes of `work`, if it comes before the end.
    pub(super) async fn before<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match select(pin!(work), pin!(self.passed())).await {
            Either::Left((done, _)) => Some(done),
            Either::Right(((), _)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::{advance, sleep};

    use super::*;

    fn limits(deadline: Duration) -> Limits {
        Limits {
            timeout: Duration::from_secs(1),
            retries: 0,
            deadline,
            revocation: Duration::from_secs(1),
            concurrency: 1,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn time_counts_from_its_beginning_only() {
        let deadline = Deadline::not_counting(&limits(Duration::from_secs(2)));
        advance(Duration::from_secs(60)).await;
        assert!(!deadline.has_passed());
        let slow = async {
            sleep(Duration::from_secs(60)).await;
            "done"
        };
        assert_eq!(deadline.before(slow).await, Some("done"), "nothing ends before it counts");

        // Who waits already is told when it begins.
        let begin = async {
            sleep(Duration::from_secs(5)).await;
            deadline.count_from(Instant::now());
        };
        let before = Instant::now();
        let (none, ()) = futures_util::future::join(deadline.before(pending::<()>()), begin).await;
        assert_eq!((none, before.elapsed().as_secs()), (None, 7));
        assert!(deadline.has_passed());
        deadline.count_from(Instant::now());
        assert!(deadline.has_passed(), "it begins once");
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_without_an_end_has_one_that_fits_the_clock() {
        let deadline = Deadline::of(&limits(Duration::MAX), Instant::now());
        assert_eq!(deadline.before(async { 1 }).await, Some(1));
        assert!(!deadline.has_passed());
    }
}
