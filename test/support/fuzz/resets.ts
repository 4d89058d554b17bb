import { createHash } from 'node:crypto';
import { eventually } from '../eventually.ts';
import { jsonOf, send } from '../http/http-client.ts';
import { photograph } from '../images/photographs.ts';
import { spawnStart } from '../services/start-process.ts';
import { createTemporaryFolder } from '../storage/temporary-folder.ts';
import { choicesOf } from './choices.ts';
import { type Exchange, runExchange } from './exchange.ts';

const jpeg = await photograph('jpeg', 300, 300);
const FORM_HEAD = '--X\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';

/** Requests to every service during which the connection is reset: before, in and after their head, and in their body. */
const REQUESTS: Buffer[] = [
  'GET /v1/limits HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
  'GET /v1/images?limit=1 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
  `GET /v1/images/00000000-0000-4000-8000-000000000000/original HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`,
  'POST /v1/uploads HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{"contentType":"image/png"',
  `POST /v1/images HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: multipart/form-data; boundary=X\r\ncontent-length: 9999\r\n\r\n${FORM_HEAD}`,
  'DELETE /v1/images/00000000-0000-4000-8000-000000000000 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
  'GET /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
].map((text) => Buffer.from(text));

export interface ResetReport {
  resets: number;
  /** Images that another client has uploaded and downloaded meanwhile. */
  images: number;
  faults: string[];
}

export interface ResetOptions {
  seed: number;
  resets: number;
  progress?: ((done: number) => void) | undefined;
}

/** Starts everything with `npm start`, and resets connections while another client uploads and downloads. */
export async function resetConnections({ seed, resets, progress }: ResetOptions): Promise<ResetReport> {
  const folder = await createTemporaryFolder();
  const started = spawnStart('--port', '0', '--data', folder.path, '--log', 'error');
  const report: ResetReport = { resets: 0, images: 0, faults: [] };
  try {
    const url = await started.ready();
    const client = new Client(url, report);
    const others = client.run();
    await Promise.all(
      Array.from({ length: 8 }, (_, place) =>
        resetSome(Number(new URL(url).port), { seed, resets, progress }, place, report),
      ),
    );
    client.isOver = true;
    await others;
    await client.expectAll();
    if (started.child.exitCode !== null || started.child.signalCode !== null) report.faults.push('npm start has ended');
    if (/starting it again|internal_error|uncaught/i.test(started.stderr() + started.stdout())) {
      report.faults.push(`npm start complains: ${(started.stderr() + started.stdout()).slice(-3000)}`);
    }
  } catch (error) {
    report.faults.push(`${(error as Error).message}: ${started.stderr().slice(-3000)}`);
  } finally {
    started.child.kill('SIGTERM');
    await started.ended(30_000).catch(() => started.child.kill('SIGKILL'));
    await folder.remove();
  }
  if (report.faults.length > 0) report.faults.push(`seed ${seed}`);
  return report;
}

async function resetSome(
  port: number,
  { seed, resets, progress }: ResetOptions,
  place: number,
  report: ResetReport,
): Promise<void> {
  for (let index = place; index < resets; index += 8) {
    const choices = choicesOf(seed, index);
    const whole = choices.of(REQUESTS);
    const bytes = whole.subarray(0, choices.of([0, 1, choices.whole(0, whole.length), whole.length, whole.length]));
    const after = bytes.length === whole.length && whole.includes('GET') ? choices.of([0, 0, 1, 200]) : 0;
    const exchange: Exchange = { bytes, leaving: { how: 'reset', after }, methods: ['GET'] };
    const { unanswered } = await runExchange(port, exchange);
    if (unanswered) report.faults.push(`reset ${index}: ${unanswered}`);
    report.resets += 1;
    progress?.(report.resets);
  }
}

/** The other client, whose uploads must not be lost. */
class Client {
  isOver = false;
  readonly #url: string;
  readonly #report: ResetReport;
  readonly #images = new Map<string, string>();

  constructor(url: string, report: ResetReport) {
    this.#url = url;
    this.#report = report;
  }

  async run(): Promise<void> {
    for (let count = 0; !this.isOver || count < 5; count += 1) {
      // Every image has unique bytes.
      const body = Buffer.concat([jpeg, Buffer.from(String(count))]);
      const answer = await send(this.#url, { method: 'POST', path: '/v1/images', body }).catch((error: Error) => error);
      if (answer instanceof Error || answer.status !== 201) {
        const shown = answer instanceof Error ? answer.message : `${answer.status} ${answer.body}`;
        this.#report.faults.push(`upload ${count} of another client: ${shown}`);
        return;
      }
      const { imageId } = jsonOf(answer);
      this.#images.set(imageId, createHash('sha256').update(body).digest('hex'));
      await this.#expectImage(imageId);
    }
  }

  async #expectImage(imageId: string): Promise<void> {
    const path = `/v1/images/${imageId}/original`;
    const answer = await send(this.#url, { path }).catch((error: Error) => error);
    const sha256 = answer instanceof Error ? answer.message : createHash('sha256').update(answer.body).digest('hex');
    if (sha256 !== this.#images.get(imageId)) this.#report.faults.push(`image ${imageId} of another client: ${sha256}`);
  }

  /** Checks everything once more, and that the services still answer. */
  async expectAll(): Promise<void> {
    this.#report.images = this.#images.size;
    for (const imageId of this.#images.keys()) await this.#expectImage(imageId);
    await eventually('the gateway answers', async () => (await send(this.#url, { path: '/v1/limits' })).status === 200);
  }
}
