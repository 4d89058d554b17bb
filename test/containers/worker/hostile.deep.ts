import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { IMAGE_FORMATS, type ImageFormat } from '../../../shared/domain/formats/image-format.ts';
import type { Rendition } from '../../../shared/domain/rendition.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { BILLION_LAUGHS, drawing } from '../../support/drawings/drawings.ts';
import {
  CRASHING_DRAWING,
  MARKER_BOMB,
  MASK_BOMB,
  TEXT_BOMB,
  USE_BOMB,
} from '../../support/drawings/hostile-drawings.ts';
import { eventually } from '../../support/eventually.ts';
import { startWebServer, type WebServer } from '../../support/http/web-server.ts';
import { avifFrom, gridOf, tileOf } from '../../support/images/avif-files.ts';
import { chainedProfile, profiled } from '../../support/images/colour-profiles.ts';
import { heicFrom, QUARTERS } from '../../support/images/heic-files.ts';
import {
  corrupted,
  cut,
  deepDrawing,
  flat,
  gifOf,
  hollow,
  line,
  referringDrawing,
  TIFF_TAGS as tag,
  tiffOf,
} from '../../support/images/hostile-images.ts';
import { claimingSize, photograph } from '../../support/images/photographs.ts';
import { COLOURS, look, plain } from '../../support/images/picture.ts';
import { pngHeader } from '../../support/images/png-header.ts';
import { tiffFrom } from '../../support/images/tiled-tiff.ts';
import { CAN_SEE_PROCESSES, ended, isRunning, residentBytes } from '../../support/processes.ts';
import { ask, type Bench, depthOf, drained, request, startBench } from '../../support/worker/worker-bench.ts';
import { type Fleet, type FleetWorker, openFleet } from '../../support/worker/worker-fleet.ts';

const MiB = 1024 ** 2;
const SETTINGS = {
  WORKER_PROCESSES: '2',
  WORKER_CONCURRENCY: '4',
  PROCESSING_TIMEOUT_SECONDS: '4',
  PROCESS_MEMORY_MIB: '256',
  MAX_INPUT_PIXELS: '4000000',
  HEIC: 'on',
};
/** The memory that the worker and its image processes may have beyond that after their first images; a process that had much more has ended. */
const MEMORY_MARGIN = 64 * MiB;

interface Hostile {
  make: () => Buffer | Promise<Buffer>;
  /** Several where two limits race each other: which is met first is up to the machine. */
  becomes: ErrorCode | 'ready' | readonly ErrorCode[];
  /** Made of it; WebP makes an animation of an animation. */
  output?: object;
  attempts?: number;
  given?: Partial<Rendition>;
}

const CUT = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
const laughs = () =>
  Buffer.from(
    drawing({ width: 64, height: 64 }, { prolog: BILLION_LAUGHS })
      .toString()
      .replace('<rect', '<text>&l9;</text><rect'),
  );
const webp = { format: 'webp' };

