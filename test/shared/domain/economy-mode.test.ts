import { expect } from 'chai';
import fc from 'fast-check';
import type { Output } from '../../../shared/domain/commands.ts';
import { askedFor, economised, tasksInEconomyMode } from '../../../shared/domain/economy-mode.ts';
import { costOfEncoding, effortFor } from '../../../shared/domain/format-costs.ts';
import { OUTPUT_FORMATS } from '../../../shared/domain/formats/image-format.ts';
import { OUTPUT_OPTIONS } from '../../../shared/domain/output-options.ts';

const asked = (output: Output) => ({ name: 'card', commands: [], output });

/** What an output becomes; undefined where it stays. */
const CASES: [output: Output, lowered: Output | undefined][] = [
  [{ format: 'avif' }, { format: 'avif', effort: 0 }],
  [
    { format: 'avif', effort: 9, quality: 60 },
    { format: 'avif', effort: 0, quality: 60 },
  ],
  [{ format: 'avif', effort: 0 }, undefined],
  [{ format: 'webp' }, { format: 'webp', effort: 0 }],
  [
    { format: 'webp', lossless: true, maxBytes: 9000 },
    { format: 'webp', lossless: true, maxBytes: 9000, effort: 0 },
  ],
  [
    { format: 'png', palette: true },
    { format: 'png', palette: true, effort: 1 },
  ],
  [
    { format: 'png', quality: 80 },
    { format: 'png', quality: 80, effort: 1 },
  ],
  [
    { format: 'gif', effort: 7 },
    { format: 'gif', effort: 1 },
  ],
  // An effort would make a palette of these.
  [{ format: 'png' }, undefined],
  [{ format: 'gif' }, undefined],
  [{ format: 'jpeg', mozjpeg: true }, undefined],
  [{ format: 'tiff' }, undefined],
  [{ format: 'auto', quality: 70 }, undefined],
];

const outputs = fc.constantFrom(...OUTPUT_FORMATS).chain((format) =>
  fc.record(
    {
      format: fc.constant(format),
      quality: fc.integer({ min: 1, max: 100 }),
      effort: fc.integer({
        min: OUTPUT_OPTIONS[format].effort?.[0] ?? 0,
        max: OUTPUT_OPTIONS[format].effort?.[1] ?? 0,
      }),
      palette: fc.boolean(),
      lossless: fc.boolean(),
    },
    { requiredKeys: ['format'] },
  ),
);

describe('Economy mode', () => {
  for (const [output, lowered] of CASES) {
    it(`makes ${JSON.stringify(output)} ${lowered ? `as ${JSON.stringify(lowered)}` : 'as it is asked for'}`, () => {
      const request = asked(output);
      expect(economised(request)).to.deep.equal(
        lowered ? { ...request, output: lowered, askedOutput: output } : request,
      );
    });
  }

  it('never makes encoding dearer, never twice lowers it, and remembers what was asked for', () => {
    fc.assert(
      fc.property(outputs, fc.integer({ min: 1, max: 40_000_000 }), fc.boolean(), (output, pixels, hasAlpha) => {
        const lowered = economised(asked(output));
        const cost = (each: Output) => {
          const encoding = { ...output, ...each, format: output.format, pixels, hasAlpha };
          return costOfEncoding(encoding, effortFor(encoding, 1)).ns;
        };
        expect(cost(lowered.output)).to.be.at.most(cost(output));
        expect(economised(askedFor(lowered))).to.deep.equal(lowered);
        expect(economised({ ...lowered }).output).to.deep.equal(lowered.output);
        expect(askedFor(lowered)).to.deep.equal(asked(output));
      }),
    );
  });

  it('leaves workers a quarter of their tasks, but those that always run, and at least one', () => {
    const most = [
      [0, 1],
      [0, 4],
      [1, 9],
      [6, 20],
      [2, 400],
    ].map(([minTasks = 0, maxTasks = 0]) => tasksInEconomyMode({ minTasks, maxTasks }));
    expect(most).to.deep.equal([1, 1, 3, 6, 100]);
  });
});
