//! Progress on standard error: bytes for the passes, endpoints for the network.

use std::io::{self, IsTerminal, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure::Failure;
use super::output::remove_temporary_files;
use super::voice::complain;
use crate::settings::{Talk, Volume, When};

/// Set by Ctrl-C; every pass and the network look at it.
pub(super) static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Set while a [`Wait`] lives.
static WAITING: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C set [`INTERRUPTED`], so that the run ends in order and takes its temporary files
/// with it. A second Ctrl-C ends it at once, and so does the first during a [`Wait`]; the temporary
/// files go even then.
pub(super) fn watch_interrupts() {
    let installed = ctrlc::set_handler(|| {
        let again = INTERRUPTED.swap(true, Ordering::SeqCst);
        if again || WAITING.load(Ordering::SeqCst) {
            end_at_once();
        }
    });
    // Somebody else watches already (a program that uses this library): then they do.
    drop(installed);
}

/// Whether Ctrl-C was pressed.
pub(super) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Does some work for each of several items, of which one may take its time, and looks between two
/// whether `is_interrupted`.
///
/// # Errors
/// [`Failure::interrupted`] when it is.
pub(super) fn each<I, T>(
    items: impl IntoIterator<Item = I>,
    is_interrupted: impl Fn() -> bool,
    mut work: impl FnMut(I) -> T,
) -> Result<Vec<T>, Failure> {
    let watched =
        |item| if is_interrupted() { Err(Failure::interrupted()) } else { Ok(work(item)) };
    items.into_iter().map(watched).collect()
}

fn end_at_once() -> ! {
    remove_temporary_files();
    let failure = Failure::interrupted();
    complain(&failure);
    std::process::exit(i32::from(failure.status as u8));
}

/// A wait for somebody else's bytes, such as standard input. Such a read may never come back to look
/// at [`INTERRUPTED`], and there is nothing to tidy up but the temporary files.
pub(super) struct Wait(());

impl Wait {
    /// Until it is dropped.
    pub(super) fn begin() -> Self {
        WAITING.store(true, Ordering::SeqCst);
        if interrupted() {
            end_at_once();
        }
        Self(())
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        WAITING.store(false, Ordering::SeqCst);
    }
}

/// Makes progress bars, or hidden ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    visible: bool,
}

impl Progress {
    /// Bars are drawn on a terminal, unless options say otherwise.
    pub(super) fn new(talk: Talk) -> Self {
        let visible = match talk.progress {
            When::Always => true,
            When::Never => false,
            When::Auto => talk.volume > Volume::Quiet && io::stderr().is_terminal(),
        };
        Self { visible }
    }

    /// No bars: of what is read on the side.
    pub(super) fn hidden() -> Self {
        Self { visible: false }
    }

    /// A bar of bytes, with rate and time left.
    pub(super) fn bytes(self, label: &'static str, total: u64) -> ProgressBar {
        self.bar(
            label,
            total,
            "{prefix:>12} [{bar:24}] {bytes:>10} of {total_bytes} {bytes_per_sec:>14} {eta:>4} left",
        )
    }

    /// A bar of endpoints, with rate and time left.
    pub(super) fn endpoints(self, label: &'static str) -> ProgressBar {
        self.bar(
            label,
            0,
            "{prefix:>12} [{bar:24}] {pos:>6} of {len} hosts {per_sec:>12} {eta:>4} left",
        )
    }

    fn bar(self, label: &'static str, total: u64, template: &str) -> ProgressBar {
        let target = if self.visible {
            ProgressDrawTarget::stderr_with_hz(8)
        } else {
            ProgressDrawTarget::hidden()
        };
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        ProgressBar::with_draw_target(Some(total), target).with_style(style).with_prefix(label)
    }
}

/// A reader that moves a bar and stops at Ctrl-C.
#[derive(Debug)]
pub(super) struct Watched<R> {
    inner: R,
    bar: ProgressBar,
}

impl<R> Watched<R> {
    /// Reads from `inner` and moves `bar`.
    pub(super) fn new(inner: R, bar: ProgressBar) -> Self {
        Self { inner, bar }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if interrupted() {
            // Not `ErrorKind::Interrupted`: readers would try again.
            return Err(io::Error::other("interrupted"));
        }
        let read = self.inner.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::failure::Status;
    use super::*;

    #[test]
    fn an_interruption_is_noticed_between_two_items() {
        for (pressed_after, done) in [(0, 0), (1, 1), (3, 3)] {
            let worked = Cell::new(0);
            let is_interrupted = || worked.get() >= pressed_after;
            let ended = each([(); 5], is_interrupted, |()| worked.set(worked.get() + 1));
            assert_eq!(ended.unwrap_err().status, Status::Interrupted);
            assert_eq!(worked.get(), done);
        }
        assert_eq!(each([1, 2], || false, |it| it + 1).unwrap(), [2, 3]);
    }
}
