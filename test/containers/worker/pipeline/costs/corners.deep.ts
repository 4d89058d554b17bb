import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { QUEUE_TIMING } from '../../../../../shared/contracts/queue-timing.ts';
import {
  budgetAt,
  cornersOf,
  edgesOf,
  lineOf,
  type Walked,
  walkCorners,
} from '../../../../support/worker/corner-walk.ts';
import { ORIGINALS } from '../../../../support/worker/corners.ts';

/**
 * Times, memory and pixels have the same proportions as in production, at a fraction of their size: costs grow with the pixels, so a
 * corner that fits at one scale fits at all, and the walk takes minutes instead of hours.
 */
const SCALE = 1 / 8;

/** The difference in memory that the same work may have from one run to another; at full size it is smaller. */
const CHANCE = 1.05;

describe('the corners of what is admitted', function () {
  this.timeout(20 * 60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'corners-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const name of Object.keys(ORIGINALS)) {
    it(`end ready or are refused before a pixel is decoded, for the largest ${name}`, async () => {
      const budget = budgetAt(SCALE);
      const choices = { budget, choose: edgesOf(budget) };
      const walked: Walked[] = [];
      for await (const each of walkCorners(cornersOf(name), { folder, name, scale: SCALE }, choices)) {
        process.stdout.write(`${lineOf(each)}\n`);
        walked.push(each);
      }
      for (const { corner, outcome, isRendered, cpuSeconds, peakMiB, estimated, code } of walked) {
        // Only making the file shows that there is none so small.
        if (outcome === 'ready' || outcome === 'output_over_max_bytes') {
          expect(cpuSeconds, corner).to.be.below(SCALE * QUEUE_TIMING.processingTimeoutSeconds);
          expect(peakMiB, `MiB of ${corner}`).to.be.at.most((CHANCE * estimated.bytes) / 1024 ** 2);
        } else {
          expect(outcome, `${corner}: ${code}`).to.be.oneOf([
            'rendition_too_costly',
            'too_many_pixels',
            'output_too_large',
          ]);
          expect(isRendered, corner).to.equal(false);
        }
      }
      const small = walked.find(({ corner }) => corner.startsWith(`${name}: small`));
      expect(small?.outcome, 'what everybody asks for').to.equal('ready');
    });
  }
});
