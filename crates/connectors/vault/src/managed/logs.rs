//! Puts logs aside while they are written, so that a long run does not fill the disk: a full audit log
//! makes OpenBao refuse everything.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use super::{files::VaultFiles, settings::AUDIT};

/// How many audit logs are kept beside the one that is written.
const KEPT: u32 = 10;

/// What the process has to do afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing.
    Nothing,
    /// Open its audit log anew, for which it waits for SIGHUP.
    Reopen,
}

/// Puts aside what is larger than `bytes`.
pub(super) fn rotate(places: &VaultFiles, bytes: u64) -> io::Result<Then> {
    let is_large = |path: &Path| fs::metadata(path).is_ok_and(|file| file.len() > bytes);
    let (log, audit) = (places.log(), places.file(AUDIT));
    if is_large(&log) {
        // Nobody tells the process to open this one anew: it is copied, and written from the beginning.
        fs::copy(&log, older(&log, 1))?;
        OpenOptions::new().write(true).open(&log)?.set_len(0)?;
    }
    if !is_large(&audit) {
        return Ok(Then::Nothing);
    }
    for number in (1..KEPT).rev() {
        match fs::rename(older(&audit, number), older(&audit, number + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(&audit, older(&audit, 1))?;
    Ok(Then::Reopen)
}

/// `audit.log.1` is the newest that was put aside.
fn older(log: &Path, number: u32) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_are_kept_and_the_newest_is_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let places = VaultFiles::of(folder.path());
        let audit = places.file(AUDIT);
        for number in 1..=14 {
            fs::write(&audit, format!("log {number}")).unwrap();
            assert_eq!(rotate(&places, 100).unwrap(), Then::Nothing);
            assert_eq!(rotate(&places, 3).unwrap(), Then::Reopen);
            assert!(!audit.exists());
        }
        assert_eq!(rotate(&places, 3).unwrap(), Then::Nothing);
        let kept = |number| fs::read_to_string(older(&audit, number));
        assert_eq!((kept(1).unwrap(), kept(10).unwrap()), ("log 14".into(), "log 5".into()));
        assert!(kept(11).is_err());
    }

    #[test]
    fn the_log_of_the_process_goes_on_in_the_same_file() {
        use std::io::Write as _;
        let folder = tempfile::tempdir().unwrap();
        let places = VaultFiles::of(folder.path());
        let mut held = OpenOptions::new().create(true).append(true).open(places.log()).unwrap();
        held.write_all(b"before").unwrap();
        assert_eq!(rotate(&places, 3).unwrap(), Then::Nothing);
        held.write_all(b"after").unwrap();
        assert_eq!(fs::read_to_string(places.log()).unwrap(), "after");
        assert_eq!(fs::read_to_string(older(&places.log(), 1)).unwrap(), "before");
    }
}
