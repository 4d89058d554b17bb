import { JPEGS } from '../../../../../support/images/jpeg-files.ts';
import { expectWholeAround } from '../../../../../support/images/odd-jpegs.ts';

describe('a JPEG as cameras and programs write it', () => {
  for (const kind of Object.keys(JPEGS))
    it(`is shown whole with every kind of stray bytes before every marker: ${kind}`, () =>
      expectWholeAround(kind, () => true)).timeout(120_000);
});
