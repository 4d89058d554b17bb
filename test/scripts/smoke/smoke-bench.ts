import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Endpoint } from '../../../scripts/smoke/endpoint.ts';
import { runSmoke } from '../../../scripts/smoke/perform.ts';
import { FILE_PREFIX, newRunId, type Run } from '../../../scripts/smoke/run.ts';
import { type StartProcess, spawnStartWhere } from '../../support/services/start-process.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';

export const API_KEY = 'a-key-of-the-smoke-test';

/** npm start with a key, behind an API and a CDN that tests can make fail. */
export interface SmokeBench {
  url: string;
  api: FaultyProxy;
  cdn: FaultyProxy;
  /** Runs the smoke test with a clock on which every look takes two seconds. Returns its lines and its exit status. */
  smoke(options?: Partial<Run> & { throughCdn?: boolean }): Promise<{ status: number; lines: string[] }>;
  /** The files of smoke tests that the service still has. */
  left(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startSmokeBench(): Promise<SmokeBench> {
  const folder = await mkdtemp(join(tmpdir(), 'image-service-smoke-'));
  const digest = createHash('sha256').update(API_KEY).digest('hex');
  const started: StartProcess = spawnStartWhere({ API_KEYS: digest }, '--port', '0', '--data', folder);
  const url = await started.ready();
  const [api, cdn] = await Promise.all([startFaultyProxy(url), startFaultyProxy(url)]);
  return {
    url,
    api,
    cdn,
    async smoke({ throughCdn = false, ...options } = {}) {
      const lines: string[] = [];
      let now = 0;
      const clock = {
        now: () => now,
        sleep: async (ms: number) => {
          now += ms;
          await sleep(100);
        },
      };
      const at = (base: string) => new Endpoint(base, { apiKey: API_KEY });
      const status = await runSmoke({
        ...{ id: newRunId(), api: at(api.url), bytes: at(throughCdn ? cdn.url : api.url), hasCdn: throughCdn },
        ...{
          hasKey: true,
          revision: undefined,
          timeoutMinutes: 10,
          clock,
          log: (line: string) => void lines.push(line),
        },
        ...{ imageIds: new Set<string>(), uploadIds: new Set<string>() },
        ...options,
      });
      return { status, lines };
    },
    async left() {
      const { body } = await new Endpoint(url, { apiKey: API_KEY }).ask('GET', '/v1/images');
      const { images }: { images: { fileName?: string }[] } = JSON.parse(body.toString());
      return images.flatMap(({ fileName = '' }) => (fileName.startsWith(FILE_PREFIX) ? [fileName] : []));
    },
    async stop() {
      await Promise.all([api.stop(), cdn.stop()]);
      started.child.kill('SIGTERM');
      await started.ended();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
