//! Group commit: one thread that takes whatever queued while the last commit ran and writes it in one transaction.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

/// Jobs that may wait; one more is told to come back.
const QUEUE: usize = 1024;
/// Jobs in one transaction.
const BATCH: usize = 256;

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// The front of the queue. Dropping it lets the thread finish what was accepted and end.
pub struct Writer<J> {
    queue: SyncSender<J>,
}

impl<J: Send + 'static> Writer<J> {
    /// Starts the thread; `commit` gets the jobs of each batch in the order in which they came, and answers them itself.
    ///
    /// # Errors
    /// Where the machine gives no thread.
    pub fn start(mut commit: impl FnMut(Vec<J>) + Send + 'static) -> std::io::Result<Self> {
        let (queue, waiting) = sync_channel(QUEUE);
        let work = move || {
            while let Some(batch) = next_batch(&waiting) {
                commit(batch);
            }
        };
        std::thread::Builder::new().name("writer".to_owned()).spawn(work)?;
        Ok(Self { queue })
    }

    /// Hands a job over without waiting.
    ///
    /// # Errors
    /// [`Full`].
    pub fn send(&self, job: J) -> Result<(), Full> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Full,
        })
    }
}

/// Waits for one job and takes all that came meanwhile; `None` when nobody can send any more.
fn next_batch<J>(waiting: &Receiver<J>) -> Option<Vec<J>> {
    let mut batch = vec![waiting.recv().ok()?];
    batch.extend(waiting.try_iter().take(BATCH - 1));
    Some(batch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn what_came_during_a_commit_is_the_next_batch() {
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let (done, batches) = mpsc::channel();
        let writer = Writer::start(move |batch: Vec<u32>| {
            begun.send(()).unwrap();
            may_go_on.recv().unwrap();
            done.send(batch).unwrap();
        })
        .unwrap();
        writer.send(1).unwrap();
        has_begun.recv().unwrap();
        (2..=300).for_each(|job| writer.send(job).unwrap());
        (0..3).for_each(|_| go_on.send(()).unwrap());
        let sizes: Vec<_> = (0..3).map(|_| batches.recv().unwrap().len()).collect();
        assert_eq!(sizes, [1, BATCH, 43]);
    }

    #[test]
    fn a_full_queue_says_so_and_what_was_accepted_is_done() {
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let (done, counts) = mpsc::channel();
        let writer = Writer::start(move |batch: Vec<u32>| {
            may_go_on.recv().unwrap();
            done.send(batch.len()).unwrap();
        })
        .unwrap();
        let accepted = (0..3000).take_while(|job| writer.send(*job).is_ok()).count();
        assert!((QUEUE..=QUEUE + BATCH).contains(&accepted), "{accepted}");
        drop(writer);
        (0..20).for_each(|_| {
            let _ = go_on.send(());
        });
        assert_eq!(counts.iter().sum::<usize>(), accepted);
    }
}
