//! `autobazaaar jobs`: what is to be done in the background, and what went wrong with it.

use autobazaaar_domain::due::{Due, DueState};
use autobazaaar_domain::ids::DueId;
use autobazaaar_store::{Actor, DueKind, StoreError};
use clap::{Args, Subcommand};

use super::output::{Cell, Column, Table, Tone};
use super::session::moment;
use super::state::with_store;
use super::{CliError, Context};

/// Arguments of `jobs`.
#[derive(Debug, Subcommand)]
pub enum JobsArgs {
    /// List jobs: those that wait, run or failed
    List(JobsListArgs),
    /// Show one job
    Show(JobArgs),
    /// Have a failed job tried again
    Retry(JobArgs),
    /// Begin no job of a kind until it is resumed
    Pause(KindArgs),
    /// Begin jobs of a kind again, and take new ones
    Resume(KindArgs),
    /// Take no new job of a kind; those that wait are worked off
    Drain(KindArgs),
}

/// Arguments of `jobs list`.
#[derive(Debug, Args)]
pub struct JobsListArgs {
    /// Also those that are done
    #[arg(long)]
    pub all: bool,
    /// Rows of each state
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub limit: u32,
}

/// A job.
#[derive(Debug, Args)]
pub struct JobArgs {
    /// The job's id, as `jobs list` shows it
    #[arg(value_name = "ID")]
    pub id: DueId,
}

/// A kind of jobs.
#[derive(Debug, Args)]
pub struct KindArgs {
    /// The kind, as `jobs list` shows it
    #[arg(value_name = "KIND")]
    pub kind: String,
}

/// Lists, shows and steers jobs.
///
/// # Errors
/// When there is no state, it cannot be read, or there is no such job.
pub fn run(args: &JobsArgs, context: &Context<'_>) -> Result<(), CliError> {
    match args {
        JobsArgs::List(args) => list(args, context),
        JobsArgs::Show(args) => show(args.id, context),
        JobsArgs::Retry(args) => retry(args.id, context),
        JobsArgs::Pause(args) => steer(&args.kind, context, |kind| kind.paused = true),
        JobsArgs::Resume(args) => steer(&args.kind, context, |kind| {
            (kind.paused, kind.draining) = (false, false);
        }),
        JobsArgs::Drain(args) => steer(&args.kind, context, |kind| kind.draining = true),
    }
}

fn list(args: &JobsListArgs, context: &Context<'_>) -> Result<(), CliError> {
    let wanted = |state: &DueState| args.all || *state != DueState::Done;
    let limit = args.limit;
    let jobs = with_store(context, async |store| {
        let mut reader = store.read().await?;
        let mut jobs: Vec<(Due, bool)> = Vec::new();
        for state in DueState::ALL.iter().filter(|state| wanted(state)) {
            for due in reader.dues(*state, limit).await? {
                let paused = reader.due_kind(&due.kind).await?.paused;
                jobs.push((due, paused));
            }
        }
        Ok::<_, StoreError>(jobs)
    })?;
    let mut table = Table::new([
        Column::text("kind", "kind"),
        Column::text("state", "state"),
        Column::text("due_at", "due"),
        Column::number("attempts", "tried"),
        Column::text("subject", "about"),
        Column::text("last_error", "error"),
        Column::text("due_id", "id"),
    ]);
    for (due, paused) in jobs {
        table.push([
            Cell::text(due.kind),
            state(due.state, paused),
            moment(due.due_at),
            Cell::count(u64::from(due.attempts)),
            Cell::text(due.subject),
            due.last_error.map_or_else(Cell::missing, Cell::text),
            Cell::text(due.due_id.to_string()),
        ]);
    }
    context.out.table(&table.or_empty("nothing waits to be done").hint("autobazaaar jobs show ID"))
}

fn state(state: DueState, paused: bool) -> Cell {
    match state {
        DueState::Failed => Cell::text(state.as_str()).tone(Tone::Bad),
        DueState::Waiting if paused => Cell::text("paused").tone(Tone::Warn),
        _ => Cell::text(state.as_str()),
    }
}

fn show(id: DueId, context: &Context<'_>) -> Result<(), CliError> {
    let due = with_store(context, async |store| store.read().await?.due(id).await)?;
    let due = due.ok_or_else(|| {
        CliError::failed(format!("there is no job {id}")).hint("autobazaaar jobs list --all")
    })?;
    let mut table = Table::new([Column::text("field", "field"), Column::text("value", "value")]);
    let mut row = |name: &'static str, cell: Cell| table.push([Cell::text(name), cell]);
    row("id", Cell::text(due.due_id.to_string()));
    row("kind", Cell::text(due.kind));
    row("about", Cell::text(due.subject));
    row("state", state(due.state, false));
    row("due", moment(due.due_at));
    row("priority", Cell::text(due.priority.as_str()));
    row("tried", Cell::text(format!("{} of {}", due.attempts, due.max_attempts)));
    row("made", moment(due.created_at));
    row("ended", due.finished_at.map_or_else(Cell::missing, moment));
    row("worker", due.worker.map_or_else(Cell::missing, Cell::text));
    row("failed as", due.failure.map_or_else(Cell::missing, |code| Cell::text(code.as_str())));
    row("error", due.last_error.map_or_else(Cell::missing, Cell::text));
    row("payload", due.payload.map_or_else(Cell::missing, |payload| Cell::text(payload.to_string())));
    let table = if due.state == DueState::Failed {
        table.hint(format!("autobazaaar jobs retry {id}"))
    } else {
        table
    };
    context.out.table(&table)
}

fn retry(id: DueId, context: &Context<'_>) -> Result<(), CliError> {
    let now = context.now();
    let due = with_store(context, async |store| {
        let mut tx = store.begin(now, &Actor::new("owner", "cli")).await?;
        let due = tx.retry_due(id).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(due)
    })?;
    context.out.print(&format!("{} about {} is tried again", due.kind, due.subject))
}

fn steer(kind: &str, context: &Context<'_>, change: impl FnOnce(&mut DueKind)) -> Result<(), CliError> {
    let now = context.now();
    let changed = with_store(context, async |store| {
        let mut tx = store.begin(now, &Actor::new("owner", "cli")).await?;
        let known = tx.due_counts().await?.iter().any(|count| count.kind == kind);
        let mut one = tx.due_kind(kind).await?;
        let before = one.clone();
        change(&mut one);
        if !known && one != before {
            return Ok(None);
        }
        tx.set_due_kind(&one).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(Some(one))
    })?;
    let Some(one) = changed else {
        return Err(CliError::failed(format!("there never was a job of the kind `{kind}`"))
            .hint("autobazaaar jobs list --all"));
    };
    let how = match (one.paused, one.draining) {
        (true, _) => "paused: none is begun",
        (false, true) => "draining: no new one is taken",
        (false, false) => "worked on",
    };
    context.out.print(&format!("{kind}: {how}"))
}
