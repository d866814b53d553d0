//! The server's options.

use std::ffi::OsString;
use std::path::Path;

/// Names the socket file; nothing listens on TCP.
pub(super) const PORT: u16 = 5432;

/// How many connections the server takes at once.
pub(super) const MAX_CONNECTIONS: u32 = 100;

/// Given on the command line, where they win over `postgresql.conf`: an operator may edit that file
/// for anything not listed here.
const SETTINGS: &[(&str, &str)] = &[
    // Durable: an order that was answered survives a power cut. These are the defaults; they are
    // said so that no file undoes them.
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    // Private: a unix socket in a folder of the server's account, and no TCP.
    ("listen_addresses", ""),
    ("port", "5432"),
    ("unix_socket_permissions", "0700"),
    // Modest: a laptop that does other things too.
    ("shared_buffers", "128MB"),
    ("effective_cache_size", "512MB"),
    ("work_mem", "8MB"),
    ("maintenance_work_mem", "64MB"),
    ("max_connections", "100"),
    ("max_wal_size", "512MB"),
    // Short statements on solid-state disks: compiling a plan costs more than it saves, random
    // reads cost nearly what sequential do.
    ("jit", "off"),
    ("random_page_cost", "1.1"),
    // The log is one file that we rotate at start, in UTC and in English.
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("log_timezone", "UTC"),
    // Details of errors repeat what is in rows: addresses, hashes.
    ("log_error_verbosity", "terse"),
    ("timezone", "UTC"),
    ("lc_messages", "C"),
    ("cluster_name", "cartograph"),
];

/// The arguments of the `postgres` program for a cluster and its socket folder.
pub(super) fn arguments(cluster: &Path, socket_dir: &Path) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["-D".into(), cluster.into()];
    for (name, value) in SETTINGS {
        arguments.extend(["-c".into(), format!("{name}={value}").into()]);
    }
    let mut directories = OsString::from("unix_socket_directories=");
    directories.push(quote_list_entry(socket_dir));
    arguments.extend(["-c".into(), directories]);
    arguments
}

/// One entry of a comma-separated PostgreSQL list, quoted so that commas, spaces and quotes are
/// part of it.
fn quote_list_entry(path: &Path) -> OsString {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};

    let mut quoted = vec![b'"'];
    for &byte in path.as_os_str().as_bytes() {
        if byte == b'"' {
            quoted.push(b'"');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    OsString::from_vec(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_with_commas_and_quotes_stays_one_entry() {
        assert_eq!(quote_list_entry(Path::new("/a, b/\"c\"")), r#""/a, b/""c""""#);
    }

    #[test]
    fn the_server_takes_as_many_connections_as_pools_count_on() {
        assert!(SETTINGS.contains(&("max_connections", MAX_CONNECTIONS.to_string().as_str())));
    }

    #[test]
    fn the_port_of_the_url_is_the_port_of_the_server() {
        assert!(SETTINGS.contains(&("port", PORT.to_string().as_str())));
    }
}
