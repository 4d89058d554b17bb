import { expect } from 'chai';
import fc from 'fast-check';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import type { Command } from '../../../shared/domain/commands.ts';
import {
  beginsUpright,
  isDecidedByContent,
  opensTransparency,
  orderedCommands,
  type PlannedImage,
  planPasses,
  planRendition,
  shrinksOnLoad,
} from '../../../shared/domain/plan.ts';
import { everyCommand } from '../../support/worker/command-samples.ts';

/** Commands as users write them: the name alone, or with parameters. */
const listOf = (...commands: (string | object)[]): Command[] =>
  parsePipeline({ commands: commands.map((given) => (typeof given === 'string' ? { operation: given } : given)) })
    .commands;
const one = (given: string | object): Command => listOf(given)[0] as Command;

const resize = (parameters: object = { width: 100 }) => ({ operation: 'resize', ...parameters });
const BOX = { width: 100, height: 100 };
const CROP = { operation: 'crop', left: 1, top: 1, width: 5, height: 5 };
const LOOKED_FOR = { operation: 'crop', ratio: '1:1', position: 'attention' };
const TRANSPARENT = '#00000080';

/** Commands after which an opaque image has transparent pixels. */
const OPENERS: object[] = [
  { operation: 'roundCorners' },
  { operation: 'rotate', angle: 12, background: TRANSPARENT },
  { operation: 'extend', left: 5, background: TRANSPARENT },
  resize({ ...BOX, fit: 'contain', background: TRANSPARENT }),
];
const NOT_OPENERS: object[] = [
  { operation: 'rotate', angle: 90, background: TRANSPARENT },
  { operation: 'rotate', angle: 12, background: '#000000ff' },
  { operation: 'rotate', angle: 12, background: '#000000FF' },
  { operation: 'extend', left: 5, extendWith: 'mirror', background: TRANSPARENT },
  resize({ ...BOX, fit: 'cover', background: TRANSPARENT }),
  resize({ ...BOX, fit: 'contain' }),
  { operation: 'flatten' },
  { operation: 'watermarkText', text: 'x', opacity: 0.5 },
];

const SAMPLES = [...everyCommand(), ...listOf(...OPENERS), ...listOf(...NOT_OPENERS.slice(0, 5))];
const command = fc.constantFrom(...SAMPLES);
const commands = fc.array(command, { maxLength: 10 });
const facts = fc.record({ hasAlpha: fc.boolean() });

const operationsOf = (list: readonly Command[]): string[] => list.map(({ operation }) => operation);
const passesOf = (list: Command[], hasAlpha = false): string[] =>
  planPasses({ commands: list }, { hasAlpha }).map((pass) => operationsOf(pass.commands).join(' '));

describe('the order of commands', () => {
  it('is that of the list, with one autoOrient', () => {
    const property = fc.property(commands, (list) => {
      const ordered = orderedCommands(list);
      expect(operationsOf(ordered).filter((operation) => operation === 'autoOrient')).to.have.length(1);
      const others = (of: Command[]) => of.filter(({ operation }) => operation !== 'autoOrient');
      expect(others(ordered)).to.deep.equal(others(list));
      expect(orderedCommands(ordered)).to.deep.equal(ordered);
    });
    fc.assert(property);
  });

  it('begins upright unless autoOrient comes later in the list', () => {
    for (const [list, ordered, isUpright] of [
      [[], 'autoOrient', true],
      [['flip'], 'autoOrient flip', true],
      [['autoOrient', 'flip'], 'autoOrient flip', true],
      [['flip', 'autoOrient'], 'flip autoOrient', false],
      [['flip', 'autoOrient', 'flop', 'autoOrient'], 'flip autoOrient flop', false],
      [['autoOrient', 'flip', 'autoOrient'], 'autoOrient flip', true],
    ] as const) {
      expect(operationsOf(orderedCommands(listOf(...list))).join(' ')).to.equal(ordered);
      expect(beginsUpright(listOf(...list)), ordered).to.equal(isUpright);
    }
  });
});

