import { expect } from 'chai';
import { IMAGE_STATUSES, IMAGE_TRANSITIONS } from '../../../shared/domain/image-record.ts';
import {
  isFinal,
  queuedRendition,
  RENDITION_STATUSES,
  RENDITION_TRANSITIONS,
} from '../../../shared/domain/rendition.ts';

const TABLES: {
  noun: string;
  statuses: readonly string[];
  /** Status → the statuses from which it may be reached. */
  transitions: Readonly<Record<string, readonly string[]>>;
  allowed: string[];
}[] = [
  {
    noun: 'an image',
    statuses: IMAGE_STATUSES,
    transitions: IMAGE_TRANSITIONS,
    allowed: ['stored → deleted', 'deleted → deleted'],
  },
  {
    noun: 'a rendition',
    statuses: RENDITION_STATUSES,
    transitions: Object.fromEntries(
      RENDITION_STATUSES.map((status) => [
        status,
        Object.values(RENDITION_TRANSITIONS).flatMap(({ to, from }) => (to === status ? [...from] : [])),
      ]),
    ),
    allowed: [
      'queued → processing',
      'queued → failed',
      'processing → processing',
      'processing → ready',
      'processing → failed',
      'processing → queued',
      'failed → queued',
      // Its object has expired.
      'ready → queued',
    ],
  },
];

for (const { noun, statuses, transitions, allowed } of TABLES) {
  describe(`transitions of ${noun}`, () => {
    it('name every status and no other', () => {
      expect(Object.keys(transitions)).to.have.members([...statuses]);
      for (const from of Object.values(transitions).flat()) expect(statuses).to.include(from);
    });

    for (const from of statuses) {
      for (const to of statuses) {
        const pair = `${from} → ${to}`;
        const expected = allowed.includes(pair);
        it(`${expected ? 'allow' : 'refuse'} ${pair}`, () => {
          expect(transitions[to]?.includes(from)).to.equal(expected);
        });
      }
    }
  });
}

describe('a rendition', () => {
  it('is final when ready or failed', () => {
    expect(RENDITION_STATUSES.filter(isFinal)).to.have.members(['ready', 'failed']);
  });

  it('changes from ready only when its object is gone', () => {
    const leaving = Object.entries(RENDITION_TRANSITIONS).filter(([, { from }]) =>
      from.some((status) => status === 'ready'),
    );
    expect(leaving.map(([name]) => name)).to.deep.equal(['remake']);
  });

  it('leaves a final status only for queued', () => {
    for (const { to, from } of Object.values(RENDITION_TRANSITIONS)) {
      if (to !== 'queued') expect(from.filter(isFinal), to).to.deep.equal([]);
    }
  });

  it('begins as queued, without attempts, with all its times the same', () => {
    const request = { name: 'thumb', commands: [], output: { format: 'webp' } } as const;
    const rendition = queuedRendition({ ...request, commands: [] }, new Date('2026-01-02T03:04:05.678Z'));
    expect(rendition).to.deep.equal({
      ...request,
      status: 'queued',
      attempts: 0,
      place: 0,
      requestedAt: '2026-01-02T03:04:05.678Z',
      updatedAt: '2026-01-02T03:04:05.678Z',
    });
  });
});
