import { expect } from 'chai';
import { parsePipeline } from '../../../shared/contracts/commands.ts';
import { PRESETS } from '../../../shared/contracts/presets.ts';
import { renditionNameSchema } from '../../../shared/contracts/rendition-request.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';

/** What each is for, in its resize: the box, and how it is filled. */
const BOXES = {
  thumb: { width: 200, height: 200, fit: 'cover', withoutEnlargement: false },
  small: { width: 400, height: 400, fit: 'inside', withoutEnlargement: true },
  medium: { width: 1000, height: 1000, fit: 'inside', withoutEnlargement: true },
  large: { width: 2000, height: 2000, fit: 'inside', withoutEnlargement: true },
};

describe('presets', () => {
  it('are these', () => {
    expect([...PRESETS.keys()]).to.deep.equal(Object.keys(BOXES));
  });

  it('can all be asked for in one request', () => {
    expect(PRESETS.size).to.be.at.most(LIMITS.renditionsPerRequest);
  });

  for (const [name, pipeline] of PRESETS) {
    it(`${name} is a valid pipeline with its defaults, under a valid name`, () => {
      expect(parsePipeline(structuredClone(pipeline))).to.deep.equal(pipeline);
      expect(renditionNameSchema.validate(name).error).to.equal(undefined);
    });

    it(`${name} turns the image upright before it measures it`, () => {
      expect(pipeline.commands.map(({ operation }) => operation)).to.deep.equal(['autoOrient', 'resize']);
    });
  }

  for (const [name, box] of Object.entries(BOXES)) {
    it(`${name} fits its box`, () => {
      expect(PRESETS.get(name)?.commands[1]).to.include(box);
    });
  }
});
