import { z } from 'zod';

/** One schema for each `type` of a union of frames. */
export type SchemasByType<Frame extends { readonly type: string }> = {
  readonly [Type in Frame['type']]: z.ZodType<Extract<Frame, { readonly type: Type }>>;
};

const hasType = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Reads a frame with the schema of its `type`, so that a fault is told about that frame and not about all of them. */
export function byType<Frame extends { readonly type: string }>(
  schemas: SchemasByType<Frame>,
): z.ZodType<Frame> {
  const table = new Map<string, z.ZodType>(Object.entries(schemas));
  return z.custom<Frame>(hasType, 'must be an object with a string "type"').transform((frame, context) => {
    const result = table.get(frame.type)?.safeParse(frame);
    if (result?.success === true) return result.data as Frame;
    const faults = result?.error.issues ?? [{ path: ['type'], message: 'must be one of the known types' }];
    for (const { path, message } of faults) context.addIssue({ code: 'custom', path: [...path], message });
    return z.NEVER;
  });
}
