/** What a list of a type's attributes says of each; the compiler has the list name all of them and nothing else. */
export type AttributesOf<T, Said> = Readonly<Record<keyof T, Said>>;

/** The named attributes of a value that it has, and nothing that came along with them. */
export function pick<K extends string, T extends { [name in K]?: unknown }>(value: T, names: readonly K[]): Pick<T, K> {
  const present = names.filter((name) => value[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, value[name]])) as Pick<T, K>;
}

/** The names of which a list says something in particular. */
export const namesOf = <K extends string, Said>(attributes: Readonly<Record<K, Said>>, ...said: Said[]): K[] =>
  (Object.keys(attributes) as K[]).filter((name) => said.includes(attributes[name]));
