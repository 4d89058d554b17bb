import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { originalKey, renditionsPrefix } from '../../../shared/domain/object-key.ts';
import { createRandom } from '../../support/random.ts';
import { openVerifiedFolder, type VerifiedFolder } from '../../support/storage/verified-folder.ts';

const IMAGES = 60;

type Random = ReturnType<typeof createRandom>;

/** What can become of a file, by the kind of what is then found, of an original. */
const DAMAGES: [kind: 'lost' | 'different', damage: (path: string, random: Random) => Promise<unknown>][] = [
  ['lost', (path) => rm(path)],
  ['different', async (path, random) => truncate(path, random(0, (await readFile(path)).length - 1))],
  ['different', (path, random) => writeFile(path, Buffer.alloc(random(1, 50)), { flag: 'a' })],
  [
    'different',
    async (path, random) => {
      const bytes = await readFile(path);
      const at = random(0, bytes.length - 1);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(0, 7));
      await writeFile(path, bytes);
    },
  ],
];

describe('npm run verify after random damage', () => {
  let place: VerifiedFolder;
  beforeEach(async () => {
    place = await openVerifiedFolder();
  });
  afterEach(() => place.close());

  /** Damages some of the keys, and adds files of no record; answers what is to be found. */
  async function damage(keys: string[], random: Random): Promise<string[]> {
    const expected: string[] = [];
    for (const key of keys) {
      const [kind, inflict] = DAMAGES[random(0, 12)] ?? [];
      if (!kind || !inflict) continue;
      await inflict(place.pathOf(key), random);
      expected.push(`${kind === 'lost' && key.startsWith('renditions') ? 'expired' : kind} ${key}`);
    }
    for (let count = random(0, 20); count > 0; count -= 1) {
      const id = randomUUID();
      const key = random(0, 1) ? originalKey(id) : `${renditionsPrefix(id)}${'a'.repeat(32)}.png`;
      await mkdir(dirname(place.pathOf(key)), { recursive: true });
      await writeFile(place.pathOf(key), 'extra');
      expected.push(`unrecorded ${key}`);
    }
    return expected;
  }

  for (const seed of [1, 2, 3]) {
    it(`reports all of the damage and nothing else, with seed ${seed}`, async () => {
      const stored = [];
      for (let count = 0; count < IMAGES; count += 1) stored.push(await place.store(Buffer.alloc(100 + count, count)));
      const keys = stored.flatMap(({ original, rendition }) => [original, rendition]);
      const expected = await damage(keys, createRandom(seed));
      expect(expected).to.not.be.empty;
      const { findings, counts } = await place.run();
      expect(findings.map(({ kind, key }) => `${kind} ${key}`)).to.have.members(expected);
      expect(counts.records).to.equal(keys.length);
      expect(counts.objects).to.equal(countFiles(place.pathOf('')));
    });
  }
});

const countFiles = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
