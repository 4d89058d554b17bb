import type { Edit } from './settings.ts';

/** The steps of the workflow that may find a fault, by their ids. */
type CatchingStep = 'push' | 'record' | 'deploy' | 'wait' | 'smoke';

/** A version with one deliberate fault. */
export interface BadVersion {
  name: string;
  /** What is broken: a program, the stacks or the build. */
  part: 'sync-upload' | 'async-upload' | 'download' | 'worker' | 'stacks' | 'build';
  /** The faulty edits of the programs. */
  programs?: readonly Edit[];
  /** The faulty edits of the stacks. */
  stacks?: readonly Edit[];
  /** What is wrong with the build as a whole. */
  build?: 'not pushed' | 'vulnerable';
  caughtBy: CatchingStep;
  /** What the step says of it. */
  says: RegExp;
  /** How the step that goes back ends; by default with success. It does not run where nothing was changed, and it cannot bring back stacks. */
  rollback?: 'skipped' | 'failure';
  /** Whether the tests that run each time include it; the deep ones include all. */
  isQuick?: true;
}

/** Seen before or after ECS has gone back to the tasks from before. */
const CIRCUIT_BREAKER = /circuit breaker|ECS went back/;

const at = (file: string, from: string, to: string): Edit[] => [{ file, from, to }];

/** Changes the bytes of each rendition before it is stored. */
const spoil = (how: string): Edit[] =>
  at(
    'containers/worker/pipeline/render-job.ts',
    'await writeFile(join(job.folder, String(index)), data);',
    `const { default: sharp } = await import('sharp');
      const spoilt = sharp(data)${how};
      await writeFile(join(job.folder, String(index)), await spoilt.toBuffer());`,
  );

const DELETE = 'containers/sync-upload/delete-image.ts';
const STORE = 'containers/sync-upload/store-image.ts';
const SEND = 'containers/download/send-object.ts';

