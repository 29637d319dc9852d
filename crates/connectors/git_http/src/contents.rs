use std::collections::BTreeMap;

use domain::Cause;
use git2::{ObjectType, Oid};

use super::{
    Checkout, FileKind, TreeFile,
    objects::{Objects, unreadable},
    upload_pack_request::Part,
};
use egress::Failure;

/// The largest file that is read, in bytes: Hawser writes none that comes near it.
const LARGEST: usize = 8 * 1024 * 1024;

/// What files hold, by the ids of their objects.
pub type Contents = BTreeMap<String, Vec<u8>>;

impl Checkout {
    /// What these files hold; of a symbolic link, its target. A server that can leave files out of
    /// a commit sent none of them yet, so all are fetched in one request. Folders and submodules
    /// hold nothing, and a file of more than 8 MiB is left out.
    ///
    /// # Errors
    /// Why the files could not be read; `RepositoryTooLarge` beyond the limits.
    pub async fn contents(&self, files: &[&TreeFile]) -> Result<Contents, Failure> {
        let mut contents = Contents::new();
        let Some((head, _)) = &self.head else { return Ok(contents) };
        let (here, absent) = self.sorted(files)?;
        if !absent.is_empty() {
            let server = self.git.server(&self.url, &self.login);
            let fetched = server.fetch(&self.capabilities, *head, Part::Blobs(&absent)).await?;
            read(&fetched, &absent, &mut contents)?;
        }
        read(&self.objects(), &here, &mut contents)?;
        Ok(contents)
    }

    /// The ids of the files that are here, and of those that are not.
    fn sorted(&self, files: &[&TreeFile]) -> Result<(Vec<Oid>, Vec<Oid>), Failure> {
        let is_read = |file: &&&TreeFile| match file.kind {
            FileKind::Regular | FileKind::Executable | FileKind::Symlink => true,
            FileKind::Submodule | FileKind::Folder => false,
        };
        let ids = files.iter().filter(is_read).map(|file| Oid::from_str(&file.blob));
        let mut ids = ids.collect::<Result<Vec<_>, _>>().map_err(|error| {
            Failure::new(Cause::Internal, "read the id of a file").because(error)
        })?;
        ids.sort_unstable();
        ids.dedup();
        let objects = self.objects();
        let odb = objects.repository().odb().map_err(unreadable)?;
        Ok(ids.into_iter().partition(|id| odb.exists(*id)))
    }
}

fn read(objects: &Objects, ids: &[Oid], to: &mut Contents) -> Result<(), Failure> {
    let odb = objects.repository().odb().map_err(unreadable)?;
    for id in ids {
        let (size, kind) = odb.read_header(*id).map_err(unreadable)?;
        if kind != ObjectType::Blob {
            let attempt = "read a file of the Git repository that is none";
            return Err(Failure::new(Cause::ServerError, attempt));
        }
        if size <= LARGEST {
            to.insert(id.to_string(), odb.read(*id).map_err(unreadable)?.data().to_vec());
        }
    }
    Ok(())
}
