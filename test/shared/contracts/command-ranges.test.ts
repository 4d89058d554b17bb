import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type Joi from 'joi';
import sharp from 'sharp';
import type { CommandContext } from '../../../containers/worker/pipeline/commands/content-crop.ts';
import { execute } from '../../../containers/worker/pipeline/commands/execute.ts';
import { COMMANDS, parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import { type Command, type Operation, sizeAfter } from '../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { refusalsOf } from '../../support/http/refusals.ts';
import { probe } from '../../support/http/schema-probes.ts';
import { photograph } from '../../support/images/picture.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { examplesOf, OPERATIONS } from '../../support/worker/command-samples.ts';

const SIZE = { width: 260, height: 160 };
/** Results up to this size are computed; for larger ones sharp only has to accept the figures. */
const PIXELS = 2_000_000;

/** The examples of the documentation, and one that allows the extreme percentiles. */
const bases = (operation: Operation) => [
  ...examplesOf(operation),
  ...(operation === 'normalise' ? [{ lower: 0, upper: 100 }] : []),
];

const isTaken = (command: object): boolean => refusalsOf({ commands: [command] }).length === 0;

/** A command with this value of the parameter, and others that it needs. */
function baseFor(operation: Operation, name: string, value: unknown): object {
  const candidates = bases(operation).map((base) => ({ ...base, operation }));
  return candidates.find((base) => isTaken({ ...base, [name]: value })) ?? { operation };
}

/** Refusals that depend on the size of the image and therefore come when it is known. */
const isForTheSize = (error: unknown, operation: Operation): boolean =>
  (error instanceof ImageServiceError &&
    (['output_too_large', 'crop_outside_image'].includes(error.code) || ['clahe', 'median'].includes(operation))) ||
  /window too large/.test(String(error));

describe('ranges of commands', () => {
  let folder: TemporaryFolder;
  let pixels: Buffer;
  let context: CommandContext;

  before(async () => {
    folder = await createTemporaryFolder();
    const path = join(folder.path, 'watermark');
    await writeFile(path, await photograph(40, 30).png().toBuffer());
    pixels = await photograph(SIZE.width, SIZE.height).raw().toBuffer();
    const limits = { maxInputPixels: PIXELS, maxOutputPixels: Number.POSITIVE_INFINITY };
    context = {
      ...limits,
      fetchWatermark: async () => path,
      drawOverlay: (draw) => draw(),
      withTimeout: (image) => image,
    };
  });
  after(() => folder.remove());

  /** Gives a command to sharp; throws sharp's refusal. */
  async function giveToSharp(command: object, isComputed: boolean): Promise<void> {
    const [parsed] = parsePipeline({ commands: [command] }).commands as [Exclude<Command, { operation: 'autoOrient' }>];
    const image = sharp(pixels, { raw: { ...SIZE, channels: 3 } });
    try {
      const done = await execute(image, parsed, SIZE, context);
      const { width, height } = sizeAfter(parsed, SIZE);
      if (isComputed && width * height <= PIXELS) await done.raw().toBuffer();
    } catch (error) {
      if (!isForTheSize(error, parsed.operation)) throw error;
    }
  }

  for (const operation of OPERATIONS.filter((name) => name !== 'autoOrient')) {
    const parameters = Object.entries<Joi.Schema>(COMMANDS[operation].parameters as Record<string, Joi.Schema>).map(
      ([name, schema]) => ({ name, ...probe(schema) }),
    );

    for (const { name, taken, refused } of parameters) {
      it(`for ${name} of ${operation} are accepted from end to end, also by sharp`, async () => {
        for (const value of taken) {
          const command = { ...baseFor(operation, name, value), [name]: value };
          expect(refusalsOf({ commands: [command] }), JSON.stringify(command)).to.deep.equal([]);
          await giveToSharp(command, true);
        }
      });

      it(`for ${name} of ${operation} end where they say, with the refusal at the parameter`, () => {
        for (const value of refused) {
          const command = { ...baseFor(operation, name, taken[0]), [name]: value };
          const paths = refusalsOf({ commands: [command] }).map(({ path }) => path);
          expect(paths, JSON.stringify(command)).to.not.be.empty;
          for (const path of paths)
            expect(`${path}.`, JSON.stringify(command)).to.match(new RegExp(`^commands\\.0\\.${name}\\.`));
        }
      });
    }

    it(`for ${operation} are accepted by sharp in every combination that is not refused`, async () => {
      const values = Object.fromEntries(parameters.map(({ name, taken }) => [name, fc.constantFrom(...taken)]));
      const isFree = !COMMANDS[operation].excludes;
      const commands = fc.constantFrom(...bases(operation)).chain((base) => {
        // If parameters exclude others, those of the example get other values.
        const varied = Object.entries(values).filter(([name]) => isFree || name in base);
        const changes = fc.record(Object.fromEntries(varied), { requiredKeys: [] });
        return changes.map((changed) => ({ ...base, operation, ...changed }));
      });
      const property = fc.asyncProperty(commands.filter(isTaken), (command) => giveToSharp(command, false));
      await fc.assert(property, { numRuns: 30 });
    });
  }
});
