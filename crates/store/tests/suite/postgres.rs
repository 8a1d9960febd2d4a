//! A PostgreSQL cluster of the tests' own, with every durability setting as in production; removed afterwards.
//!
//! With `VESTIBULE_TEST_PG` set, a cluster that somebody else started is used, with databases of our own in it.

use std::ffi::OsString;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, id};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

pub struct Cluster {
    address: String,
    /// Stops and removes the cluster when it goes.
    _own: Option<Own>,
}

struct Own {
    bin: PathBuf,
    folder: PathBuf,
    user: Option<OsString>,
}

impl Cluster {
    pub fn start() -> Self {
        if let Some(address) = std::env::var_os("VESTIBULE_TEST_PG") {
            return Self {
                address: address.into_string().unwrap(),
                _own: None,
            };
        }
        let folder = std::env::temp_dir().join(format!("vestibule-pg-{}", id()));
        std::fs::create_dir(&folder).unwrap();
        let root = folder.metadata().unwrap().uid() == 0;
        let user = root.then(|| std::env::var_os("VESTIBULE_TEST_PG_USER").unwrap_or_else(|| "postgres".into()));
        let own = Own {
            bin: bin(),
            folder,
            user,
        };
        if let Some(user) = &own.user {
            let number = |flag: &str| -> u32 {
                let out = Command::new("id").arg(flag).arg(user).output().unwrap();
                String::from_utf8(out.stdout).unwrap().trim().parse().unwrap()
            };
            std::os::unix::fs::chown(&own.folder, Some(number("-u")), Some(number("-g"))).unwrap();
        }
        std::fs::set_permissions(&own.folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        let data = own.folder.join("data");
        own.run(
            "initdb",
            &[
                "-U",
                "vestibule",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ],
            &data,
        );
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options =
            format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200");
        let log = own.folder.join("log");
        own.run(
            "pg_ctl",
            &[
                "-w",
                "-t",
                "60",
                "-l",
                log.to_str().unwrap(),
                "-o",
                &options,
                "start",
                "-D",
            ],
            &data,
        );
        Self {
            address: format!("postgres://vestibule@127.0.0.1:{port}/postgres"),
            _own: Some(own),
        }
    }

    /// A new, empty database.
    pub async fn database(&self, number: u32) -> String {
        let name = format!("t_{}_{number}", id());
        let mut connection = PgConnection::connect(&self.address).await.unwrap();
        connection
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .unwrap();
        let (server, _) = self.address.rsplit_once('/').unwrap();
        format!("{server}/{name}")
    }
}

impl Own {
    fn run(&self, program: &str, args: &[&str], data: &Path) {
        let program = self.bin.join(program);
        let mut command = match &self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.arg("-u").arg(user).arg("--").arg(program);
                command
            }
            None => Command::new(program),
        };
        // pg_ctl hands its output to the server it starts: a pipe would stay open as long as that runs.
        let status = command
            .args(args)
            .arg(data)
            .current_dir(&self.folder)
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{command:?}");
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "stop", "-D"], &self.folder.join("data"));
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn bin() -> PathBuf {
    if let Some(bin) = std::env::var_os("PG_BIN") {
        return bin.into();
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL's server binaries are installed, or PG_BIN says where");
    versions
        .map(|entry| entry.unwrap().path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max()
        .expect("PostgreSQL's initdb is installed")
}
