import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openMessageMetrics } from '../../../../containers/worker/metrics/message-metrics.ts';
import { measuredFactsText, readMeasuredWorkload } from '../../../../scripts/cost/workloads/measured-workload.ts';
import { medium } from '../../../../scripts/cost/workloads/medium.ts';
import {
  cpuSecondsOfLaterRendition,
  cpuSecondsOfUpload,
  meanOriginalBytes,
  meanRenditionBytes,
  sum,
  type Workload,
} from '../../../../scripts/cost/workloads/workload.ts';
import { metricLine, withRenditions } from '../../../support/cost/metric-records.ts';
import { photograph } from '../../../support/images/picture.ts';
import { renditionMeasurements } from '../../../support/measurements.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';
import { ask, type Bench, drained, request, startBench } from '../../../support/worker/worker-bench.ts';

/** Each image is asked for 0.4 renditions later. */
const base: Workload = { ...medium, laterRenditionsPerImage: 0.4 };
const DAY_MS = 24 * 60 * 60 * 1000;
let folder: TemporaryFolder;

async function measure(text: string, from = base) {
  const path = join(folder.path, 'metrics');
  await writeFile(path, text);
  return await readMeasuredWorkload(path, from);
}

const sourcesOf = async (text: string) =>
  Object.fromEntries((await measure(text)).facts.map(({ field, source }) => [field, source]));

