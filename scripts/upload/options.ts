import { VISIBILITIES, type Visibility } from '../../shared/domain/image-record.ts';
import { readArguments, WrongUse } from '../command-line.ts';
import type { AskedRendition } from './service-client.ts';

const MiB = 1024 * 1024;

const HELP = `npm run upload -- PHOTO… [OPTIONS]
Uploads photographs to an image service, and large ones in parts.

  --rendition NAME   a preset, or a rendition of your own as JSON; may be repeated
                     {"name": "card", "commands": [{"operation": "resize", "width": 600}], "output": {"format": "avif"}}
  --visibility WHO   public, for everybody, or private; without it as the deployment has it: private
                     where callers need a key, unless DEFAULT_VISIBILITY says otherwise
  --url URL          of the service                                  (http://127.0.0.1:8080)
  --parts-from MIB   size in MiB from which a file is sent in parts     (25)
  --concurrency N    parts that are sent at once                     (4)
  --direct           sends parts to presigned URLs: straight to S3, where that is the object store
  --json             the images' records as JSON, in place of a line for each
  --help             this text

A service that wants a key or a token (AUTHENTICATION=on) gets the one in the environment variable IMAGE_SERVICE_API_KEY.
An interrupted upload (Ctrl-C, kill -9) resumes where it stopped when the same photograph is uploaded again.
Exit status 1 if a photograph could not be uploaded, 2 for wrong use.
`;

/** Reads the command line. Throws one sentence that says what is wrong with it. */
export function readOptions() {
  const { values, positionals: paths } = readArguments(HELP, {
    allowPositionals: true,
    options: {
      rendition: { type: 'string', multiple: true, default: [] },
      visibility: { type: 'string' },
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      'parts-from': { type: 'string', default: '25' },
      concurrency: { type: 'string', default: '4' },
      direct: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { url, direct, json } = values;
  if (paths.length === 0) throw new WrongUse('Name a photograph: npm run upload -- PHOTO…');
  const { protocol, search, hash } = URL.parse(url) ?? {};
  if (!/^https?:$/.test(protocol ?? '') || search || hash) {
    throw new WrongUse(`--url takes the URL of a service, such as http://127.0.0.1:8080, not ${url || 'nothing'}.`);
  }
  return {
    ...{ paths, url, direct, json, apiKey: readApiKey() },
    visibility: readVisibility(values.visibility),
    renditions: values.rendition.map(readRendition),
    partsFrom: readNumber('parts-from', values['parts-from'], 0) * MiB,
    concurrency: readNumber('concurrency', values.concurrency, 1),
  };
}

/** Reads the key from the environment, because everybody on the machine can read a command line. */
export function readApiKey(): string | undefined {
  const { IMAGE_SERVICE_API_KEY: key } = process.env;
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new WrongUse(
    'IMAGE_SERVICE_API_KEY contains characters that a key cannot have: give the key alone, as npm run api-key prints it.',
  );
}

function readVisibility(value: string | undefined): Visibility | undefined {
  const known = VISIBILITIES.find((each) => each === value);
  if (value === undefined || known) return known;
  throw new WrongUse(`--visibility takes ${VISIBILITIES.join(' or ')}, not ${value || 'nothing'}.`);
}

function readNumber(name: string, value: string, least: number): number {
  if (/^\d{1,6}$/.test(value) && Number(value) >= least) return Number(value);
  throw new WrongUse(`--${name} takes a whole number from ${least}, not ${value || 'nothing'}.`);
}

function readRendition(value: string): AskedRendition {
  if (!value.trimStart().startsWith('{')) return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new WrongUse(`--rendition takes a preset or JSON, and this is not JSON: ${(error as Error).message}.`);
  }
}
