import { personalFiles } from '../../support/images/personal-metadata.ts';
import { expectNoneAfterDamage } from '../../support/images/removed-metadata.ts';

const files = await personalFiles();

describe('removing personal metadata', () => {
  for (const [name, file] of Object.entries(files)) {
    it(`leaves none in ${name} after any of 10,000 damages, or refuses it`, () => expectNoneAfterDamage(file, 10_000));
  }
});
