//! CPU time of a process, as Linux counts it.

use std::{fs, time::Duration};

use crate::Failure;

/// The user and system time of `pid` so far (`/proc/PID/stat`, in the hundredths that Linux tells programs).
pub fn used(pid: u32) -> Result<Duration, Failure> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program stands in brackets and may hold spaces.
    let (_, rest) = stat.rsplit_once(')').ok_or("no status of the process")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || -> Result<u64, Failure> { Ok(fields.next().ok_or("no times")?.parse()?) };
    Ok(Duration::from_millis(10 * (ticks()? + ticks()?)))
}

/// The same for a process with those it started.
pub fn used_by_tree(pid: u32) -> Result<Duration, Failure> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    let mut total = used(pid)?;
    for child in children.split_whitespace() {
        total += used(child.parse()?)?;
    }
    Ok(total)
}
