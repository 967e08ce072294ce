//! `autobazaaar schedule`: passes and reports on cron expressions, as a long-lived process.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use autobazaaar_domain::Utc;
use autobazaaar_domain::run::RunState;
use autobazaaar_lake::Lake;
use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{CliError, Context, ResultExt as _};
use crate::execute::hand::ByHand;
use crate::schedule::{Cron, Due, Plan, Planned};

/// Arguments of `schedule`. Times are UTC.
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// When to do a pass over every stage: minute hour day month weekday [default: schedule.run]
    #[arg(long, value_name = "CRON")]
    pub run: Option<Cron>,
    /// When to look at what is due in deals [default: schedule.act]
    #[arg(long, value_name = "CRON")]
    pub act: Option<Cron>,
    /// When to write the profit report [default: schedule.report]
    #[arg(long, value_name = "CRON")]
    pub report: Option<Cron>,
    /// Also do all of them at once when it starts
    #[arg(long)]
    pub now: bool,
    /// Print the next times and end
    #[arg(long, conflicts_with = "now")]
    pub next: bool,
}

/// What is done on a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    Run,
    Act,
    Report,
}

impl Job {
    /// In the order in which they are done when they are due together.
    const ALL: [Self; 3] = [Self::Run, Self::Act, Self::Report];

    /// When it is due: as the command says, else as the configuration does.
    fn cron(self, args: &ScheduleArgs, context: &Context<'_>) -> Result<Cron, CliError> {
        let config = &context.config().schedule;
        let (asked, configured) = match self {
            Self::Run => (&args.run, &config.run),
            Self::Act => (&args.act, &config.act),
            Self::Report => (&args.report, &config.report),
        };
        match asked {
            Some(cron) => Ok(cron.clone()),
            None => configured
                .parse()
                .map_err(|error| CliError::usage(format!("schedule.{}: {error}", self.name()))),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Act => "act",
            Self::Report => "report",
        }
    }
}

/// The longest that is slept in one go: a clock that was set meanwhile is noticed.
const NAP: Duration = Duration::from_secs(60);
/// Times that `--next` shows of each job.
const SHOWN: usize = 5;

/// Works until it is told to stop. What is under way then is ended first; a second signal ends the
/// process at once, which loses nothing either.
///
/// # Errors
/// When another schedule works on this data folder. A job that fails is told and tried at its next time.
pub fn run(args: &ScheduleArgs, context: &Context<'_>) -> Result<(), CliError> {
    if args.next {
        return next_times(args, context);
    }
    let _lock = lock(context)?;
    let stop = stop_signals()?;
    let now = context.now();
    let mut plan = Plan(Vec::new());
    for job in Job::ALL {
        let cron = job.cron(args, context)?;
        let since = if job == Job::Run { since(context, &cron, now)? } else { now };
        plan.0.push(Planned { job, cron, since });
    }
    if args.now {
        plan.0.iter_mut().for_each(|planned| planned.since = now);
        for job in Job::ALL {
            if stop.try_recv().is_ok() {
                return stopped(context);
            }
            work(Due { job, at: now, missed: 0 }, context)?;
        }
    }
    loop {
        if let Some(due) = plan.take_due(context.now()) {
            work(due, context)?;
            if stop.try_recv().is_ok() {
                break;
            }
            continue;
        }
        if let Some((at, job)) = plan.next() {
            tracing::info!(job = job.name(), at = %at, "waits");
        }
        if is_told_to_stop(&stop, &plan, context) {
            break;
        }
    }
    stopped(context)
}

fn stopped(context: &Context<'_>) -> Result<(), CliError> {
    context.out.say("stopped; what was begun was ended")
}