describe('a plan', () => {
  it('has every command once, in the order of the list', () => {
    const property = fc.property(commands, facts, (list, given) => {
      const planned = planPasses({ commands: list }, given).flatMap((pass) => pass.commands);
      expect(planned).to.deep.equal(orderedCommands(list));
    });
    fc.assert(property);
  });

  it('has no pass without commands, and a reason for every pass but the first', () => {
    const property = fc.property(commands, facts, (list, given) => {
      for (const [index, pass] of planPasses({ commands: list }, given).entries()) {
        expect(pass.commands).to.not.be.empty;
        if (index === 0) expect(pass).to.not.have.property('reason');
        else expect(pass.reason).to.match(/^[a-z].*[^.]$/);
      }
    });
    fc.assert(property);
  });

  it('keeps its passes when a command is added at the end', () => {
    const later = command.filter(({ operation }) => operation !== 'autoOrient');
    const property = fc.property(commands, later, facts, (list, added, given) => {
      const before = planPasses({ commands: list }, given);
      const after = planPasses({ commands: [...list, added] }, given);
      const last = before.at(-1);
      const joined = { ...last, commands: [...(last?.commands ?? []), added] };
      expect(after.slice(0, before.length - 1)).to.deep.equal(before.slice(0, -1));
      if (after.length === before.length) expect(after.at(-1)).to.deep.equal(joined);
      else expect(after.slice(-2).map((pass) => pass.commands)).to.deep.equal([last?.commands, [added]]);
    });
    fc.assert(property);
  });

  it('never has the same operation twice in a pass, because sharp would keep only the last', () => {
    const property = fc.property(commands, facts, (list, given) => {
      for (const pass of planPasses({ commands: list }, given)) {
        const operations = operationsOf(pass.commands);
        expect(operations).to.have.length(new Set(operations).size);
      }
    });
    fc.assert(property);
  });

  it('does not fuse more for transparent images than for opaque ones', () => {
    const property = fc.property(commands, (list) => {
      const [opaque, transparent] = [false, true].map(
        (hasAlpha) => planPasses({ commands: list }, { hasAlpha }).length,
      );
      expect(transparent).to.be.at.least(opaque as number);
    });
    fc.assert(property);
  });

  it('is the same for opaque and transparent images after a command that makes them opaque or transparent', () => {
    const first = fc.constantFrom(...listOf(...OPENERS, 'flatten'));
    const property = fc.property(first, commands, (opener, list) => {
      const all = [one('autoOrient'), opener, ...list.slice(0, 8)];
      expect(passesOf(all, true)).to.deep.equal(passesOf(all, false));
    });
    fc.assert(property);
  });

  it('has one pass for the commands of most renditions', () => {
    for (const list of [
      [],
      [resize()],
      ['autoOrient', resize({ ...BOX, fit: 'inside', withoutEnlargement: true })],
      [CROP, resize()],
      [resize(), { operation: 'sharpen', sigma: 1 }],
      [CROP, 'grayscale', resize()],
      ['flatten', resize(), { operation: 'blur', sigma: 2 }],
      [resize({ ...BOX, position: 'attention' })],
      ['flip', 'flop'],
      ['flop', 'flip'],
    ]) {
      expect(passesOf(listOf(...list)), JSON.stringify(list)).to.have.length(1);
    }
  });

  const SPLIT: [name: string, list: (string | object)[], passes: string[], reason: RegExp, hasAlpha?: boolean][] = [
    [
      'libvips has another order',
      [resize(), CROP],
      ['autoOrient resize', 'crop'],
      /libvips would do crop before resize/,
    ],
    ['an operation comes twice', ['flip', 'flip'], ['autoOrient flip', 'flip'], /a pass has one flip/],
    ['a command is no part of a chain', ['flip', 'gamma'], ['autoOrient flip', 'gamma'], /gamma has a pass of its own/],
    [
      'one comes after such a command',
      ['gamma', 'negate'],
      ['autoOrient gamma', 'negate'],
      /gamma has a pass of its own/,
    ],
    ['the content decides', ['flip', 'trim'], ['autoOrient flip', 'trim'], /the content decides what trim does/],
    ['the content decides a crop', [LOOKED_FOR], ['autoOrient', 'crop'], /the content decides what crop does/],
    [
      'a resize looks for its place in the pixels before it',
      ['flip', resize({ ...BOX, position: 'entropy' })],
      ['autoOrient flip', 'resize'],
      /the content decides what resize does/,
    ],
    [
      'a place that depends on the content is not known yet',
      [resize({ ...BOX, position: 'attention' }), 'negate'],
      ['autoOrient resize', 'negate'],
      /what resize leaves is known only then/,
    ],
    [
      'the pixels are turned meanwhile',
      ['flip', 'autoOrient'],
      ['flip', 'autoOrient'],
      /the pixels are turned as they are/,
    ],
    ['there is no colour', ['grayscale', 'negate'], ['autoOrient grayscale', 'negate'], /one channel/],
    [
      'a box without colour has a background that may have one',
      ['grayscale', resize({ ...BOX, fit: 'contain' })],
      ['autoOrient grayscale', 'resize'],
      /one channel/,
    ],
    ['a mild filter leaves fractions', ['sharpen', 'negate'], ['autoOrient sharpen', 'negate'], /leaves fractions/],
    ['a mild blur leaves fractions', ['blur', 'linear'], ['autoOrient blur', 'linear'], /leaves fractions/],
    [
      'the nearest pixel depends on the parts that are computed at a time',
      [resize({ width: 5, kernel: 'nearest' }), { operation: 'blur', sigma: 2 }],
      ['autoOrient resize', 'blur'],
      /which pixel is nearest/,
    ],
    [
      'the nearest pixel depends on where a crop before it begins',
      [{ operation: 'crop', ratio: '3:2' }, resize({ height: 5, kernel: 'nearest' })],
      ['autoOrient crop', 'resize'],
      /which pixel is nearest/,
    ],
    [
      'a mirror comes after a cut',
      [resize({ ...BOX, fit: 'cover' }), 'flop'],
      ['autoOrient resize', 'flop'],
      /before the resize cuts or fills/,
    ],
    [
      'colours would be multiplied by alpha',
      [resize(), 'negate'],
      ['autoOrient resize', 'negate'],
      /colours would be multiplied by alpha/,
      true,
    ],
  ];
  for (const [name, list, passes, reason, hasAlpha = false] of SPLIT) {
    it(`has another pass if ${name}`, () => {
      expect(passesOf(listOf(...list), hasAlpha)).to.deep.equal(passes);
      expect(planPasses({ commands: listOf(...list) }, { hasAlpha })[1]?.reason).to.match(reason);
    });
  }

  it('fuses commands again after the image has become opaque', () => {
    const list = [resize(), { operation: 'sharpen', sigma: 1 }];
    expect(passesOf(listOf(...list), true)).to.have.length(2);
    expect(passesOf(listOf('flatten', ...list), true)).to.have.length(1);
  });
});

