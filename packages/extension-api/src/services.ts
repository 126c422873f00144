declare const methodsOf: unique symbol;

/** What a service can do: methods that take at most one JSON value and give one or nothing, at once or later. */
export type ServiceMethods = {
  readonly [name: string]: (input: never) => unknown;
};

/** A service as others see it: every method answers later. */
export type ServiceOf<Methods extends ServiceMethods> = {
  readonly [Name in keyof Methods]: (
    ...input: Parameters<Methods[Name]>
  ) => Promise<Awaited<ReturnType<Methods[Name]>>>;
};

/** Names a service and the type of its methods. */
export interface ServiceRef<Methods extends ServiceMethods> {
  /** `<extension id>/<name>`. */
  readonly id: string;
  readonly [methodsOf]?: Methods;
}

/** A service of an extension's own. Export it, so that others ask by symbol and not by string. */
export function defineService<Methods extends ServiceMethods>(
  id: `${string}/${string}`,
): ServiceRef<Methods> {
  return { id };
}
