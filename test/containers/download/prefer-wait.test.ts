import type { Request } from '@hapi/hapi';
import { expect } from 'chai';
import { readPreferWait } from '../../../containers/download/prefer-wait.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { type ImageTable, readStoredImage } from '../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { failRendition, startRendition } from '../../../shared/storage/table/rendition-states.ts';
import { type OpenedTable, openLocalTable } from '../../support/storage/emulators.ts';
import { imageRecord, rendition } from '../../support/storage/image-records.ts';
import { type TurnedClock, turnedClock } from '../../support/turned-clock.ts';

const { waitSeconds } = LIMITS;

/** The parts of a request that matter for `Prefer: wait`, of a client that may have disconnected. */
const requestOf = (prefer: string | undefined, closed = false): Request =>
  ({ raw: { req: { headers: { prefer } }, res: { closed } } }) as unknown as Request;

const NO_TABLE = {} as ImageTable;

/** RFC 7240, sections 2 and 4.3. */
const ROWS: [prefer: string | undefined, seconds: number | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['wait=5', 5],
  ['wait=0', 0],
  ['wait="5"', 5],
  ['wait = 5', 5],
  ['Wait=5', 5],
  ['respond-async, wait=5', 5],
  ['wait=5, wait=7', 5],
  [`wait=${waitSeconds}`, waitSeconds],
  [`wait=${waitSeconds + 1}`, waitSeconds],
  [`wait=${'9'.repeat(1000)}`, waitSeconds],
  ['wait', undefined],
  ['wait=', undefined],
  ['wait=soon', undefined],
  ['wait=-1', undefined],
  ['await=5', undefined],
  ['max-wait=5', undefined],
  ['waiting=5', undefined],
  ['=5,;"', undefined],
];

describe('Prefer: wait', () => {
  for (const [prefer, seconds] of ROWS) {
    it(`${seconds === undefined ? 'does not wait' : `waits ${seconds} s`} with Prefer: ${prefer?.slice(0, 40)}`, () => {
      const preferWait = readPreferWait(requestOf(prefer), NO_TABLE);
      expect(preferWait.seconds).to.equal(seconds);
      expect(preferWait.isOver()).to.equal(!seconds);
    });
  }

  it('is over when the client has disconnected', () => {
    expect(readPreferWait(requestOf('wait=5', true), NO_TABLE).isOver()).to.equal(true);
  });
});

describe('Prefer: wait for a rendition', () => {
  /** Milliseconds between polls. */
  const PAUSES_MS = [100, 150, 225, 337.5, 506.25, 759.375, 1000, 1000];
  let opened: OpenedTable;
  let clock: TurnedClock;
  let name: { imageId: string; name: string };
  before(async () => {
    opened = await openLocalTable();
  });
  after(() => opened.close());
  beforeEach(async () => {
    clock = turnedClock();
    const record = imageRecord();
    name = { imageId: record.imageId, name: 'thumb' };
    await createImage(opened.table, { record, renditions: [rendition()] });
  });

  const settle = async (preferWait: ReturnType<typeof readPreferWait>) => {
    const { renditions } = await preferWait.untilFinal(await readStoredImage(opened.table, name.imageId), 'thumb');
    return renditions[0]?.status;
  };
  /** Lets exactly so many pauses pass, each after the poll before it has been answered. */
  const pass = async (pauses: number[]) => {
    for (const pause of pauses) {
      await clock.waited();
      await clock.turn(pause - 1);
      expect(clock.waiting(), `a pause of ${pause} ms`).to.equal(1);
      await clock.turn(1);
    }
  };

  it('polls less and less often, and ends with the first poll that finds the rendition final', async () => {
    const preferWait = readPreferWait(requestOf('wait=30'), opened.table, clock);
    const settled = settle(preferWait);
    await pass(PAUSES_MS);
    await clock.waited();
    await startRendition(opened.table, name);
    await failRendition(opened.table, name, { code: 'crop_outside_image', detail: 'The crop is outside.' });
    await clock.turn(1000);
    expect(await settled).to.equal('failed');
    expect(preferWait.isOver()).to.equal(false);
  });

  it('ends when its time is over, with the rendition as it is', async () => {
    const preferWait = readPreferWait(requestOf('wait=2'), opened.table, clock);
    const settled = settle(preferWait);
    const passed = PAUSES_MS.slice(0, 5);
    await pass([...passed, 2000 - passed.reduce((sum, pause) => sum + pause)]);
    expect(await settled).to.equal('queued');
    expect(preferWait.isOver()).to.equal(true);
    expect(clock.waiting()).to.equal(0);
  });
});
