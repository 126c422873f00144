import {
  type JsonValue,
  type Surface,
  type SurfaceContext,
  SurfaceRefusal,
  stat,
} from '@dispatch/extension-api';

/** A surface that shows how often it was raised, and counts what is asked of it. */
export interface CounterSurface extends Surface {
  count: number;
  readonly asked: SurfaceContext[];
  readonly acted: SurfaceContext[];
  /** Runs before it answers. */
  before: (context: SurfaceContext) => void | Promise<void>;
  /** Runs inside an action, before its end. */
  during: (actionId: string, payload: JsonValue | undefined) => void | Promise<void>;
}

export function counterSurface(fields: Partial<Surface> = {}): CounterSurface {
  const self: CounterSurface = {
    id: 'counter',
    title: 'Counter',
    region: 'side',
    scope: 'conversation',
    audience: 'conversation',
    count: 0,
    asked: [],
    acted: [],
    before: () => undefined,
    during: () => undefined,
    async getFields(context) {
      self.asked.push(context);
      const shown = self.count;
      await self.before(context);
      return [stat('Count', String(shown))];
    },
    async invoke(actionId, payload, context) {
      self.acted.push(context);
      if (actionId === 'refuse') throw new SurfaceRefusal('not now');
      if (actionId !== 'raise') throw new SurfaceRefusal('there is no such action', 'unknown-action');
      self.count += 1;
      await self.during(actionId, payload);
    },
    ...fields,
  };
  return self;
}
