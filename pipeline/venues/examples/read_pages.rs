//! Reads saved pages and says what each holds and how fast it was read; `benches/pages.sh` runs it.
//!
//!     cargo run -p autobazaaar-venues --example read_pages -- [--repeat N] FILE…

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use autobazaaar_domain::{RunId, Utc};
use autobazaaar_venues::{ReadContext, read};

fn main() -> Result<(), Box<dyn Error>> {
    let mut repeat = 1_u32;
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--repeat" {
            repeat = arguments.next().ok_or("--repeat needs a number")?.parse()?;
        } else {
            files.push(argument);
        }
    }
    let run_id = RunId("example".to_owned());
    let mut out = std::io::stdout().lock();
    let (mut bytes_read, mut seconds) = (0, 0.0);
    for file in &files {
        let bytes = std::fs::read(file)?;
        let context =
            ReadContext { run_id: &run_id, observed_at: Utc::UNIX_EPOCH, label: file, currency: None };
        let mut best = f64::MAX;
        let mut page = read(&bytes, &context);
        for _ in 0..repeat {
            let start = Instant::now();
            page = read(&bytes, &context);
            best = best.min(start.elapsed().as_secs_f64());
        }
        bytes_read += bytes.len();
        seconds += best;
        let outcome = match &page {
            Ok(page) => format!("{} {} {}", page.venue, page.kind.as_str(), page.listings.len()),
            Err(error) => error.to_string(),
        };
        let speed = bytes.len() as f64 / best / 1e6;
        writeln!(out, "{file}: {outcome}; {:.1} ms, {speed:.0} MB/s", best * 1e3)?;
    }
    writeln!(out, "in all {:.0} MB/s", bytes_read as f64 / seconds / 1e6)?;
    Ok(())
}
