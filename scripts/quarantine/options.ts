import { ERRORS, type ErrorCode } from '../../shared/domain/errors.ts';
import { isImageId } from '../../shared/domain/image-id.ts';
import { readArguments, WrongUse } from '../command-line.ts';

/** The text that `--help` prints. */
const HELP = `npm run quarantine [-- OPTIONS]
npm run quarantine -- redrive IMAGE_ID[/RENDITION]… | --all [OPTIONS]
Lists what failed for good, renditions and messages in the dead-letter queue, or gives it to the workers again.

  --all          with redrive: everything that is listed
  --code CODE    only what failed with that code, such as processing_failed
  --owner OWNER  only of images that belong to that owner
  --limit N      renditions and messages of each at most, up to 1000  (list: 100, redrive --all: no limit)
  --json         everything that is known, as JSON
  --data FOLDER  data folder of the npm start that is asked           (./data)
  --help         this text

Asks the stack that npm start runs on this machine, or the cloud if the environment has IMAGE_TABLE_NAME, PROCESSING_QUEUE_URL
and DEAD_LETTER_QUEUE_URL, with AWS_REGION and credentials.
Exit status 1 if something could not be listed or redriven, 2 for wrong use.
`;

/** An image or one of its renditions, as named on the command line. */
export interface Target {
  imageId: string;
  name?: string;
}

/** Most of each that one run looks at: more could not be given back within their visibility timeout. */
export const MOST = 1000;

/** Reads the command line; throws what is wrong with it as one sentence. */
export function readOptions() {
  const { values, positionals } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      code: { type: 'string' },
      owner: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
    },
  });
  const { all, json, data, owner } = values;
  const [verb = 'list', ...named] = positionals;
  checkUse(verb, named, all);
  if (data === '') throw new WrongUse('--data takes a folder, not nothing.');
  if (owner === '') throw new WrongUse('--owner takes the name of an owner, not nothing.');
  return {
    ...{ verb: verb as 'list' | 'redrive', all, json, data, owner },
    targets: named.map(readTarget),
    code: readCode(values.code),
    limit: readLimit(values.limit),
  };
}

function checkUse(verb: string, named: string[], all: boolean): void {
  if (verb !== 'list' && verb !== 'redrive') throw new WrongUse(`There is list and redrive, not ${verb}.`);
  if (verb === 'list' && named.length > 0) throw new WrongUse('list takes no ids. Narrow it down by --code.');
  if (verb === 'list' && all) throw new WrongUse('--all goes with redrive. To list more, use --limit.');
  if (verb === 'redrive' && all === named.length > 0) {
    throw new WrongUse('Name what to redrive: npm run quarantine -- redrive IMAGE_ID[/RENDITION]… or --all, not both.');
  }
}

function readTarget(value: string): Target {
  const [imageId = '', name, ...rest] = value.split('/');
  if (!isImageId(imageId) || name === '' || rest.length > 0) {
    throw new WrongUse(`${value} is neither IMAGE_ID nor IMAGE_ID/RENDITION, as they are listed.`);
  }
  return { imageId, ...(name !== undefined && { name }) };
}

function readCode(value: string | undefined): ErrorCode | undefined {
  if (value === undefined || Object.hasOwn(ERRORS, value)) return value as ErrorCode | undefined;
  throw new WrongUse(`There is no failure code ${value || 'without a name'}. All codes are at /docs.`);
}

function readLimit(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= MOST) return Number(value);
  throw new WrongUse(`--limit takes a whole number from 1 to ${MOST}, not ${value || 'nothing'}.`);
}