describe('transparency', () => {
  for (const given of OPENERS) {
    it(`comes with ${JSON.stringify(given)}`, () => {
      expect(opensTransparency(one(given))).to.equal(true);
    });
  }

  for (const given of NOT_OPENERS) {
    it(`does not come with ${JSON.stringify(given)}`, () => {
      expect(opensTransparency(one(given))).to.equal(false);
    });
  }
});

describe('the content', () => {
  it('decides the result of trims, and of commands that look for their place', () => {
    for (const given of [
      'trim',
      LOOKED_FOR,
      { operation: 'crop', ...BOX, position: 'entropy' },
      resize({ ...BOX, position: 'attention' }),
    ])
      expect(isDecidedByContent(one(given)), JSON.stringify(given)).to.equal(true);
    for (const given of [
      CROP,
      { operation: 'crop', ratio: '1:1', position: 'north' },
      resize(),
      { operation: 'crop', ratio: '1:1', focalPoint: { x: 1, y: 1 } },
      'normalise',
    ])
      expect(isDecidedByContent(one(given)), JSON.stringify(given)).to.equal(false);
  });
});

describe('shrinking on load', () => {
  for (const [shrinks, list] of [
    [true, [resize()]],
    [true, ['autoOrient', resize()]],
    [true, [resize({ ...BOX, position: 'attention' })]],
    [true, [resize(), 'gamma', resize({ height: 5 })]],
    [false, []],
    [false, ['flip']],
    [false, [CROP]],
    [false, [CROP, resize()]],
    [false, ['gamma', resize()]],
    [false, [LOOKED_FOR, resize()]],
  ] as const) {
    it(`${shrinks ? 'is for' : 'is not for'} ${JSON.stringify(list)}`, () => {
      expect(shrinksOnLoad(planPasses({ commands: listOf(...list) }, { hasAlpha: false }))).to.equal(shrinks);
    });
  }

  it('needs a resize in the first pass, and no crop before it', () => {
    const property = fc.property(commands, facts, (list, given) => {
      const passes = planPasses({ commands: list }, given);
      const [first] = passes.map((pass) => operationsOf(pass.commands));
      if (shrinksOnLoad(passes)) expect(first).to.include('resize').and.not.include('crop');
      expect(shrinksOnLoad(passes.slice(0, 1))).to.equal(shrinksOnLoad(passes));
    });
    fc.assert(property);
  });
});

