import type { ServiceMethods, ServiceOf } from '@dispatch/extension-api';
import { HostError } from '@dispatch/extension-api';
import { copyJson } from './json-copy.ts';

/** Services of extensions, by id. */
export interface ServiceRegistry {
  has(serviceId: string): boolean;
  provide(extensionId: string, serviceId: string, methods: ServiceMethods): void;
  /** The service as others see it. Undefined: nobody provides it. It rejects with `ended` once its extension is disabled. */
  find(serviceId: string): ServiceOf<ServiceMethods> | undefined;
  removeOf(extensionId: string): void;
}

interface Provided {
  readonly extensionId: string;
  readonly methods: ServiceMethods;
}

export function createServiceRegistry(): ServiceRegistry {
  const services = new Map<string, Provided>();

  function callerOf(serviceId: string, name: string) {
    return async (input?: unknown): Promise<unknown> => {
      const method = services.get(serviceId)?.methods[name];
      if (method === undefined)
        throw new HostError('ended', `the service ${serviceId} is not there any more`);
      const what = `${serviceId}.${name}`;
      return copyJson(
        await method(copyJson(input, `the input of ${what}`) as never),
        `the answer of ${what}`,
      );
    };
  }

  return {
    has: (serviceId) => services.has(serviceId),
    provide(extensionId, serviceId, methods) {
      services.set(serviceId, { extensionId, methods });
    },
    find(serviceId) {
      const provided = services.get(serviceId);
      if (provided === undefined) return undefined;
      const names = Object.keys(provided.methods);
      return Object.fromEntries(names.map((name) => [name, callerOf(serviceId, name)])) as never;
    },
    removeOf(extensionId) {
      for (const [id, provided] of services) if (provided.extensionId === extensionId) services.delete(id);
    },
  };
}
