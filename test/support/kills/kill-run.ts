import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../scripts/local/free-port.ts';
import { type Finding, isFault } from '../../../scripts/verify/findings.ts';
import { ownerOfKey } from '../../../scripts/verify/object-owner.ts';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { eventually } from '../eventually.ts';
import { send } from '../http/http-client.ts';
import { createRandom } from '../random.ts';
import { descendants, type StartProcess, spawnStart } from '../services/start-process.ts';
import { killAll, stopStart } from '../storage/stored-data.ts';
import { createTemporaryFolder } from '../storage/temporary-folder.ts';
import { verifyData } from '../storage/verify-process.ts';
import { startClients } from './clients.ts';
import { type Damage, damage } from './damage.ts';
import { type Broken, findBroken, isMadeWhole, type Ledger } from './ledger.ts';
import { recountUsage, wrongUsage } from './usage.ts';

export interface KillOptions {
  /** Kills in all. */
  kills: number;
  /** The number of kills after which stored data are damaged before the next start. */
  damaged: number;
  seed: number;
  progress?: (line: string) => void;
}

export interface KillReport {
  /** What was killed, with counts. */
  kills: Record<string, number>;
  /** The damages, each with its consequences and its reports. */
  damages: string[];
  /** Images that clients were told of. */
  acknowledged: number;
  /** Milliseconds from each start to when everything answered. */
  starts: number[];
  faults: string[];
}

/** Milliseconds from when everything answers until a kill. */
const LATEST_MS = 2500;

/** How many deleted images are requested again and again. All of them would be too many. */
const DELETED_KEPT = 100;

