import { expect } from 'chai';
import { renditionsSchema } from '../../../shared/contracts/api/rendition-request.ts';

const own = (command: object, name = 'card') => ({ name, commands: [command] });

/** Renditions that are refused, and the words that say what would be accepted. */
const WRONG: Record<string, [rendition: unknown, says: RegExp]> = {
  'a name with a blank': [own({ operation: 'flip' }, 'My Card!'), /begin with a letter or a digit/],
  'a colour by its name': [own({ operation: 'tint', tint: 'red' }), /must be a colour as #rrggbb or #rrggbbaa$/],
  'a colour of three digits': [own({ operation: 'tint', tint: '#f00' }), /must be a colour as #rrggbb or #rrggbbaa$/],
  'an id that is none': [
    own({ operation: 'watermark', imageId: 'logo' }),
    /must be the id of an image, from the response/,
  ],
  'text without anything to see': [own({ operation: 'watermarkText', text: ' ' }), /must have visible characters$/],
  'nothing at all': [null, /must be the name of a preset, or an object with a name$/],
  'an unknown preset': ['poster', /must be the name of a preset: thumb/],
};

describe('the refusal of a rendition', () => {
  for (const [what, [rendition, says]] of Object.entries(WRONG)) {
    it(`says what would be accepted instead of ${what}`, () => {
      const message = renditionsSchema.validate(['thumb', rendition]).error?.message;
      expect(message)
        .to.match(says)
        .not.match(/pattern/);
    });
  }
});
