//! The one task that takes records over: what waits goes to the server in one go, with one sync, and everybody is told.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::Accepted;
use hookporter_pipeline::inbox::store::{Ending, Fault, Job, Queue, Taken, Telling, Times};
use redis::{Pipeline, RedisResult, Value, cmd, from_redis_value};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::accept;
use crate::connect::{self, Connected, Opener};
use crate::fault::{Remedy, remedy};
use crate::scripts::Scripts;

/// How many requests go in one go. More would not share the sync any better and keep the first one waiting.
const MOST_JOBS: usize = 512;
/// How many bytes of records go in one go.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long the server may take before its connection is given up. Senders were told 503 long before.
const LATE: Duration = Duration::from_secs(6);
/// How often a server is tried again that cannot be reached, and how often one is asked what it promises.
const PROBE: Duration = Duration::from_millis(250);
const CHECK: Duration = Duration::from_secs(1);
/// How long replicas have to follow, in milliseconds: less than a sender waits.
const REPLICAS: u32 = 1500;

/// The task, and its connection.
pub(crate) struct Writer {
    pub(crate) queue: Arc<Queue>,
    pub(crate) opener: Opener,
    pub(crate) times: Times,
    /// Wakes the workers of this process.
    pub(crate) changed: Arc<watch::Sender<()>>,
    pub(crate) connected: Option<Connected>,
    /// How often it was tried in vain to get one.
    pub(crate) tries: u32,
    /// When the server was asked last what it promises.
    pub(crate) checked: Instant,
    /// When other nodes are told of what is new.
    pub(crate) telling: Telling,
    /// Says that it is over, by being dropped last.
    pub(crate) _ended: watch::Sender<()>,
}

impl Writer {
    pub(crate) async fn run(mut self) {
        let _ending = Ending::of(self.queue.clone());
        loop {
            if self.connected.is_none() && !self.reconnect().await {
                if self.queue.is_closed() {
                    return;
                }
                sleep(PROBE).await;
                continue;
            }
            if self.checked.elapsed() >= CHECK && !self.check().await {
                continue;
            }
            match self.queue.take(MOST_JOBS, MOST_BYTES) {
                Taken::Jobs(jobs) => self.work(jobs).await,
                Taken::Nothing => self.wait().await,
                Taken::Closed => {
                    if self.telling.is_left() {
                        self.tell().await;
                    }
                    return;
                }
            }
        }
    }

    /// Whether there is a connection.
    async fn reconnect(&mut self) -> bool {
        self.tries = self.tries.wrapping_add(1);
        let patience = if self.tries.is_multiple_of(4) { connect::PATIENT } else { connect::SHORT };
        match self.opener.connect(patience).await {
            Ok(connected) => {
                self.tries = 0;
                self.checked = Instant::now();
                self.connected = Some(connected);
                self.queue.open();
                tracing::info!(target: "hookporter", "the inbox has its server again");
                true
            }
            Err(error) => {
                self.queue.fail(&error.to_string());
                false
            }
        }
    }

    /// Whether the server still is as it must be. One that died, or was made weaker, is noticed before somebody relies on it.
    async fn check(&mut self) -> bool {
        let Some(connected) = &mut self.connected else { return false };
        match timeout(CHECK, self.opener.judged(&mut connected.connection)).await {
            Ok(Ok(_)) => {
                self.checked = Instant::now();
                true
            }
            Ok(Err(error)) => {
                self.give_up(&error.to_string());
                false
            }
            Err(_) => {
                self.give_up("the server does not answer");
                false
            }
        }
    }

    /// Waits for something to do.
    async fn wait(&mut self) {
        // What comes at once tells for this one, too.
        if self.telling.goes_with_the_next(&self.queue).await {
            return;
        }
        if self.telling.is_left() {
            self.tell().await;
        }
        let _ = timeout(CHECK.saturating_sub(self.checked.elapsed()), self.queue.pushed()).await;
    }

    async fn work(&mut self, jobs: Vec<Job>) {
        let tells = self.telling.is_time();
        let answers = match self.ask(&jobs, tells).await {
            Ok(answers) => answers,
            Err(problem) => {
                self.give_up(&problem);
                jobs.into_iter().for_each(|job| job.tell(Err(Fault::Store(problem.clone()))));
                return;
            }
        };
        self.telling.note(tells);
        let forgotten = self.conclude(jobs, answers);
        self.changed.send_replace(());
        if !forgotten.is_empty() {
            self.give_scripts(forgotten).await;
        }
    }

