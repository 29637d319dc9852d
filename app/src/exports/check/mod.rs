//! Checks of what lies in clusters: nothing of it is stored.

mod kyma;
mod server_fns;

pub(crate) use kyma::kyma;
