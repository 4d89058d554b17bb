import { COMMANDS, parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import type { Command, Operation } from '../../../shared/domain/commands.ts';

/** A well-formed image id. */
export const SAMPLE_IMAGE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';

export const OPERATIONS = Object.keys(COMMANDS) as Operation[];

/** The documentation's examples, as a client sends them. */
export const examplesOf = (operation: Operation): { operation: Operation; [parameter: string]: unknown }[] =>
  COMMANDS[operation].examples.map((example) => ({
    operation,
    ...example,
    ...('imageId' in example && { imageId: SAMPLE_IMAGE_ID }),
  }));

/** Every example of every command, with defaults filled in. */
export const everyCommand = (): Command[] =>
  OPERATIONS.flatMap((operation) =>
    examplesOf(operation).flatMap((example) => parsePipeline({ commands: [example] }).commands),
  );