    /// What the server answers to each of these jobs: nothing at all if the connection broke or replicas did not follow.
    async fn ask(&mut self, jobs: &[Job], tells: bool) -> Result<Vec<RedisResult<Vec<Accepted>>>, String> {
        let Some(connected) = &mut self.connected else { return Err("the server cannot be reached".to_owned()) };
        let calls = accept::calls(jobs);
        let mut pipeline = Pipeline::with_capacity(calls.len().saturating_add(2));
        for call in &calls {
            pipeline.add_command(accept::call(&connected.scripts, call, self.times.now()));
        }
        let replicas = self.opener.terms.replicas;
        if replicas > 0 {
            pipeline.cmd("WAIT").arg(replicas).arg(REPLICAS);
        }
        if tells {
            pipeline.cmd("PUBLISH").arg(format!("{}changed", self.opener.prefix)).arg("");
        }
        let asked = connected.connection.send_packed_commands(&pipeline, 0, pipeline.len());
        let mut answers = match timeout(LATE, asked).await {
            Ok(Ok(answers)) => answers.into_iter(),
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err("the server does not answer".to_owned()),
        };
        let answered =
            calls.iter().zip(&mut answers).flat_map(|(call, answer)| accept::answers(answer, call)).collect();
        if replicas > 0 {
            let followed = answers.next().map(from_redis_value::<u32>);
            if !matches!(followed, Some(Ok(followed)) if followed >= replicas) {
                return Err(format!("the server has it, and {replicas} replicas have not"));
            }
        }
        Ok(answered)
    }

    /// Tells everybody; the jobs that wait for scripts which the server has forgotten.
    fn conclude(&mut self, jobs: Vec<Job>, answers: Vec<RedisResult<Vec<Accepted>>>) -> Vec<Job> {
        let mut forgotten = Vec::new();
        let mut broken = None;
        for (job, answer) in jobs.into_iter().zip(answers) {
            let error = match answer {
                Ok(answers) => {
                    job.tell(Ok(answers));
                    continue;
                }
                Err(error) => error,
            };
            match remedy(&error) {
                Remedy::Reload => {
                    forgotten.push(job);
                    continue;
                }
                Remedy::Tell => tracing::error!(target: "hookporter", "the inbox could not keep what came: {error}"),
                Remedy::Reconnect => broken = Some(error.to_string()),
            }
            job.tell(Err(Fault::Store(error.to_string())));
        }
        if let Some(problem) = broken {
            self.give_up(&problem);
        }
        forgotten
    }

    /// Gives the server the scripts again, and then these jobs, of which it has done nothing. Once.
    async fn give_scripts(&mut self, jobs: Vec<Job>) {
        let given = match &mut self.connected {
            Some(connected) => timeout(LATE, Scripts::load(&mut connected.connection, &self.opener.prefix)).await.ok(),
            None => None,
        };
        let asked = if matches!(given, Some(Ok(_))) { self.ask(&jobs, false).await } else { Err(String::new()) };
        let Ok(answers) = asked else {
            let problem = "the server has forgotten the scripts of the inbox";
            self.give_up(problem);
            return jobs.into_iter().for_each(|job| job.tell(Err(Fault::Store(problem.to_owned()))));
        };
        for job in self.conclude(jobs, answers) {
            job.tell(Err(Fault::Store("the server forgets the scripts of the inbox".to_owned())));
        }
        self.changed.send_replace(());
        self.telling.note(false);
    }

    /// Tells other nodes what they were not told yet.
    async fn tell(&mut self) {
        self.telling.note(true);
        let Some(connected) = &mut self.connected else { return };
        let mut telling = cmd("PUBLISH");
        telling.arg(format!("{}changed", self.opener.prefix)).arg("");
        if timeout(CHECK, telling.query_async::<Value>(&mut connected.connection)).await.is_err() {
            self.give_up("the server does not answer");
        }
    }

    /// The connection is of no use any more; whoever waits is told, and nobody is to wait until there is another one.
    fn give_up(&mut self, why: &str) {
        tracing::error!(target: "hookporter", "the inbox has lost its server: {why}");
        self.connected = None;
        self.queue.fail(why);
    }
}
