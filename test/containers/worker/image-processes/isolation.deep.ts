import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../../scripts/local/emulators/emulators.ts';
import { freePort } from '../../../../scripts/local/free-port.ts';
import type { ProcessingQueue } from '../../../../shared/storage/queues/processing-queue.ts';
import { eventually } from '../../../support/eventually.ts';
import { photograph } from '../../../support/images/picture.ts';
import { childrenOf, isRunning, openFilesOf } from '../../../support/processes.ts';
import type { Findings } from '../../../support/worker/attack.ts';
import { ask, type Bench, drained, request, startBench } from '../../../support/worker/worker-bench.ts';
import { spawnWorker, type WorkerProcess } from '../../../support/worker/worker-process.ts';

const NOBODY = { uid: 65534, gid: 65534 };
const SECRET = '/v2/credentials/3d1e52c5-what-ecs-puts-into-the-environment';
const SECRETS = { SECRET, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: SECRET };
const supportOf = (name: string) => fileURLToPath(new URL(`../../../support/worker/${name}`, import.meta.url));
/** The kernel's answers to a process that has no permission. */
const REFUSED = /^(EACCES|EPERM)$/;
/** The facts about a process that everybody may see, as in `ps`. */
const OPEN_TO_ALL = ['personality'];

/** Needs root, because the file of Node must be another user's than the worker's, as it is in the container. */
describe('an image process that is taken over', function () {
  this.timeout(120_000);
  let bench: Bench;
  let queue: ProcessingQueue;
  let sealed: string;
  let worker: WorkerProcess;
  let pid: number;

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
    bench = await startBench();
    ({ queue } = await bench.openQueue());
    // As in the Dockerfile, all may run it and nobody may read it.
    sealed = join(bench.folder, 'node');
    copyFileSync(process.execPath, sealed);
    chmodSync(bench.folder, 0o755);
    execFileSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, join(bench.folder, 'objects')]);
    chmodSync(sealed, 0o711);
    worker = await start(sealed);
    pid = worker.child.pid as number;
  });
  after(async () => {
    worker?.child.kill('SIGKILL');
    await worker?.ended();
    await bench?.stop();
  });

  async function start(execPath: string): Promise<WorkerProcess> {
    const port = String(await freePort());
    const env = {
      LOG_LEVEL: 'silent',
      HOST: '127.0.0.1',
      PORT: port,
      AUTHENTICATION: 'off',
      AWS_REGION: LOCAL_REGION,
      AWS_ENDPOINT_URL_DYNAMODB: bench.endpoints.dynamoDb,
      AWS_ENDPOINT_URL_SQS: bench.endpoints.sqs,
      IMAGE_TABLE_NAME: bench.table.tableName,
      PROCESSING_QUEUE_URL: queue.queueUrl,
      OBJECT_STORE_URL: pathToFileURL(join(bench.folder, 'objects')).href,
      WORK_DIRECTORY: join(bench.folder, 'objects', `work-of-${port}`),
      WORKER_PROCESSES: '2',
      ...LOCAL_CREDENTIALS,
      ...SECRETS,
    };
    const started = spawnWorker(env, { execPath, ...NOBODY });
    await started.listening();
    await eventually('image processes run', () => childrenOf(Number(started.child.pid)).length === 2);
    return started;
  }

  const run = (execPath: string, script: string, args: string[] = []): string =>
    execFileSync(execPath, [supportOf(script), ...args], {
      ...NOBODY,
      env: { ...SECRETS, PATH: process.env.PATH },
      encoding: 'utf8',
      maxBuffer: 1024 ** 3,
      timeout: 60_000,
    });
  const attackOn = (...pids: number[]): Findings[] =>
    JSON.parse(
      run(
        process.execPath,
        'attacking-process.ts',
        pids.map((each) => `pid:${each}`),
      ),
    );
  const expectRefused = (findings: Findings, who: string) => {
    const { gdb = '', executable: _own, ...others } = findings;
    for (const [what, found] of Object.entries(others))
      if (!OPEN_TO_ALL.includes(what)) expect(found, `${what} of ${who}`).to.match(REFUSED);
    expect(gdb, who).to.not.include(SECRET);
    expect(JSON.stringify(findings), who).to.not.include(SECRET);
  };

  it('works when nobody can read the file of Node', async () => {
    const asked = request('thumb', [{ operation: 'resize', width: 20 }]);
    const bytes = await photograph(60, 40).jpeg().toBuffer();
    const imageId = await bench.store({ bytes, renditions: [asked] });
    execFileSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, join(bench.folder, 'objects', 'objects')]);
    await ask(queue, imageId, [asked]);
    await drained(queue, 30_000);
    expect((await bench.rendition(imageId))?.status).to.equal('ready');
  });

  it('finds the worker’s secrets when the file of Node can be read, or these tests would prove nothing', async () => {
    const open = await start(process.execPath);
    try {
      const [findings = {}] = attackOn(Number(open.child.pid));
      for (const what of ['environ', 'task environ', 'memory']) expect(findings[what], what).to.include(SECRET);
      expect(findings.fd).to.match(/^\d+,/);
      const { parent } = JSON.parse(run(process.execPath, 'attacked-process.ts')) as { parent: Findings };
      expect(parent.environ).to.include(SECRET);
    } finally {
      open.child.kill('SIGKILL');
      await open.ended();
    }
  });

  it('sees nothing of the worker, however it looks', () => {
    const [findings = {}] = attackOn(pid);
    expectRefused(findings, 'the worker');
  });

  it('sees nothing of other image processes', () => {
    for (const findings of attackOn(...childrenOf(pid))) expectRefused(findings, 'an image process');
  });

  it('sees nothing of the process that started it, and has no secrets itself', () => {
    const { self, parent } = JSON.parse(run(sealed, 'attacked-process.ts')) as Record<'self' | 'parent', Findings>;
    expectRefused(parent ?? {}, 'who started it');
    expect(parent?.executable).to.match(REFUSED);
    expect(JSON.stringify(self)).to.not.include(SECRET);
    const names = Object.keys(JSON.parse(self?.environment ?? '{}'));
    for (const name of names)
      expect(name).to.match(/^(MALLOC_ARENA_MAX|MALLOC_MMAP_THRESHOLD_|NODE_NO_WARNINGS|FONTCONFIG_FILE|PWD|SHLVL|_)$/);
    expect(self?.score).to.equal('800');
  });

  it('has no descriptor of the worker but the channel for orders and the pipes for its output', () => {
    const inodesOf = (each: number) => Object.values(openFilesOf(each)).filter((to) => /^(socket|pipe):/.test(to));
    // Descriptors with which the tests themselves were started are inherited by every process.
    const inherited = inodesOf(process.pid);
    const workers = new Set(inodesOf(pid).filter((to) => !inherited.includes(to)));
    for (const child of childrenOf(pid)) {
      const own = openFilesOf(child);
      // Standard input is nothing; output, error and the channel are sockets whose other ends the worker has.
      expect(own[0]).to.equal('/dev/null');
      for (const to of inodesOf(child)) expect(workers.has(to), `${to} is the worker's too`).to.equal(false);
      const files = Object.values(own).filter((to) => to.startsWith('/') && !to.startsWith('/dev/'));
      expect(files, 'files it has open').to.deep.equal([]);
    }
  });

  it('is the first process that Linux ends when memory runs out', () => {
    for (const child of childrenOf(pid))
      expect(readFileSync(`/proc/${child}/oom_score_adj`, 'latin1').trim()).to.equal('800');
    expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'latin1').trim()).to.equal(
      readFileSync('/proc/self/oom_score_adj', 'latin1').trim(),
    );
  });

  // Last, because it may end them.
  it('opens no debugger by a signal', async () => {
    const pids = [pid, ...childrenOf(pid)];
    for (const each of pids)
      execFileSync('setpriv', ['--reuid=65534', '--clear-groups', 'kill', '-USR1', String(each)]);
    const answers = () =>
      new Promise<boolean>((resolve) => {
        const socket = createConnection({ host: '127.0.0.1', port: 9229 });
        socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      });
    for (let look = 0; look < 20; look += 1) {
      expect(await answers()).to.equal(false);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(pids.filter(isRunning), 'the signal is nothing to them').to.deep.equal(pids);
  });
});
