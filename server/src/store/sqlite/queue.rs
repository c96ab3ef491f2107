//! One thread writes; whoever waits meanwhile shares its next commit.
//!
//! Each job runs in a savepoint of its own, so that a job that fails takes nobody with it, and
//! each caller is answered after the commit that holds its work, never before.

use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};

use crate::store::Error;

/// The way to the writing thread.
#[derive(Debug)]
pub(super) struct Queue {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Queue {
    /// Starts the thread that owns `connection`.
    pub(super) fn start(connection: Connection) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("assay-store".to_owned())
            .spawn(move || write_all(connection, &queue))
            .map_err(|error| Error::Sqlite(format!("no writing thread: {error}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs `work` in a transaction and returns once it is durable.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = mpsc::sync_channel(1);
        let job = Box::new(Task { work, answer });
        let jobs = self.jobs.as_ref().ok_or(Error::Closed)?;
        jobs.send(job).map_err(|_closed| Error::Closed)?;
        answered.recv().map_err(|_closed| Error::Closed)?
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // The thread ends when the last sender is gone and what was queued is written.
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Work for the writing thread.
trait Job: Send {
    /// Runs on a connection, or is told why there is none.
    fn run(self: Box<Self>, connection: Result<&Connection, Error>) -> (Keep, Settle);
}

/// The answer to a caller, given once the commit is known.
struct Settle(Box<dyn FnOnce(Result<(), Error>)>);

struct Task<W, T> {
    work: W,
    answer: SyncSender<Result<T, Error>>,
}

impl<T: Send + 'static, W: FnOnce(&Connection) -> Result<T, Error> + Send> Job for Task<W, T> {
    fn run(self: Box<Self>, connection: Result<&Connection, Error>) -> (Keep, Settle) {
        let Self { work, answer } = *self;
        let done = connection.and_then(work);
        let keep = if done.is_ok() { Keep::Yes } else { Keep::No };
        let settle = move |committed: Result<(), Error>| {
            // A caller that no longer waits has nobody to tell.
            drop(answer.send(match (done, committed) {
                (Ok(_), Err(error)) => Err(error),
                (done, _) => done,
            }));
        };
        (keep, Settle(Box::new(settle)))
    }
}

/// Whether a job's writes stay.
#[derive(PartialEq)]
enum Keep {
    Yes,
    No,
}

fn write_all(mut connection: Connection, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut waiting = Vec::new();
        let committed = write_batch(&mut connection, first, queue, &mut waiting);
        if let Err(error) = &committed {
            tracing::error!(%error, "a transaction was not committed");
        }
        for settle in waiting {
            settle.0(committed.clone());
        }
    }
}

fn write_batch(
    connection: &mut Connection,
    first: Box<dyn Job>,
    queue: &Receiver<Box<dyn Job>>,
    waiting: &mut Vec<Settle>,
) -> Result<(), Error> {
    let mut transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            let error = Error::from(error);
            waiting.push(first.run(Err(error.clone())).1);
            return Err(error);
        }
    };
    let mut next = Some(first);
    while let Some(job) = next {
        match transaction.savepoint() {
            Ok(savepoint) => {
                let (keep, settle) = job.run(Ok(&savepoint));
                waiting.push(settle);
                if keep == Keep::Yes {
                    savepoint.commit()?;
                } // a dropped savepoint rolls back
            }
            Err(error) => waiting.push(job.run(Err(error.into())).1),
        }
        next = if waiting.len() < LONGEST_BATCH { queue.try_recv().ok() } else { None };
    }
    Ok(transaction.commit()?)
}

const LONGEST_BATCH: usize = 256;
