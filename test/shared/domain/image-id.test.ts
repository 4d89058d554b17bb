import { expect } from 'chai';
import { createImageId, isImageId } from '../../../shared/domain/image-id.ts';

const ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';

const REFUSED: [name: string, value: string][] = [
  ['capitals', ID.toUpperCase()],
  ['version 1', ID.replace('-4d0e-', '-1d0e-')],
  ['version 7', ID.replace('-4d0e-', '-7d0e-')],
  ['another variant', ID.replace('-8f6b-', '-cf6b-')],
  ['the nil UUID', '00000000-0000-0000-0000-000000000000'],
  ['no hyphens', ID.replaceAll('-', '')],
  ['braces', `{${ID}}`],
  ['a line end', `${ID}\n`],
  ['a space before', ` ${ID}`],
  ['a path', `../${ID}`],
  ['a letter beyond f', ID.replace('0b0e', '0b0g')],
  ['one character less', ID.slice(0, -1)],
  ['one character more', `${ID}0`],
  ['nothing', ''],
];

describe('image id', () => {
  it('is accepted as created, and differs from all others', () => {
    const ids = Array.from({ length: 100 }, createImageId);
    expect(ids.every(isImageId)).to.equal(true);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  for (const variant of ['8', '9', 'a', 'b']) {
    it(`may have the variant ${variant}`, () => {
      expect(isImageId(ID.replace('-8f6b-', `-${variant}f6b-`))).to.equal(true);
    });
  }

  for (const [name, value] of REFUSED) {
    it(`is refused with ${name}`, () => {
      expect(isImageId(value)).to.equal(false);
    });
  }
});
