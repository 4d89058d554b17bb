import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { QUEUE_TIMING } from '../../../../../shared/contracts/queue-timing.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { animationOf } from '../../../../support/images/animations.ts';
import { plain } from '../../../../support/images/picture.ts';
import { openBench } from '../../../../support/worker/affordable-rows.ts';
import { pipelineOf } from '../../../../support/worker/corners.ts';
import { WATERMARK_ID } from '../../../../support/worker/rendition-run.ts';

const ten = (command: object): object[] => Array.from({ length: LIMITS.commandsPerRendition }, () => command);

const LISTS: Record<string, object[]> = {
  texts: ten({ operation: 'watermarkText', text: 'W'.repeat(LIMITS.watermarkTextLength), fontSize: 1000, angle: 33 }),
  watermarks: ten({ operation: 'watermark', imageId: WATERMARK_ID }),
  'rounded corners': ten({ operation: 'roundCorners' }),
  turns: ten({ operation: 'rotate', angle: 33 }).slice(0, 5),
  sharpenings: ten({ operation: 'sharpen', sigma: 10 }),
  tints: ten({ operation: 'tint', tint: '#aa8844' }),
};

describe('as many frames as an animation may have, each of 16 × 16 pixels', function () {
  this.timeout(5 * 60_000);
  const { folder, corners } = openBench();
  let path: string;
  before(async () => {
    const frames = Array.from({ length: LIMITS.animationFrames }, (_, at) =>
      plain(16, 16, [at % 250, at >> 2, at % 7, 255]).removeAlpha(),
    );
    path = join(folder(), 'small-frames');
    await writeFile(path, await animationOf('webp', frames));
  });

  for (const [name, commands] of Object.entries(LISTS)) {
    for (const format of ['webp', 'gif']) {
      it(`end in time, or are known before a pixel is decoded: ${name}, as ${format}`, async () => {
        const pipeline = pipelineOf(commands, { format });
        const { outcome, isRendered, cpuSeconds } = await corners().run(path, pipeline, { [WATERMARK_ID]: path });
        process.stdout.write(`${outcome} in ${cpuSeconds.toFixed(1)} s\n`);
        if (isRendered) expect(cpuSeconds).to.be.below(QUEUE_TIMING.processingTimeoutSeconds);
        expect(outcome).to.equal(isRendered ? 'ready' : 'rendition_too_costly');
      });
    }
  }
});
