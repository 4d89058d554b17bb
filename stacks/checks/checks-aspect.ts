import { Annotations, Aspects, type IAspect, type TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { namesOf } from '../../shared/contracts/names.ts';
import { deploymentOf } from '../environments/deployment.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { ALL_SETTINGS_CHECKS, CHECKS } from './all-checks.ts';
import { type CheckContext, findingsOf, messageOf } from './check.ts';
import { Inventory } from './inventory.ts';
import { isSuppressed } from './suppressions.ts';

/** Tags that the cost report groups by. Resources of the account belong to no environment, so they lack `Environment`. */
const ACCOUNT_TAGS = ['Owner', 'CostCenter', 'Project'];

const contextOf = (stack: TerraformStack, settings?: EnvironmentSettings): CheckContext => ({
  inventory: new Inventory(stack),
  requiredTags: settings ? [...ACCOUNT_TAGS, 'Environment'] : ACCOUNT_TAGS,
  ...(settings && { settings, names: namesOf(deploymentOf(settings)) }),
});

class ChecksAspect implements IAspect {
  readonly #stack: TerraformStack;
  readonly #context: CheckContext;

  constructor(stack: TerraformStack, settings?: EnvironmentSettings) {
    this.#stack = stack;
    this.#context = contextOf(stack, settings);
  }

  visit(construct: IConstruct): void {
    if (construct === this.#stack) this.#checkSettings();
    const resource = this.#context.inventory.read(construct);
    if (!resource) return;
    for (const check of CHECKS.filter(({ of }) => of.includes(resource.type) || of.includes('*'))) {
      this.#report(construct, check, findingsOf(check.find(resource, this.#context)));
    }
  }

  #checkSettings(): void {
    const { settings } = this.#context;
    if (!settings) return;
    for (const check of ALL_SETTINGS_CHECKS) this.#report(this.#stack, check, findingsOf(check.find(settings)));
  }

  #report(construct: IConstruct, check: Parameters<typeof messageOf>[0], findings: readonly string[]): void {
    if (isSuppressed(construct, check.id)) return;
    for (const finding of findings) Annotations.of(construct).addError(messageOf(check, finding));
  }
}

/** Makes synth fail on mistakes that `terraform validate` and `plan` miss. Call it after adding other Aspects, whose changes it must see. */
export function addChecks(stack: TerraformStack, settings?: EnvironmentSettings): void {
  Aspects.of(stack).add(new ChecksAspect(stack, settings));
}
