import { expect } from 'chai';
import { type ImageProcessPool, openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { CAN_SEE_PROCESSES, childrenOf } from '../processes.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../storage/temporary-folder.ts';
import { type Given, give, type ImageJobs, prepareImageJobs } from './image-jobs.ts';

const MiB = 1024 ** 2;

type Changes = Partial<Parameters<typeof openImageProcessPool>[0]>;

/** New image processes for each test of a suite, and jobs for them. Call it inside the suite's `describe`. */
export function openedImageProcesses() {
  const bench = {
    folder: undefined as unknown as TemporaryFolder,
    jobs: undefined as unknown as ImageJobs,
    processes: undefined as unknown as ImageProcessPool,
    open(changes: Changes = {}): void {
      bench.processes = openImageProcessPool({ processes: 2, memoryBytes: 1024 * MiB, timeoutSeconds: 60, ...changes });
    },
    /** Opens image processes with other settings than those of the test. */
    async reopen(changes: Changes): Promise<void> {
      await bench.processes.stop();
      bench.open(changes);
    },
    async codeOf({ ending }: Given): Promise<unknown> {
      const end = await ending;
      return end instanceof ImageServiceError ? end.code : end;
    },
    doQuick: () => give(bench.processes, bench.jobs.quick).ending,
    kill(pids: number[], signal: NodeJS.Signals = 'SIGKILL'): void {
      for (const pid of pids) process.kill(pid, signal);
    },
  };
  before(async function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    bench.folder = await createTemporaryFolder();
    bench.jobs = await prepareImageJobs(bench.folder.path);
  });
  beforeEach(() => bench.open());
  afterEach(async () => {
    await bench.processes.stop();
    expect(childrenOf(process.pid), 'processes left').to.deep.equal([]);
  });
  after(() => bench.folder?.remove());
  return bench;
}
