import {
  DefaultTokenResolver,
  StringConcat,
  TerraformDataSource,
  TerraformResource,
  type TerraformStack,
  Tokenization,
} from 'cdktf';
import type { IConstruct } from 'constructs';
import type { Values } from './blocks.ts';
import { text } from './blocks.ts';

export interface Resource {
  /** `aws_s3_bucket`, `data.aws_iam_policy_document`. */
  type: string;
  /** Type and logical id: what references to it begin with. */
  address: string;
  /** Where it is in the tree of constructs. */
  path: string;
  values: Values;
  construct: IConstruct;
}

const REFERENCE = /^\$\{((?:data\.)?[a-z0-9_]+\.[A-Za-z0-9_-]+)/;

type Element = TerraformResource | TerraformDataSource;

const isElement = (construct: IConstruct): construct is Element =>
  TerraformResource.isTerraformResource(construct) || TerraformDataSource.isTerraformDataSource(construct);

const typeOf = (element: Element): string =>
  `${TerraformDataSource.isTerraformDataSource(element) ? 'data.' : ''}${element.terraformResourceType}`;

const addressOf = (element: Element): string => `${typeOf(element)}.${element.friendlyUniqueId}`;

/** Every resource of a stack as Terraform will see it, and what a reference leads to. */
export class Inventory {
  readonly #stack: TerraformStack;
  readonly #read = new Map<string, Resource>();
  #elements: Map<string, Element> | undefined;

  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  /** As it is at this moment: what another Aspect adds later, such as tags, is only seen when it is read again. */
  read(construct: IConstruct): Resource | undefined {
    if (!isElement(construct)) return undefined;
    const [type, address] = [typeOf(construct), addressOf(construct)];
    const resolver = new DefaultTokenResolver(new StringConcat());
    const json = Tokenization.resolve(construct.toTerraform(), { scope: this.#stack, resolver, preparing: false });
    const { [construct.friendlyUniqueId]: values } = (json.resource ?? json.data)[construct.terraformResourceType];
    const resource = { type, address, path: construct.node.path, values, construct };
    this.#read.set(address, resource);
    return resource;
  }

  get #index(): Map<string, Element> {
    this.#elements ??= new Map(
      this.#stack.node
        .findAll()
        .filter(isElement)
        .map((element) => [addressOf(element), element]),
    );
    return this.#elements;
  }

  #get(address: string): Resource | undefined {
    const element = this.#index.get(address);
    return this.#read.get(address) ?? (element && this.read(element));
  }

  all(...types: string[]): Resource[] {
    return [...this.#index]
      .filter(([, element]) => types.includes(typeOf(element)))
      .map(([address]) => this.#get(address))
      .filter((resource) => resource !== undefined);
  }

  /** What `${type.id.attribute}` leads to, if it is of this stack. */
  target(reference: unknown): Resource | undefined {
    const address = REFERENCE.exec(text(reference))?.[1];
    return address === undefined ? undefined : this.#get(address);
  }

  /** What is meant by a reference, or by the value of one of the attributes that name a resource of that type. */
  named(type: string, value: unknown, ...attributes: string[]): Resource | undefined {
    const target = this.target(value);
    if (target) return target.type === type ? target : undefined;
    return this.all(type).find(({ values }) => attributes.some((name) => value && values[name] === value));
  }

  /** Resources of a type with an attribute that leads to this one, by reference or by its name. */
  pointingAt(resource: Resource, type: string, attribute: string, ...names: string[]): Resource[] {
    return this.all(type).filter(
      ({ values }) => this.named(resource.type, values[attribute], ...names)?.address === resource.address,
    );
  }
}