/// Sleeps until a job is due or a signal comes; whether one came.
fn is_told_to_stop(stop: &Receiver<()>, plan: &Plan<Job>, context: &Context<'_>) -> bool {
    loop {
        let now = context.now();
        let wait = plan.next().map_or(NAP, |(at, _)| (at - now).to_std().unwrap_or_default());
        if wait.is_zero() {
            return false;
        }
        match stop.recv_timeout(wait.min(NAP)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return true,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Does a job, and says what came of it. A failure is no reason to stop: the next time may be better.
fn work(due: Due<Job>, context: &Context<'_>) -> Result<(), CliError> {
    let name = due.job.name();
    if due.missed > 0 {
        let missed = match due.missed {
            1 => "an earlier time passed meanwhile and is".to_owned(),
            many => format!("{many} earlier times passed meanwhile and are"),
        };
        context.out.say(&format!(
            "{name}: {missed} not made up for; this is the one of {}",
            due.at.format("%Y-%m-%d %H:%M")
        ))?;
    }
    let done = match due.job {
        Job::Run => super::run::run(&super::run::RunArgs {}, context),
        Job::Act => match act(context) {
            // Every few minutes nothing happens: that is not worth a line.
            Ok(None) => return Ok(()),
            Ok(Some(done)) => context.out.say(&format!("act: {done}")),
            Err(error) => Err(error),
        },
        Job::Report => profit_report(context),
    };
    let at = context.now().format("%Y-%m-%d %H:%M:%S");
    match done {
        Ok(()) => context.out.say(&format!("{at} {name}: done")),
        Err(error) => {
            // The schedule goes on: the exit status is that of the job alone.
            let _ = error.print();
            context.out.say(&format!("{at} {name}: failed; it is tried again at its next time"))
        }
    }
}

/// Does what is due in deals, and says what it was. Without a store nothing is.
fn act(context: &Context<'_>) -> Result<Option<String>, CliError> {
    if !super::state::has_state(context)? {
        return Ok(None);
    }
    let done = super::owner::desk::at_desk(context, async |desk| desk.tell(ByHand::default()).await)?;
    let told = format!("{} timers came due; see autobazaaar tasks", done.timers);
    Ok((!done.is_idle()).then_some(told))
}

/// Without a store there is no profit to report, which is no failure.
fn profit_report(context: &Context<'_>) -> Result<(), CliError> {
    if !autobazaaar_store::Options::is_there(&Lake::new(&context.loaded.data_dir).state()) {
        return context.out.say("report: nothing was bought or sold yet");
    }
    super::report::run(&super::report::ReportArgs { profit: true }, context)
}

/// From when on times count as missed: the start of the last finished pass. A machine that slept through
/// its times does one pass as soon as it wakes.
fn since(context: &Context<'_>, cron: &Cron, now: Utc) -> Result<Utc, CliError> {
    let lake = super::session::lake(context)?;
    let last =
        lake.runs()?.into_iter().rev().find(|run| run.kind == "run" && run.state == RunState::Finished);
    let Some(last) = last.map(|run| run.started_at).filter(|at| *at < now) else { return Ok(now) };
    // Of a long absence one time suffices.
    let missed = cron.between(last, now, SHOWN).len();
    Ok(if missed > 0 { last } else { now })
}

/// Held while a schedule works on a data folder; free again when its process ends, however it does.
fn lock(context: &Context<'_>) -> Result<File, CliError> {
    let state = Lake::new(&context.loaded.data_dir).state();
    fs::create_dir_all(&state).doing("cannot make the state folder")?;
    let path = state.join("schedule.lock");
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .doing("cannot open the schedule's lock")?;
    match file.try_lock() {
        Ok(()) => {
            // For whoever wonders who holds it; the lock itself is what counts.
            let since = context.now().format("%Y-%m-%d %H:%M");
            file.set_len(0)
                .and_then(|()| writeln!(file, "process {}, since {since} UTC", std::process::id()))
                .doing("cannot write the lock")?;
            Ok(file)
        }
        Err(fs::TryLockError::WouldBlock) => Err(CliError::failed(format!(
            "another schedule works on {} already: {}",
            context.loaded.data_dir.display(),
            holder(&mut file)
        ))
        .hint("end it first, or name another folder with --data-dir")),
        Err(fs::TryLockError::Error(error)) => Err(error).doing("cannot lock the schedule"),
    }
}

/// Who holds the lock, as it wrote there.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    // It may be about to write it.
    let _ = (&*file).take(200).read_to_string(&mut text);
    let text = text.trim();
    if text.is_empty() { "it has just begun".to_owned() } else { text.to_owned() }
}

/// SIGTERM and Ctrl-C. The second of them ends the process at once.
fn stop_signals() -> Result<Receiver<()>, CliError> {
    let told = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&told))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&told)))
            .doing("cannot listen for signals")?;
    }
    let mut signals = Signals::new([SIGTERM, SIGINT]).doing("cannot listen for signals")?;
    let (tell, stop) = channel();
    std::thread::spawn(move || {
        for _ in signals.forever() {
            // Whoever listened is gone: so is the reason to tell.
            if tell.send(()).is_err() {
                break;
            }
        }
    });
    Ok(stop)
}

fn next_times(args: &ScheduleArgs, context: &Context<'_>) -> Result<(), CliError> {
    use super::output::{Cell, Column, Table};
    let mut table =
        Table::new([Column::text("job", "job"), Column::text("cron", "when"), Column::text("at", "next")]);
    for job in Job::ALL {
        let cron = job.cron(args, context)?;
        let mut at = context.now();
        for _ in 0..SHOWN {
            let Some(next) = cron.after(at) else { break };
            at = next;
            table.push([Cell::text(job.name()), Cell::text(cron.to_string()), super::session::moment(at)]);
        }
    }
    context.out.table(&table)
}