/** Kills npm start, or a part of it, repeatedly while clients work, and compares the data with the answers that the clients got. */
export async function killAgainAndAgain({ kills, damaged, seed, progress }: KillOptions): Promise<KillReport> {
  const random = createRandom(seed);
  const folder = await createTemporaryFolder();
  const data = join(folder.path, 'data');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const ledger: Ledger = new Map();
  const report: KillReport = { kills: {}, damages: [], acknowledged: 0, starts: [], faults: [] };
  const fault = (text: string) => {
    report.faults.push(text);
    progress?.(`FAULT ${text}`);
  };
  let start: StartProcess | undefined;

  const begin = async () => {
    const begun = performance.now();
    start = spawnStart('--port', String(port), '--data', data, '--log', 'warn');
    await start.ready();
    report.starts.push(Math.round(performance.now() - begun));
    return start;
  };

  /** Checks that all differences from what clients were told have been reported, and deletes images that cannot be mended. */
  const compare = async (findings: Finding[], said: string): Promise<Broken[]> => {
    const broken = await findBroken(url, ledger);
    const told = new Set(findings.map(({ key }) => key));
    for (const { key, detail } of broken) if (!told.has(key)) fault(`${said}: ${key} is ${detail}, and nobody said so`);
    // Includes images that no client was told about, and deleted ones whose records a truncated log has brought back.
    const lost = findings.flatMap(({ kind, what, imageId = '' }) =>
      what === 'original' && (kind === 'lost' || kind === 'different') ? [imageId] : [],
    );
    for (const imageId of new Set([...broken.map(({ imageId }) => imageId), ...lost])) {
      await send(url, { method: 'DELETE', path: `/v1/images/${imageId}` });
      ledger.delete(imageId);
    }
    return broken;
  };

  /** Checks that verify reports the damaged data and nothing else. */
  const verifyDamage = async ({
    what,
    keys,
    isGone = false,
  }: Damage): Promise<{ findings: Finding[]; untold: string[] }> => {
    const { findings, stderr, summary } = await verifyData(data);
    if (!summary) fault(`${what}: verify did not come to its end: ${stderr}`);
    const wrong = findings.filter(({ kind }) => kind === 'lost' || kind === 'different');
    for (const { key, detail } of wrong) {
      if (keys && !keys.includes(key)) fault(`${what}: verify says of ${key}, which nobody touched: ${detail}`);
    }
    const untold = (keys ?? []).filter((key) => !findings.some((finding) => finding.key === key));
    for (const key of untold.filter((each) => ownerOfKey(each).what !== 'rendition')) {
      // The bytes of a killed upload have no record, and leave no trace when they are removed.
      const isKnown = [...ledger].some(([imageId, { state }]) => state === 'kept' && key === originalKey(imageId));
      if (isKnown || !isGone) fault(`${what}: verify says nothing of ${key}`);
    }
    return { findings, untold };
  };

  /** Renditions whose records are not written yet are unknown to verify, and are made again before anybody downloads them. */
  const compareUntold = async (untold: string[], said: string): Promise<void> => {
    for (const key of untold) {
      const { what, imageId = '' } = ownerOfKey(key);
      if (what === 'rendition' && !(await isMadeWhole(url, imageId)))
        fault(`${said}: verify says nothing of ${key}, and it is served as it is`);
    }
  };

  try {
    await begin();
    for (let kill = 1; kill <= kills; kill += 1) {
      if (!start) throw new Error('npm start does not run');
      const isDamaging = Math.floor((kill * damaged) / kills) > Math.floor(((kill - 1) * damaged) / kills);
      const clients = startClients(url, ledger, random);
      await sleep(random(0, LATEST_MS));
      const target = isDamaging ? 'everything' : choose(random);
      report.kills[target] = (report.kills[target] ?? 0) + 1;
      if (target === 'one part') {
        const parts = descendants(start.child.pid ?? 0);
        process.kill(parts[random(0, parts.length - 1)] ?? 0, 'SIGKILL');
        await sleep(random(0, LATEST_MS));
      } else {
        if (target === 'npm start') start.child.kill('SIGKILL');
        await killAll(start);
      }
      await clients.stop();
      for (const text of clients.faults) fault(`kill ${kill} of ${target}: ${text}`);
      let findings: Finding[] = [];
      let untold: string[] = [];
      let said = `kill ${kill} of ${target}`;
      if (isDamaging) {
        const done = await damage(data, random);
        said = `${said}, ${done.what}`;
        ({ findings, untold } = await verifyDamage(done));
        // Originals that have only lost their records are adopted.
        const adopted = await verifyData(data, '--adopt', '--remove-orphans', '--drop-damaged');
        findings.push(...adopted.findings);
      }
      if (target === 'one part') await eventually('the part is there again', () => isWhole(url), 60_000);
      else await begin();
      const broken = await compare(findings, said);
      await compareUntold(untold, said);
      if (isDamaging) await recountUsage(data);
      const wrong = await wrongUsage(data);
      if (wrong) fault(`${said}: ${wrong}`);
      if (isDamaging) {
        const count = findings.filter(isFault).length;
        report.damages.push(
          `${said}: ${count} findings, ${broken.length} of the images that clients know are not as they were`,
        );
      }
      forget(ledger);
      progress?.(`${said}: ${ledger.size} images known, ${broken.length} broken, ${report.faults.length} faults`);
    }
    report.acknowledged = ledger.size;
    await stopStart(start as StartProcess);
    const last = await verifyData(data);
    for (const finding of last.findings.filter(isFault)) {
      const { kind, key, detail } = finding;
      const isKept = [...ledger].some(([imageId, { state }]) => state === 'kept' && key.includes(imageId));
      // An upload that was killed before its answer may have left bytes without a record.
      if (kind !== 'unrecorded' || isKept) fault(`at the end: ${key}: ${detail}`);
    }
    return report;
  } finally {
    if (start && start.child.exitCode === null && start.child.signalCode === null) await killAll(start);
    await folder.remove();
  }
}

/** Whether every part answers: a list, a request that needs the queue, and requests that only one of the upload services answers. */
async function isWhole(url: string): Promise<boolean> {
  const unknown = '/v1/images/00000000-0000-4000-8000-000000000000';
  const asked = [
    ['GET', '/v1/images', 200],
    ['DELETE', unknown, 404],
    ['GET', '/v1/uploads/00000000-0000-4000-8000-000000000000', 404],
  ] as const;
  const answers = await Promise.all(
    asked.map(async ([method, path, status]) => (await send(url, { method, path })).status === status),
  ).catch(() => [false]);
  return answers.every(Boolean);
}

function choose(random: (least: number, most: number) => number): 'everything' | 'npm start' | 'one part' {
  const drawn = random(0, 9);
  if (drawn < 5) return 'everything';
  return drawn < 8 ? 'npm start' : 'one part';
}

/** Forgets the images that were deleted first. */
function forget(ledger: Ledger): void {
  const deleted = [...ledger].filter(([, { state }]) => state === 'deleted').map(([imageId]) => imageId);
  for (const imageId of deleted.slice(0, -DELETED_KEPT)) ledger.delete(imageId);
}
