//! Secrets as files, made on first start and readable by the service alone (0600).

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// The bytes of a secret file, drawn and written where there is none.
///
/// # Errors
/// Where the file cannot be read or made.
pub fn load_or_create(path: &Path, length_bytes: usize) -> io::Result<Vec<u8>> {
    load_or_create_with(path, || {
        let mut secret = vec![0; length_bytes];
        SystemRandom::new().fill(&mut secret).map_err(|_| io::Error::other("no randomness"))?;
        Ok(secret)
    })
}

/// Makes a folder, and those above it, that only the service can enter. One that is there stays as it is.
///
/// # Errors
/// Where it cannot be made.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// As [`load_or_create`], the first content made by `make`. Of several processes starting at once one writes, the others
/// read what it wrote.
pub(super) fn load_or_create_with(path: &Path, make: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        outcome => return outcome,
    }
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    let unfinished = PathBuf::from(format!("{}.{}", path.display(), std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(&make()?)?;
    file.sync_all()?;
    // A hard link fails where the name is taken: the first process wins, and a half-written file is never seen.
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::read(path),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_is_ours_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/pepper");
        let first = super::load_or_create(&path, 32).unwrap();
        assert_eq!(first.len(), 32);
        assert_eq!(super::load_or_create(&path, 32).unwrap(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
