import { expect } from 'chai';
import { isSettled, progressOf, type RenditionStatus } from '../../../shared/domain/rendition.ts';

const of = (...named: [name: string, status: RenditionStatus][]) => named.map(([name, status]) => ({ name, status }));

const CASES: [title: string, renditions: ReturnType<typeof of>, progress: string, settled: boolean][] = [
  ['no renditions', of(), 'ready', true],
  ['a queued one', of(['a', 'ready'], ['b', 'queued']), 'processing', false],
  ['one being made', of(['a', 'processing']), 'processing', false],
  ['a failed one', of(['a', 'ready'], ['b', 'failed']), 'failed', true],
  ['a failed and a queued one', of(['a', 'failed'], ['b', 'queued']), 'failed', false],
  ['all ready', of(['a', 'ready'], ['b', 'ready']), 'ready', true],
  ['a variant that failed', of(['a', 'ready'], ['a.avif', 'failed']), 'ready', true],
  ['a variant that is queued', of(['a', 'ready'], ['a.webp', 'queued']), 'ready', true],
];

describe('the progress of an image', () => {
  for (const [title, renditions, progress, settled] of CASES) {
    it(`with ${title} is ${progress}${settled ? '' : ', and not settled'}`, () => {
      expect([progressOf(renditions), isSettled(renditions)]).to.deep.equal([progress, settled]);
    });
  }
});
