import { expect } from 'chai';
import { parsePipeline } from '../../../../shared/contracts/api/command-schemas.ts';
import { PRESETS } from '../../../../shared/contracts/api/presets.ts';
import { renditionNameSchema } from '../../../../shared/contracts/api/rendition-request.ts';
import type { Output } from '../../../../shared/domain/commands.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { photograph } from '../../../support/images/picture.ts';
import { render, view } from '../../../support/worker/rendition-run.ts';

interface Purpose {
  /** The box of the resize, and its fit. */
  box: object;
  output: Output;
  /** The size that a picture of 600 × 400 gets. */
  becomes: { width: number; height: number };
}

const WEBP: Output = { format: 'webp', quality: 80 };
const upTo = (side: number, becomes: Purpose['becomes']): Purpose => ({
  box: { width: side, height: side, fit: 'inside', withoutEnlargement: true },
  output: WEBP,
  becomes,
});
const cut = (width: number, height: number, position: string): Purpose => ({
  box: { width, height, fit: 'cover', position, withoutEnlargement: false },
  output: WEBP,
  becomes: { width, height },
});

const PURPOSES: Record<string, Purpose> = {
  thumb: cut(200, 200, 'centre'),
  small: upTo(400, { width: 400, height: 267 }),
  medium: upTo(1000, { width: 600, height: 400 }),
  large: upTo(2000, { width: 600, height: 400 }),
  social: { ...cut(1200, 630, 'attention'), output: { format: 'jpeg', quality: 85 } },
  avatar: cut(256, 256, 'attention'),
};

describe('presets', () => {
  it('are exactly those that are tested here', () => {
    expect([...PRESETS.keys()]).to.deep.equal(Object.keys(PURPOSES));
  });

  it('can all be requested at once', () => {
    expect(PRESETS.size).to.be.at.most(LIMITS.renditionsPerRequest);
  });

  for (const [name, pipeline] of PRESETS) {
    it(`${name} is a valid pipeline with its defaults, under a valid name`, () => {
      expect(parsePipeline(structuredClone(pipeline))).to.deep.equal(pipeline);
      expect(renditionNameSchema.validate(name).error).to.equal(undefined);
    });

    it(`${name} turns the image upright before it resizes it`, () => {
      expect(pipeline.commands.slice(0, 2).map(({ operation }) => operation)).to.deep.equal(['autoOrient', 'resize']);
    });
  }

  for (const [name, { box, output, becomes }] of Object.entries(PURPOSES)) {
    it(`${name} fits its box and is encoded for its purpose`, () => {
      expect(PRESETS.get(name)?.commands[1]).to.include(box);
      expect(PRESETS.get(name)?.output).to.deep.equal(output);
    });

    it(`${name} turns a picture of 600 × 400 into ${becomes.width} × ${becomes.height}`, async () => {
      const { commands = [], output: encoding = WEBP } = PRESETS.get(name) ?? {};
      const result = await render(await photograph(600, 400).png().toBuffer(), { commands, output: encoding });
      expect(result).to.include({ ...becomes, format: output.format });
    });
  }

  it('avatar is round, and no other preset is', async () => {
    const round = [...PRESETS].filter(([, { commands }]) =>
      commands.some(({ operation }) => operation === 'roundCorners'),
    );
    expect(round.map(([name]) => name)).to.deep.equal(['avatar']);
    const { commands = [] } = PRESETS.get('avatar') ?? {};
    const { width, height, at } = await view(await photograph(600, 400).png().toBuffer(), { commands });
    expect(at(0, 0)[3]).to.equal(0);
    expect(at(width - 1, height - 1)[3]).to.equal(0);
    expect(at(width / 2, 0)[3]).to.equal(255);
    expect(at(width / 2, height / 2)[3]).to.equal(255);
  });
});
