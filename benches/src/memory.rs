//! Memory of a process, as Linux counts it.

use std::fs;

use crate::Failure;

/// Resident memory of `pid` now, in bytes (`VmRSS`).
pub fn resident(pid: u32) -> Result<u64, Failure> {
    status(pid, "VmRSS:")
}

/// The most resident memory `pid` ever had, in bytes (`VmHWM`).
pub fn peak(pid: u32) -> Result<u64, Failure> {
    status(pid, "VmHWM:")
}

/// Bytes as MiB for the table.
pub fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

fn status(pid: u32, field: &str) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|rest| rest.split_whitespace().next())
        .ok_or("the process has no memory status")?
        .parse()?;
    Ok(kib * 1_024)
}
