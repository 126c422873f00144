import type { JsonSchema } from '@dispatch/extension-api';
import { Ajv, type ErrorObject } from 'ajv';

/** Checks a value and fills in the schema's defaults. Undefined: it fits; else what is wrong, in words for whoever sent it. */
export type JsonCheck = (value: unknown) => string | undefined;

/** Makes a check of a JSON Schema (draft 7). Throws with a reason when the schema is none. Values are never quoted: they may be secrets. */
export function compileSchema(schema: JsonSchema): JsonCheck {
  // One instance for each schema: what an author writes as `$id` must not meet what another author wrote.
  const ajv = new Ajv({
    strict: false,
    allErrors: false,
    useDefaults: true,
    logger: false,
    code: { source: false },
  });
  let validate: ReturnType<Ajv['compile']>;
  try {
    validate = ajv.compile(schema);
  } catch (error) {
    throw new Error(
      `its schema is no JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return (value) => (validate(value) ? undefined : faultOf(validate.errors?.[0]));
}

function faultOf(error: ErrorObject | undefined): string {
  if (error === undefined) return 'does not fit';
  const at = error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as {
    readonly additionalProperty?: string;
    readonly allowedValues?: readonly unknown[];
  };
  const more =
    params.additionalProperty !== undefined
      ? ` ("${params.additionalProperty}")`
      : params.allowedValues !== undefined
        ? ` (${params.allowedValues.join(', ')})`
        : '';
  const message = `${error.message ?? 'does not fit'}${more}`;
  return at === '' ? message : `${at}: ${message}`;
}