const HOSTILE: Record<string, Hostile> = {
  // First, because the pauses between its attempts last the longest.
  'an SVG that kills its process': {
    make: () => CRASHING_DRAWING,
    becomes: 'processing_crashed',
    attempts: QUEUE_TIMING.maxAttempts,
  },
  'an SVG that has killed all but the last process that it may': {
    make: () => CRASHING_DRAWING,
    becomes: 'processing_crashed',
    given: { attempts: QUEUE_TIMING.maxAttempts - 1 },
    attempts: QUEUE_TIMING.maxAttempts,
  },
  'a PNG of few bytes whose header tells of 4 gigapixels': {
    make: () => pngHeader(65_535, 65_535),
    becomes: 'too_many_pixels',
  },
  'a whole PNG of one pixel row too many': { make: () => flat(2000, 2001), becomes: 'too_many_pixels' },
  'a PNG that tells of more pixels than it has': { make: () => claimingSize(2000, 2000), becomes: 'image_unreadable' },
  'a GIF whose frames tell of 4 gigapixels': {
    make: () => gifOf(65_535, 65_535, 3, [65_535, 65_535]),
    becomes: 'too_many_pixels',
  },
  // The limits of animations are there so that their first frame is made.
  'a GIF of 100,000 frames': { make: () => gifOf(1, 1, 100_000), becomes: 'ready', output: webp },
  'a GIF whose frames have 8 gigapixels together': {
    make: () => gifOf(2000, 2000, 2000),
    becomes: 'ready',
    output: webp,
  },
  'a GIF whose frames need more memory than allowed': {
    make: () => gifOf(1000, 1000, 59),
    becomes: 'rendition_too_costly',
    output: webp,
  },
  ...Object.fromEntries(
    CUT.map((format): [string, Hostile] => [
      `a cut ${format}`,
      { make: () => cut(format), becomes: 'image_unreadable' },
    ]),
  ),
  'a JPEG corrupt in the middle': { make: () => corrupted('jpeg'), becomes: 'image_unreadable' },
  'a PNG corrupt in the middle': { make: () => corrupted('png'), becomes: 'image_unreadable' },
  'a PNG with nothing but zeros behind its header': { make: () => hollow('png', 33), becomes: 'image_unreadable' },
  // A JPEG's zeros are codes for grey; nothing in the format tells that they are wrong.
  'a JPEG with nothing but zeros behind its header': { make: () => hollow('jpeg', 640), becomes: 'ready' },
  'a JPEG of 65,500 pixels in a line, made smaller': { make: line, becomes: 'ready' },
  'a PDF': { make: () => Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n'), becomes: 'image_unreadable' },
  'a TIFF that only just is one': { make: () => tiffOf({}), becomes: 'ready' },
  'a TIFF of 4 billion pixels to a side': {
    make: () => tiffOf({ [tag.width]: 0xffffffff, [tag.length]: 0xffffffff }),
    becomes: 'image_unreadable',
  },
  'a TIFF of 65,535 samples': { make: () => tiffOf({ [tag.samples]: 65_535 }), becomes: 'unsupported_image' },
  'a TIFF whose strip has 4 GB and lies behind its end': {
    make: () => tiffOf({ [tag.offset]: 0xfffffff0, [tag.bytes]: 0xffffffff }),
    becomes: 'image_unreadable',
  },
  'a TIFF whose tiles are 8,192 times as wide as it': {
    make: () => tiffFrom({ size: [1, 100_000], tile: [8192, 16] }),
    becomes: 'too_many_pixels',
  },
  'an AVIF of 225 cells that are one tile of 16 megapixels': {
    make: async () => {
      const cells = Array<number>(225).fill(1);
      const grid = { type: 'grid', data: gridOf([1000, 1000], [15, 15]) };
      const one = { ...(await tileOf([4096, 4096])), isHidden: true };
      return avifFrom([one, { ...grid, size: [1000, 1000], refers: [['dimg', ...cells]] }]);
    },
    becomes: 'too_many_pixels',
  },
  'a HEIC that ends in the middle of its data': {
    make: async () => (await photograph('heic')).subarray(0, -4120),
    becomes: 'image_unreadable',
  },
  'a HEIC of two thousand pictures in one': {
    make: () => heicFrom([{ ...QUARTERS, data: Buffer.concat(Array(2000).fill(QUARTERS.data)) }]),
    becomes: 'too_many_pixels',
  },
  'a HEIC that tells another size than it has': {
    make: () => heicFrom([{ ...QUARTERS, size: [1900, 2000] }]),
    becomes: 'image_unreadable',
  },
  'a HEIC of more pixels than allowed': {
    make: () => heicFrom([{ ...QUARTERS, size: [2001, 2000] }]),
    becomes: 'too_many_pixels',
  },
  'a PNG whose colour profile is a chain of 20,000 curves': {
    make: async () => profiled(await flat(1000, 1000), chainedProfile(20_000, 'curves')),
    becomes: 'ready',
  },
  'an SVG of entities that grow to 6 GB': { make: laughs, becomes: 'image_unreadable' },
  'an SVG of an entity that stands in a file': {
    make: () => drawing({}, { prolog: '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>' }),
    becomes: 'image_unreadable',
  },
  'an SVG of 100,000 levels': { make: () => deepDrawing(100_000), becomes: 'image_unreadable' },
  'an SVG of a billion pixels to a side': {
    make: () => drawing({ width: 1e9, height: 1e9 }),
    becomes: 'too_many_pixels',
  },
  'an SVG of uses of uses': { make: () => USE_BOMB, becomes: 'rendition_too_costly' },
  'an SVG of masks of masks': { make: () => MASK_BOMB, becomes: 'rendition_too_costly' },
  'an SVG of markers of markers': { make: () => MARKER_BOMB, becomes: 'rendition_too_costly' },
  'an SVG that would hang its process': { make: () => TEXT_BOMB, becomes: 'rendition_too_costly' },
};

describe('a worker that gets hostile images among good ones', function () {
  this.timeout(120_000);
  const resize = { operation: 'resize', width: 20 };
  const formats = Object.keys(IMAGE_FORMATS) as ImageFormat[];
  const good = new Map<string, number>();
  const hostile = new Map<string, string>();
  let bench: Bench;
  let queue: ProcessingQueue;
  let deadLetters: ProcessingQueue;
  let fleet: Fleet;
  let worker: FleetWorker;
  let web: WebServer;
  let referring: string;
  let fetched = 0;
  let warm = 0;

  before(async function () {
    if (!CAN_SEE_PROCESSES) this.skip();
    bench = await startBench();
    ({ queue, deadLetters } = await bench.openQueue());
    const secret = await plain(64, 64, COLOURS.G).png().toBuffer();
    web = await startWebServer((_, response) => {
      fetched += 1;
      response.end(secret);
    });
    await mkdir(join(bench.folder, 'secret'));
    const path = join(bench.folder, 'secret', 'green.png');
    await writeFile(path, secret);
    referring = await store(referringDrawing([path, pathToFileURL(path).href, `${web.url}/green.png`]), {});
    fleet = openFleet(bench, queue, SETTINGS);
    worker = await fleet.start();
    await sendGood(40);
    await drained(queue);
    // A process that is being replaced would be missing in what all of them may have.
    await eventually('all image processes are there', () => {
      warm = memory();
      return worker.imageProcesses().length === Number(SETTINGS.WORKER_PROCESSES) && Number.isFinite(warm);
    });
    await sendMixture();
    await drained(queue, 100_000);
  });
  after(async () => {
    await fleet?.stop();
    await web?.stop();
    await bench?.stop();
  });

  /** NaN if a process has ended since they were counted. */
  const memory = (): number => {
    try {
      return [worker.pid, ...worker.imageProcesses()].reduce((sum, pid) => sum + residentBytes(pid), 0);
    } catch {
      return Number.NaN;
    }
  };

  async function store(bytes: Buffer, { output, given = {} }: Pick<Hostile, 'output' | 'given'>): Promise<string> {
    const asked = request('thumb', [resize], output);
    const imageId = await bench.store({ bytes, renditions: [asked], rendition: given });
    await ask(queue, imageId, [asked]);
    return imageId;
  }

  async function sendGood(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const rows = good.size % 30;
      const format = formats[good.size % formats.length] as ImageFormat;
      good.set(await store(await photograph(format, 40, 20 + 2 * rows), {}), 10 + rows);
    }
  }

  async function sendMixture(): Promise<void> {
    const rows = Object.entries(HOSTILE);
    for (const [name, { make, ...row }] of rows) {
      hostile.set(name, await store(await make(), row));
      await sendGood(Math.ceil(200 / rows.length));
    }
  }

  it('makes every good one, at its first attempt and with the right dimensions', async () => {
    expect(good.size).to.be.at.least(200);
    for (const [imageId, rows] of good) {
      const made = await bench.rendition(imageId);
      const seen = [made?.status, made?.attempts, made?.facts?.width, made?.facts?.height];
      expect(seen, imageId).to.deep.equal(['ready', 1, 20, rows]);
    }
  });

  for (const [name, { becomes, attempts = 1 }] of Object.entries(HOSTILE)) {
    it(`gives ${name} the outcome ${[becomes].flat().join(' or ')}`, async () => {
      const imageId = hostile.get(name) ?? '';
      const made = await bench.rendition(imageId);
      expect(made?.failure?.code ?? made?.status).to.be.oneOf([becomes].flat());
      expect(made?.attempts).to.equal(attempts);
      expect(made?.facts?.frames).to.equal(undefined);
      expect(await bench.renditionObjects(imageId)).to.have.lengthOf(becomes === 'ready' ? 1 : 0);
    });
  }

  it('follows no reference to a file or a server, and draws the rest of the image', async () => {
    const { body } = await bench.objects.get((await bench.rendition(referring))?.facts?.key ?? '');
    const { pixels, at } = await look(Buffer.concat(await body.toArray()));
    expect(at(10, 1)).to.deep.equal(COLOURS.R);
    expect(pixels.filter((_, index) => index % 4 === 1 && (pixels[index] ?? 0) > 0)).to.have.lengthOf(0);
    await fetch(web.url);
    expect(fetched, 'requests, of which one is from here').to.equal(1);
  });

  it('leaves no message, neither in its queue nor among the dead letters', async () => {
    for (const each of [queue, deadLetters]) expect(await depthOf(each)).to.deep.equal({ waiting: 0, held: 0 });
  });

  it('has received no message again after its rendition had ended', async () => {
    expect(await worker.counted('returned')).to.equal(QUEUE_TIMING.maxAttempts - 1);
    expect(await worker.counted('skipped')).to.equal(0);
  });

  it('has about as much memory as before, and leaves no file', async () => {
    await eventually('the memory goes back', () => memory() <= warm + MEMORY_MARGIN);
    expect(await readdir(join(bench.folder, `work-of-${worker.port}`, 'fetched'))).to.deep.equal([]);
  });

  it('ends with all of its image processes', async () => {
    const children = worker.imageProcesses();
    expect(isRunning(worker.pid)).to.equal(true);
    worker.child.kill('SIGTERM');
    expect(await worker.ended()).to.equal(0);
    await ended(children);
    expect(worker.stderr()).to.equal('');
  });
});