describe('the passes of a rendition', () => {
  const reasonsOf = (commands: object[], output: object, image: Partial<PlannedImage> = {}): (string | undefined)[] =>
    planRendition(parsePipeline({ commands, output }), { width: 400, height: 300, ...image }).map(
      ({ reason }) => reason,
    );
  const sharpen = { operation: 'sharpen', sigma: 1 };

  for (const [what, image, commands, output, reason] of [
    [
      'flatten a transparent image for JPEG',
      { hasAlpha: true },
      [],
      { format: 'jpeg' },
      'the format has no transparency',
    ],
    [
      'flatten after a command that makes the image transparent',
      {},
      [{ operation: 'roundCorners' }],
      { format: 'jpeg' },
      'the format has no transparency',
    ],
    [
      'flatten for the JPEG in a TIFF',
      { hasAlpha: true },
      [],
      { format: 'tiff', quality: 80 },
      'the format has no transparency',
    ],
    ['rasterise a drawing', { format: 'svg' }, [sharpen], { format: 'png' }, 'the drawing is made pixels'],
    [
      'convert another colour space to sRGB',
      { isConverted: true },
      [sharpen],
      { format: 'png' },
      'the original is not in 8 bits of sRGB',
    ],
    [
      'turn an image that is enlarged',
      { isTurned: true },
      [resize({ width: 500 })],
      { format: 'png' },
      'libvips moves what it enlarges, so the original is turned first',
    ],
    [
      'turn an image that is enlarged only as it is shown',
      { isTurned: true, isOnItsSide: true },
      [resize({ width: 350 })],
      { format: 'png' },
      'libvips moves what it enlarges, so the original is turned first',
    ],
  ] as const) {
    it(`include one to ${what}`, () => {
      expect(reasonsOf([...commands], output, image).filter((each) => each !== undefined)).to.include(reason);
    });
  }

  it('are no more than those of the commands if nothing else is needed', () => {
    expect(reasonsOf([resize({ width: 350 })], { format: 'jpeg' }, { isTurned: true })).to.have.length(1);
    expect(reasonsOf([sharpen], { format: 'webp' }, { hasAlpha: true })).to.have.length(1);
    expect(reasonsOf([resize()], { format: 'jpeg' }, { isConverted: true })).to.have.length(1);
  });

  it('begin with those of the commands', () => {
    const property = fc.property(commands, fc.boolean(), (list, hasAlpha) => {
      const passes = planRendition(
        { commands: list, output: { format: 'png' } },
        { width: 400, height: 300, hasAlpha },
      );
      const carriedOut = passes.flatMap((pass) => pass.commands);
      expect(carriedOut).to.deep.equal(orderedCommands(list));
    });
    fc.assert(property);
  });
});