/** In the order of docs/deploying.md, which lists them. */
export const BAD_VERSIONS: readonly BadVersion[] = [
  {
    name: 'sync-upload ends at once',
    part: 'sync-upload',
    programs: at('containers/sync-upload/main.ts', 'await runApi(', "throw new Error('faulty');\nawait runApi("),
    ...{ caughtBy: 'wait', says: CIRCUIT_BREAKER },
  },
  {
    name: 'sync-upload stores other bytes',
    part: 'sync-upload',
    programs: [
      ...at(
        STORE,
        "import { finished } from 'node:stream/promises';",
        "import { Readable } from 'node:stream';\nimport { finished } from 'node:stream/promises';",
      ),
      ...at(
        STORE,
        'return { ...facts, ...stored, renditions: await renditions };',
        `const length = Number(stored.contentLength);
    await objects.put(originalKey(imageId), Readable.from([Buffer.alloc(length, 7)]), { ...options, contentLength: length });
    return { ...facts, ...stored, renditions: await renditions };`,
      ),
    ],
    ...{ caughtBy: 'smoke', says: /renditions of both are made/ },
  },
  {
    name: 'sync-upload answers 201 without a record',
    part: 'sync-upload',
    programs: at(STORE, 'await createImage(table, image);', ''),
    ...{ caughtBy: 'smoke', says: /all renditions are made/ },
  },
  {
    name: 'sync-upload deletes nothing',
    part: 'sync-upload',
    programs: at(
      DELETE,
      'async (request, h) => {',
      'async (request, h) => {\n    if (request.method) return h.response().code(204);',
    ),
    ...{ caughtBy: 'smoke', says: /the record is gone/ },
  },
  {
    name: 'sync-upload deletes, but not from the CDN',
    part: 'sync-upload',
    programs: at(
      DELETE,
      'await invalidations.invalidate(purgeOf(tombstone))',
      "invalidations && ({ status: 'requested' as const, paths: [] as string[] })",
    ),
    ...{ caughtBy: 'smoke', says: /is gone/ },
  },
  {
    name: 'async-upload ends at once',
    part: 'async-upload',
    programs: at('containers/async-upload/main.ts', "from './service.ts'", "from './no-such-file.ts'"),
    ...{ caughtBy: 'wait', says: CIRCUIT_BREAKER },
  },
  {
    name: 'async-upload cannot join parts',
    part: 'async-upload',
    programs: at(
      'containers/async-upload/assemble-image.ts',
      'await objects.completeMultipartUpload(storeUploadNameOf(upload), parts);',
      'await objects.completeMultipartUpload(storeUploadNameOf(upload), parts.toReversed());',
    ),
    ...{ caughtBy: 'smoke', says: /completing the upload/ },
  },
  {
    name: 'download never listens',
    part: 'download',
    programs: at(
      'containers/download/main.ts',
      'await runApi(',
      'await new Promise((resolve) => setInterval(resolve, 2 ** 31 - 1));\nawait runApi(',
    ),
    ...{ caughtBy: 'wait', says: CIRCUIT_BREAKER },
  },
  {
    name: 'download serves half of the bytes',
    part: 'download',
    programs: at(
      SEND,
      'await objects.get(object.key, range);',
      'await objects.get(object.key, range ?? { start: 0, end: Math.floor(object.contentLength / 2) });',
    ),
    ...{ caughtBy: 'smoke', says: /the original/ },
  },
  {
    name: 'download serves another content type',
    part: 'download',
    programs: at(
      SEND,
      '.passThrough(false).type(object.contentType)',
      ".passThrough(false).type('application/octet-stream')",
    ),
    ...{ caughtBy: 'smoke', says: /content-type/ },
  },
  {
    name: 'download shows private pictures to strangers',
    part: 'download',
    programs: at(
      'shared/domain/access.ts',
      '!isOwn && !isSigned && !isPublic)',
      '!isOwn && !isSigned && !isPublic && !target)',
    ),
    ...{ caughtBy: 'smoke', says: /a private original without a key/ },
  },
  {
    name: 'download lets caches keep private pictures',
    part: 'download',
    programs: at('containers/download/cache-control.ts', "=== 'private' ?", "=== 'private' && !policy ?"),
    ...{ caughtBy: 'smoke', says: /cache-control/ },
  },
  {
    name: 'worker ends at once',
    part: 'worker',
    programs: at('containers/worker/main.ts', 'await runService(', "throw new Error('faulty');\nawait runService("),
    ...{ caughtBy: 'wait', says: CIRCUIT_BREAKER, isQuick: true },
  },
  {
    name: 'worker swaps red and blue',
    part: 'worker',
    programs: spoil('.recomb([[0, 0, 1], [0, 1, 0], [1, 0, 0]])'),
    ...{ caughtBy: 'smoke', says: /it shows something else/, isQuick: true },
  },
  {
    name: 'worker crops elsewhere',
    part: 'worker',
    programs: spoil(
      `.extract({ left: Math.floor(result.width / 4), top: 0, width: Math.floor(result.width / 2), height: result.height })
        .resize(result.width, result.height, { fit: 'fill' })`,
    ),
    ...{ caughtBy: 'smoke', says: /it shows something else/ },
  },
  {
    name: 'worker makes half of each picture grey',
    part: 'worker',
    programs: spoil(
      `.composite([{ input: { create: { width: result.width, height: Math.floor(result.height / 2), channels: 3, background: '#808080' } }, gravity: 'south' }])`,
    ),
    ...{ caughtBy: 'smoke', says: /it shows something else/ },
  },
  {
    name: 'worker takes messages and never ends with one',
    part: 'worker',
    programs: at(
      'containers/worker/process-message.ts',
      'const message = decodeMessage(delivery.body);',
      'const message = decodeMessage(delivery.body);\n    await new Promise(() => undefined);',
    ),
    ...{ caughtBy: 'smoke', says: /all renditions are made/ },
  },
  {
    name: 'an image that was not pushed',
    part: 'build',
    build: 'not pushed',
    ...{ caughtBy: 'record', says: /These images are not in account/, rollback: 'skipped', isQuick: true },
  },
  {
    name: 'an image with a critical vulnerability',
    part: 'build',
    build: 'vulnerable',
    ...{ caughtBy: 'push', says: /Critical vulnerabilities/, rollback: 'skipped' },
  },
  {
    name: 'the table is replaced',
    part: 'stacks',
    stacks: at('shared/contracts/table.ts', "partitionKey: 'pk'", "partitionKey: 'id'"),
    ...{ caughtBy: 'deploy', says: /aws_dynamodb_table\.image-table would be/, isQuick: true },
  },
  {
    name: 'the subnets are replaced',
    part: 'stacks',
    stacks: at('stacks/environments/staging.ts', '10.20.0.0/16', '10.21.0.0/16'),
    ...{ caughtBy: 'deploy', says: /aws_subnet/ },
  },
  {
    name: 'tasks with too little memory',
    part: 'stacks',
    stacks: at(
      'stacks/compute/container-definition.ts',
      '    memory: size.memory,',
      '    memory: Math.min(48, size.memory),',
    ),
    ...{ caughtBy: 'wait', says: /OutOfMemoryError|ECS went back/, rollback: 'failure' },
  },
  {
    name: 'tasks with a secret that nobody has put',
    part: 'stacks',
    stacks: at('stacks/compute/container-environment.ts', "LINK_KEYS: 'link-keys'", "LINK_KEYS: 'no-such-keys'"),
    ...{ caughtBy: 'wait', says: /ResourceInitializationError|ECS went back/, rollback: 'failure' },
  },
];
