//! What keeps the memory of this process out of files and away from other processes of the same user (S3).

use std::io;

/// Core dumps off; on Linux the process is not dumpable either, so that no other process of the user may attach to it
/// or read its memory. Once, at the start of the program, before any secret is read.
pub fn harden() -> io::Result<()> {
    platform::harden()
}

#[cfg(unix)]
mod platform {
    use std::io;

    use rustix::process::{Resource, Rlimit, setrlimit};

    pub fn harden() -> io::Result<()> {
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
        Ok(())
    }
}

/// Elsewhere there is nothing to turn off through a safe interface; crash dumps are the administrator's choice there.
#[cfg(not(unix))]
mod platform {
    use std::io;

    pub fn harden() -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn the_process_leaves_no_core_and_lets_nobody_in() {
        super::harden().unwrap();
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        assert!(matches!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable));
    }
}
