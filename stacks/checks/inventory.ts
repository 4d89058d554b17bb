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
  /** Type and logical id, with which references to the resource begin. */
  address: string;
  /** Its path in the tree of constructs. */
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

/** The resources of a stack as Terraform will see them, found by reference, name or type. */
export class Inventory {
  readonly #stack: TerraformStack;
  readonly #read = new Map<string, Resource>();
  #elements: Map<string, Element> | undefined;

  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  /** Reads a resource as it is now. Read it again to see what another Aspect adds later, such as tags. */
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

  /** The resource that `${type.id.attribute}` refers to, if it is in this stack. */
  target(reference: unknown): Resource | undefined {
    const address = REFERENCE.exec(text(reference))?.[1];
    return address === undefined ? undefined : this.#get(address);
  }

  /** The resource of a type that a value refers to, either by reference or by the value of one of the given attributes. */
  named(type: string, value: unknown, ...attributes: string[]): Resource | undefined {
    const target = this.target(value);
    if (target) return target.type === type ? target : undefined;
    return this.all(type).find(({ values }) => attributes.some((name) => value && values[name] === value));
  }

  /** The resources of a type whose attribute refers to this resource, by reference or by name. */
  pointingAt(resource: Resource, type: string, attribute: string, ...names: string[]): Resource[] {
    return this.all(type).filter(
      ({ values }) => this.named(resource.type, values[attribute], ...names)?.address === resource.address,
    );
  }
}
