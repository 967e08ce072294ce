//! Jobs done on several threads, their results taken in order, in bounded memory.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Jobs that may wait, and results: enough to keep all threads busy.
const DEPTH: usize = 2;

/// [`in_order`] on as many threads as there are.
///
/// # Errors
/// As [`in_order`].
pub fn on_all_threads<J, R, E>(
    jobs: impl Iterator<Item = J> + Send,
    work: impl Fn(J) -> R + Sync,
    take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    J: Send,
    R: Send,
{
    in_order(jobs, rayon::current_num_threads(), DEPTH, work, take)
}

/// Runs `jobs` on `workers` threads and hands each result to `take` in the jobs' order. At most
/// `depth` jobs wait for a worker and as many results for their turn; a slow `take` holds the
/// workers back, and they the reader.
///
/// # Errors
/// The first error of `take`, after which nothing more is read.
pub fn in_order<J, R, E>(
    jobs: impl Iterator<Item = J> + Send,
    workers: usize,
    depth: usize,
    work: impl Fn(J) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    J: Send,
    R: Send,
{
    let (job_sender, job_receiver) = sync_channel::<(u64, J)>(depth);
    let job_receiver = Mutex::new(job_receiver);
    let (result_sender, result_receiver) = sync_channel::<(u64, R)>(depth);
    std::thread::scope(|scope| {
        scope.spawn(move || feed(jobs, &job_sender));
        for _ in 0..workers.max(1) {
            let (results, receiver, work) = (result_sender.clone(), &job_receiver, &work);
            scope.spawn(move || labour(receiver, &results, work));
        }
        drop(result_sender);
        let outcome = sort(&result_receiver, &mut take);
        // Closing both ends lets the workers and the reader stop early after an error.
        drop(result_receiver);
        outcome
    })
}

fn feed<J>(jobs: impl Iterator<Item = J>, sender: &SyncSender<(u64, J)>) {
    for (number, job) in jobs.enumerate() {
        if sender.send((number as u64, job)).is_err() {
            return;
        }
    }
}

fn labour<J, R>(receiver: &Mutex<Receiver<(u64, J)>>, results: &SyncSender<(u64, R)>, work: impl Fn(J) -> R) {
    loop {
        // A poisoned lock means that another worker panicked; the scope passes that on.
        let Ok(job) = receiver.lock().map(|receiver| receiver.recv()) else { return };
        let Ok((number, job)) = job else { return };
        if results.send((number, work(job))).is_err() {
            // Nobody takes results any more: let the reader see it, too.
            if let Ok(receiver) = receiver.lock() {
                while receiver.recv().is_ok() {}
            }
            return;
        }
    }
}

fn sort<R, E>(results: &Receiver<(u64, R)>, take: &mut impl FnMut(R) -> Result<(), E>) -> Result<(), E> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (number, result) in results {
        waiting.insert(number, result);
        while let Some(result) = waiting.remove(&next) {
            take(result)?;
            next += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let mut taken = Vec::new();
        let slow_first = |n: u64| {
            (0..(100 - n) * 1_000).fold(n, |a, b| std::hint::black_box(a ^ b ^ b));
            n
        };
        in_order(0..100, 3, 2, slow_first, |n| {
            taken.push(n);
            Ok::<_, ()>(())
        })
        .unwrap();
        assert_eq!(taken, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_ends_it() {
        let mut taken = 0;
        let outcome = in_order(
            0..1_000_000,
            2,
            2,
            |n| n,
            |n| {
                taken = n;
                if n == 10 { Err("full") } else { Ok(()) }
            },
        );
        assert_eq!((outcome, taken), (Err("full"), 10));
    }
}
