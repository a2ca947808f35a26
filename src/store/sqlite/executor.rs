//! Where database work runs: on a named thread of its own, or on the caller's (simulation).

use std::sync::{Mutex, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::store::sqlite::fail::{Done, Fail};
use crate::store::types::StoreError;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// One connection and the place where its work runs.
pub enum Queue {
    /// A thread that owns the connection.
    Thread {
        /// Work for it; dropped first, which ends the thread.
        jobs: Option<mpsc::Sender<Job>>,
        /// Stops a long read at the end.
        interrupt: rusqlite::InterruptHandle,
        /// The thread.
        thread: Option<JoinHandle<()>>,
    },
    /// The caller's thread.
    Inline(Mutex<Connection>),
}

impl Queue {
    /// A thread named `name` for this connection.
    pub fn thread(name: &str, connection: Connection) -> std::io::Result<Self> {
        let (jobs, work) = mpsc::channel::<Job>();
        let interrupt = connection.get_interrupt_handle();
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            while let Ok(job) = work.recv() {
                job(&connection);
            }
        })?;
        Ok(Queue::Thread { jobs: Some(jobs), interrupt, thread: Some(thread) })
    }

    /// Work on the caller's thread.
    pub fn inline(connection: Connection) -> Self {
        Queue::Inline(Mutex::new(connection))
    }

    /// Runs `work` and gives its result.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Done<T> + Send + 'static,
    ) -> Done<T> {
        match self {
            Queue::Inline(connection) => {
                work(&connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
            }
            Queue::Thread { jobs, .. } => {
                let ended = || Fail::Store(StoreError::Fatal("the thread of the database ended".into()));
                let (reply, answer) = tokio::sync::oneshot::channel();
                let job: Job = Box::new(move |c| {
                    // nobody waits any more when the caller gave up: the work is done all the same
                    drop(reply.send(work(c)));
                });
                jobs.as_ref().ok_or_else(ended)?.send(job).map_err(|_| ended())?;
                answer.await.map_err(|_| ended())?
            }
        }
    }

    /// Ends the thread after the work that it has; a long read is interrupted when `stop`.
    pub fn end(&mut self, stop: bool) {
        if let Queue::Thread { jobs, interrupt, thread } = self {
            jobs.take();
            if stop {
                interrupt.interrupt();
            }
            if let Some(t) = thread.take()
                && t.thread().id() != std::thread::current().id()
            {
                // a panic of the thread was answered to the caller whose work it was
                drop(t.join());
            }
        }
    }
}

/// Runs `work` once, on a thread and a connection of its own, which is closed before the answer is given.
pub async fn apart<T: Send + 'static>(
    name: &str,
    connection: Connection,
    work: impl FnOnce(&Connection) -> Done<T> + Send + 'static,
) -> Done<T> {
    let fatal = |why: String| Fail::Store(StoreError::Fatal(why));
    let (reply, answer) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name(name.into())
        .spawn(move || {
            let result = work(&connection);
            drop(connection);
            // nobody waits any more when the caller gave up
            drop(reply.send(result));
        })
        .map_err(|e| fatal(format!("no thread for the store: {e}")))?;
    answer.await.map_err(|_| fatal("the thread of the database ended".into()))?
}
