//! Checks of what lies in clusters: nothing of it is stored.

mod carvel;
mod kyma;
mod server_fns;

pub(crate) use carvel::carvel;
pub(crate) use kyma::kyma;
