import { Fn, TerraformOutput, TerraformStack, Testing, Token } from 'cdktf';
import { expect } from 'chai';
import { BootstrapStack } from '../../stacks/bootstrap-stack.ts';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { PlatformStack } from '../../stacks/platform-stack.ts';
import { StorageStack } from '../../stacks/storage-stack.ts';
import { testingApp } from '../support/stacks/testing-app.ts';
import { STEPS, withTokensOf } from '../support/stacks/token-encodings.ts';

const synthesised = (create: () => TerraformStack): string => Testing.synth(create());

/** The stack as synthesised with different values of tokens. It differs if a construct computes with a token or measures it. */
const outcomes = (create: () => TerraformStack): string[] => [
  synthesised(create),
  ...Object.values(STEPS).map((step) => withTokensOf(step, () => synthesised(create))),
];

const stackOf = (value: (list: string[]) => unknown) => (): TerraformStack => {
  const stack = new TerraformStack(testingApp(), 'tokens');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
  const list = Token.asList('${var.list}');
  new TerraformOutput(stack, 'value', { value: value(list) });
  return stack;
};

describe('tokens', () => {
  const STACKS: [name: string, create: () => TerraformStack][] = [
    ...Object.entries(ACCOUNTS).map(([name, account]): [string, () => TerraformStack] => [
      name,
      () => new BootstrapStack(testingApp(), name, account),
    ]),
    ...ENVIRONMENTS.flatMap((settings): [string, () => TerraformStack][] => [
      [`storage-${settings.name}`, () => new StorageStack(testingApp(), 'storage', settings)],
      [`platform-${settings.name}`, () => new PlatformStack(testingApp(), 'platform', settings)],
    ]),
  ];

  for (const [name, create] of STACKS) {
    it(`do not change ${name}, so nothing computes with them or measures them`, () => {
      const [own, ...others] = outcomes(create);
      for (const other of others) expect(other).to.equal(own);
    });
  }

  const SOUND: [name: string, value: (list: string[]) => unknown][] = [
    ['a number', (list) => Fn.lengthOf(list)],
    ['a number in a text', (list) => `${Fn.lengthOf(list)} of them`],
    ['a number in a function', (list) => Fn.element(list, Fn.lengthOf(list))],
    ['a text', (list) => Fn.element(list, 0)],
    ['a number in a list', (list) => [Fn.lengthOf(list), 1]],
  ];
  for (const [name, value] of SOUND) {
    it(`may be used as ${name}`, () => {
      const [own, ...others] = outcomes(stackOf(value));
      expect(own).to.include('var.list');
      expect(others).to.deep.equal([own, own]);
    });
  }

  const DAMAGED: [name: string, value: (list: string[]) => unknown][] = [
    ['subtract from', (list) => Fn.element(list, Fn.lengthOf(list) - 1)],
    ['multiply', (list) => Fn.lengthOf(list) * 2],
    ['compare', (list) => (Fn.lengthOf(list) > 1 ? 'two' : 'one')],
    ['compare upwards', (list) => (Fn.lengthOf(list) < 2 ? 'one' : 'two')],
    ['take the larger of', (list) => Math.max(Fn.lengthOf(list), 10)],
    ['measure the text of', (list) => String(Fn.element(list, 0)).length],
    ['cut the text of', (list) => String(Fn.element(list, 0)).slice(0, 20)],
  ];
  for (const [name, value] of DAMAGED) {
    it(`change the outcome of constructs that ${name} one`, () => {
      expect(new Set(outcomes(stackOf(value))).size).to.be.above(1);
    });
  }
});
