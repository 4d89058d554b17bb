/** A record that says one thing about every attribute of a type. The compiler checks that it names all attributes and no others. */
export type AttributesOf<T, Said> = Readonly<Record<keyof T, Said>>;

/** Copies the named attributes that a value has, and nothing else. */
export function pick<K extends string, T extends { [name in K]?: unknown }>(value: T, names: readonly K[]): Pick<T, K> {
  const present = names.filter((name) => value[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, value[name]])) as Pick<T, K>;
}

/** The names of the attributes about which a record says one of the given things. */
export const namesOf = <K extends string, Said>(attributes: Readonly<Record<K, Said>>, ...said: Said[]): K[] =>
  (Object.keys(attributes) as K[]).filter((name) => said.includes(attributes[name]));