describe('readMeasuredWorkload', () => {
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  describe('the workload that two workers measure', () => {
    const thumb = request('thumb', [{ operation: 'resize', width: 30 }]);
    const card = request('card', [{ operation: 'resize', width: 60 }], { format: 'webp' });
    const later = request('later', [{ operation: 'resize', width: 45 }]);
    const records: string[] = [];
    const scrapes: string[] = [];
    let bench: Bench;
    let originals: number[];
    let stored: number[];

    /** Five images with two renditions, one of which is no image, and later one rendition each of two of them. */
    before(async () => {
      bench = await startBench();
      const { queue } = await bench.openQueue();
      const workers = [0, 1].map(() => openMessageMetrics({ METRICS: 'emf' }, (line) => records.push(line)));
      for (const metrics of workers) bench.consume(queue, bench.process({ metrics }));
      const pictures = await Promise.all([80, 200, 400, 800].map((side) => photograph(side, side).png().toBuffer()));
      const all = [...pictures, Buffer.from('no image')];
      originals = all.map((bytes) => bytes.length);
      const imageIds = [];
      for (const bytes of all) {
        const imageId = await bench.store({ bytes, renditions: [thumb, card, later] });
        await ask(queue, imageId, [thumb, card]);
        imageIds.push(imageId);
      }
      await drained(queue);
      stored = await bytesOf(imageIds, ['thumb', 'card']);
      for (const imageId of imageIds.slice(0, 2)) await ask(queue, imageId, [later]);
      await drained(queue);
      await bench.stopConsumers();
      for (const [index, metrics] of workers.entries())
        scrapes.push(`# scraped ${new Date().toISOString()} worker-${index}\n${await metrics.text()}`);
    });
    after(() => bench.stop());

    async function bytesOf(imageIds: string[], names: string[]): Promise<number[]> {
      const made = await Promise.all(imageIds.flatMap((id) => names.map((name) => bench.rendition(id, name))));
      return made.flatMap((rendition) => rendition?.facts?.contentLength ?? []);
    }

    type Metrics = Record<'Cpu' | 'Decode' | 'Passes' | 'Encode', number | number[] | undefined>;
    /** Seconds of work in records, from the values that CloudWatch makes metrics of. */
    const secondsIn = (lines: string[]): number =>
      sum(
        lines.flatMap((line) => {
          const { Cpu, Decode = [], Passes = [], Encode = [] } = JSON.parse(line) as Metrics;
          return Cpu === undefined ? [Decode, Passes, Encode].flat() : Cpu;
        }),
      ) / 1000;

    it('is what was done, by their records', async () => {
      const { workload } = await measure(`${records.join('\n')}\n`);
      expect(records).to.have.length(7);
      const times = records.map((line) => JSON.parse(line)._aws.Timestamp).sort((a, b) => a - b);
      // Five uploads have four distances; a fifth is added for the time before the first.
      const seenMs = ((Number(times[4]) - Number(times[0])) * 5) / 4;
      expect(workload.imagesPerDay).to.be.closeTo((5 / seenMs) * DAY_MS, 1e-3);
      expect(meanOriginalBytes(workload)).to.be.closeTo(sum(originals) / 5, 1e-6);
      expect(workload.sizes.map(({ share }) => share)).to.deep.equal([0.2, 0.2, 0.2, 0.2, 0.2]);
      // 8 of 10 were made, 1.6 an image, counted as 2.
      expect(workload.renditions.map(({ name }) => name)).to.have.members(['thumb', 'card']);
      expect(stored).to.have.length(8);
      expect(meanRenditionBytes(workload) * 2 * 5).to.be.closeTo(sum(stored), 1e-6);
      expect(workload.laterRenditionsPerImage).to.equal(0.4);
      const uploads = records.filter((line) => !line.includes('"later"'));
      expect(cpuSecondsOfUpload(workload) * 5).to.be.closeTo(secondsIn(uploads), 0.005);
    });

    it('is what was done, by their counters', async () => {
      const { workload, facts } = await measure(scrapes.join('\n'));
      expect(facts.find(({ field }) => field === 'workers')).to.include({ value: '2', how: '0 restarts' });
      // 7 messages, of which 0.4 for each upload are later: 5 uploads.
      const { how, value } = facts.find(({ field }) => field === 'imagesPerDay') ?? {};
      expect(how).to.match(/^7 messages .* of which 5 are uploads/);
      expect(value).to.equal(workload.imagesPerDay.toLocaleString('en', { maximumFractionDigits: 0 }));
      // 10 renditions are ready, 2 of them later: 8 for 5 images.
      expect(facts.find(({ field }) => field === 'renditions')).to.include({ value: '1.6', source: 'measured' });
      const seconds = 5 * (cpuSecondsOfUpload(workload) + 0.4 * cpuSecondsOfLaterRendition(workload));
      expect(seconds).to.be.closeTo(secondsIn(records), 0.005);
    });

    it('tells failures by their codes from records and from counters alike', async () => {
      for (const text of [records.join('\n'), scrapes.join('\n')]) {
        const { facts } = await measure(text);
        expect(facts.find(({ field }) => field === 'failures')).to.include({
          source: 'seen',
          value: '16.7 % of renditions',
          how: '10 ready, 2 failed, 0 returned, 0 skipped; 2 failed image_unreadable',
        });
      }
    });

    it('counts records of both if the file has counters too', async () => {
      expect((await measure([...scrapes, ...records].join('\n'))).workload).to.deep.equal(
        (await measure(records.join('\n'))).workload,
      );
    });
  });

  describe('a workload from records', () => {
    const days = (count: number) =>
      Array.from({ length: count * 24 }, (_, hour) =>
        metricLine(Date.parse('2026-11-02T00:30Z') + hour * 60 * 60 * 1000),
      );

    it('says of each field whether it was measured or assumed', async () => {
      const sources = await sourcesOf(days(2).join('\n'));
      expect(Object.keys({ ...base, name: 0, description: 0 }).filter((field) => !(field in sources))).to.deep.equal([
        'name',
        'description',
      ]);
      expect(sources).to.deep.equal({
        imagesPerDay: 'measured',
        dailyCurve: 'measured',
        sizes: 'measured',
        renditions: 'measured',
        'renditions.meanBytes': 'measured',
        'renditions.cpuSeconds': 'measured',
        'renditions.format': 'assumed',
        laterRenditionsPerImage: 'measured',
        records: 'seen',
        failures: 'seen',
        shareInParts: 'assumed',
        partsPerUpload: 'assumed',
        readsPerImage: 'assumed',
        ageCurve: 'assumed',
        cacheHitRate: 'assumed',
        originShieldHitRate: 'assumed',
        readsByNameShare: 'assumed',
        notModifiedShare: 'assumed',
        metadataReadsPerImage: 'assumed',
        changesPerImage: 'assumed',
        apiKeys: 'assumed',
        listCallsPerDay: 'assumed',
        privateShare: 'assumed',
        deletionsPerMonth: 'assumed',
      });
    });

    it('has the curve of the workload that it is based on, and says so, if less than a day was seen', async () => {
      const { workload, facts } = await measure(days(1).slice(0, 20).join('\n'));
      expect(workload.dailyCurve).to.equal(base.dailyCurve);
      expect(facts.find(({ field }) => field === 'dailyCurve')).to.include({
        source: 'assumed',
        how: 'of the base, because less than a day was measured',
      });
      expect(workload.imagesPerDay).to.be.closeTo(24, 1e-9);
    });

    it('takes the processor time of workers that tell it, and otherwise that of the clock', async () => {
      const howOf = async (changes: object) => {
        const { workload, facts } = await measure(
          days(1)
            .map((line) => withRenditions(line, changes))
            .join('\n'),
        );
        const { how } = facts.find(({ field }) => field === 'renditions.cpuSeconds') ?? {};
        return [Math.round(cpuSecondsOfUpload(workload) * 1e6) / 1e6, how?.split(',')[0]];
      };
      expect(await howOf({ cpuMs: 250 })).to.deep.equal([0.25, 'processor time of image processes']);
      // 40 for the decode, 3 + 4.5 for passes, 20 for encoding.
      expect(await howOf({ cpuMs: undefined })).to.deep.equal([0.0675, 'by the clock']);
    });

    it('counts as later what readers make the service make, even if it is the only message of an image', async () => {
      const variant = { renditions: [renditionMeasurements({ name: 'thumb.avif' })] };
      const lines = [...days(1), metricLine('2026-11-02T05:00Z', variant), metricLine('2026-11-02T06:00Z', variant)];
      const { workload } = await measure(lines.join('\n'));
      expect(workload.imagesPerDay).to.be.closeTo(24, 1e-9);
      expect(workload.laterRenditionsPerImage).to.be.closeTo(2 / 24, 1e-12);
    });

    it('counts a repeated line and a message that came again once', async () => {
      const lines = days(1);
      const [first = ''] = lines;
      const again = JSON.stringify({ ...JSON.parse(first), receiveCount: 2, renditions: [] });
      const { workload, facts } = await measure([...lines, first, again].join('\n'));
      expect(workload.imagesPerDay).to.be.closeTo(24, 1e-9);
      expect(facts.find(({ field }) => field === 'records')?.how).to.match(/^1 repeated; 0 lines/);
    });

    it('keeps to what can be used of hostile figures', async () => {
      const hostile = [
        {
          BytesIn: 1e300,
          renditions: [{ name: 'thumb', outcome: 'ready', bytesOut: -5, passesMs: 'x', encodeMs: '1' }],
        },
        {
          BytesIn: 'many',
          renditions: [{ name: 'thumb', outcome: 'constructor', code: '__proto__', passesMs: [null] }],
        },
        { BytesIn: null, renditions: [null] },
        { renditions: Array(10_000).fill({}) },
        { imageId: 'a'.repeat(1000) },
        { imageId: 7 },
        { _aws: null },
        { _aws: { Timestamp: 1e300 } },
      ].map((changes) => JSON.stringify({ ...JSON.parse(metricLine('2026-11-02T05:00Z')), ...changes }));
      const { facts, workload } = await measure([...days(1), ...hostile].join('\n'));
      expect(facts.find(({ field }) => field === 'records')).to.deep.include({
        value: '26',
        how: '0 repeated; 6 lines with a record that is cut or not of a worker',
      });
      expect(workload.imagesPerDay).to.be.closeTo(26, 1e-9);
      expect(meanOriginalBytes(workload)).to.equal(2_000_000);
    });

    it('is printed as a table', async () => {
      const text = measuredFactsText((await measure(days(1).join('\n'))).facts, 120);
      expect(text).to.match(/^imagesPerDay +measured +24: 24 from 2026-11-02T00:30:00Z to /);
      for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(120);
    });
  });

  describe('metrics from which no workload follows', () => {
    const one = metricLine('2026-11-02T05:00Z');
    const counters = 'image_worker_messages_total{outcome="done"} ';
    const started = 'process_start_time_seconds 1700000000\n';
    const REFUSED: [what: string, text: string, message: RegExp][] = [
      ['an empty file', '', /^There are no metrics of a worker in .*\n.*METRICS=emf.*\n.*# scraped /],
      ['a log of another kind', '{"level":"info"}\nhello\n\0\0\n', /^There are no metrics of a worker in /],
      ['a log of cut records', one.slice(0, 200), /only 1 records that are cut or of other programs/],
      ['a single image', one, /^The metrics have one image, at 2026-11-02T05:00:00Z, from which no rate follows/],
      ['images of one moment', `${one}\n${metricLine('2026-11-02T05:00Z')}`, /^The metrics have 2 images, at 2026/],
      [
        'workers that have done nothing',
        `${started}${counters}0\n`,
        /have done no message from 2023-11-14T22:13:20Z to /,
      ],
      ['a worker that does not tell its start', `${counters}5\n`, /scraped once.*process_start_time_seconds/],
      [
        'a worker that starts later',
        'process_start_time_seconds 4e9\n'.concat(counters, '5\n'),
        /started at 2096-.*true time/,
      ],
      ['two scrapes without times', `${started}${counters}5\n${started}${counters}6\n`, /two scrapes of one worker/],
      ['a time that is none', `# scraped yesterday\n${counters}5\n`, /^yesterday is no time: write "# scraped 2026/],
      [
        'scrapes in disorder',
        ['02', '01'].map((day) => `# scraped 2026-12-${day}T00:00Z\n${started}${counters}5\n`).join(''),
        /2026-12-01T00:00:00Z comes after one of 2026-12-02/,
      ],
    ];
    for (const [what, text, message] of REFUSED)
      it(`are refused with a sentence: ${what}`, async () => {
        const error = (await rejectionOf(measure(text))) as Error;
        expect(error.name).to.equal('CommandError');
        expect(error.message).to.match(message);
      });

    it('are refused with a sentence if they cannot be read', async () => {
      for (const [path, code] of [
        [join(folder.path, 'nowhere'), 'ENOENT'],
        [folder.path, 'EISDIR'],
      ] as const)
        expect(String(await rejectionOf(readMeasuredWorkload(path, base)))).to.equal(
          `CommandError: The metrics in ${path} cannot be read (${code}). Name a file by --from-metrics.`,
        );
    });
  });
});
